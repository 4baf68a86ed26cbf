"""record.bundle and both verifiers: they accept what was exported, and name the first thing that is wrong."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from openline import seal
from openline.record import bundle, keys, standalone_verify
from openline.record.entry import canonical
from openline.record.envelope import unwrap, wrap
from openline.record.note import cosign
from openline.record.policy import plain_policy
from openline.record.verdict import Verdict
from openline.record.verify import verify_bundle
from tests.rooms.record.made import (
    ANN,
    KEYS,
    LINE,
    LOG,
    ROOT,
    T0_US,
    WITNESS,
    InMemory,
    bundle_of,
    entropy,
    filled,
    finding,
    key_manifest,
)

Found = tuple[str, int | None, int | None]
"""File, offset, entry."""

TINY = b"# the verifier\n"


def ours(files: Mapping[str, bytes]) -> Found | None:
    fault = verify_bundle(files, ordered=True).fault
    return None if fault is None else (fault.file, fault.offset, fault.index)


def theirs(files: Mapping[str, bytes]) -> Found | None:
    """What the stand-alone verifier says; in the same process, which is a hundred times faster."""
    try:
        standalone_verify.Check(InMemory(files), None, None).run()  # type: ignore[arg-type]
    except standalone_verify.Bad as bad:
        return bad.file, bad.offset, bad.index
    return None


def agreed(files: Mapping[str, bytes]) -> Found | None:
    """What both say; they must say the same."""
    found = ours(files)
    assert theirs(files) == found
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small bundle of everything, with a verifier of one line so that a test can afford to change each byte."""
    with filled(tmp_path_factory.mktemp("record") / "record.db") as store:
        made = bundle_of(store)
    return resigned(made, {"verify.py": TINY})


def resigned(files: Mapping[str, bytes], changes: Mapping[str, bytes | None], signer: seal.Signer = LINE) -> dict[str, bytes]:
    """The bundle with other files (None: without), listed and signed again: what a dishonest exporter could make."""
    made = {name: data for name, data in {**files, **changes}.items() if data is not None and name != bundle.MANIFEST}
    body = json.loads(unwrap(files[bundle.MANIFEST], bundle.PAYLOAD_TYPE, "m").payload)
    body["files"] = [{"n": len(d), "name": n, "sha256": seal.b64(seal.sha256(d))} for n, d in made.items()]
    return {**made, bundle.MANIFEST: wrap(bundle.PAYLOAD_TYPE, canonical(body), [signer])}


def said(files: Mapping[str, bytes], changes: Mapping[str, object]) -> dict[str, bytes]:
    """The bundle whose manifest says something else, signed by the right key."""
    body = json.loads(unwrap(files[bundle.MANIFEST], bundle.PAYLOAD_TYPE, "m").payload)
    return {**files, bundle.MANIFEST: wrap(bundle.PAYLOAD_TYPE, canonical({**body, **changes}), [LINE])}


# ── what is accepted ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bundle_of_everything_holds_and_says_what_it_holds(files):
    verdict = verify_bundle(files, root_key=seal.sha256(ROOT.public).hex())
    assert verdict.good
    assert (verdict.party, verdict.entries_count, verdict.objects_count, verdict.redacted_count) == ("a.example", 8, 5, 1)
    assert verdict.remarks == ()
    assert agreed(files) is None


def test_without_a_fingerprint_the_verdict_says_what_is_still_to_do(files):
    assert "compare its fingerprint" in verify_bundle(files).remarks[0]


def test_another_root_key_than_the_one_read_out_is_refused(files):
    fault = verify_bundle(files, root_key="0" * 64).fault
    assert fault is not None
    assert fault.file == "keys/manifest"


def test_a_bundle_of_some_entries_holds_by_the_hashes_of_the_others(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        for number in range(60):
            store.commit([finding(100 + number)])
        for keep in (
            lambda one: one.index % 3 == 0,
            lambda one: 20 <= one.index < 50,
            lambda one: False,
            lambda one: one.index > 66,
        ):
            some = bundle_of(store, keep=keep)
            assert agreed(some) is None
            verdict = verify_bundle(some)
            assert verdict.entries_count == sum(1 for one in store.entries() if keep(one) or one.kind == "redaction")
            assert verdict.root == store.root.hex()


def test_a_bundle_of_a_time_holds(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        some = bundle_of(store, first=3, end=6)
    assert agreed(some) is None
    assert verify_bundle(some).entries_count == 4  # and the redaction


def test_objects_may_stay_at_home(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        some = bundle_of(store, withhold=lambda one, place: one.kind == "finding")
    assert agreed(some) is None
    verdict = verify_bundle(some)
    assert (verdict.objects_count, verdict.redacted_count, verdict.withheld_count) == (4, 1, 1)


def test_many_packs_are_one_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle, "ENTRIES_PER_PACK", 4)
    monkeypatch.setattr(bundle, "OBJECTS_BYTES_PER_PACK", 300)
    with filled(tmp_path / "r.db") as store:
        store.commit([finding(100 + number) for number in range(30)])
        made = bundle_of(store, keep=lambda one: one.index % 5 != 1)
    assert sum(name.startswith("entries/") for name in made) > 5
    assert sum(name.startswith("objects/") for name in made) > 5
    assert agreed(made) is None
    pack = sorted(name for name in made if name.startswith("entries/"))[3]
    second = made[pack].index(b"\n") + 1
    changed = made[pack][: second + 20] + b"?" + made[pack][second + 21 :]
    index = json.loads(made[pack].splitlines()[1])["x"]["number"] - 100 + 8
    assert agreed({**made, pack: changed}) == (pack, second, index)


def test_a_second_signature_against_quantum_computers_is_checked_too(tmp_path: Path):
    with filled(tmp_path / "r.db", quantum=seal.QuantumSigner(b"q" * 32)) as store:
        made = resigned(bundle_of(store), {"verify.py": TINY})
    assert made["policy.txt"].count(b"log ") == 2
    assert agreed(made) is None
    note = made["log/checkpoint"]
    for place in (len(note) - 20, len(note) - 3000):
        changed = note[:place] + (b"A" if note[place : place + 1] != b"A" else b"B") + note[place + 1 :]
        assert agreed(resigned(made, {"log/checkpoint": changed})) == ("log/checkpoint", None, None)


def test_a_policy_of_the_readers_own_is_obeyed(tmp_path: Path):
    witness = keys.PublicKey("w", "witness", "ed25519", WITNESS.public)
    with filled(tmp_path / "r.db") as store:
        made = resigned(bundle_of(store), {"verify.py": TINY})
        log = plain_policy([store.key]).splitlines()[0]
    vkey = f"b.example/w+{seal.note_key_id('b.example/w', 4, witness.pub).hex()}+{seal.b64(bytes([4]) + witness.pub)}"
    policy = f"{log}\nwitness B {vkey}\nquorum B\n".encode()
    assert verify_bundle(made, policy=policy).fault is not None
    text = made["log/checkpoint"].decode()
    line = cosign(text.split("\n\n")[0] + "\n", "b.example/w", WITNESS, 1_795_330_606)
    cosigned = resigned(made, {"log/checkpoint": (text + line).encode()})
    verdict = verify_bundle(cosigned, policy=policy)
    assert verdict.witnesses == (("B", 1_795_330_606),)
    report = standalone_verify.Check(InMemory(cosigned), None, policy).run()  # type: ignore[arg-type]
    assert report["witnesses"] == ["B"]


# ── one changed byte ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_any_one_byte_that_changes_in_any_file_is_found_in_that_file_by_both(files):
    """Every byte of every file; the bit that changes goes round with the offset."""
    for name, data in files.items():
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 1 << place % 8
            found = agreed({**files, name: bytes(changed)})
            assert found is not None
            assert found[0] == name


def test_a_changed_header_is_named_by_its_number_and_offset(files):
    name = "entries/000000000000.jsonl"
    offsets = [0]
    for line in files[name].splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for index, offset in enumerate(offsets[:-1]):
        changed = bytearray(files[name])
        changed[offset + 30] ^= 1
        assert agreed({**files, name: bytes(changed)}) == (name, offset, index)


def test_a_changed_object_is_named_by_the_entry_it_belongs_to(files):
    name = "objects/000000.jsonl"
    offset = files[name].index(b"\n") + 1
    changed = bytearray(files[name])
    changed[offset + 80] ^= 1
    assert agreed({**files, name: bytes(changed)}) == (name, offset, 3)


def test_files_that_are_missing_added_cut_or_emptied_are_named(files):
    for name, data in files.items():
        assert agreed({one: d for one, d in files.items() if one != name}) == (name, None, None)
        assert (agreed({**files, name: data[:-1]}) or ("",))[0] == name or not data
        assert (agreed({**files, name: data + b"\n"}) or ("",))[0] == name
    assert agreed({**files, "extra.txt": b""}) == ("extra.txt", None, None)


@pytest.mark.parametrize(
    "name",
    ["../escape", "/etc/passwd", "a/../b", ".hidden", "a//b", "a/", "a\\b", "C:x", "x" * 200, "é", "a\n", "a b", "a/b/c/d/e"],
)
def test_names_that_lead_elsewhere_are_refused(files, name):
    assert agreed({**files, name: b""}) == (name, None, None)


def test_files_in_another_order_are_refused(files):
    turned = dict(reversed(files.items()))
    assert agreed(turned) == (bundle.MANIFEST, None, None)


# ── what a dishonest exporter with the line key could try ────────────────────────────────────────────────────────────


def lines(files: Mapping[str, bytes], name: str) -> list[bytes]:
    return files[name].splitlines(keepends=True)


ENTRIES, LEAVES, OBJECTS = "entries/000000000000.jsonl", "leaves/000000000000", "objects/000000.jsonl"


def with_entries(files: Mapping[str, bytes], headers: list[bytes], **more: bytes) -> dict[str, bytes]:
    """Other headers with fitting leaves."""
    leaves = b"".join(seal.sha256(b"\0" + header[:-1]) for header in headers)
    return resigned(files, {ENTRIES: b"".join(headers), LEAVES: leaves, **more})


def test_a_rewritten_entry_changes_the_root(files):
    headers = lines(files, ENTRIES)
    headers[2] = headers[2].replace(b"alarm.acknowledge", b"alarm.something")
    assert agreed(with_entries(files, headers)) == ("log/checkpoint", None, None)


def test_entries_in_another_order_change_the_root(files):
    headers = lines(files, ENTRIES)
    headers[1], headers[2] = headers[2], headers[1]
    found = agreed(with_entries(files, headers))
    assert found is not None
    assert found[0] == "log/checkpoint"


def test_an_entry_left_out_without_a_gap_is_noticed(files):
    assert agreed(with_entries(files, lines(files, ENTRIES)[:-1])) == ("log/gaps.jsonl", None, None)


def test_a_header_that_is_not_canonical_is_named(files):
    headers = lines(files, ENTRIES)
    headers[2] = headers[2].replace(b'"ex":false', b'"ex": false')
    offset = len(headers[0]) + len(headers[1])
    assert agreed(with_entries(files, headers)) == (ENTRIES, offset, 2)


def test_an_entry_of_another_party_is_named(files):
    headers = lines(files, ENTRIES)
    headers[0] = headers[0].replace(b'"party":"a.example"', b'"party":"b.example"')
    assert agreed(with_entries(files, headers)) == (ENTRIES, 0, 0)


def test_a_missing_object_that_nothing_excuses_is_named(files):
    rest = lines(files, OBJECTS)
    assert agreed(resigned(files, {OBJECTS: b"".join(rest[:-1])})) == (OBJECTS, None, 6)
    assert agreed(resigned(files, {OBJECTS: b"".join(rest[1:])})) == (OBJECTS, 0, 0)


def test_an_object_too_many_is_named(files):
    rest = lines(files, OBJECTS)
    assert agreed(resigned(files, {OBJECTS: b"".join([*rest, rest[0]])})) == (OBJECTS, len(files[OBJECTS]), None)


def test_a_redaction_that_no_entry_says_is_named(files):
    absent = json.loads(files["absent.jsonl"])
    claim = canonical({**absent, "entry": 3}) + b"\n"
    assert agreed(resigned(files, {"absent.jsonl": claim})) == ("absent.jsonl", None, 1)


def test_an_absence_that_concerns_nothing_is_named(files):
    claim = canonical({"c": seal.b64(b"x" * 32), "why": "withheld"}) + b"\n"
    assert agreed(resigned(files, {"absent.jsonl": files["absent.jsonl"] + claim})) == ("absent.jsonl", None, None)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"1",
        b'{"c":"","why":"withheld"}',
        b'{"why":"withheld"}',
        b'{"c":1,"why":"lost"}',
        b"\xff",
        b'{"c":[],"entry":1,"why":"redacted"}',
    ],
)
def test_a_line_that_is_no_absence_is_named(files, line):
    offset = len(files["absent.jsonl"])
    assert agreed(resigned(files, {"absent.jsonl": files["absent.jsonl"] + line + b"\n"})) == ("absent.jsonl", offset, None)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b'{"end":1,"first":1,"hashes":[]}',
        b'{"end":2,"first":0,"hashes":[]}',
        b'{"end":99,"first":0,"hashes":[]}',
        b'{"end":"1","first":0,"hashes":[]}',
        b'{"end":1,"first":0,"hashes":7}',
        b'{"end":1,"first":-1,"hashes":["AAAA"]}',
        b'{"end":true,"first":0,"hashes":["AAAA"]}',
        b'{"end":1,"first":0,"hashes":["AAAA"]}',
        b'{"end":1,"first":0,"hashes":[7]}',
        b"nonsense",
    ],
)
def test_a_line_that_is_no_gap_is_named(files, line):
    assert agreed(resigned(files, {"log/gaps.jsonl": line + b"\n"})) == ("log/gaps.jsonl", 0, None)


def test_a_gap_over_entries_that_are_there_is_refused(files):
    line = canonical({"end": 8, "first": 7, "hashes": [seal.b64(b"x" * 32)]}) + b"\n"
    found = agreed(resigned(files, {"log/gaps.jsonl": line}))
    assert found is not None


@pytest.mark.parametrize(
    ("change", "file"),
    [
        ({"size": 7}, "log/checkpoint"),
        ({"root": "AAAA"}, "log/checkpoint"),
        ({"origin": "b.example/openline/log/1"}, "log/checkpoint"),
        ({"party": "b.example"}, bundle.MANIFEST),
        ({"entries": 7}, "log/gaps.jsonl"),
        ({"entries": "8"}, bundle.MANIFEST),
        ({"entries": True}, bundle.MANIFEST),
        ({"size": -1}, bundle.MANIFEST),
        ({"v": 2}, bundle.MANIFEST),
        ({"v": True}, bundle.MANIFEST),
        ({"more": 1}, bundle.MANIFEST),
        ({"files": {}}, bundle.MANIFEST),
        ({"files": [1]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": 1, "sha256": ""}]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": "a", "sha256": 1}]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": "a", "sha256": seal.b64(b"x" * 32)}] * 2}, bundle.MANIFEST),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(files, change, file):
    found = agreed(said(files, change))
    assert found is not None
    assert found[0] == file


def test_only_the_line_key_signs_a_bundle(files):
    for signer in (LOG, ROOT, seal.Signer(b"x" * 32)):
        assert agreed(resigned(files, {}, signer)) == (bundle.MANIFEST, None, None)


def test_a_checkpoint_by_another_log_key_is_refused_even_with_a_policy_for_it(files, tmp_path: Path):
    other = seal.Signer(b"o" * 32)
    with filled(tmp_path / "r.db", signer=other) as store:
        made = bundle_of(store)
    assert agreed(made) == ("log/checkpoint", None, None)


def test_keys_of_another_party_are_refused(files):
    other = keys.make_manifest(key_manifest(party="b.example"), ROOT)
    assert agreed(resigned(files, {"keys/manifest": other})) == (bundle.MANIFEST, None, None)


def test_a_policy_that_is_none_is_named(files):
    assert agreed(resigned(files, {"policy.txt": b"quorum maybe\n"})) == ("policy.txt", None, None)


def test_the_report_is_for_people_and_says_what_it_cannot_say(files):
    text = files["REPORT.txt"].decode()
    assert "a.example" in text
    assert "Notification is not permission and guarantees nothing." in text
    assert "cannot say that what an" in text


def test_a_bundle_is_the_same_bytes_each_time(tmp_path: Path):
    bundles = []
    for name in ("one", "two"):
        with filled(tmp_path / name, entropy()) as store:
            bundles.append(bundle_of(store))
    assert bundles[0] == bundles[1]


def test_a_verdict_is_good_only_without_a_fault():
    assert Verdict(fault=None).good
    assert base64.b64decode(seal.b64(KEYS)) == KEYS
    assert (ANN.role, T0_US) == ("supervisor", 1_795_330_606_000_000)
