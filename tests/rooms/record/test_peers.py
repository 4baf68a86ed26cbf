"""What witnesses signed travels in a bundle; both verifiers read it, and name a line that does not belong there."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.record import peers, tree
from openline.record.entry import canonical
from openline.record.note import Checkpoint, cosign, parse_checkpoint, parse_note, signature_line
from openline.record.opened import Opened
from openline.record.store import Store
from openline.record.store.post import put_cosignature, put_peer_checkpoint
from openline.record.witness import Held, witness_name
from tests.rooms.record.judged import TINY, agreed, mangled, resigned
from tests.rooms.record.made import ORIGIN, bundle_of, filled, finding

OTHER = "b.example/openline/log/1"
WITNESS = seal.Signer(b"w" * 32)
THEIR_LOG = seal.Signer(b"l" * 32)
NAME = witness_name("b.example")


def cosign_now(store: Store, time_s: int = 1_795_330_700) -> int:
    """A witness's line under the log as it stands; its size."""
    head = parse_checkpoint(parse_note(store.checkpoint().encode()).text)
    line = cosign(head.text, NAME, WITNESS, time_s)
    store.commit([finding(90)], also=lambda connection: put_cosignature(connection, head.size, NAME, line))
    return head.size


def see_other(store: Store, size: int = 7, extension: str = "") -> Held:
    """What we cosigned of another log."""
    head = Checkpoint(OTHER, size, seal.sha256(b"their root"), (extension,) if extension else ())
    key_id = seal.note_key_id(OTHER, seal.NOTE_ED25519, THEIR_LOG.public)
    note = f"{head.text}\n" + signature_line(OTHER, key_id, THEIR_LOG.sign(head.text.encode()))
    held = Held(head.size, head.root, note)
    text = msgspec.json.encode(held).decode()
    store.commit([finding(91)], also=lambda connection: put_peer_checkpoint(connection, OTHER, size, text))
    return held


@pytest.fixture(scope="module")
def witnessed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A bundle with both files."""
    with filled(tmp_path_factory.mktemp("record") / "record.db") as store:
        cosign_now(store)
        see_other(store)
        made = bundle_of(store)
    return resigned(made, {"verify.py": TINY})


def test_a_cosignature_leads_to_the_checkpoint_of_the_bundle(tmp_path):
    with filled(tmp_path / "record.db") as store:
        size = cosign_now(store)
        root = tree.Frontier(size, store.cover(0, size)).root()
        (found,) = Opened(bundle_of(store)).cosigned
    assert (found.size, found.root, found.name) == (size, root, NAME)


def test_what_was_cosigned_of_another_log_comes_with_its_signature(tmp_path):
    with filled(tmp_path / "record.db") as store:
        held = see_other(store)
        (found,) = Opened(bundle_of(store)).logs
    assert found == peers.SeenLog(origin=OTHER, size=7, root=held.root, note=held.note, forked=False)


def test_a_bundle_without_witnesses_has_neither_file(tmp_path):
    with filled(tmp_path / "record.db") as store:
        made = bundle_of(store)
    assert not [name for name in made if name.startswith("peer/")]


def test_both_verifiers_accept_both_files(witnessed):
    assert {peers.COSIGNED, peers.LOGS} < witnessed.keys()
    assert agreed(witnessed) is None


def test_a_counterparts_checkpoint_with_lines_of_its_own_does_not_spoil_our_bundle(tmp_path):
    with filled(tmp_path / "record.db") as store:
        see_other(store, extension="a line of theirs")
        made = resigned(bundle_of(store), {"verify.py": TINY})
    assert agreed(made) is None
    assert len(Opened(made).logs) == 1


def test_a_cosignature_made_after_the_checkpoint_is_left_out(tmp_path):
    with filled(tmp_path / "record.db") as store:
        size = store.size
        store.commit([], also=lambda connection: put_cosignature(connection, size + 1, NAME, "— x YWJjZGVmZ2g=\n"))
        assert peers.COSIGNED not in bundle_of(store)


def put(files: Mapping[str, bytes], name: str, *rows: object) -> dict[str, bytes]:
    """The bundle with other lines in a file, signed again."""
    return resigned(files, {name: b"".join(canonical(row) + b"\n" for row in rows)})


def only(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """The one line of a file."""
    row: dict[str, Any] = json.loads(files[name])
    return row


@pytest.mark.parametrize(
    "change",
    [
        {"size": 3},
        {"size": -1},
        {"size": True},
        {"root": seal.b64(bytes(32))},
        {"root": ""},
        {"proof": []},
        {"proof": {}},
        {"name": "someone/else"},
        {"name": 5},
        {"line": ""},
        {"line": 5},
        {"line": "— x YWJjZGVmZ2g=\n\n— b.example/openline/witness YWJjZGVmZ2g=\n"},
        {"more": 1},
    ],
)
def test_a_cosignature_that_does_not_lead_to_the_checkpoint_is_named(witnessed, change):
    row = only(witnessed, peers.COSIGNED)
    assert agreed(put(witnessed, peers.COSIGNED, {**row, **change})) == (peers.COSIGNED, 0, None)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 8},
        {"origin": "c.example/openline/log/1"},
        {"root": seal.b64(bytes(32))},
        {"forked": 0},
        {"note": ""},
        {"note": 5},
    ],
)
def test_a_line_that_is_not_what_its_checkpoint_says_is_named(witnessed, change):
    row = only(witnessed, peers.LOGS)
    assert agreed(put(witnessed, peers.LOGS, {**row, **change})) == (peers.LOGS, 0, None)


@pytest.mark.parametrize("name", [peers.COSIGNED, peers.LOGS])
def test_a_line_twice_is_named_at_the_second(witnessed, name):
    row = only(witnessed, name)
    found = agreed(put(witnessed, name, row, row))
    assert found == (name, len(canonical(row)) + 1, None)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([peers.COSIGNED, peers.LOGS]),
    st.integers(0, 40),
    st.sampled_from([None, True, 0, -1, 2**52, "", "x", [], {}]),
)
def test_both_verifiers_agree_about_any_other_value(witnessed, name, place, other):
    row = mangled(only(witnessed, name), place, other)
    agreed(put(witnessed, name, row))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 12), st.booleans())
def test_both_verifiers_follow_the_same_proofs(old, more, cut, spoilt):
    from openline.record.standalone_verify import continues

    size = old + more
    leaves = [tree.leaf_hash(bytes([index])) for index in range(size)]

    def node(level: int, index: int) -> bytes:
        return tree.root_of(leaves[index << level : (index + 1) << level])

    proof = tree.consistency(old, size, node)
    proof = proof[:cut] + ([bytes(32)] if spoilt else [])
    roots = tree.root_of(leaves[:old]), tree.root_of(leaves)
    assert continues(old, size, *roots, proof) == tree.verify_consistency(old, size, *roots, proof)


def test_roots_at_earlier_sizes_are_those_the_log_had(tmp_path):
    with filled(tmp_path / "record.db") as store:
        size = store.size
        wanted = {at: tree.Frontier(at, store.cover(0, at)).root() for at in range(size + 1)}
        assert Opened(bundle_of(store)).roots(range(size + 1)) == wanted


def test_entries_left_out_hide_the_roots_inside_them(tmp_path):
    with filled(tmp_path / "record.db") as store:
        size = store.size
        wanted = {at: tree.Frontier(at, store.cover(0, at)).root() for at in range(size + 1)}
        opened = Opened(bundle_of(store, keep=lambda one: one.index != 4))
    found = opened.roots(range(size + 1))
    assert found.items() <= wanted.items()
    assert size in found
    assert opened.whole(5, size)
    assert not opened.whole(0, 5)


def test_entries_come_with_their_objects_or_why_these_are_not_here(tmp_path):
    with filled(tmp_path / "record.db") as store:
        opened = Opened(bundle_of(store, withhold=lambda one, place: one.kind == "node.init"))
        kept = [store.object(one.objects[0].c) for one in store.entries(kind="finding") if store.salted(one.objects[0].c)]
    assert [objects for _, objects in opened.entries(["node.init"])] == [("withheld",)]
    found = [objects[0] for _, objects in opened.entries(["finding"])]
    assert found == ["redacted", *kept]
    assert opened.head.origin == ORIGIN
