"""One party's log held against what it signed before and what the other cosigned; and the other's clock beside its entries.

    Y's bundle        its entries, from which the root at any earlier size is computed anew
    X's bundle        checkpoints signed by Y: the one X cosigned last, those in Y's hellos, those kept as evidence of a fork
    both              X's cosignatures under Y's log, kept by Y, and X's own note that it cosigned

A checkpoint signed by Y with another root than Y's entries give convicts Y, whoever brings it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from openline import seal
from openline.clock import NS_PER_US, to_rfc3339
from openline.errors import Refused
from openline.line.judge_epochs import Seen, judged
from openline.line.judge_keys import Ring
from openline.line.judge_papers import Body, Paper, Papers
from openline.line.judge_said import Evidence, Finding, Grade, Logged, Topic
from openline.record.entry import INT_LIMIT
from openline.record.note import Checkpoint, parse_checkpoint, parse_note, signature_line
from openline.record.witness import is_log_of, read_head, witness_name

US_PER_S: Final = 1_000_000
SECOND_US: Final = US_PER_S - 1
SHOWN_MAX: Final = 4
CLOCK_SET_US: Final = 60 * US_PER_S
"""So far a clock may be set back without its party being told that entries were taken out."""


class Head(msgspec.Struct, frozen=True):
    """Somebody's word of a log: so many entries had this root. `signed`: the log's own key, or a witness's, stands under it."""

    origin: str
    size: int
    root: bytes
    signed: bool
    where: Evidence
    at_us: int | None = None  # when, by the other's clock, it had seen so many entries
    within_us: int = 0  # and how much later that may have been: a witness signs whole seconds


class Cosign(msgspec.Struct, frozen=True):
    """A cosignature kept by the log's own party; without `root` it stands under whatever its entries give."""

    size: int
    line: str
    where: Evidence
    root: bytes | None = None


class Log:
    """One party's log, judged. `marks` are (size, from, until): between these, by its clock, the other saw so many entries."""

    def __init__(self, owner: Papers, other: Papers, rings: dict[str, Ring]) -> None:
        self.owner = owner
        self.other = other
        self.findings: list[Finding] = []
        self.checked = 0
        self._ring = rings[owner.party]
        self._witness = rings[other.party]
        self._line = owner.line
        self._head = owner.opened.head
        heads = [*self._signed(), *self._claimed()]
        cosigns = [*self._cosigns()]
        sizes = {one.size for one in heads} | {one.size for one in cosigns}
        self._roots = owner.opened.roots({size for size in sizes if size <= self._head.size})
        kept = [head for one in cosigns if (head := self._cosigned(one)) is not None]
        self._judge([*heads, *kept])
        former = [Seen(one.origin, one.size, one.root, one.where) for one in heads if one.signed]
        self.findings += judged(owner, former, self._roots)
        self._twins([one for one in heads if one.signed])

    def logged(self, paper: Paper | None) -> Logged | None:
        """Where an entry stands between the moments of the other's clock."""
        if paper is None:
            return None
        place = bisect_right(self.marks, (paper.index, 2**63, 0))
        after = self.marks[place - 1][1] if place else None
        before = self.marks[place][2] if place < len(self.marks) else None
        return Logged(entry=paper.index, at_us=paper.at_us, after_us=after, before_us=before)

    # ── whose word there is ──────────────────────────────────────────────────────────────────────────────────────────

    def _signed(self) -> Iterator[Head]:
        """Checkpoints with the log's own signature, in the other's bundle."""
        for one in self.other.opened.logs:
            where = Evidence(self.other.party, f"the checkpoint of {one.size} entries that it cosigned", file="peer/logs.jsonl")
            yield from self._note(one.note, where)
        for hello in self.other.papers["hello.in"]:
            if hello.said.checkpoint:
                says = "the hello of {party} with its checkpoint of {size} entries"
                yield from self._note(hello.said.checkpoint, self.other.at(hello.index, says), hello.at_us)
        for body in self.other.bodies["fork"]:
            notes = body.says.get("notes")
            for note in notes if isinstance(notes, list) else ():
                says = "a checkpoint of {size} entries, kept as evidence of a fork"
                yield from self._note(str(note), self.other.at(body.index, says))

        for body in self.other.bodies["checkpoint.peer"]:
            note = body.says.get("note")
            if isinstance(note, str):
                says = "the checkpoint of {size} entries, as it was cosigned"
                yield from self._note(note, self.other.at(body.index, says), _whole_s(body.says.get("time_s")))

    def _note(self, text: str, where: Evidence, at_us: int | None = None) -> Iterator[Head]:
        """The checkpoint in a note, if it is of one of the owner's logs and the owner's key signed it."""
        try:
            note = parse_note(text.encode("utf-8", "replace"))
            head = parse_checkpoint(note.text)
        except Refused:
            return
        if not is_log_of(self.owner.party, head.origin):
            return
        lines = [self._ring.noted(note.text, one, "log")[0] for one in note.signatures if one.name == head.origin]
        if "bad" in lines:
            says = f"it holds a checkpoint that {self.owner.party} did not sign: the signature is not good"
            self._add("contradicted", "signature", self.other.party, says, where)
            return
        says = where.says.format(party=self.owner.party, size=head.size)
        if "good" in lines:
            yield Head(head.origin, head.size, head.root, True, msgspec.structs.replace(where, says=says), at_us)

    def _claimed(self) -> Iterator[Head]:
        """Roots that the other says it saw, without the log's signature; they carry the other's clock."""
        for body in self.other.bodies["checkpoint.peer"]:
            head = _said(body)
            if head is not None and head.origin == self._head.origin:
                where = self.other.at(body.index, f"its word that it cosigned {head.size} entries")
                yield Head(head.origin, head.size, head.root, False, where, _whole_s(body.says.get("time_s")), SECOND_US)
        for hello in self.owner.papers["hello.in"]:
            seen = hello.said.witness
            signed = seen is not None and self._witness.standing(hello.envelope, self._line) == "good"
            if signed and seen.origin == self._head.origin:
                where = self.owner.at(hello.index, f"{self.other.party}'s hello: it cosigned {seen.size} entries")
                at_us = hello.said.t3_us or hello.said.t1_us
                yield Head(seen.origin, seen.size, seen.root, False, where, at_us)

    def _cosigns(self) -> Iterator[Cosign]:
        for row in self.owner.opened.cosigned:
            where = Evidence(self.owner.party, f"a cosignature under {row.size} entries", file="peer/cosigned.jsonl")
            yield Cosign(row.size, row.line, where, row.root)
        for one in self.owner.opened.note.signatures:
            if one.name == witness_name(self.other.party):
                where = Evidence(self.owner.party, f"a cosignature under {self._head.size} entries", file="log/checkpoint")
                yield Cosign(self._head.size, signature_line(one.name, one.key_id, one.data), where, self._head.root)
        for body in self.owner.bodies["cosign"]:
            size, line = body.says.get("size"), body.says.get("line")
            ours = body.says.get("by") == self.other.party and body.says.get("log") == self._head.origin
            if ours and type(size) is int and size >= 0 and isinstance(line, str):
                where = self.owner.at(body.index, f"{self.other.party}'s cosignature under {size} entries")
                yield Cosign(size, line, where)

    def _cosigned(self, one: Cosign) -> Head | None:
        """A cosignature of the other's as its word of this log, if it is one and it can be told."""
        root = one.root or self._roots.get(one.size)
        if root is None:
            return None
        text = Checkpoint(self._head.origin, one.size, root).text
        try:
            note = parse_note(f"{text}\n{one.line}".encode("utf-8", "replace"))
        except Refused:
            return None
        standing, time_s = self._witness.noted(text, note.signatures[0], "witness")
        if standing == "bad":
            return Head(self._head.origin, one.size, b"", True, one.where)  # good under another tree, or under none
        return (
            Head(self._head.origin, one.size, root, True, one.where, _whole_s(time_s), SECOND_US)
            if standing == "good"
            else None
        )

    # ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _judge(self, heads: list[Head]) -> None:
        here = [one for one in heads if one.origin == self._head.origin]
        known = sorted((one for one in here if one.size in self._roots), key=lambda one: one.size)
        wrong = [one for one in known if one.root != self._roots[one.size]]
        right = [one for one in known if one.root == self._roots[one.size]]
        self.checked = len({(one.size, one.root) for one in right})
        self.marks = sorted((one.size, one.at_us, one.at_us + one.within_us) for one in right if one.at_us is not None)
        signed = [one for one in wrong if one.signed]
        if signed:
            self._rewritten(signed, right)
        for one in [] if signed else wrong:
            says = f"{self.other.party} says it cosigned another tree of {self.owner.party}'s first {one.size} entries"
            says += "; no signature under that tree is shown, so whose record is wrong cannot be told"
            self._add("contradicted", "log", "", says, one.where)
        self._beyond(here)
        hidden = {one.size for one in here if one.size <= self._head.size} - self._roots.keys()
        if hidden:
            says = f"{len(hidden)} checkpoints of it fall among entries that were left out of its bundle"
            self._add("untold", "shown", self.owner.party, says)

    def _rewritten(self, wrong: list[Head], right: list[Head]) -> None:
        first = wrong[0]
        good = max((one.size for one in right if one.size < first.size), default=0)
        span = f"entry {good}" if good == first.size - 1 else f"one of the entries {good} to {first.size - 1}"
        says = f"its record is not the one it signed before, or had cosigned: {span} is not what stood there when the log"
        says += f" had {first.size} entries"
        root = self._roots[first.size].hex()
        own = Evidence(self.owner.party, f"these entries; the first {first.size} have the root {root[:16]}…", file="entries")
        shown = [
            msgspec.structs.replace(one.where, says=one.where.says + (f", root {one.root.hex()[:16]}…" if one.root else ""))
            for one in wrong[:SHOWN_MAX]
        ]
        back = [
            self.owner.at(entry, "its record says itself that this node was put back") for entry in self.owner.put_back[-1:]
        ]
        self._add("contradicted", "log", self.owner.party, says, *shown, own, *back)

    def _beyond(self, heads: list[Head]) -> None:
        """More entries than its bundle has: it was made before, or, if by its own clock it was made after, it was cut."""
        size, shown_us = self._head.size, self.owner.latest_us
        own = Evidence(self.owner.party, f"{size} entries, of which some are of {_moment(shown_us)}", file="log/checkpoint")
        for one in self._own_words():
            if one.at_us is not None and one.at_us < shown_us - CLOCK_SET_US:
                says = (
                    "its bundle has fewer entries than it said its log had before, by its own clock: unless that was set back,"
                )
                says += " entries were taken out"
                self._add("contradicted", "log", self.owner.party, says, one.where, own)
                return
        more = max((one for one in heads if one.size > size and one.signed), key=lambda one: one.size, default=None)
        if more is not None:
            says = f"its bundle ends after {size} entries; it signed a log of {more.size}, of which the rest is not shown here"
            self._add("untold", "shown", self.owner.party, says, more.where)

    def _own_words(self) -> Iterator[Head]:
        """Where it said itself, by its own clock, that its log had more entries than are shown: in receipts and in hellos."""
        for paper in (*self.other.papers["receipt.in"], *self.other.papers["hello.in"]):
            said = paper.said
            try:
                head = said if paper.kind == "receipt.in" else read_head(said.checkpoint)
            except Refused:
                continue  # a hello without a checkpoint
            larger = head.origin == self._head.origin and head.size > self._head.size
            if larger and self._ring.standing(paper.envelope, self._line) == "good":
                at_us = said.at_us if paper.kind == "receipt.in" else said.t3_us or said.t1_us
                says = f"its {paper.kind.removesuffix('.in')} of {_moment(at_us)}: its log had {head.size} entries"
                yield Head(head.origin, head.size, b"", True, self.other.at(paper.index, says), at_us)

    def _twins(self, heads: list[Head]) -> None:
        """Two checkpoints of one size, both signed by the log: no log can have both."""
        held: dict[tuple[str, int], Head] = {}
        for one in heads:
            first = held.setdefault((one.origin, one.size), one)
            if first.root != one.root:
                says = f"it signed two different logs of {one.size} entries ({one.origin})"
                self._add("contradicted", "log", self.owner.party, says, first.where, one.where)

    def _add(self, grade: Grade, topic: Topic, party: str, says: str, *evidence: Evidence) -> None:
        self.findings.append(Finding(grade=grade, topic=topic, party=party, says=says, evidence=evidence))


def _said(body: Body) -> Head | None:
    """The log, size and root that an entry names, None where it names none."""
    origin, size, root = (body.says.get(name) for name in ("log", "size", "root"))
    try:
        digest = seal.from_b64(str(root), "root", seal.HASH_BYTES)
    except Refused:
        return None
    sound = isinstance(origin, str) and type(size) is int and size >= 0
    return Head(str(origin), int(str(size)), digest, False, Evidence("", "")) if sound else None


def _moment(at_us: int) -> str:
    return to_rfc3339(at_us * NS_PER_US, 0)


def _whole_s(time_s: Any) -> int | None:
    """A witness's time, None where it has none that could be one."""
    return time_s * US_PER_S if type(time_s) is int and 0 < time_s * US_PER_S < INT_LIMIT else None
