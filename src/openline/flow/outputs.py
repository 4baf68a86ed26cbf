"""What a step gives: each output has a kind of the record's registry and a body of integers and strings."""

from typing import Any

import msgspec

from openline.errors import OpenlineError, Refused
from openline.feeds.report import Refusal
from openline.incident.board import Alarm
from openline.line.notice import Notice, view
from openline.tracks.moves import TrackEvent
from openline.watch.finding import Finding, plain
from openline.zones.zone import Zone


class Output(msgspec.Struct, frozen=True):
    """One output: recorded under `kind`, then shown or sent. `body` is canonical JSON without floats."""

    kind: str
    body: dict[str, Any]
    ref: tuple[str, ...] = ()
    thing: Any = None  # the noun itself, for the audit and the console; not recorded
    cause: int = -1  # number of the input it came of, where it came of one act; not recorded


class Outputs:
    """Gathers the outputs of one step, in order."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns
        self.made: list[Output] = []
        self.cause = -1

    def add(self, kind: str, body: dict[str, Any], ref: tuple[str, ...] = (), thing: Any = None) -> None:
        """One more output."""
        self.made.append(Output(kind, body, ref, thing, self.cause))

    def finding(self, finding: Finding, incident: str) -> None:
        """The watch found something."""
        self.add("finding", plain(finding), (f"incident:{incident}", f"mover:{finding.mover}", f"zone:{finding.zone}"), finding)

    def alarm(self, alarm: Alarm) -> None:
        """An alarm is now thus."""
        body = {
            "id": alarm.id,
            "state": alarm.state.value,
            "event": alarm.event,
            "certainty": alarm.certainty,
            "priority": alarm.priority,
            "mover": alarm.mover,
            "zone": alarm.zone,
            "ring": alarm.ring,
            "finding": alarm.finding,
            "incident": alarm.incident,
            "silenced": alarm.silenced,
            "acknowledged_by": alarm.acknowledged_by,
            "shelved_by": alarm.shelved_by,
            "shelved_reason": alarm.shelved_reason,
            "at_us": alarm.changed_ns // 1000,
        }
        ref = (f"incident:{alarm.incident}", f"mover:{alarm.mover}", f"zone:{alarm.zone}")
        self.add("alarm", body, ref, alarm)

    def track_event(self, event: TrackEvent, incidents: list[str]) -> None:
        """Something about one track."""
        body = {"mover": event.mover, "event": event.event, "at_us": event.at_ns // 1000, "says": event.says}
        ref = (f"mover:{event.mover}", *(f"incident:{one}" for one in incidents))
        self.add("track.event", body, ref, event)

    def zone(self, zone: Zone, what: str, who: str, reason: str) -> None:
        """A version of a zone is in force, withdrawn, or somebody's standing to it changed."""
        body = {"zone": zone.id, "version": zone.version, "name": zone.name, "what": what, "by": who, "reason": reason}
        self.add("zone", body, (f"zone:{zone.id}",), zone)

    def notice(self, notice: Notice) -> None:
        """A notice is now thus."""
        body = {
            key: value
            for key, value in view(notice).items()
            if value is None or isinstance(value, (str, int, bool, list, dict))
        }
        about = f"zone:{notice.zone}" if notice.zone else f"conv:{notice.talk}"
        self.add("notice", body, (f"notice:{notice.id}", about), notice)

    def refusal(self, refusal: Refusal) -> None:
        """Something a feed gave was refused."""
        body = {
            "source": refusal.source,
            "field": refusal.field,
            "value": refusal.value,
            "accepted": refusal.accepted,
            "mover": refusal.mover,
            "position": refusal.position,
            "at_us": refusal.heard_ns // 1000,
        }
        self.add("refusal", body, (f"feed:{refusal.source}",), refusal)

    def refused_act(self, seq: int, name: str, why: OpenlineError) -> None:
        """What a person asked for was refused."""
        body: dict[str, Any] = {"act": name, "code": why.code, "says": why.message}
        if isinstance(why, Refused):
            body |= {"field": why.field, "value": why.value, "accepted": why.accepted}
        self.add("refusal", body, (f"input:{seq}",), why)
