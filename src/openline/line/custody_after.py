"""What follows a notice: the custody of its correction, and of its withdrawal.

Whoever was told of a notice must be told that it is no more so. A correction begins with the units that had to hold the old
one, and those that were told of it; a withdrawal with everybody who is said to have had it, on the way or at its end.
"""

from typing import Final

import msgspec

from openline.line.custody import Chain, same_name, stations, told, unit_name

UNITS_MAX: Final = 200


def taking_over(chain: Chain, before: Chain) -> Chain:
    """The chain of a correction, with the duty of what it corrects. Never refused; the same again changes nothing."""
    ends = (station.name for station in told(before))
    return msgspec.structs.replace(
        chain,
        units=_names((*chain.units, *before.units, *ends), before.notice),
        held=_names((*chain.held, *before.held, *holders(before)), before.notice),
    )


def recalling(chain: Chain, before: Chain) -> Chain:
    """The chain of a withdrawal: everybody who is said to have had what it takes back. Never refused.

    What takes back a withdrawal goes to whoever had to be told of that one.
    """
    due = before.units if before.recalls else ()
    return msgspec.structs.replace(
        chain, units=_names((*chain.units, *before.held, *due, *holders(before)), before.notice), recalls=True
    )


def with_own(chain: Chain, owed: tuple[str, ...], own: tuple[str, ...]) -> Chain:
    """The chain with the units that it has anyway, and those of a desk's own list."""
    return msgspec.structs.replace(chain, units=_names((*owed, *own), chain.notice))


def holders(chain: Chain) -> tuple[str, ...]:
    """The stations beyond both desks of which somebody states that they had it."""
    desks = (chain.sender, chain.receiver)
    return tuple(
        station.name
        for station in stations(chain)
        if any(hop.grade != "stored" for hop in station.hops) and not any(same_name(station.name, desk) for desk in desks)
    )


def _names(names: tuple[str, ...], notice: str) -> tuple[str, ...]:
    """Each once. Where they are more than anybody reads one by one, one name stands for the rest, and stays not told."""
    found: list[str] = []
    for name in names:
        if not any(same_name(name, other) for other in found):
            found.append(name)
    if len(found) <= UNITS_MAX:
        return tuple(found)
    return (*found[: UNITS_MAX - 1], unit_name(f"further units of {notice}"))
