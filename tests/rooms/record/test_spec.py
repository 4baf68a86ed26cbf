"""docs/spec/record.md: its example is true, its tables are the code's, and old bundles still verify."""

import re
from pathlib import Path

import pytest

from openline import seal
from openline.record import bundle, entry, tree, zipped
from openline.record.kinds import KINDS
from openline.record.note import parse_checkpoint, parse_note, parse_vkey, verified_by
from openline.record.store import Store
from openline.record.store.folder import verify_path
from tests.rooms.record.made import ROOT, identity

PAGE = (Path(__file__).parents[3] / "docs" / "spec" / "record.md").read_text(encoding="utf-8")
VECTORS = Path(__file__).parents[2] / "vectors" / "record"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_hashes_to_the_root_the_checkpoint_signs():
    header = blocks("json")[0].removesuffix("\n").encode()
    leaf = tree.leaf_hash(header)
    assert f"`{leaf.hex()}`" in PAGE
    note = parse_note(re.findall(r"```\n(a\.example.*?)```", PAGE, re.DOTALL)[0].encode())
    assert parse_checkpoint(note.text).root == leaf
    vkey = re.search(r"`(a\.example/openline/log/1\+[^`]+)`", PAGE)
    assert vkey is not None
    assert len(verified_by(note, [parse_vkey(vkey[1])])) == 1


def test_the_example_commits_to_the_object_it_shows():
    one = entry.parse(0, blocks("json")[0].removesuffix("\n").encode())
    salt = re.search(r"its salt is `([0-9a-f]{32})`", PAGE)
    assert salt is not None
    assert seal.commitment(bytes.fromhex(salt[1]), b'{"depth_m":12}') == one.objects[0].c
    assert one.objects[0].length_bytes == 14


def test_the_kinds_are_those_of_the_registry():
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| ([A-Z].*?\.) \|$", PAGE, re.MULTILINE))
    assert rows == KINDS


@pytest.mark.parametrize(
    "said",
    [
        f"at most {entry.HEADER_BYTES_MAX:,} bytes",
        f"at most {entry.DEPTH_MAX} levels",
        f"0 to {entry.OBJECT_BYTES_MAX // 2**20} MiB",
        f"up to {bundle.ENTRIES_PER_PACK:,} headers",
        f"at most {zipped.FILES_COUNT_MAX:,} files",
        f"1 to {entry.WORD_CHARS_MAX} characters",
        bundle.PAYLOAD_TYPE,
    ],
)
def test_the_limits_are_those_of_the_code(said):
    assert said in PAGE


def test_bundles_of_every_version_so_far_verify():
    found = sorted(VECTORS.glob("bundle-*.zip"))
    assert found
    for path in found:
        verdict = verify_path(path, root_key=seal.sha256(ROOT.public).hex())
        assert verdict.fault is None, path.name


def test_records_of_every_version_so_far_open(tmp_path: Path):
    found = sorted(VECTORS.glob("record-*.db"))
    assert found
    for path in found:
        (tmp_path / path.name).write_bytes(path.read_bytes())
        with Store.open(tmp_path / path.name, identity()) as store:
            assert store.fsck().faults == ()
            assert store.size == 9
            assert [seq for seq, _ in store.inputs()] == [1, 2, 3, 4, 4]
            assert store.operators()[0].name == "Ann Officer"
