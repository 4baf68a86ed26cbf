"""What only looks at the loop's state: the half of `desk.Desk` that changes nothing."""

from typing import TYPE_CHECKING, Any

from openline.account.log import log_lines
from openline.errors import OpenlineError
from openline.flow import State
from openline.flow.talk import Talk
from openline.flow.talking import texts
from openline.line.notice import Notice
from openline.node.room import Room
from openline.node.shown.events import Hub, Subscription
from openline.node.shown.frames import View
from openline.node.shown.views import zone_view
from openline.record.store import Store
from openline.zones.zone import Zone

if TYPE_CHECKING:
    from openline.node.shown.picture import Pictures
    from openline.node.shown.telling import Teller


class Looks:
    """The loop, for those who only look."""

    store: Store
    world: State
    pictures: "Pictures"
    teller: "Teller"
    hub: Hub
    room_left: Room
    watching: bool
    why: str
    _stopped: OpenlineError | None

    def now_ns(self) -> int:
        """The node's time."""
        raise NotImplementedError

    def state(self) -> dict[str, Any]:
        """Body of GET /api/v1/state."""
        return self.pictures.whole()

    def tracks(self, query: str, limit: int) -> dict[str, Any]:
        """Search, live and archived."""
        return self.pictures.search(query, limit)

    def track(self, mover: str) -> dict[str, Any] | None:
        """One mover, or None."""
        return self.pictures.track(mover)

    def incident(self, id: str) -> dict[str, Any] | None:
        """One incident with its timeline, or None."""
        return self.pictures.incident(id)

    def log(self, after: int, limit: int) -> list[dict[str, Any]]:
        """Entries of the record in words."""
        return log_lines(self.store.entries(after, limit), self.pictures.body)

    def subscribe_events(self, after: int) -> Subscription:
        """Frames above `after`, then live."""
        return self.hub.subscribe(after)

    def tracks_frame(self, view: View | None) -> bytes:
        """The binary frame."""
        return self.teller.places(view)

    def names(self, since: int) -> dict[str, Any]:
        """Changed names."""
        return self.teller.names(since)

    def metrics(self) -> str:
        """Prometheus text."""
        return self.pictures.metrics()

    def zones(self) -> list[Zone]:
        """Every zone in its newest version."""
        return self.world.book.latest()

    def zone_view(self, zone: Zone) -> dict[str, Any]:
        """One zone as docs/api.md shows it, outline included."""
        return zone_view(self.world, zone, self.now_ns())

    def preview(self, template: str, params: dict[str, Any], precedence: str, to: str = "") -> dict[str, Any]:
        """What a message would say."""
        return texts(self.world, template, params, precedence, to)

    def notice(self, id: str) -> Notice | None:
        """One notice."""
        return self.world.notices.get(id)

    def talk(self, party: str, name: str) -> Talk | None:
        """One message on the line with a counterpart."""
        return self.world.lines[party].talks.get(name) if party in self.world.lines else None

    def health(self) -> tuple[int, dict[str, Any]]:
        """HTTP status and body of /healthz."""
        if self._stopped is not None:
            return 503, {"status": "stopped", "why": self._stopped.message}
        if self.room_left.level == "full":
            return 503, {"status": "disk full", "why": self.why}
        if not self.watching:
            return 503, {"status": "not watching yet", "why": self.why}
        return 200, {"status": "watching", "why": "" if self.room_left.level == "room" else self.room_left.says(self.world)}
