"""Waiting for a bell, within a time."""

import asyncio


async def rung(bell: asyncio.Event, within_s: float) -> None:
    """Return when the bell rings or the time is over. Being cancelled is never lost, as it is in `asyncio.wait_for` of
    Python 3.11 when the bell rings in that very moment.
    """
    ringing = asyncio.ensure_future(bell.wait())
    try:
        await asyncio.wait((ringing,), timeout=within_s)
    finally:
        ringing.cancel()
