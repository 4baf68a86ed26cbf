"""The board: alarms and incidents as they stand, one alarm a mover a ring, one incident a mover a zone (R29)."""

from collections import deque
from typing import Any, Final, Literal

import msgspec

from openline.clock import NS_PER_S
from openline.errors import Refused
from openline.incident.states import Happening, State, after
from openline.watch.finding import CERTAINTY_RANK, Finding
from openline.watch.ranges import NO_RANGES, Ranges

Priority = Literal["critical", "warning", "advisory"]
RANK: Final[dict[Priority, int]] = {"advisory": 0, "warning": 1, "critical": 2}
BEFORE: Final = ("approach", "may_reach")  # not at the line yet, as far as anybody heard
RISES_MAX: Final = 20_000  # moments of alarms kept for the health numbers; an hour at the flood limit is far less
CLOSED_INCIDENTS_MAX: Final = 10_000  # kept to be looked at; older ones are in the record and no longer here
ALARMS_PER_INCIDENT_MAX: Final = 1_000  # the newest are named; one that opens and closes for weeks has more
SHELVE_MINUTES_MAX: Final = 480  # a shift; longer is a decision about the zone, not about an alarm

AlarmKey = tuple[str, str, str]
"""(mover, zone, ring)"""


class Alarm(msgspec.Struct, kw_only=True):
    """One mover and one ring, from the first sign to normal. Changed only by the board."""

    id: str
    mover: str
    zone: str
    zone_version: int
    ring: str
    rule: str
    priority: Priority
    event: str
    state: State
    certainty: str
    since_ns: int
    changed_ns: int
    crossed_ns: int | None = None
    interval_ns: tuple[int, int] | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None
    finding: str = ""
    incident: str = ""
    silenced: bool = False
    acknowledged_by: str = ""
    acknowledged_ns: int | None = None
    shelved_until_ns: int | None = None
    shelved_by: str = ""
    shelved_reason: str = ""
    deepest_m: float | None = None  # of a visit that is over, inside the ring; negative: an averted approach came this near
    why: tuple[str, ...] = ()
    ranges: Ranges = NO_RANGES  # of a visit that is over


class Incident(msgspec.Struct, kw_only=True):
    """One trouble of one mover with one zone."""

    id: str
    mover: str
    zone: str
    opened_ns: int
    closed_ns: int | None = None
    alarms: list[str] = msgspec.field(default_factory=list)


class Board:
    """All alarms not normal, all open incidents, the newest closed ones, and when alarms rose."""

    def __init__(self) -> None:
        self.alarms: dict[str, Alarm] = {}
        self.by_key: dict[AlarmKey, str] = {}
        self.of_mover: dict[str, dict[str, Alarm]] = {}  # alarms by mover, in the order they were first raised
        self.incidents: dict[str, Incident] = {}
        self.open_incident: dict[str, dict[str, str]] = {}  # mover → zone → incident
        self.closed: deque[str] = deque()  # incidents, the one closed first in front
        self.incident_count = 0
        self.rises: deque[tuple[int, str]] = deque(maxlen=RISES_MAX)  # (when, mover|zone|ring)
        self.alarm_count = 0

    def find(self, finding: Finding, now_ns: int) -> tuple[Alarm | None, Incident]:
        """Take one finding. Gives the alarm it changed, None when it changed none, and the incident it belongs to."""
        key = (finding.mover, finding.zone, finding.ring)
        alarm_id = self.by_key.get(key)
        alarm = self.alarms[alarm_id] if alarm_id is not None else None
        if finding.event in ("exit", "averted"):
            incident = self._incident_of_end(finding, now_ns)
            return self._returned(alarm, finding, now_ns), incident
        incident = self._incident(finding, now_ns)
        if alarm is None:
            alarm = self._new(key, finding, now_ns)
            alarm.incident = incident.id
            incident.alarms.append(alarm.id)
            if len(incident.alarms) > ALARMS_PER_INCIDENT_MAX:
                incident.alarms.remove(next((one for one in incident.alarms if one not in self.alarms), incident.alarms[0]))
        worse = self._worse(alarm, finding)
        self._write(alarm, finding, now_ns)
        if worse:
            self._happen(alarm, Happening.RAISED, now_ns)
            alarm.silenced = False
            alarm.acknowledged_by, alarm.acknowledged_ns = "", None
            alarm.shelved_until_ns, alarm.shelved_by, alarm.shelved_reason = None, "", ""
            self.rises.append((now_ns, "|".join(key)))
        return alarm, incident

    def acknowledge(self, alarm_id: str, who: str, now_ns: int) -> Alarm:
        """A person saw it. Raises Refused for an unknown alarm, OutOfTurn when there is nothing to acknowledge."""
        alarm = self._get(alarm_id)
        self._happen(alarm, Happening.ACKNOWLEDGED, now_ns)
        alarm.acknowledged_by, alarm.acknowledged_ns = who, now_ns
        self._settle(alarm, now_ns)
        return alarm

    def silence(self, alarm_id: str, now_ns: int) -> Alarm:
        """Stop its sound on every screen; its state stays."""
        alarm = self._get(alarm_id)
        alarm.silenced, alarm.changed_ns = True, now_ns
        return alarm

    def shelve(self, alarm_id: str, who: str, minutes: int, reason: str, now_ns: int) -> Alarm:
        """Put it away for a time, with a reason."""
        if not 1 <= minutes <= SHELVE_MINUTES_MAX:
            raise Refused("minutes", minutes, f"1 to {SHELVE_MINUTES_MAX}")
        if not reason.strip():
            raise Refused("reason", reason, "why this alarm may be put away, in words")
        alarm = self._get(alarm_id)
        self._happen(alarm, Happening.SHELVED, now_ns)
        alarm.shelved_until_ns = now_ns + minutes * 60 * NS_PER_S
        alarm.shelved_by, alarm.shelved_reason = who, reason
        return alarm

    def unshelve(self, alarm_id: str, now_ns: int) -> Alarm:
        """Bring it back."""
        alarm = self._get(alarm_id)
        self._happen(alarm, Happening.UNSHELVED, now_ns)
        alarm.shelved_until_ns, alarm.shelved_by, alarm.shelved_reason = None, "", ""
        alarm.acknowledged_by, alarm.acknowledged_ns = "", None
        self._settle(alarm, now_ns)
        return alarm

    def tick(self, now_ns: int) -> list[Alarm]:
        """Alarms whose time on the shelf is over."""
        due = [a.id for a in self.alarms.values() if a.shelved_until_ns is not None and a.shelved_until_ns <= now_ns]
        return [self.unshelve(alarm_id, now_ns) for alarm_id in due]

    def end_mover(self, mover: str, why: str, now_ns: int) -> list[Alarm]:
        """A person closed the track: its alarms return, and say why."""
        changed = []
        for alarm in list(self.of_mover.get(mover, {}).values()):
            alarm.why = (*alarm.why, why)
            self._return(alarm, now_ns)
            changed.append(alarm)
        return changed

    def standing(self, mover: str) -> bool:
        """The mover has an alarm that is not normal."""
        return mover in self.of_mover

    def open_of(self, mover: str) -> list[str]:
        """Open incidents of a mover."""
        return list(self.open_incident.get(mover, {}).values())

    def note(self, incident_id: str) -> Incident:
        """An incident by id. Raises Refused."""
        incident = self.incidents.get(incident_id)
        if incident is None:
            raise Refused("incident", incident_id, "the id of an incident")
        return incident

    def _get(self, alarm_id: str) -> Alarm:
        alarm = self.alarms.get(alarm_id)
        if alarm is None:
            raise Refused("alarm", alarm_id, "the id of an alarm on the list; this one may have returned to normal")
        return alarm

    def _new(self, key: AlarmKey, finding: Finding, now_ns: int) -> Alarm:
        self.alarm_count += 1
        alarm = Alarm(
            id=f"A{self.alarm_count:06d}",
            mover=key[0],
            zone=key[1],
            ring=key[2],
            zone_version=finding.zone_version,
            rule=finding.rule,
            priority=priority_of(finding),
            event="",
            state=State.NORMAL,
            certainty=finding.certainty,
            since_ns=now_ns,
            changed_ns=now_ns,
        )
        self.alarms[alarm.id] = self.of_mover.setdefault(alarm.mover, {})[alarm.id] = alarm
        self.by_key[key] = alarm.id
        return alarm

    def _worse(self, alarm: Alarm, finding: Finding) -> bool:
        """Worse in kind: new, back again, from approach to inside, silent on the way. A surer statement of the same is not."""
        if alarm.state in (State.NORMAL, State.RETURNED_UNACKNOWLEDGED, State.SHELVED_RETURNED):
            return True
        return alarm.event in BEFORE and finding.event != alarm.event

    def _write(self, alarm: Alarm, finding: Finding, now_ns: int) -> None:
        if alarm.event == finding.event and CERTAINTY_RANK[finding.certainty] < CERTAINTY_RANK.get(alarm.certainty, 0):
            return
        priority = priority_of(finding)
        if (alarm.event, finding.event) == ("approach", "may_reach"):
            priority = alarm.priority  # that it fell silent on its way makes it no less urgent
        alarm.event, alarm.certainty, alarm.finding = finding.event, finding.certainty, finding.id
        alarm.zone_version, alarm.priority = finding.zone_version, priority
        alarm.lat_deg, alarm.lon_deg = finding.lat_deg, finding.lon_deg
        alarm.crossed_ns = None if finding.event in BEFORE else finding.at_ns
        alarm.interval_ns, alarm.why, alarm.changed_ns = finding.interval_ns, finding.why, now_ns
        alarm.deepest_m, alarm.ranges = None, NO_RANGES  # those were another visit's

    def _returned(self, alarm: Alarm | None, finding: Finding, now_ns: int) -> Alarm | None:
        if alarm is None or (finding.event == "averted" and alarm.event not in BEFORE):
            return None
        alarm.deepest_m, alarm.ranges = finding.deepest_m, finding.ranges
        alarm.why = finding.why or alarm.why
        doubtful = finding.certainty == "possible" and alarm.certainty != "possible"
        alarm.event, alarm.certainty, alarm.finding = finding.event, finding.certainty, finding.id
        if doubtful and alarm.state == State.ACKNOWLEDGED:
            # It was surely in and is only possibly out: somebody must see that before the alarm goes.
            self._happen(alarm, Happening.RAISED, now_ns)
        self._return(alarm, now_ns)
        return alarm

    def _return(self, alarm: Alarm, now_ns: int) -> None:
        if alarm.state in (State.RETURNED_UNACKNOWLEDGED, State.NORMAL):
            return
        self._happen(alarm, Happening.RETURNED, now_ns)
        self._settle(alarm, now_ns)

    def _happen(self, alarm: Alarm, happening: Happening, now_ns: int) -> None:
        alarm.state = after(alarm.state, happening)
        alarm.changed_ns = now_ns

    def _settle(self, alarm: Alarm, now_ns: int) -> None:
        """A normal alarm leaves the list; an incident without alarms closes."""
        if alarm.state != State.NORMAL:
            return
        self.alarms.pop(alarm.id, None)
        self.by_key.pop((alarm.mover, alarm.zone, alarm.ring), None)
        _take_out(self.of_mover, alarm.mover, alarm.id)
        incident = self.incidents.get(alarm.incident)
        if incident is not None and not any(a in self.alarms for a in incident.alarms):
            self._close(incident, now_ns)

    def _close(self, incident: Incident, now_ns: int) -> None:
        incident.closed_ns = now_ns
        _take_out(self.open_incident, incident.mover, incident.zone)
        self.closed.append(incident.id)
        if len(self.closed) > CLOSED_INCIDENTS_MAX:
            self.incidents.pop(self.closed.popleft(), None)

    def _incident_of_end(self, finding: Finding, now_ns: int) -> Incident:
        """What an exit or a turning away belongs to: the open incident, else the last that was; it never leaves one open for
        nothing.
        """
        if finding.zone not in self.open_incident.get(finding.mover, {}):
            past = (self.incidents[one] for one in reversed(self.closed))
            last = next((one for one in past if (one.mover, one.zone) == (finding.mover, finding.zone)), None)
            if last is not None:
                return last
            self._close(self._incident(finding, now_ns), now_ns)
            return self.incidents[self.closed[-1]]
        return self._incident(finding, now_ns)

    def _incident(self, finding: Finding, now_ns: int) -> Incident:
        incident_id = self.open_incident.get(finding.mover, {}).get(finding.zone)
        if incident_id is None:
            self.incident_count += 1
            incident_id = f"I{self.incident_count:05d}"
            self.incidents[incident_id] = Incident(id=incident_id, mover=finding.mover, zone=finding.zone, opened_ns=now_ns)
            self.open_incident.setdefault(finding.mover, {})[finding.zone] = incident_id
        return self.incidents[incident_id]


def _take_out(table: dict[str, dict[str, Any]], first: str, second: str) -> None:
    inner = table.get(first)
    if inner is not None:
        inner.pop(second, None)
        if not inner:
            del table[first]


def priority_of(finding: Finding) -> Priority:
    """How urgent: inside the boundary or deeper is critical; a no-entry ring, or on the way to the boundary, a warning."""
    if finding.event == "may_reach":
        return "advisory"
    if finding.event == "approach":
        return "warning"
    if finding.rule in ("boundary", "inner"):
        return "critical"
    return "warning" if finding.rule == "no_contact_no_entry" else "advisory"
