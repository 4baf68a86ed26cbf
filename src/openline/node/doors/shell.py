"""What every door needs, in one place, made once by `web.build` and never changed afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from openline.node.doors.auth import Doorkeeper
from openline.node.doors.desk import Desk
from openline.node.doors.metrics import Counters
from openline.node.doors.senders import Senders
from openline.node.doors.throttle import Throttle
from openline.node.settings import Settings
from openline.seal import Entropy


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """The node around its loop. `now_ns` is the wall clock, for record and screen; `tick_ns` is monotonic, for waiting."""

    desk: Desk
    settings: Settings
    doorkeeper: Doorkeeper
    senders: Senders
    counters: Counters
    guests: Throttle  # requests for guest pages, by address
    acts: Throttle  # acts, by person
    now_ns: Callable[[], int]
    tick_ns: Callable[[], int]
    entropy: Entropy
    secure: bool  # the node itself speaks TLS
    hosts: frozenset[str]  # names browsers may use besides addresses
    assets: Path | None  # the built console; None where it is not built
    basemap: Path | None  # folder of *.pmtiles
    guest_key: bytes  # seals links that tell a last unit of a message
    card: Callable[[], dict[str, Any]] = dict  # our own card of the line; empty where this node has none
