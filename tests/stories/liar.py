"""A counterpart that keeps no rule: it calls a real node over the line and says whatever a test wants it to say.

It has keys, a manifest and a certificate like anybody; what it signs is well signed, and nothing else is certain about it.
"""

import os
import time
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from openline import seal
from openline.line import hello as hellos
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.card import Card, write_card
from openline.line.message import FIRST
from openline.line.names import LANES, line_of
from openline.line.spoken import spoken
from openline.node.doors.tls import Pair
from openline.node.line import certificates
from openline.record.entry import canonical
from openline.record.envelope import unwrap, wrap
from openline.record.keys import KeyManifest, PublicKey, make_manifest
from tests.stories.two_nodes import Desk

LIAR: Final = "liar.example"
YEAR_NS: Final = 365 * 86_400 * 10**9
Sent = tuple[bytes, str]
"""A payload and its envelope."""


class Liar:
    """One party that lies to one honest desk."""

    def __init__(self, folder: Path, desk: Desk, party: str = LIAR) -> None:
        self.party = party
        self.desk = desk
        self.folder = folder
        self.signers = {use: seal.Signer.generate(os.urandom) for use in ("root", "log", "line", "witness")}
        (folder / "keys").mkdir(parents=True)
        fingerprint = certificates.make(folder, party, os.urandom)
        rows = [PublicKey(f"{use}-1", use, "ed25519", signer.public) for use, signer in self.signers.items()]
        self.rows = [*rows, PublicKey("tls-1", "tls", "x509-sha256", bytes.fromhex(fingerprint))]
        self.manifests = [self.manifest(1)]
        self.boot = os.urandom(hellos.BOOT_BYTES)
        self.heard: bytes | None = None
        self.session = b""
        self.sent: list[list[Sent]] = [[], [], []]
        self.have: list[list[bytes]] = [[], [], []]  # payloads it pulled
        self.client: httpx2.AsyncClient

    # ── who it is ────────────────────────────────────────────────────────────────────────────────────────────────────

    def manifest(self, seq: int, prev: bytes = b"", rows: list[PublicKey] | None = None, **more: Any) -> bytes:
        """A key manifest, signed by its root."""
        made = KeyManifest(party=self.party, seq=seq, not_before_us=0, keys=tuple(rows or self.rows), prev=prev, **more)
        return make_manifest(made, self.signers["root"])

    @property
    def pair(self) -> Pair:
        """Its certificate."""
        return Pair(self.folder / certificates.CERTIFICATE, self.folder / certificates.KEY)

    def card(self, *urls: str) -> dict[str, str]:
        """What the honest desk loads, and the words it hears."""
        pem = self.pair.certificate.read_text()
        data = write_card(Card(party=self.party, manifest=self.manifests[-1], certificates=(pem,), urls=urls))
        fingerprint = seal.Verifier(self.signers["root"].public).fingerprint
        return {"card": data.decode(), "words": " ".join(spoken(fingerprint))}

    def calling(self, pair: Pair | None = None) -> httpx2.AsyncClient:
        """A client that shows its certificate, or another's."""
        card = msgspec.json.decode(self.desk.node.card()["card"])
        context = certificates.calling(pair or self.pair, card["certificates"])
        return httpx2.AsyncClient(verify=context, base_url=f"https://127.0.0.1:{self.desk.port}", timeout=20, trust_env=False)

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def post(self, path: str, body: bytes, **how: Any) -> httpx2.Response:
        """One call."""
        return await self.client.post(f"/line/v1/{path}", content=body, **how)

    def hello(self, **says: Any) -> bytes:
        """A hello in an envelope; `lanes` and all else as a test says."""
        fields: dict[str, Any] = {
            "from_": self.party,
            "to": self.desk.party,
            "session": os.urandom(hellos.ASKED_BYTES),
            "boot": self.boot,
            "heard": self.heard,
            "keys_seq": len(self.manifests),
            "lanes": self.marks(),
            "checkpoint": "",
            "t1_us": time.time_ns() // 1000,
        }
        payload = hellos.write_hello(hellos.Hello(**{**fields, **says}))
        return wrap(hellos.PAYLOAD_TYPE, payload, [self.signers["line"]])

    def marks(self, have: hellos.Mark | None = None) -> tuple[hellos.Marks, ...]:
        """What it has and has sent; `have` is what it claims to have of lane 0."""
        sent = [_mark([payload for payload, _ in lane]) for lane in self.sent]
        held = [_mark(lane) for lane in self.have]
        return tuple(hellos.Marks((have or held[0]) if lane == 0 else held[lane], sent[lane]) for lane in LANES)

    async def greet(self, **says: Any) -> hellos.Hello:
        """Hello until it is firm; the answer, and a session."""
        for _ in range(2):
            answer = await self.post("hello", self.hello(**says))
            assert answer.status_code == 200, answer.text
            said = hellos.read_hello(unwrap(answer.content, hellos.PAYLOAD_TYPE, "hello").payload)
            firm, self.heard = self.heard == said.boot, said.boot
            if firm:
                break
        self.session = said.session
        return said

    def answers(self, asked: bytes) -> bytes:
        """The answer to a hello of the desk, as an honest node would give it."""
        hello = hellos.read_hello(unwrap(asked, hellos.PAYLOAD_TYPE, "hello").payload)
        self.heard = hello.boot
        session = hello.session + os.urandom(hellos.SESSION_BYTES - hellos.ASKED_BYTES)
        now_us = time.time_ns() // 1000
        return self.hello(session=session, t1_us=hello.t1_us, t2_us=now_us, t3_us=now_us, yours=hello.lanes)

    async def call(self, frames: list[str] | None = None, given: list[str] | None = None, **more: Any) -> httpx2.Response:
        """One exchange."""
        body = {"session": seal.b64(self.session), "frames": frames or [], "receipts": given or []} | more
        return await self.post("frames", msgspec.json.encode(body))

    async def pull(self, given: list[str] | None = None) -> list[messages.Message]:
        """What waits for it; nothing is receipted but by `given`."""
        answer = await self.call(given=given, pull=200)
        assert answer.status_code == 200, answer.text
        found = []
        for frame in answer.json()["frames"]:
            payload = unwrap(frame.encode(), messages.PAYLOAD_TYPE, "frame").payload
            message = messages.read_message(payload)
            if message.seq == len(self.have[message.lane]) + 1:
                self.have[message.lane].append(payload)
            found.append(message)
        return found

    # ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────

    def body(self, lane: int, **says: Any) -> dict[str, Any]:
        """A status that follows what it said before, changed as a test says."""
        before = self.sent[lane]
        body = {
            "v": 1,
            "line": line_of(self.party, self.desk.party),
            "from": self.party,
            "to": self.desk.party,
            "lane": lane,
            "seq": len(before) + 1,
            "prev": seal.b64(messages.hash_of(before[-1][0]) if before else FIRST),
            "at": time.time_ns() // 1000,
            "type": "check",
            "conv": f"{self.party}/{sum(map(len, self.sent)) + 1}",
            "re": None,
            "precedence": "routine",
            "marker": "REQUEST",
            "ex": False,
            "valid_until": None,
            "answer_by": None,
            "answers": ["heard_well", "heard_badly"],
            "readback": [],
            "tpl": None,
            "params": {"check_number": len(before) + 1},
            "text": {"en": "Check of the line."},
            "free": "",
        }
        return body | says

    def signed(self, body: dict[str, Any], signer: seal.Signer | None = None, kind: str = messages.PAYLOAD_TYPE) -> str:
        """Any body in an envelope."""
        return wrap(kind, canonical(body, "liar"), [signer or self.signers["line"]]).decode()

    def says(self, lane: int, **says: Any) -> str:
        """The next message of a lane."""
        body = self.body(lane, **says)
        frame = self.signed(body)
        self.sent[lane].append((canonical(body, "liar"), frame))
        return frame

    def receipt(self, lane: int, upto: int, digest: bytes) -> str:
        """A receipt for anything."""
        origin = f"{self.party}/openline/log/1"
        made = receipts.Receipt(
            from_=self.party, to=self.desk.party, lane=lane, upto=upto, hash=digest, origin=origin, size=1, at_us=1
        )
        return wrap(receipts.PAYLOAD_TYPE, receipts.write_receipt(made), [self.signers["line"]]).decode()

    def honest_receipt(self, lane: int) -> str:
        """A receipt for all it pulled."""
        return self.receipt(lane, len(self.have[lane]), messages.hash_of(self.have[lane][-1]))


def _mark(payloads: list[bytes]) -> hellos.Mark:
    return hellos.Mark(len(payloads), messages.hash_of(payloads[-1])) if payloads else hellos.Mark()
