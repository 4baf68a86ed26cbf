"""The desk: what the doors of the node (HTTP, sockets, guest pages, the local socket) may ask of the loop, and nothing else.

`node/loop.py` implements it. Doors hold no state of the picture; they ask here. Whatever changes something is durable when
the call returns, and is refused with `Refused`, `NotAllowed` or `OutOfTurn` before it has any effect.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from openline.feeds.report import Refusal
from openline.flow.talk import Talk
from openline.line.notice import Notice
from openline.zones.zone import Zone


class Said(msgspec.Struct, frozen=True):
    """What came of an act: the entry that holds it, and what it changed as it stands now: `{"alarm": Alarm}`, … or `{}`."""

    index: int
    said: dict[str, Any]


class Taken(msgspec.Struct, frozen=True):
    """What came of a batch of positions: how many were taken and refused, and the first refusals in full."""

    accepted: int
    refused: int
    refusals: tuple[Refusal, ...] = ()


class EventSubscription(Protocol):
    """Frames of `/ws/events` for one browser, oldest first, from a bounded queue.

    When the queue overflows, the waiting frames are dropped and one `{"type": "resync"}` is given instead.
    """

    def __aiter__(self) -> "EventSubscription": ...

    async def __anext__(self) -> dict[str, Any]: ...

    def ready(self, most: int) -> Sequence[dict[str, Any]]:
        """Frames that wait now, at most so many, without waiting for any."""
        ...

    def close(self) -> None: ...


class Desk(Protocol):
    """The node's loop as its doors see it."""

    async def act(self, who: str, role: str, name: str, body: dict[str, Any]) -> Said:
        """One act of a person, recorded and stepped. Raises Refused, NotAllowed, OutOfTurn, RecordStopped."""
        ...

    async def positions(self, source: str, data: bytes) -> Taken:
        """Framed bytes for the decoder of the feed `source`. Raises Refused (no such feed), RecordStopped."""
        ...

    def state(self) -> dict[str, Any]:
        """The body of GET /api/v1/state."""
        ...

    def tracks(self, query: str, limit: int) -> dict[str, Any]:
        """`{"tracks": […], "of": n, "limit": n}`, live and archived."""
        ...

    def track(self, mover: str) -> dict[str, Any] | None:
        """`{"track", "claims", "reports", "alarms"}`, or None where no such mover is known."""
        ...

    def incident(self, id: str) -> dict[str, Any] | None:
        """`{"incident", "timeline"}`, or None."""
        ...

    def log(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Entries of the record with an index > `after`, oldest first, at most `limit`."""
        ...

    def subscribe_events(self, after: int) -> EventSubscription:
        """Frames with `seq` > `after`, then live ones. `after` < 0: live ones only."""
        ...

    def tracks_frame(self, view: tuple[float, float, float, float] | None) -> bytes:
        """The binary frame of `/ws/tracks`; `view`: (west, south, east, north), west > east over the antimeridian."""
        ...

    def names(self, since: int) -> dict[str, Any]:
        """`{"names": {slot: …}, "gone": [slots], "at": n}`: what changed since the state numbered `since`; 0 gives all."""
        ...

    def health(self) -> tuple[int, dict[str, Any]]:
        """HTTP status and body of GET /healthz."""
        ...

    def metrics(self) -> str:
        """The loop's own lines of GET /metrics, Prometheus text."""
        ...

    async def record(self, kind: str, who: str, role: str, says: dict[str, Any]) -> int:
        """Write one entry (sign-in, export, configuration); its index. Durable when it returns. Raises RecordStopped."""
        ...

    def zones(self) -> list[Zone]:
        """Every zone in its newest version, withdrawn ones included."""
        ...

    def zone_view(self, zone: Zone) -> dict[str, Any]:
        """The Zone of docs/api.md, with outlines, for any zone: one in force or one just read from a file."""
        ...

    def preview(self, template: str, params: dict[str, Any], precedence: str, to: str = "") -> dict[str, Any]:
        """What a message would say, and which languages stay behind. Raises `Refused`."""
        ...

    def offered(self) -> dict[str, Any]:
        """`{"translations", "paths"}`: what the texts say in each language and who approved them; ways to people outside."""
        ...

    def notice(self, id: str) -> Notice | None:
        """One guest notice as it stands, or None."""
        ...

    def talk(self, party: str, name: str) -> Talk | None:
        """One message of the line with a counterpart, or None."""
        ...
