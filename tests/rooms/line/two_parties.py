"""Two parties whose records are made by hand, so that a test can make one of them lie and sign it.

A record is a list of new entries; its tree, its checkpoints and its bundle are made from the list whenever they are asked for.
Change the list, and what comes out is the log of a party that rewrote its history and signed it again with its own keys.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import msgspec

from openline import seal
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.judge import judge
from openline.line.judge_said import Finding, Judgement, Row
from openline.line.message import FIRST, Message, hash_of
from openline.record import tree
from openline.record.bundle import About, Holdings, Sealed, build
from openline.record.entry import Actor, Blob, Entry, NewEntry, canonical, parse, seal_entry
from openline.record.envelope import wrap
from openline.record.keys import KeyManifest, PublicKey, make_manifest
from openline.record.note import Checkpoint, Key, cosign, sign_checkpoint
from openline.record.opened import Opened
from openline.record.peers import Cosigned, SeenLog, write
from openline.record.policy import plain_policy
from openline.record.verify import verify_bundle
from openline.record.witness import witness_name

SOUTH, NORTH = "south.example", "north.example"
T0_US = 1_795_330_606_000_000
SECOND_US = 1_000_000
USES = ("root", "log", "line", "witness")
NODE = Actor("node", "node")
PERSON = {"who": "Capt. B. Officer", "role": "watch officer", "at_us": T0_US}


class Party:
    """One party: its keys, its record as a list, and what it keeps beside the record."""

    def __init__(self, name: str, seed: str = "") -> None:
        self.name = name
        self.origin = f"{name}/openline/log/1"
        self.signers = {use: seal.Signer(hashlib.sha256(f"{name}{use}{seed}".encode()).digest()) for use in USES}
        keys = tuple(PublicKey(f"{use}-1", use, "ed25519", one.public) for use, one in self.signers.items())
        self.manifest = KeyManifest(party=name, seq=1, not_before_us=T0_US, keys=keys)
        self.rows: list[NewEntry] = []
        self.lines: list[tuple[int, str, str]] = []  # cosignatures under this log: size, name, line
        self.logs: dict[str, SeenLog] = {}  # what this party cosigned of others
        self.under = ""  # a witness's line under the checkpoint of the bundle
        self.now_us = T0_US
        self.sent: dict[int, list[bytes]] = {}
        self.taken: dict[int, list[bytes]] = {}
        self.add("node.init", {"party": name})

    def copy(self) -> "Party":
        """A second one that can be changed."""
        return copy.deepcopy(self, {id(one): one for one in self.signers.values()})

    # ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, kind: str, says: dict[str, Any] | bytes, **more: Any) -> int:
        """An entry, a second after the last; its number."""
        self.now_us += SECOND_US
        media, data = (
            ("application/vnd.openline.dsse+json", says) if isinstance(says, bytes) else ("application/json", canonical(says))
        )
        given = {"actor": NODE, "at_us": self.now_us, **more}
        self.rows.append(NewEntry(kind=kind, blobs=(Blob(media, data),), **given))
        return len(self.rows) - 1

    def change(self, index: int, says: dict[str, Any] | bytes) -> None:
        """Put other content into an entry that is there."""
        one = self.rows[index]
        data = says if isinstance(says, bytes) else canonical(says)
        self.rows[index] = msgspec.structs.replace(one, blobs=(Blob(one.blobs[0].media, data),))

    def where(self, kind: str, nth: int = 0) -> int:
        """The number of the nth entry of a kind."""
        return [index for index, one in enumerate(self.rows) if one.kind == kind][nth]

    def entries(self) -> tuple[list[Entry], dict[bytes, tuple[bytes, bytes]]]:
        """The entries as they are signed, and their objects by commitment."""
        found, objects = [], {}
        for index, one in enumerate(self.rows):
            salt = hashlib.sha256(f"{self.name}{index}".encode()).digest()[:16]
            header, sealed = seal_entry(one, self.name, lambda length, salt=salt: salt)  # type: ignore[misc]
            found.append(parse(index, header))
            objects.update({c: (salt_, data) for c, salt_, data in sealed})
        return found, objects

    def leaves(self) -> list[bytes]:
        """Leaf hashes."""
        return [tree.leaf_hash(one.header) for one in self.entries()[0]]

    def head(self, size: int | None = None) -> Checkpoint:
        """The checkpoint's content at a size."""
        leaves = self.leaves()[:size]
        return Checkpoint(self.origin, len(leaves), tree.root_of(leaves))

    def note(self, size: int | None = None) -> str:
        """The checkpoint, signed."""
        return sign_checkpoint(self.head(size), self.signers["log"])

    def envelope(self, payload_type: str, payload: bytes) -> bytes:
        """Signed with the line key."""
        return wrap(payload_type, payload, [self.signers["line"]])

    # ── the bundle ───────────────────────────────────────────────────────────────────────────────────────────────────

    def files(
        self, keep: Callable[[int], bool] = lambda index: True, withhold: Callable[[int], bool] = lambda index: False
    ) -> dict[str, bytes]:
        """A bundle's files: entries that `keep` wants, without the objects that `withhold` keeps at home."""
        entries, objects = self.entries()
        leaves = [tree.leaf_hash(one.header) for one in entries]
        head = self.head()

        def node(level: int, index: int) -> bytes:
            return tree.root_of(leaves[index << level : (index + 1) << level])

        cosigned = [
            Cosigned(
                size=size,
                root=tree.root_of(leaves[:size]),
                name=name,
                line=line,
                proof=tuple(tree.consistency(size, head.size, node)),
            )
            for size, name, line in self.lines
            if size <= head.size
        ]
        about = About(party=self.name, origin=self.origin, made_us=self.now_us, by=NODE, tool="test", scope="all")
        papers = Sealed(
            size=head.size,
            root=head.root,
            note=self.note() + self.under,
            keys=make_manifest(self.manifest, self.signers["root"]),
            policy=plain_policy([Key(self.origin, seal.NOTE_ED25519, self.signers["log"].public)]),
            verifier=b"#\n",
            peer=tuple(write(cosigned, self.logs.values())),
        )
        hold = Holdings(
            salted=objects.get,
            redacted_by=lambda c: None,
            cover=lambda first, end: [node(level, index) for level, index in tree.cover(first, end)],
            leaf=tree.leaf_hash,
        )
        kept = [one for one in entries if keep(one.index)]
        return dict(build(about, papers, kept, hold, self.signers["line"], lambda one, place: withhold(one.index)))

    def bundle(self, **chosen: Any) -> Opened:
        """The bundle, which verifies by itself."""
        files = self.files(**chosen)
        verdict = verify_bundle(files)
        assert verdict.fault is None, verdict.fault.says()
        return Opened(files)


# ── what they do ─────────────────────────────────────────────────────────────────────────────────────────────────────


def pair() -> tuple[Party, Party]:
    """South and north, who compared their root keys."""
    south, north = Party(SOUTH), Party(NORTH)
    meet(south, north)
    meet(north, south)
    return south, north


def meet(one: Party, other: Party) -> None:
    """One loads the other's card and compares the root key."""
    manifest = make_manifest(other.manifest, other.signers["root"]).decode()
    card = json.dumps({"manifest": manifest})
    one.add("act", {"card": card, "how": "telephone"}, x={"act": "counterpart.put", "seq": len(one.rows)})
    body = {
        "what": "counterpart",
        "party": other.name,
        "fingerprint": other.manifest.fingerprint,
        "how": "telephone",
        "by": "ada",
    }
    one.add("key", body, ref=refs(other))


def refs(other: Party) -> tuple[str, ...]:
    """What entries about a counterpart refer to."""
    return (f"party:{other.name}",)


def said(sender: Party, receiver: Party, lane: int = 0, **changes: Any) -> Message:
    """The next message of a lane."""
    before = sender.sent.setdefault(lane, [])
    given: dict[str, Any] = {
        "from_": sender.name,
        "to": receiver.name,
        "lane": lane,
        "seq": len(before) + 1,
        "prev": hash_of(before[-1]) if before else FIRST,
        "at_us": sender.now_us,
        "type": "check",
        "conv": f"{sender.name}/1",
        "marker": "INFORMATION",
        **changes,
    }
    return Message(**given)


def send(sender: Party, receiver: Party, lane: int = 0, **changes: Any) -> bytes:
    """A message into the sender's record; its envelope."""
    payload = messages.write_message(said(sender, receiver, lane, **changes))
    sender.sent[lane].append(payload)
    envelope = sender.envelope(messages.PAYLOAD_TYPE, payload)
    sender.add("msg.out", envelope, ref=refs(receiver))
    return envelope


def take(receiver: Party, sender: Party, envelope: bytes) -> int:
    """An envelope into the receiver's record."""
    payload = seal.from_b64(json.loads(envelope)["payload"])
    receiver.taken.setdefault(json.loads(payload)["lane"], []).append(payload)
    actor = Actor(sender.name, "counterpart")
    return receiver.add("msg.in", envelope, actor=actor, ref=refs(sender), x={"seq": len(receiver.rows)})


def receipt(receiver: Party, sender: Party, lane: int = 0, arrives: bool = True, **changes: Any) -> bytes:
    """A receipt for everything taken in a lane, into both records; its envelope."""
    taken = receiver.taken[lane]
    given: dict[str, Any] = {
        "from_": receiver.name,
        "to": sender.name,
        "lane": lane,
        "upto": len(taken),
        "hash": hash_of(taken[-1]),
        "origin": receiver.origin,
        "size": len(receiver.rows),
        "at_us": receiver.now_us,
        **changes,
    }
    envelope = receiver.envelope(receipts.PAYLOAD_TYPE, receipts.write_receipt(receipts.Receipt(**given)))
    receiver.add("receipt.out", envelope, ref=refs(sender))
    if arrives:
        sender.add("receipt.in", envelope, actor=Actor(receiver.name, "counterpart"), ref=refs(receiver))
    return envelope


def deliver(sender: Party, receiver: Party, lane: int = 0, **changes: Any) -> bytes:
    """Sent, taken, receipted."""
    envelope = send(sender, receiver, lane, **changes)
    take(receiver, sender, envelope)
    receipt(receiver, sender, lane)
    return envelope


def witness(by: Party, of: Party, entries: bool = True) -> int:
    """`by` cosigns the log of `of` as it stands; the time in s by the witness's clock."""
    head, time_s = of.head(), by.now_us // SECOND_US
    line = cosign(head.text, witness_name(by.name), by.signers["witness"], time_s)
    by.logs[of.origin] = SeenLog(origin=of.origin, size=head.size, root=head.root, note=of.note())
    of.lines = [(head.size, witness_name(by.name), line)]
    if entries:
        root = seal.b64(head.root)
        by.add("checkpoint.peer", {"log": of.origin, "size": head.size, "root": root, "time_s": time_s})
        of.add("cosign", {"log": of.origin, "size": head.size, "by": by.name, "time_s": time_s, "line": line})
    return time_s


def greet(sender: Party, receiver: Party, **changes: Any) -> None:
    """A hello of `sender` in the record of `receiver`."""
    given: dict[str, Any] = {
        "from_": sender.name,
        "to": receiver.name,
        "session": bytes(16),
        "boot": bytes(16),
        "heard": None,
        "keys_seq": 1,
        "lanes": (hellos.Marks(),) * 3,
        "checkpoint": sender.note(),
        "t1_us": sender.now_us,
        **changes,
    }
    envelope = sender.envelope(hellos.PAYLOAD_TYPE, hellos.write_hello(hellos.Hello(**given)))
    receiver.add("hello.in", envelope, actor=Actor(sender.name, "counterpart"), ref=refs(sender))


def talked() -> tuple[Party, Party]:
    """An evening: south sends three messages and north one statement; each cosigns the other in the middle and at the end."""
    south, north = pair()
    greet(north, south)
    greet(south, north)
    deliver(south, north, text={"en": "first"})
    witness(north, south)
    witness(south, north)
    deliver(south, north, text={"en": "second"})
    spoken_of = messages.Ref(south.name, 0, 1, hash_of(south.sent[0][0]))
    deliver(north, south, type="seen", re=spoken_of, params=PERSON, conv=f"{south.name}/1")
    deliver(south, north, text={"en": "third"})
    south.add("finding", {"depth_m": 12})
    north.add("finding", {"depth_m": 7})
    witness(north, south)
    witness(south, north)
    return south, north


# ── what is said of it ───────────────────────────────────────────────────────────────────────────────────────────────


def judged(south: Party, north: Party) -> Judgement:
    """The judgement on two whole bundles."""
    return judge(south.bundle(), north.bundle())


def contradicted(judgement: Judgement) -> list[tuple[str, str, int]]:
    """(topic, against whom, number of the message) of everything contradicted."""
    return [(one.topic, one.party, one.first) for one in judgement.findings if one.grade == "contradicted"]


def of_topic(judgement: Judgement, topic: str) -> list[Finding]:
    """The findings of one topic."""
    return [one for one in judgement.findings if one.topic == topic]


def row(judgement: Judgement, sender: str, seq: int, lane: int = 0) -> Row:
    """One message."""
    lanes = [one for one in judgement.lanes if (one.from_, one.lane) == (sender, lane)]
    return next(one for one in lanes[0].rows if one.seq == seq)
