"""One end of a line over a real record, with the real exchange and witness, and nothing else: a test carries what it says.

It does what the loop does, in the loop's order: inputs are committed, stepped, and what follows from them is committed. A test
may stop it between any two of these. Sessions die with it, the record does not.
"""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from openline.clock import NS_PER_US
from openline.errors import OpenlineError
from openline.flow import Given, State
from openline.flow.line import Line
from openline.flow.state import LineRules, Rules
from openline.inbox import Act, Frame, Intake, Tick
from openline.line.card import Card, write_card
from openline.line.hello import BOOT_BYTES, Hello
from openline.line.spoken import spoken
from openline.node import keys
from openline.node.line import certificates, wire
from openline.node.line.exchange import Exchange
from openline.node.line.limits import Bucket
from openline.node.line.listener import Asked, Said
from openline.node.line.post import Post
from openline.node.line.sessions import Peer
from openline.node.line.witnessing import Witness
from openline.node.recording import boundary, input_rows
from openline.node.recover import recover, write_late
from openline.node.room import Room
from openline.node.stepping import stepped
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store import Store
from tests.stories.two_nodes import make

MOMENTS: Final = ("inputs", "outputs")
"""Where it may stop: the inputs are durable and not stepped; what follows from them is durable and nobody was told."""
MANY: Final = 1e9


class Stopped(Exception):
    """The node stopped here."""


class Side:
    """One party's node, without sockets. It is the `loop` that the exchange and the witness know."""

    def __init__(self, folder: Path, party: str, other: str, running: asyncio.AbstractEventLoop) -> None:
        self.folder = make(folder, party)
        self.party = party
        self.other = other
        self.running = running
        self.now = 1_795_330_606_000_000_000
        self.stop_at = ""
        self.keys = keys.load(self.folder)
        self.store: Store
        self.start()

    # ── the loop's part ──────────────────────────────────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Out of the record."""
        self.stop_at = ""
        self.store = Store.open(self.folder / "record.sqlite3", self.keys.identity())
        self.post = Post(self.keys.line, self.keys.who.origin)
        recovered = recover(self.store)
        write_late(self.store, recovered, False, self.post)
        self.world: State = recovered.state
        self._seq = recovered.last_seq
        self.now = max(self.now, self.world.now_ns)
        self.boot = os.urandom(BOOT_BYTES)
        rules = Rules(party=self.party, line=LineRules(boot=self.boot.hex()))
        self.step(lambda seq: Act(seq, self.now, "node", "node", "node.rules", msgspec.to_builtins(rules)))
        self.peers: dict[str, Peer] = {}
        self.room_left = Room(self.folder, self.store.ballast)
        self.witness = Witness(self, self.party, self.keys.witness, self.now_ns)  # type: ignore[arg-type]
        self.exchange = Exchange(
            self,  # type: ignore[arg-type]
            self.peers,
            self.keys.line,
            self.keys.manifest,
            self.witness,
            now_ns=self.now_ns,
            entropy=os.urandom,
            boot=self.boot,
        )
        if self.other in self.world.lines:
            self.known()

    def close(self) -> None:
        """Without a goodbye: what is durable is durable."""
        self.exchange.close()
        self.store.close()

    def put_back(self, copied: Path) -> None:
        """Start from a copy of the database."""
        self.close()
        for path in self.folder.glob("record.sqlite3*"):
            path.unlink()
        shutil.copy(copied, self.folder / "record.sqlite3")
        self.start()

    def copy(self, to: Path) -> None:
        """A copy of the database, taken while the node stood still."""
        self.close()
        shutil.copy(self.folder / "record.sqlite3", to)
        self.start()

    def now_ns(self) -> int:
        """A clock that rises, and that a test moves."""
        self.now += NS_PER_US
        return self.now

    def step(self, *makes: Any) -> list[Any]:
        """One batch, in the loop's order."""
        first = self._seq + 1
        given: list[Given] = []
        for one in makes:
            self._seq += 1
            given.append(one(self._seq))
        now_ns = self.now_ns()
        last = self._seq
        ticked = isinstance(given[-1], Tick)
        entries, chunks = input_rows([one for one in given if not isinstance(one, Tick)], False)
        done = self.store.commit(entries, [*chunks, boundary(first, last, now_ns, ticked)])
        self._passed("inputs")
        batch = [Tick(last, now_ns) if isinstance(one, Tick) else one for one in given]
        outputs = stepped(self.world, batch, now_ns)
        if outputs:
            rows, also = self.post.rows(outputs, last, now_ns, False, done.size)
            self.store.commit(rows, also=also)
        self._passed("outputs")
        self.post.note(outputs)
        for one in outputs:
            if isinstance(one.thing, OpenlineError):
                raise one.thing
        return outputs

    def _passed(self, moment: str) -> None:
        if self.stop_at == moment:
            raise Stopped

    async def frames(self, party: str, frames: list[tuple[str, bytes]], still: Callable[[], bool] = lambda: True) -> bool:
        """What the door lets in."""
        if not still():
            return False
        if frames:
            self.step(*(lambda seq, kind=kind, data=data: Frame(seq, self.now, party, kind, data) for kind, data in frames))
        return True

    def tell(self, source: str, state: str, why: str) -> None:
        """What the shell saw."""
        self.step(lambda seq: Intake(seq, source, self.now, state, why))

    async def record(self, kind: str, who: str, role: str, says: dict[str, Any], also: Any = None) -> int:
        """An entry that is no input."""
        blob = Blob("application/json", canonical(says, kind))
        entry = NewEntry(kind=kind, at_us=self.now // NS_PER_US, actor=Actor(who, role), blobs=(blob,))
        return self.store.commit([entry], also=also).first

    async def keep(self, also: Any) -> None:
        """Rows beside the log."""
        self.store.commit((), (), None, also=also)

    def send(self) -> None:
        """A test carries everything."""

    # ── what a test does ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def line(self) -> Line:
        """The line with the other."""
        return self.world.lines[self.other]

    @property
    def peer(self) -> Peer:
        """The other, as the connections know it."""
        return self.peers[self.other]

    @property
    def certificate(self) -> str:
        """What it shows."""
        return self.keys.manifest.of("tls")[0].hex()

    def known(self) -> None:
        """The connections look at the lines."""
        peer = self.peers[self.other] = Peer(self.line)
        peer.allowance.hellos = peer.allowance.calls = peer.allowance.checkpoints = Bucket(MANY, MANY)

    def meet(self, other: "Side") -> None:
        """First contact."""
        manifest = (other.folder / keys.MANIFEST).read_bytes()
        pem = (other.folder / certificates.CERTIFICATE).read_text()
        card = Card(party=other.party, manifest=manifest, certificates=(pem,), urls=("https://line.example",))
        words = " ".join(spoken(other.keys.manifest.fingerprint))
        self.act("counterpart.put", "administrator", card=write_card(card).decode(), words=words, how="telephone")
        self.known()

    def act(self, name: str, role: str = "operator", **body: Any) -> None:
        """A person does something. Raises what it is refused with."""
        self.step(lambda seq: Act(seq, self.now, "Lt Ada", role, name, body))

    def queue(self, lane: int, number: int) -> None:
        """A check of the line."""
        params = {"check_number": number, "path_choice": "line", "sent_us": self.now // NS_PER_US}
        how: dict[str, Any] = {"precedence": "routine", "lane": lane} if lane else {"precedence": "immediate"}
        self.act("line.send", to=self.other, template="check", params=params, **how)

    def say_hello(self) -> tuple[bytes, Hello]:
        """A request."""
        return self.running.run_until_complete(self.exchange.greeting(self.peer))

    def ask(self, pull: int, checkpoint: bool) -> wire.Ask:
        """Another."""
        frames = self.peer.next_frames(self.store, frames_max=4)
        asked = self.running.run_until_complete(self.exchange.ask(self.peer, frames, (0, 1, 2), checkpoint, pull))
        return msgspec.structs.replace(asked, wait_ms=0)

    def answer(self, path: str, certificate: str, body: bytes) -> Said:
        """To the other's request."""
        call = self.exchange.on_hello if path == "hello" else self.exchange.on_frames
        try:
            return self.running.run_until_complete(call(Asked(certificate, body)))
        except OpenlineError as wrong:
            return Said(400, wrong.message.encode())

    def greeted(self, asked: Hello, body: bytes) -> None:
        """The answer to our hello arrives. Raises `Refused`."""
        self.running.run_until_complete(self.exchange.greeted(self.peer, asked, body))

    def answered(self, ask: wire.Ask, session: bytes, status: int, body: bytes) -> None:
        """The answer to our call arrives."""
        if self.peer.ours != session:
            return
        if status == 409:
            self.peer.ours = b""
        elif status == 200:
            self.running.run_until_complete(self.exchange.answered(self.peer, ask, wire.read(body, wire.Answer)))
