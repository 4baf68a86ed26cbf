"""Our log was put back: others hold more of it. No head of it is signed from then on.

When a person has settled it, the same entries go on as a new log, which others cosign from its beginning.
"""

import asyncio
import logging
from typing import Any

from openline.clock import NS_PER_US
from openline.flow.line import LOG_BACK, Line
from openline.line.hello import Witnessed
from openline.node.line.sessions import Peer
from openline.node.loop import Loop
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store.epochs import FIRST_OF_LOG
from openline.record.witness import epoch_of, read_head

WHY = "the counterpart cosigned entries of our log that this node has not: it was put back to an older state"
log = logging.getLogger("openline.line")


async def stop_signing(loop: Loop, line: Line, seen: Witnessed) -> None:
    """At once, before anything more is written: sign no head more, for nobody; then say so on the line."""
    if await asyncio.to_thread(loop.store.stop_signing, f"{line.party}: {WHY}", seen.origin, seen.size):
        log.error("%s: no checkpoint is signed any more until a person settles it", WHY)
    loop.tell(f"line:{line.party}", "put back", WHY)


async def holds(loop: Loop, peer: Peer, note: str, size: int) -> None:
    """So many entries of our log they hold cosigned, as they answered to a checkpoint; more than it has were lost."""
    store = loop.store
    if size > store.size and not peer.line.unwitnessed and read_head(note).origin == store.key.name:
        await stop_signing(loop, peer.line, Witnessed(store.key.name, size, b""))
    peer.witness_size = size


async def look(loop: Loop, peers: dict[str, Peer]) -> None:
    """Begin the new log once a person has decided it on every line whose counterpart holds more of the old one."""
    concerned = [line for line in loop.world.lines.values() if line.unwitnessed]
    store = loop.store
    if store.unsigned is not None and concerned and all(LOG_BACK in line.decided for line in concerned):
        await _begin(loop)
        for peer in peers.values():
            peer.witness_size, peer.offered = 0, ""
    elif store.unsigned is not None or store.identity is None or store.identity.epoch == 1:
        return
    for line in concerned:
        loop.tell(f"line:{line.party}", "new log", f"our log goes on as {store.key.name}")


async def _begin(loop: Loop) -> None:
    """Go on as a new log, of the epoch after the latest that anybody knows; its first entry says what came before."""
    stopped, store = loop.store.unsigned, loop.store
    if stopped is None or store.identity is None:
        return
    epoch = max(epoch_of(stopped.origin), store.identity.epoch) + 1
    said: dict[str, Any] = {"cosigned": [{"size": size, "by": by, "line": text} for size, by, text in store.cosignatures()]}

    def entry(says: dict[str, Any]) -> NewEntry:
        said.update(says)
        blob = Blob("application/json", canonical(said, FIRST_OF_LOG))
        at_us, who = loop.now_ns() // NS_PER_US, Actor("node", "node")
        return NewEntry(kind=FIRST_OF_LOG, at_us=at_us, actor=who, blobs=(blob,), exercise=loop.exercise)

    committed = await asyncio.to_thread(store.begin_log, epoch, entry)
    loop.post.origin = store.key.name
    loop.hub.say(loop.pictures.entry_frame(committed.first, FIRST_OF_LOG, "node", said))
    log.warning("the log goes on as %s", store.key.name)
