"""What one bundle holds of the line with one counterpart, read out and not judged: envelopes, cosignatures, pinned keys.

What cannot be read as what its entry says it is, is `odd`; what is not in the bundle is counted, never guessed.
"""

import json
from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import OpenlineError, Refused
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.judge_said import Evidence
from openline.line.names import line_of
from openline.record.entry import Entry, parse_canonical
from openline.record.envelope import Envelope, unwrap
from openline.record.opened import Opened

Said = messages.Message | receipts.Receipt | hellos.Hello
READ: Final[dict[str, tuple[str, Any]]] = {
    "msg.out": (messages.PAYLOAD_TYPE, messages.read_message),
    "msg.in": (messages.PAYLOAD_TYPE, messages.read_message),
    "receipt.out": (receipts.PAYLOAD_TYPE, receipts.read_receipt),
    "receipt.in": (receipts.PAYLOAD_TYPE, receipts.read_receipt),
    "hello.in": (hellos.PAYLOAD_TYPE, hellos.read_hello),
}
"""Kinds whose object is an envelope → the type of its payload, and its reader."""
BODIES: Final = ("cosign", "checkpoint.peer", "fork", "key", "line", "log")
MET: Final = "counterpart.put"
FETCHED: Final = "node.manifests"
RECOVERED: Final = "node.recovered"
KINDS: Final = (*READ, *BODIES, "act")


class Paper(msgspec.Struct, frozen=True):
    """An envelope in a record: at which entry, when by the record's own clock, and what it says."""

    index: int
    at_us: int
    kind: str
    envelope: Envelope
    digest: bytes
    said: Any


class Body(msgspec.Struct, frozen=True):
    """An entry that the node itself wrote."""

    index: int
    at_us: int
    says: dict[str, Any]


class Papers:
    """All of it."""

    def __init__(self, opened: Opened, other: str) -> None:
        self.opened = opened
        self.party = opened.party
        self.other = other
        self.line = line_of(self.party, other)
        self.papers: dict[str, list[Paper]] = {kind: [] for kind in READ}
        self.bodies: dict[str, list[Body]] = {kind: [] for kind in BODIES}
        self.pinned: list[tuple[int, str, str, str]] = []  # (entry, fingerprint of the counterpart's root, how, by whom)
        self.manifests: list[tuple[str, bytes, Evidence]] = []  # (of which party, the envelope, where it stands)
        self.latest_us = opened.made_us  # by its own clock, the latest moment of which its bundle speaks
        self.put_back: list[int] = []  # entries that say themselves that this node was put back to an older state
        self.odd: list[tuple[int, str]] = []
        self.absent: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for entry, objects in opened.entries(KINDS):
            self._take(entry, objects)

    def at(self, entry: int, says: str) -> Evidence:
        """A piece of evidence at one of its entries."""
        return Evidence(self.party, says, entry)

    def excuse(self) -> list[Evidence]:
        """Where its record says itself that its node was put back to an older state, which explains much and undoes nothing."""
        return [self.at(entry, "its record says itself that this node was put back") for entry in self.put_back[-1:]]

    def lacks(self, kind: str) -> bool:
        """Whether entries of this kind may be missing here: left out, withheld or erased."""
        return bool(self.absent[kind]) or bool(self.opened.gaps)

    def vouches(self) -> bool:
        """Whether every manifest of the counterpart that this record ever took is here to be read."""
        return not (self.opened.gaps or self.absent["act"] or self.absent["msg.in"])

    def whole(self, kind: str, after: int, before: int) -> bool:
        """Whether everything of this kind between two entries is here to be read; before a second log there was a first."""
        if after < 0 and not self.opened.head.origin.endswith("/1"):
            return False
        return self.opened.whole(after + 1, before) and not any(after < one < before for one in self.absent[kind])

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, entry: Entry, objects: tuple[bytes | str, ...]) -> None:
        if entry.kind == "act" and entry.x.get("act") not in (MET, FETCHED, RECOVERED):
            return
        self.latest_us = max(self.latest_us, entry.at_us)
        if any(isinstance(one, str) for one in objects):
            named = [one for one in entry.ref if one.startswith("party:")]
            kind = "msg.out" if entry.x.get("act") == RECOVERED else entry.kind
            if not named or f"party:{self.other}" in named:
                self.absent[kind].append(entry.index)
            return
        data = objects[0] if objects else b""
        assert isinstance(data, bytes)
        try:
            if entry.kind in READ:
                self._envelope(entry, entry.kind, data)
            elif entry.kind == "act":
                self._act(entry, json.loads(data))
            else:
                self._body(entry, data)
        except (OpenlineError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = error.message if isinstance(error, OpenlineError) else str(error)
            if entry.kind != "act":  # an act is recorded as it was asked, and may have been refused
                self.odd.append((entry.index, f"a {entry.kind} that cannot be read: {what[:200]}"))
                self.absent[entry.kind].append(entry.index)

    def _envelope(self, entry: Entry, kind: str, data: bytes) -> None:
        payload_type, read = READ[kind]
        envelope = unwrap(data, payload_type, kind)
        said: Said = read(envelope.payload)
        sender, to = (self.party, self.other) if kind.endswith(".out") else (self.other, self.party)
        if (said.from_, said.to) != (sender, to):
            if f"party:{self.other}" in entry.ref:
                raise Refused("line", f"from {said.from_} to {said.to}", f"from {sender} to {to}")
            return
        self.papers[kind].append(Paper(entry.index, entry.at_us, kind, envelope, seal.sha256(envelope.payload), said))
        if isinstance(said, messages.Message) and said.type == "keys":
            self._manifest(said.from_, str(said.params.get("manifest", "")).encode(), entry.index)

    def _act(self, entry: Entry, says: dict[str, Any]) -> None:
        """A card or manifests of the counterpart, or own messages that it gave back after this node was put back."""
        if entry.x.get("act") == MET:
            self._manifest(self.other, str(json.loads(says["card"])["manifest"]).encode(), entry.index)
        elif entry.x.get("act") == FETCHED and says["to"] == self.other:
            for manifest in says["manifests"]:
                self._manifest(self.other, str(manifest).encode(), entry.index)
        elif says["to"] == self.other:
            self.put_back.append(entry.index)
            for frame in says["frames"]:
                self._envelope(entry, "msg.out", str(frame).encode())

    def _body(self, entry: Entry, data: bytes) -> None:
        if entry.kind == "key" and entry.objects[0].media != "application/json":
            self._manifest(self.party, data, entry.index)
            return
        says = parse_canonical(data, entry.kind)
        if entry.kind == "line":
            if says["state"] == "put back" and says["line"] == self.line:
                self.put_back.append(entry.index)
        elif entry.kind == "key":
            if says.get("what") == "counterpart" and says["party"] == self.other:
                self.pinned.append((entry.index, str(says["fingerprint"]), str(says["how"]), str(says["by"])))
        else:
            self.bodies[entry.kind].append(Body(entry.index, entry.at_us, dict(says)))

    def _manifest(self, party: str, data: bytes, index: int) -> None:
        self.manifests.append((party, data, self.at(index, f"a key manifest of {party}")))
