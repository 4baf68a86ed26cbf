"""The state kept aside: it brings back exactly the state, or it is not used."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from openline import seal
from openline.errors import BadRecord
from openline.feeds import decoder
from openline.feeds.registry import KINDS
from openline.flow import State, step
from openline.flow.line import Line
from openline.flow.state import FeedRules, FeedState
from openline.inbox import Tick
from openline.line.counterpart import Counterpart
from openline.node import replaying, snapshot
from openline.node.private_files import write_private
from openline.node.recover import recover
from openline.node.snapshot import Doubt, Head
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.keys import Revoked
from openline.record.store import Store
from tests.rooms.record import made
from tests.stories.desk import Story

KEY = bytes(range(32))
ZONE = {
    "id": "z",
    "name": "Zone",
    "shape": {"type": "circle", "lat_deg": 33.5, "lon_deg": 38.6, "radius_m": 10_000.0},
    "applies_to": ["everybody"],
    "asks": "stay out",
    "purpose": "test",
}


async def night(story: Story) -> None:
    """A zone, a mover that enters it, one that falls silent, a person who acts."""
    await story.act("zone.put", zone=ZONE, reason="test")
    for k in range(8):
        await story.hear("m", 33.5, 38.75 - 0.01 * k, accuracy_m=20, speed_mps=90, callsign="MIKE")
        if k < 2:
            await story.hear("silent", 33.55, 38.6, accuracy_m=20)
        await story.later(10)
    await story.act("track.list", mover="m", list="own", label="Mike")


class Night:
    """A record of one night, and a snapshot of its end."""

    def __init__(self, folder: Path) -> None:
        self.story = Story(folder)
        self.story.tell(night)
        self.path = folder / snapshot.NAME
        self.origin = self.story.identity.origin
        with self.store() as store:
            self.recovered = recover(store)
            size, root, last_seq = store.end()
            self.head = Head(self.origin, size, root.hex(), last_seq, snapshot.build())
        self.body = snapshot.pickled(self.recovered.state, self.recovered.incident_entries)
        self.write(self.head)

    def store(self) -> Store:
        return Store.open(self.story.path(), self.story.identity)

    def write(self, head: Head, body: bytes | None = None, key: bytes = KEY) -> None:
        snapshot.write(self.path, key, head, self.body if body is None else body)

    def read(self, key: bytes = KEY, origin: str | None = None) -> snapshot.Kept:
        with self.store() as store:
            return snapshot.read(self.path, key, store, origin or self.origin)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Night:
    return Night(tmp_path_factory.mktemp("night"))


@pytest.fixture
def kept(home: Night) -> Night:
    """The night, its snapshot as it should be."""
    home.write(home.head)
    return home


def doubt(night: Night, **how: Any) -> str:
    """Why the snapshot is not used."""
    with pytest.raises(Doubt) as why:
        night.read(**how)
    return str(why.value)


def next_outputs(state: State) -> list[bytes]:
    """What an hour of silence brings out of a state."""
    now_ns, found = state.now_ns, []
    for minute in range(1, 60):
        at_ns = now_ns + minute * 60_000_000_000
        found += [canonical(one.body, one.kind) for one in step(state, [Tick(10_000 + minute, at_ns)], at_ns)]
    return found


def test_the_state_comes_back_as_it_was(kept: Night) -> None:
    back, was = kept.read().state, kept.recovered.state

    assert all(
        np.array_equal(a, vars(was.picture.columns)[k], equal_nan=a.dtype.kind == "f")
        for k, a in vars(back.picture.columns).items()
    )
    assert msgspec.json.encode(list(back.board.alarms.values())) == msgspec.json.encode(list(was.board.alarms.values()))
    assert back.book.to_plain() == was.book.to_plain()
    assert back.picture.lists == was.picture.lists


def test_what_follows_from_it_is_what_follows_from_the_record(kept: Night) -> None:
    with kept.store() as store:
        replayed = recover(store).state

    assert next_outputs(kept.read().state) == next_outputs(replayed) != []


def test_only_what_came_after_it_is_stepped_again(tmp_path: Path) -> None:
    night_ = Night(tmp_path)

    async def more(story: Story) -> None:
        await story.hear("m", 33.5, 38.7, accuracy_m=20)

    night_.story.now_ns = night_.recovered.state.now_ns
    night_.story.tell(more)
    with night_.store() as store:
        short = recover(store, snapshot.read(night_.path, KEY, store, night_.origin))
        whole = recover(store)

    assert 0 < short.batches < whole.batches
    assert short.last_seq == whole.last_seq
    assert next_outputs(short.state) == next_outputs(whole.state)
    assert short.incident_entries == whole.incident_entries


@pytest.mark.parametrize("place", [0, 9, 30, 200, 5_000, -40, -1])
def test_a_changed_byte_is_refused(kept: Night, place: int) -> None:
    data = bytearray(kept.path.read_bytes())
    data[place] ^= 1
    kept.path.write_bytes(bytes(data))

    assert "seal" in doubt(kept)


@pytest.mark.parametrize("left", [0, 20, 1_000])
def test_a_cut_one_is_refused(kept: Night, left: int) -> None:
    kept.path.write_bytes(kept.path.read_bytes()[:left])

    assert doubt(kept)


def test_one_of_another_node_is_refused(kept: Night) -> None:
    assert "seal" in doubt(kept, key=bytes(32))
    assert "it is of" in doubt(kept, origin="elsewhere.example/openline/log/1")


def test_one_of_other_software_is_refused(kept: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "build", lambda: "another")

    assert "other software" in doubt(kept)


def test_where_there_is_none_the_record_is_read(kept: Night) -> None:
    kept.path.unlink()

    assert doubt(kept) == "there is none"


@pytest.mark.parametrize(
    "change",
    [
        lambda head: msgspec.structs.replace(head, root="00" * 32),
        lambda head: msgspec.structs.replace(head, size=head.size - 1),
        lambda head: msgspec.structs.replace(head, size=head.size + 1),
        lambda head: msgspec.structs.replace(head, last_seq=head.last_seq + 1),
    ],
)
def test_one_of_another_record_is_refused(kept: Night, change: Callable[[Head], Head]) -> None:
    kept.write(change(kept.head))

    assert "record" in doubt(kept)


CALLS: list[Any] = [
    (os.system, ("exit 1",)),
    (eval, ("1",)),
    (getattr, (State, "__init__")),
    (print, ("heard",)),
    (bytearray, (10**12,)),
    (write_private, (Path("x"), b"")),
    (snapshot.forget, (Path("x"),)),
    (decoder, ("csv", "x", {})),
    (np.load, ("x",)),
    (msgspec.json.decode, (b"1",)),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0].__name__)
def test_a_sealed_one_that_calls_anything_is_refused(kept: Night, call: Any) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return call

    kept.write(kept.head, pickle.dumps((Evil(), {})))

    assert "cannot be read" in doubt(kept)


@pytest.mark.parametrize("name", ["State.set_route", "State.__class__", "annotations", "msgspec"])
def test_a_sealed_one_that_reaches_into_a_room_is_refused(kept: Night, name: str) -> None:
    kept.write(kept.head, b"\x80\x05\x8c\x13openline.flow.state\x8c" + bytes([len(name)]) + name.encode() + b"\x93.")

    assert "cannot be read" in doubt(kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_any_kind_comes_back_in_the_middle_of_a_piece(kept: Night, kind: str) -> None:
    state = State()
    feed = FeedRules("x", kind)
    state.feeds["x"] = FeedState(feed, decoder(kind, "x", {}))
    list(state.feeds["x"].decoder.receive(b"half a li", 1))
    kept.write(kept.head, snapshot.pickled(state, {}))

    assert type(kept.read().state.feeds["x"].decoder) is type(state.feeds["x"].decoder)


def test_a_line_with_a_counterpart_comes_back(kept: Night) -> None:
    state = State()
    manifest = made.key_manifest(revoked=(Revoked("line#1", 1),))
    state.lines["a.example"] = Line("south.example", Counterpart(own="south.example", manifest=manifest, envelope=b"{}"))
    kept.write(kept.head, snapshot.pickled(state, {}))

    assert kept.read().state.lines["a.example"].counterpart.manifest == manifest


def test_what_comes_back_can_be_written_to(kept: Night) -> None:
    back = kept.read().state

    assert [name for name, column in vars(back.picture.columns).items() if not column.flags.writeable] == []


def test_taking_one_leaves_the_state_as_it_is(kept: Night) -> None:
    state = State()
    state.taken = {7: (1, [])}
    snapshot.pickled(state, {})

    assert state.taken == {7: (1, [])}


def test_a_sealed_one_that_holds_no_state_is_refused(kept: Night) -> None:
    kept.write(kept.head, pickle.dumps((1, {})))

    assert "no state" in doubt(kept)


def test_one_from_before_a_redaction_is_refused(tmp_path: Path) -> None:
    night_ = Night(tmp_path)
    with night_.store() as store:
        segment = next(store.entries(kind="track.segment"))
        by = NewEntry(
            kind="redaction", at_us=segment.at_us, actor=Actor("anna", "supervisor"), blobs=(Blob("application/json", b"{}"),)
        )
        store.redact([segment.objects[0].c], by)

    assert "redacted" in doubt(night_)


def test_one_that_cannot_be_put_in_place_leaves_the_one_before(kept: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="space"):
        kept.write(msgspec.structs.replace(kept.head, last_seq=0))

    assert kept.path.read_bytes() == before
    assert list(kept.path.parent.glob("*.new")) == []


def test_what_a_crash_left_beside_it_is_neither_used_nor_kept(kept: Night) -> None:
    aside = kept.path.with_suffix(".new")
    aside.write_bytes(b"half of one")
    aside.chmod(0o644)
    kept.write(kept.head)

    assert kept.read().last_seq == kept.head.last_seq
    assert kept.path.stat().st_mode & 0o077 == 0
    assert not aside.exists()


def test_one_of_no_use_is_removed_with_what_lies_beside_it(kept: Night) -> None:
    kept.path.with_suffix(".new").write_bytes(b"x")
    snapshot.forget(kept.path)

    assert list(kept.path.parent.glob("snapshot.*")) == []


def test_a_record_that_cannot_be_compared_is_a_doubt(kept: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> list[bytes]:
        raise BadRecord("tree node (1, 0) is missing")

    monkeypatch.setattr(Store, "cover", damaged)

    assert "tree node" in doubt(kept)


def test_only_its_owner_may_read_it(kept: Night) -> None:
    assert kept.path.stat().st_mode & 0o077 == 0


def test_replay_knows_nothing_of_it() -> None:
    assert "snapshot.read" not in Path(replaying.__file__).read_text()


def test_the_key_of_one_purpose_is_not_that_of_another() -> None:
    signer = seal.Signer(KEY)

    assert signer.derived("a") == seal.Signer(KEY).derived("a")
    assert signer.derived("a") != signer.derived("b")
    assert signer.derived("a") != seal.Signer(bytes(32)).derived("a")
