"""What one party sent the other, message by message: what its record says, what the other's says, and what was receipted.

A receipt names the hash of one message; the messages before it are followed backwards through `prev`, over payloads that either
bundle holds. Where a payload is not here the chain ends, and of what stands before it that receipt proves nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from openline.line.judge_keys import Ring, Standing
from openline.line.judge_logs import Log
from openline.line.judge_papers import Paper, Papers
from openline.line.judge_said import Evidence, Finding, Grade, Lane, Row, Topic
from openline.line.message import FIRST
from openline.line.names import LANES

CLOCKS_DIFFER_US: Final = 60_000_000
"""An entry's own time may stand this far outside of the moments of the other's clock around it before that is said."""
By = dict[bytes, Paper]
"""Hash of a payload → the first paper with it."""


class Way:
    """Everything that `sender` sent to `receiver`, with the findings about it."""

    def __init__(self, sender: Log, receiver: Log, rings: dict[str, Ring]) -> None:
        self.sender = sender
        self.receiver = receiver
        self.s = sender.owner
        self.r = receiver.owner
        self.findings: list[Finding] = []
        self._rings = rings
        # What a party's own record holds as sent it owns up to, whichever of its keys signed it: one that was stolen, too.
        self._owned = {
            of.party: {one.digest for kind in ("msg.out", "receipt.out") for one in of.papers[kind]} for of in (self.s, self.r)
        }
        self._before: set[bytes] = set()  # messages signed by a key that was revoked only after they were seen
        self._standings: dict[tuple[bytes, tuple[tuple[str, bytes], ...]], Standing] = {}
        self._before = {one.digest for one in self.r.papers["msg.in"] if self._was_before(one)}
        self.out = self._sound(self.s, "msg.out")
        self.into = self._sound(self.r, "msg.in")
        self.got = self._sound(self.s, "receipt.in")
        self.gave = self._sound(self.r, "receipt.out")

    def judged(self) -> list["OneLane"]:
        """The lanes in which there is anything."""
        lanes = [OneLane(self, lane) for lane in LANES]
        return [one for one in lanes if one.said.rows]

    def good(self, paper: Paper) -> bool:
        """Whether the party that a paper comes from signed it, beyond doubt."""
        return self.standing(paper) == "good"

    def standing(self, paper: Paper) -> Standing:
        """How its signature stands."""
        key = paper.digest, paper.envelope.signatures  # as they stand: a copy with another keyid is another statement
        if key not in self._standings:
            said, ring = paper.said, self._rings[paper.said.from_]
            number = (said.lane, said.seq) if paper.kind.startswith("msg") else (None, None)
            self._standings[key] = ring.standing(paper.envelope, self.s.line, *number)
        standing = self._standings[key]
        if standing == "revoked" and (paper.digest in self._before or paper.digest in self._owned[paper.said.from_]):
            return "good"
        return standing

    def add(
        self, grade: Grade, topic: Topic, party: str, says: str, lane: int, seq: int, *evidence: Evidence, last: int = 0
    ) -> None:
        """A finding about messages of the sender."""
        self.findings.append(
            Finding(
                grade=grade,
                topic=topic,
                party=party,
                says=says,
                from_=self.s.party,
                lane=lane,
                first=seq,
                last=last or seq,
                evidence=evidence,
            )
        )

    def _was_before(self, paper: Paper) -> bool:
        """Whether the sender cosigned the receiver's log with this message in it before it revoked the key: it stays good."""
        if self.standing(paper) != "revoked":
            return False
        revoked_us = self._rings[self.s.party].revoked_us(paper.envelope)
        logged = self.receiver.logged(paper)
        return revoked_us is not None and logged is not None and (logged.before_us or revoked_us) < revoked_us

    def _sound(self, papers: Papers, kind: str) -> list[Paper]:
        """The papers of a kind whose signature is not wrong; of the others it is said who holds them."""
        found: list[Paper] = []
        for one in papers.papers[kind]:
            standing = self.standing(one)
            if standing in ("bad", "stranger"):
                why = "the signature is not good" if standing == "bad" else "it never had the key that signed it"
                number = one.said.seq if kind.startswith("msg") else one.said.upto
                says = f"its record holds what {one.said.from_} did not sign: {why}"
                self.add("contradicted", "signature", papers.party, says, one.said.lane, number, papers.at(one.index, kind))
            else:
                found.append(one)
        return found


class OneLane:
    """One lane of one direction. `said` is how its messages stand."""

    def __init__(self, way: Way, lane: int) -> None:
        self.way = way
        self.lane = lane
        self.out = _by_number(one for one in way.out if one.said.lane == lane)
        self.into = _by_number(one for one in way.into if one.said.lane == lane)
        self._got = [one for one in way.got if one.said.lane == lane and way.good(one)]
        self._gave = [one for one in way.gave if one.said.lane == lane and way.good(one)]
        self.receipts = {one.digest: one for one in (*self._got, *self._gave)}
        self._covered = self._follow()
        self._upto = max((one.said.upto for one in self.receipts.values()), default=0)
        self._refused = {one.seq: one.why for paper in self.receipts.values() for one in paper.said.refused}
        self._past, self._beyond = self._marks()
        self._order: Grade = "proved"
        known = sorted(self.out.keys() | self.into.keys() | self._covered.keys())
        rows = tuple(self._row(seq) for seq in known)
        self._holes(known)
        self._chain(known)
        self._hellos()
        self._given()
        self.said = Lane(from_=way.s.party, to=way.r.party, lane=lane, order=self._order, rows=rows)

    def papers(self, seq: int) -> By:
        """Every payload of a number, from either record."""
        return {**self.into.get(seq, {}), **self.out.get(seq, {})}

    def _say(self, grade: Grade, topic: Topic, party: str, says: str, seq: int, *evidence: Evidence, last: int = 0) -> None:
        self.way.add(grade, topic, party, says, self.lane, seq, *evidence, last=last)

    def where(self, paper: Paper, what: str = "") -> Evidence:
        """A paper as evidence: which message it is, in whose record."""
        papers = self.way.s if paper.kind in ("msg.out", "receipt.in") else self.way.r
        name = f"message {paper.said.seq}" if paper.kind.startswith("msg") else f"receipt up to {paper.said.upto}"
        return papers.at(paper.index, what or f"{name} as {paper.said.from_} signed it, SHA-256 {paper.digest.hex()[:16]}…")

    # ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _follow(self) -> dict[int, By]:
        """Number → hash that a receipt covers → the first receipt that does, each chain followed as far as it can be."""
        every = {digest: one for of in (*self.into.values(), *self.out.values()) for digest, one in of.items()}
        covered: dict[int, By] = {}
        for receipt in sorted(self.receipts.values(), key=lambda one: (one.said.upto, one.said.at_us)):
            seq, digest = receipt.said.upto, receipt.said.hash
            while seq > 0 and digest not in covered.setdefault(seq, {}):
                covered[seq][digest] = receipt
                paper = every.get(digest)
                if paper is None or paper.said.seq != seq:
                    break
                seq, digest = seq - 1, paper.said.prev
        return covered

    def _given(self) -> None:
        """Receipts that the sender holds and that the receiver's record does not."""
        r = self.way.r
        given = {one.digest for one in self._gave}
        for one in self._got:
            if one.digest in given:
                continue
            after = max((each.index for each in self._gave if each.said.upto < one.said.upto), default=-1)
            before = min((each.index for each in self._gave if each.said.upto > one.said.upto), default=None)
            if before is not None and r.whole("receipt.out", after, before):
                says = f"its record leaves out a receipt that it signed; the receipt for up to {one.said.upto} is there"
                self._say("contradicted", "left_out", r.party, says, one.said.upto, self.where(one))
            else:
                says = "its bundle does not show this receipt of its own; it may have been made before, or without it"
                self._say("untold", "shown", r.party, says, one.said.upto, self.where(one))

    def _must_hold(self, seq: int, digest: bytes, receipt: Paper) -> bool:
        """Whether the receiver's record does not hold what its receipt says, and is all here where it should; it is said."""
        r, said = self.way.r, receipt.said
        held = self.into.get(seq, {}).get(digest)
        if said.origin != r.opened.head.origin or (held is not None and held.index < said.size):
            return False
        before = [one.index for one in self.into.get(seq - 1, {}).values()]
        after = min((one for one in before if one < said.size), default=-1)
        if said.size > r.opened.head.size or not r.whole("msg.in", after, said.size):
            return False
        where = "has it only later than" if held is not None else "does not hold it where"
        says = f"it gave a receipt for this message, and its record {where} the receipt says"
        stored = f"receipt up to {said.upto} as it signed it: stored within its first {said.size} entries"
        evidence = [self.where(receipt, stored), *([self.where(held)] if held is not None else [])]
        evidence += [self.where(one) for one in self.out.get(seq, {}).values()]
        self._say("contradicted", "left_out", r.party, says, seq, *evidence, *r.excuse())
        return True

    # ── one message ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _row(self, seq: int) -> Row:
        out, into = self.out.get(seq, {}), self.into.get(seq, {})
        papers = self.papers(seq)
        signed = {digest for digest, one in papers.items() if self.way.good(one)}
        stored = self._stored(seq, signed)
        paper = next(iter(out.values()), None) or next(iter(into.values()), None)
        sent, taken = next(iter(out.values()), None), next(iter(into.values()), None)
        cover = self._covered.get(seq, {})
        receipt = next((cover[one] for one in papers if one in cover), None)
        self._time(self.way.sender, sent)
        self._time(self.way.receiver, taken)
        return Row(
            seq=seq,
            sha256="" if paper is None else paper.digest.hex(),
            type="" if paper is None else paper.said.type,
            precedence="" if paper is None else paper.said.precedence,
            at_us=None if paper is None or paper.said.unreadable else paper.said.at_us,
            sent=self._sent(seq, signed),
            stored=stored,
            same=self._same(seq, signed),
            stored_us=None if receipt is None else receipt.said.at_us,
            refused=self._refused.get(seq, ""),
            by_sender=self.way.sender.logged(sent),
            by_receiver=self.way.receiver.logged(taken),
        )

    def _sent(self, seq: int, signed: set[bytes]) -> Grade:
        s, r = self.way.s, self.way.r
        out, into, cover = self.out.get(seq, {}), self.into.get(seq, {}), self._covered.get(seq, {})
        papers = self.papers(seq)
        if len(signed) > 1:
            says = f"it signed {len(signed)} different messages of this number"
            each = [of[digest] for of in (out, into) for digest in sorted(of.keys() & signed)]
            self._say("contradicted", "equivocation", s.party, says, seq, *map(self.where, each), *s.excuse())
            return "contradicted"
        if into and not out and signed:
            self._left_out(seq, "its record leaves out a message that it signed", next(iter(into.values())))
        if signed & (into.keys() | cover.keys()):
            return "proved"
        if signed:
            unseen = "of which entries are left out here" if r.lacks("msg.in") else "as far as it is here"
            says = f"only its own record has it: {r.party}'s record, {unseen}, has it not, and no receipt for it is here"
            self._say("claimed", "message", s.party, says, seq, *map(self.where, out.values()))
            return "claimed"
        if papers:
            says = "it is signed with a key that was revoked before, or that no manifest here names: whose it is cannot be told"
            self._say("untold", "signature", s.party, says, seq, *map(self.where, papers.values()))
        elif cover:
            says = f"neither bundle shows it; a receipt of {r.party} names its hash"
            self._say("untold", "message", s.party, says, seq, *map(self.where, list(cover.values())[:1]))
        return "untold"

    def _stored(self, seq: int, signed: set[bytes]) -> Grade:
        s, r = self.way.s, self.way.r
        out, into, cover = self.out.get(seq, {}), self.into.get(seq, {}), self._covered.get(seq, {})
        wrong = [digest for digest, receipt in cover.items() if self._must_hold(seq, digest, receipt)]
        if wrong:
            return "contradicted"
        strange = [receipt for digest, receipt in cover.items() if digest not in out and digest not in into]
        if strange and out:
            says = f"{r.party}'s receipt names another message than {s.party}'s record holds; neither bundle shows that one"
            where = [*map(self.where, strange), *map(self.where, out.values())]
            self._say("contradicted", "receipt", "", says, seq, *where)
            return "contradicted"
        if signed & (into.keys() | cover.keys()):
            return "proved"
        if cover or into or r.lacks("msg.in"):
            return "untold"
        if self._upto >= seq:
            says = f"{r.party} gave a receipt for a later message, and what would lead from it to this one is not here"
            self._say("untold", "receipt", s.party, says, seq)
            return "untold"
        return "unsaid"

    def _same(self, seq: int, signed: set[bytes]) -> Grade:
        out, into = self.out.get(seq, {}), self.into.get(seq, {})
        if out and into:
            if out.keys() == into.keys():
                return "proved" if signed >= out.keys() else "untold"
            if len(signed) < 2:  # else it is said already, and by whom
                where = [self.where(one) for one in (*out.values(), *into.values())]
                self._say("contradicted", "message", "", "the two records hold different messages of this number", seq, *where)
            return "contradicted"
        lacking = self.way.r.lacks("msg.in") if out else self.way.s.lacks("msg.out")
        return "untold" if lacking or not (out or into) else "unsaid"

    def _time(self, log: Log, paper: Paper | None) -> None:
        """An entry whose own time cannot be, if the other's clock is right."""
        logged = log.logged(paper)
        if paper is None or logged is None:
            return
        early = logged.after_us is not None and paper.at_us < logged.after_us - CLOCKS_DIFFER_US
        late = logged.before_us is not None and paper.at_us > logged.before_us + CLOCKS_DIFFER_US
        if early or late:
            other = log.other.party
            says = f"the time its record gives the entry is {'before' if early else 'after'} what {other}'s clock allows"
            self._say("claimed", "time", log.owner.party, says, paper.said.seq, self.where(paper))

    # ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _marks(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """(number, entry) of the sender's record: at which entry it had come to a number, and where it is surely past one."""
        sent = sorted((number, one.index) for number, of in self.out.items() for one in of.values())
        known = [(one.said.upto, one.index) for one in self._got]
        hellos = [one for one in self.way.s.papers["hello.in"] if self.way.good(one)]
        known += [(one.said.lanes[self.lane].have.seq, one.index) for one in hellos]
        past, beyond, first = sent, sorted(sent + known), 2**63
        for place in range(len(beyond) - 1, -1, -1):
            first = min(first, beyond[place][1])
            beyond[place] = beyond[place][0], first
        return past, beyond

    def _left_out(self, seq: int, says: str, paper: Paper | None, last: int = 0) -> bool:
        """Say that the sender's record does not hold a number that it must; or that it cannot be told, and False."""
        s = self.way.s
        place = bisect_left(self._past, (seq,))
        after = self._past[place - 1][1] if place else -1
        place = bisect_left(self._beyond, (seq,))
        before = self._beyond[place][1] if place < len(self._beyond) else -1
        evidence = [] if paper is None else [self.where(paper)]
        if after < before and s.whole("msg.out", after, before):
            evidence.append(s.at(before, "here its record is past it already"))
            self._say("contradicted", "left_out", s.party, says, seq, *evidence, last=last)
            return True
        self._say("untold", "shown", s.party, "its bundle does not show it", seq, *evidence, last=last)
        return False

    def _holes(self, known: list[int]) -> None:
        """Numbers between others of which nothing at all is here."""
        for before, after in zip([0, *known], known, strict=False):
            if after - before > 1:
                skipped = self._left_out(before + 1, "its record skips it", None, last=after - 1)
                self._order = "contradicted" if skipped else "untold" if self._order == "proved" else self._order

    def _chain(self, known: list[int]) -> None:
        """Each message names the hash of the one before, and the sender's record has them in their order."""
        index = -1
        for seq in known:
            before = {FIRST} if seq == 1 else set(self.papers(seq - 1))
            for one in self.papers(seq).values():
                if before and one.said.prev not in before and self.way.good(one):
                    says = "it does not follow from the one before, which it signed as well"
                    each = [one, *self.papers(seq - 1).values()]
                    self._say("contradicted", "order", self.way.s.party, says, seq, *map(self.where, each))
                    self._order = "contradicted"
            first = min((one.index for one in self.out.get(seq, {}).values()), default=index)
            if first < index:
                says = "its record has it before the one that it follows"
                self._say("contradicted", "order", self.way.s.party, says, seq, *map(self.where, self.out[seq].values()))
                self._order = "contradicted"
            index = max(index, first)

    def _hellos(self) -> None:
        """What either side said in its hellos of the last message, beside its own record."""
        s, r = self.way.s, self.way.r
        for one in r.papers["hello.in"]:
            sent = one.said.lanes[self.lane].sent
            held = self.out.get(sent.seq, {})
            if held and sent.hash not in held and self.way.good(one):
                where = [r.at(one.index, f"its hello, SHA-256 {sent.hash.hex()[:16]}…"), *map(self.where, held.values())]
                says = "its own hello named another message of this number than its record holds"
                self._say("contradicted", "hello", s.party, says, sent.seq, *where)
        for one in s.papers["hello.in"]:
            have = one.said.lanes[self.lane].have
            held = self.into.get(have.seq, {})
            if held and have.hash not in held and self.way.good(one):
                where = [s.at(one.index, f"its hello, SHA-256 {have.hash.hex()[:16]}…"), *map(self.where, held.values())]
                says = "its own hello named another message of this number than its record holds"
                self._say("contradicted", "hello", r.party, says, have.seq, *where)


def _by_number(papers: Iterable[Paper]) -> dict[int, By]:
    found: dict[int, By] = {}
    for one in papers:
        found.setdefault(one.said.seq, {}).setdefault(one.digest, one)
    return found
