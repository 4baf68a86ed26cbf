#!/usr/bin/env python3
"""Make tests/vectors/line: what is signed on the line, by keys that everybody knows, for another implementation to read.

`python -m scripts.line_vectors` writes the files; run again, it writes the same bytes (Ed25519 is deterministic).
"""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from openline import seal
from openline.line import card, hello, message, receipt, spoken
from openline.line.counterpart import Counterpart, meet
from openline.line.hello import Hello, Mark, Marks, Witnessed
from openline.line.message import Message, Ref, Template
from openline.line.receipt import Receipt, Unused
from openline.record import tree
from openline.record.envelope import unwrap, wrap
from openline.record.keys import PAYLOAD_TYPE as KEYS_TYPE
from openline.record.keys import KeyManifest, PublicKey, Revoked, line_hash, make_manifest
from openline.record.note import Checkpoint, cosign, sign_checkpoint
from openline.record.witness import AddCheckpoint, witness_name, write_add

FOLDER: Final = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "line"
SOUTH: Final = "south.example"
NORTH: Final = "north.example"
LINE: Final = "north.example~south.example"
T0_US: Final = 1_795_330_606_000_000
USES: Final = ("root", "log", "line", "witness")
SEEDS: Final = {
    party: {use: bytes([first + n]) * 32 for n, use in enumerate(USES)} for party, first in ((SOUTH, 1), (NORTH, 17))
}
SIGNERS: Final = {party: {use: seal.Signer(seed) for use, seed in seeds.items()} for party, seeds in SEEDS.items()}
NEXT_LINE: Final = seal.Signer(b"\x0a" * 32)
TEMPLATE: Final = Template("hazard.keep_clear", 1, seal.sha256(b"the definition of the template would stand here"))


def certificate(party: str) -> str:
    """A certificate that comes out the same each time; real ones are P-256 and made by `openline init`."""
    key = Ed25519PrivateKey.from_private_bytes(seal.sha256(party.encode()))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, party)])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = builder.not_valid_before(begins).not_valid_after(begins.replace(year=2027)).sign(key, None)
    return made.public_bytes(serialization.Encoding.PEM).decode()


def keys_of(party: str, **changes: Any) -> KeyManifest:
    """The first manifest of a party."""
    keys = [PublicKey(f"{use}#1", use, "ed25519", SIGNERS[party][use].public) for use in USES]
    keys.append(PublicKey("tls#1", "tls", "x509-sha256", card.fingerprint(certificate(party), "certificate")))
    return KeyManifest(**{"party": party, "seq": 1, "not_before_us": T0_US, "keys": tuple(keys), **changes})


def card_of(party: str) -> card.Card:
    """Its card."""
    manifest = make_manifest(keys_of(party), SIGNERS[party]["root"])
    return card.Card(party=party, manifest=manifest, certificates=(certificate(party),), urls=(f"https://line.{party}:8443",))


def known(party: str, to: str) -> Counterpart:
    """A party as the other knows it after first contact."""
    return meet(to, card_of(party))


def keep_clear(**changes: Any) -> Message:
    """The message that the page shows: a hazardous activity, keep clear of a coarse place for two hours."""
    said: dict[str, Any] = {
        "from_": SOUTH,
        "to": NORTH,
        "lane": 0,
        "seq": 1,
        "prev": message.FIRST,
        "at_us": T0_US,
        "type": "hazard.keep_clear",
        "conv": "south.example/1",
        "precedence": "immediate",
        "marker": "WARNING",
        "valid_until_us": T0_US + 7_200_000_000,
        "answer_by_us": T0_US + 1_800_000_000,
        "answers": ("will_keep_clear", "cannot"),
        "readback": ("within_m",),
        "tpl": TEMPLATE,
        "params": {"centre_lat_1e7": 335_000_000, "centre_lon_1e7": 386_000_000, "within_m": 5000},
        "text": {"en": "Keep clear of 33.50N 038.60E within 5000 m until 08:56 UTC."},
        **changes,
    }
    return Message(**said)


def seen(first: bytes, **changes: Any) -> Message:
    """The second message of the lane, the other way: an officer has seen the first."""
    said: dict[str, Any] = {
        "from_": NORTH,
        "to": SOUTH,
        "lane": 0,
        "seq": 1,
        "prev": message.FIRST,
        "at_us": T0_US + 9_000_000,
        "type": "seen",
        "conv": "south.example/1",
        "re": Ref(SOUTH, 0, 1, message.hash_of(first)),
        "precedence": "immediate",
        "marker": "ANSWER",
        "params": {"who": "Capt. B. Officer", "role": "watch officer", "at_us": T0_US + 8_500_000},
        **changes,
    }
    return Message(**said)


def stored(upto: int, payload: bytes, **changes: Any) -> Receipt:
    """North's receipt for messages of south up to `upto`."""
    said: dict[str, Any] = {
        "from_": NORTH,
        "to": SOUTH,
        "lane": 0,
        "upto": upto,
        "hash": message.hash_of(payload),
        "origin": f"{NORTH}/openline/log/1",
        "size": 41,
        "at_us": T0_US + 1_000_000,
        **changes,
    }
    return Receipt(**said)


def signed(kind: str, payload: bytes, party: str, use: str = "line") -> dict[str, str]:
    """A payload as text, its hash, and the envelope as text."""
    envelope = wrap(kind, payload, [SIGNERS[party][use]])
    return {"payload": payload.decode(), "sha256": seal.sha256(payload).hex(), "envelope": envelope.decode()}


def note_of(party: str, size: int, root: bytes) -> str:
    """A checkpoint that a party's log key signed."""
    return sign_checkpoint(Checkpoint(f"{party}/openline/log/1", size, root), SIGNERS[party]["log"])


def messages() -> dict[str, Any]:
    """Two messages of south, the second naming the first, and one of north that speaks of it; and payloads nobody uses."""
    first = message.write_message(keep_clear())
    second = message.write_message(
        keep_clear(seq=2, prev=message.hash_of(first), conv="south.example/2", text={}, free="Again.")
    )
    body = json.loads(first)
    return {
        "messages": [
            signed(message.PAYLOAD_TYPE, first, SOUTH),
            signed(message.PAYLOAD_TYPE, second, SOUTH),
            signed(message.PAYLOAD_TYPE, message.write_message(seen(first)), NORTH),
        ],
        "not_of_this_protocol": [
            first.decode().replace('"v":1', '"v":2'),
            first.decode().replace('"lane":0', '"lane":3'),
            first.decode().replace('"seq":1', '"seq":0'),
            first.decode().replace('"line":"north', '"line":"other'),
            first.decode().replace('"ex":false', '"ex": false'),
            first.decode().replace('"lane":0', '"lane":0,"lane":0'),
            first.decode().replace('"prev":"AAAA', '"prev":"AAA'),
        ],
        "stored_and_refused": [
            written({**body, "type": "zone.tidings"}),
            written({**body, "tpl": None}),
            written({**body, "lane": 1}),
            written({**body, "marker": "ORDER"}),
            written({**body, "text": {"en": "word " * 201}}),
            written({**body, "readback": ["depth_m"]}),
            written({**body, "conv": "east.example/1"}),
            written({**body, "extra": 1}),
            written({name: value for name, value in body.items() if name != "at"}),
        ],
    }


def written(body: dict[str, Any]) -> str:
    """Canonical JSON, whatever it says."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def receipts() -> dict[str, Any]:
    """A receipt, and one that names a message as stored and refused."""
    first = message.write_message(keep_clear())
    plain = receipt.write_receipt(stored(1, first))
    named = receipt.write_receipt(stored(1, first, refused=(Unused(1, "tpl: a version that is known here"),)))
    return {"receipts": [signed(receipt.PAYLOAD_TYPE, payload, NORTH) for payload in (plain, named)]}


def hellos() -> dict[str, Any]:
    """South asks, north answers 120 ms later by a clock 40 ms ahead of ours."""
    first = message.write_message(keep_clear())
    mark, none = Mark(1, message.hash_of(first)), Mark()
    root = tree.leaf_hash(b"south")
    asked = Hello(
        from_=SOUTH,
        to=NORTH,
        session=bytes(range(16)),
        boot=b"\x22" * 16,
        heard=None,
        keys_seq=1,
        lanes=(Marks(none, mark), Marks(), Marks()),
        checkpoint=note_of(SOUTH, 1, root),
        witness=None,
        t1_us=T0_US,
    )
    answer = Hello(
        from_=NORTH,
        to=SOUTH,
        session=bytes(range(32)),
        boot=b"\x33" * 16,
        heard=b"\x22" * 16,
        keys_seq=1,
        lanes=(Marks(mark, none), Marks(), Marks()),
        yours=asked.lanes,
        checkpoint=note_of(NORTH, 1, tree.leaf_hash(b"north")),
        witness=Witnessed(f"{SOUTH}/openline/log/1", 1, root),
        t1_us=T0_US,
        t2_us=T0_US + 90_000,
        t3_us=T0_US + 110_000,
    )
    return {
        "request": signed(hello.PAYLOAD_TYPE, hello.write_hello(asked), SOUTH),
        "answer": signed(hello.PAYLOAD_TYPE, hello.write_hello(answer), NORTH),
        "heard_us": T0_US + 120_000,
        "offset_us": 40_000,
        "delay_us": 100_000,
    }


def cards() -> dict[str, Any]:
    """Both cards, what is read aloud, and south's second manifest: its line key signs nothing after number 2 of lane 0."""
    first = card_of(SOUTH)
    keys = (*keys_of(SOUTH).keys, PublicKey("line#2", "line", "ed25519", NEXT_LINE.public))
    gone = Revoked("line#1", T0_US + 86_400_000_000, {line_hash(LINE): (2, 0, 0)})
    prev = seal.sha256(unwrap(first.manifest, KEYS_TYPE, "keys").payload)
    second = make_manifest(keys_of(SOUTH, seq=2, keys=keys, revoked=(gone,), prev=prev), SIGNERS[SOUTH]["root"])
    return {
        "cards": [
            {
                "card": card.write_card(card_of(party)).decode(),
                "fingerprint": keys_of(party).fingerprint,
                "spoken": " ".join(spoken.spoken(keys_of(party).fingerprint)),
            }
            for party in (SOUTH, NORTH)
        ],
        "second_manifest": second.decode(),
    }


def forks() -> dict[str, Any]:
    """Statements of one party that contradict each other, both well signed; and a witness's request and cosignature."""
    first = message.write_message(keep_clear())
    other = message.write_message(keep_clear(free="Something else."))
    astray = message.write_message(keep_clear(seq=2, prev=message.hash_of(other), free="After something else."))
    false = receipt.write_receipt(stored(1, other))
    roots = [tree.root_of([tree.leaf_hash(name)]) for name in (b"one", b"other")]
    notes = [note_of(SOUTH, 1, root) for root in roots]
    twins = [make_manifest(keys_of(SOUTH, not_before_us=T0_US + n), SIGNERS[SOUTH]["root"]).decode() for n in (0, 1)]
    text = notes[0].partition("\n\n")[0] + "\n"
    return {
        "same_number": [signed(message.PAYLOAD_TYPE, payload, SOUTH) for payload in (first, other)],
        "does_not_follow": [signed(message.PAYLOAD_TYPE, payload, SOUTH) for payload in (first, astray)],
        "receipt_of_another": signed(receipt.PAYLOAD_TYPE, false, NORTH),
        "checkpoints": notes,
        "manifests": twins,
        "add_checkpoint": write_add(AddCheckpoint(0, (), notes[0])).decode(),
        "cosignature": cosign(text, witness_name(NORTH), SIGNERS[NORTH]["witness"], T0_US // 1_000_000),
    }


def made() -> dict[str, str]:
    """File name → its text."""
    seeds = {party: {use: seed.hex() for use, seed in of.items()} for party, of in SEEDS.items()}
    keys = {"seeds": seeds, "second_line_key": (b"\x0a" * 32).hex()}
    every = {"keys": keys, "message": messages(), "receipt": receipts(), "hello": hellos(), "card": cards(), "forks": forks()}
    return {f"{name}.json": json.dumps(value, indent=1, ensure_ascii=False) + "\n" for name, value in every.items()}


def main() -> None:
    """Write them, and the example into the page that specifies the line."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = made()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    page = FOLDER.parents[2] / "docs" / "spec" / "line.md"
    shown = json.loads(files["message.json"])["messages"][0]
    text = page.read_text(encoding="utf-8")
    examples = iter((shown["payload"], shown["envelope"]))
    text = re.sub(r"```json\n[^`]*```", lambda _: f"```json\n{next(examples)}\n```", text)
    text = re.sub(r"(SHA-256 is `)\w+`", lambda found: f"{found[1]}{shown['sha256']}`", text)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
