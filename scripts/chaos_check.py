"""What two records must say of each other after any night: nothing lost, nothing doubled, in order, receipted, witnessed.

It trusts neither node: everything is read from the two records and checked with the keys that the other side's manifest names.
"""

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.message import FIRST, Message
from openline.line.names import LANES
from openline.node import keys
from openline.node.replaying import replay_store
from openline.record.envelope import Envelope, signed_by, unwrap
from openline.record.keys import KeyManifest, read_manifest
from openline.record.note import Key
from openline.record.store import Store
from openline.record.tree import EMPTY_ROOT, Frontier
from openline.record.witness import Held, read_cosignatures, read_head, witness_name
from openline.seal import NOTE_COSIGNATURE

RECORD: Final = "record.sqlite3"


class Side:
    """One party's record, open for reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.open(folder / RECORD, None, read_only=True)
        self.manifest: KeyManifest = read_manifest((folder / keys.MANIFEST).read_bytes())
        self.party = self.manifest.party
        self.faults: list[str] = []

    def close(self) -> None:
        """Give the file back."""
        self.store.close()

    def envelopes(self, kind: str) -> list[bytes]:
        """The objects of all entries of a kind."""
        return [self.store.objects_of(entry)[0] for entry in self.store.entries(kind=kind)]

    def messages(self, kind: str) -> dict[int, list[tuple[Message, bytes, bytes]]]:
        """By lane (message, hash, envelope) in the order of the record."""
        found: dict[int, list[tuple[Message, bytes, bytes]]] = {lane: [] for lane in LANES}
        for data in self.envelopes(kind):
            payload = unwrap(data, messages.PAYLOAD_TYPE, kind).payload
            message = messages.read_message(payload)
            found[message.lane].append((message, messages.hash_of(payload), data))
        return found

    def line_keys(self) -> list[bytes]:
        """What it signs messages with."""
        return self.manifest.of("line")

    def wrong(self, what: str) -> None:
        """One more fault."""
        self.faults.append(f"{self.party}: {what}")


def check(folders: tuple[Path, Path], said: dict[str, list[int]]) -> dict[str, Any]:
    """Counts, and every fault in words. `said`: by party, the numbers of the checks whose sending was answered as done."""
    one, other = Side(folders[0]), Side(folders[1])
    try:
        counts: dict[str, Any] = {"messages": {}, "entries": {}}
        for side, peer in ((one, other), (other, one)):
            _record(side)
            counts["messages"][side.party] = _direction(side, peer, said.get(side.party, []))
            counts["entries"][side.party] = side.store.size
            _cosigned(side, peer)
        return counts | {"faults": one.faults + other.faults}
    finally:
        one.close()
        other.close()


def _record(side: Side) -> None:
    """The record holds together, follows from its inputs, and tells of no fork and no mistake."""
    for fault in side.store.fsck().faults:
        side.wrong(f"fsck: {fault}")
    result = replay_store(side.store, lambda done, of: None)
    if not result["same"]:
        side.wrong(f"replay: {result['what']} at entry {result['entry']}")
    for kind in ("fork", "mistake"):
        for body in side.envelopes(kind):
            side.wrong(f"{kind}: {json.loads(body).get('says')}")


def _direction(side: Side, peer: Side, said: list[int]) -> list[int]:
    """Everything `side` sent, as `peer` took it; how many in each lane."""
    sent, taken = side.messages("msg.out"), peer.messages("msg.in")
    got = _receipts(side, peer)
    numbers: list[int] = []
    for lane in LANES:
        prev = FIRST
        for due, (message, digest, data) in enumerate(sent[lane], 1):
            if message.seq != due or message.prev != prev:
                side.wrong(f"sent {message.seq} in lane {lane} where {due} was due")
            _verify(side, unwrap(data, messages.PAYLOAD_TYPE, "sent"), side.line_keys())
            prev = digest
            if message.type == "check":
                numbers.append(int(message.params["check_number"]))
        ours, theirs = [data for _, _, data in sent[lane]], [data for _, _, data in taken[lane]]
        if ours != theirs:
            side.wrong(_difference(lane, ours, theirs, peer.party))
        if sent[lane] and got.get(lane) != (len(ours), prev):
            side.wrong(f"lane {lane}: {len(ours)} sent, the last receipt says {got.get(lane, (0,))[0]}")
        if side.store.waiting(f"line:{peer.party}:{lane}:", f"line:{peer.party}:{lane}:~", 1):
            side.wrong(f"lane {lane}: something waits in the outbox though all is receipted")
    for number in sorted(set(said) - set(numbers)):
        side.wrong(f"check {number} was answered as queued and was never sent")
    for number in sorted(number for number in set(numbers) if numbers.count(number) > 1):
        side.wrong(f"check {number} was sent twice")
    return [len(sent[lane]) for lane in LANES]


def _difference(lane: int, ours: list[bytes], theirs: list[bytes], party: str) -> str:
    if len(set(theirs)) != len(theirs):
        return f"lane {lane}: {party} took {len(theirs) - len(set(theirs))} twice"
    first = next(
        (i for i, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), min(len(ours), len(theirs))
    )
    return f"lane {lane}: sent {len(ours)}, {party} took {len(theirs)}; the first difference is number {first + 1}"


def _receipts(side: Side, peer: Side) -> dict[int, tuple[int, bytes]]:
    """By lane, the number and hash of the last receipt; each is one that the peer's record says it gave."""
    given = set(peer.envelopes("receipt.out"))
    newest: dict[int, tuple[int, bytes]] = {}
    for data in side.envelopes("receipt.in"):
        envelope = unwrap(data, receipts.PAYLOAD_TYPE, "receipt")
        _verify(side, envelope, peer.line_keys())
        if data not in given:
            side.wrong("a receipt that the other record does not have")
        receipt = receipts.read_receipt(envelope.payload)
        if receipt.size > peer.store.size:
            side.wrong(f"a receipt that speaks of {receipt.size} entries of a log of {peer.store.size}")
        if receipt.upto < newest.get(receipt.lane, (0, b""))[0]:
            side.wrong(f"lane {receipt.lane}: receipts out of order")
        newest[receipt.lane] = receipt.upto, receipt.hash
    return newest


def _verify(side: Side, envelope: Envelope, public: list[bytes]) -> None:
    signed_by(envelope, public, f"{side.party}'s record")


def _cosigned(side: Side, peer: Side) -> None:
    """What the peer cosigned is the beginning of this record: what it holds of us, and what we hold of its signing."""
    known = [Key(witness_name(peer.party), NOTE_COSIGNATURE, key) for key in peer.manifest.of("witness")]
    origin = side.store.key.name
    held_text = peer.store.peer_checkpoint(origin)
    if held_text is None:
        side.wrong(f"{peer.party} cosigned nothing of this log")
        return
    held = msgspec.json.decode(held_text, type=Held)
    if held.forked or held.size > side.store.size or held.root != _root(side.store, held.size):
        side.wrong(f"{peer.party} holds another log of {held.size} entries")
    if read_head(held.note).root != held.root:
        side.wrong(f"{peer.party} holds a note of another root")
    for size, name, line in side.store.cosignatures():
        if name != witness_name(peer.party) or size > held.size:
            side.wrong(f"a cosignature of {name} at {size}")
        elif size == held.size and not read_cosignatures(line.encode(), held.note, known):
            side.wrong(f"the cosignature at {size} is not {name}'s")


def _root(store: Store, size: int) -> bytes:
    return EMPTY_ROOT if size == 0 else Frontier(size, store.cover(0, size)).root()
