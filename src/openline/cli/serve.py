"""`openline serve`: one node until Ctrl-C."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from openline.cli.say import note, progress
from openline.errors import Refused


def serve_node(folder: Path, port: int | None) -> None:
    """Run a node in the foreground."""
    from openline.kernels.warm import will_be_quick
    from openline.node import logs, settings_file
    from openline.node.running import Node
    from openline.node.settings_file import SETTINGS

    refuse_port(port)
    logs.configure(requests=False)
    settings = settings_file.load(folder / SETTINGS)
    if port is not None:
        settings = msgspec.structs.replace(settings, listen=msgspec.structs.replace(settings.listen, port=port))

    async def run() -> None:
        node = Node(folder, settings=settings, say=node_says(will_be_quick()))
        url = await node.start()
        note(f"Openline {settings.node.name}, party {settings.node.party}: {url}")
        note("Notification is not permission and guarantees nothing. Ctrl-C stops the node.")
        try:
            await until_told(node.stopped())
        finally:
            await node.stop("operator", "stopped at the terminal")
            note("stopped; the record is closed")

    asyncio.run(run())


def node_says(quick: bool) -> Callable[[str], None]:
    """What hears a node out: kernels that were compiled before are only loaded, and nobody needs to be told of each."""
    return lambda text: None if quick and text.startswith("compil") else note(text)


def refuse_port(port: int | None) -> None:
    """Raise `Refused` for what is no TCP port; the system would take it modulo 65,536."""
    if port is not None and not 0 <= port <= 65_535:
        raise Refused("--port", port, "0 to 65535; 0 takes a free one")


async def until_told(ends_by_itself: Coroutine[Any, Any, None]) -> None:
    """Wait for Ctrl-C or SIGTERM, or for the node to end by itself; its fault is raised."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, told.set)
    waiting = asyncio.create_task(told.wait())
    ending = asyncio.ensure_future(ends_by_itself)
    await asyncio.wait((waiting, ending), return_when=asyncio.FIRST_COMPLETED)
    if ending.done():
        ending.result()
    ending.cancel()
    waiting.cancel()
    await asyncio.gather(ending, waiting, return_exceptions=True)  # nothing goes on while the node is stopped


def warm_up() -> None:
    """Compile every kernel now."""
    from openline.kernels.warm import warm

    with progress() as moved:
        warm(lambda name, done, of: moved("compiling", done, of))
    note("kernels compiled")
