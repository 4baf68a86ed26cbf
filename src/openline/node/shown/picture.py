"""What the loop shows: the state in the words of docs/api.md, frames for browsers, timelines, numbers for /metrics."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from openline.account.log import says
from openline.account.timeline import rows
from openline.clock import NS_PER_S, NS_PER_US, to_rfc3339
from openline.flow import Output
from openline.flow.conditions import DISK_LEVELS
from openline.flow.escalations import Escalation
from openline.flow.line import Line
from openline.flow.state import FeedState
from openline.incident.board import Alarm, Incident
from openline.incident.health import health
from openline.incident.words import Numbers
from openline.line.notice import Notice, view
from openline.node.recover import json_body
from openline.node.shown.drawings import Drawings
from openline.node.shown.escalations import EscalationViews, escalation_view, escalations_view
from openline.node.shown.lines import LineViews, line_view, talk_view
from openline.node.shown.numbers import live_alarms
from openline.node.shown.offered import offered
from openline.node.shown.views import (
    alarm_view,
    archived_view,
    condition_view,
    feed_view,
    incident_view,
    reports_view,
    track_view,
    when,
    zone_view,
)
from openline.record.entry import Entry
from openline.tracks.conditions import Condition
from openline.tracks.moves import TrackEvent
from openline.zones.zone import Zone

if TYPE_CHECKING:
    from openline.node.loop import Loop

Live = dict[str, Numbers]
INCIDENTS_SHOWN: Final = 200
TIMELINE_ROWS_MAX: Final = 5_000
ALARMS_AT_ONCE: Final = 25  # about 2 ms of work: what an alarm that rises meanwhile may have to wait for
UNCHANGED_AGAIN_S: Final = 10


class Pictures:
    """Views of one loop's state."""

    def __init__(self, loop: "Loop", facts: dict[str, Any], incident_entries: dict[str, list[int]]) -> None:
        self.loop = loop
        self.facts = facts
        self.incident_entries = incident_entries
        self.started = to_rfc3339(loop.world.now_ns) if loop.world.now_ns > 0 else None
        self.clock: dict[str, Any] = {"offset_ms": None, "uncertainty_ms": None, "synchronised": None}
        self.drawings = Drawings()
        self.lines = LineViews()
        self.escalations = EscalationViews()
        self._last_health: dict[str, Any] = {}
        self._told: dict[str, dict[str, Any]] = {}  # by alarm: what browsers were last told of its numbers

    # ── whole views ──────────────────────────────────────────────────────────────────────────────────────────────────

    def whole(self) -> dict[str, Any]:
        """GET /api/v1/state."""
        state, now_ns = self.loop.world, self.loop.now_ns()
        zones = state.book.latest()
        self.drawings.keep_only(zones)
        live = live_alarms(state, now_ns)
        incidents = sorted(state.board.incidents.values(), key=lambda one: one.opened_ns)[-INCIDENTS_SHOWN:]
        return {
            "seq": self.loop.store.size - 1,
            "node": self.node(now_ns),
            "zones": [zone_view(state, z, now_ns, self.drawings) for z in zones],
            "alarms": [alarm_view(state, alarm, live, now_ns) for alarm in state.board.alarms.values()],
            "feeds": [feed_view(feed, now_ns) for feed in state.feeds.values()],
            "incidents": [incident_view(state, one) for one in incidents],
            "notices": [view(notice) for notice in state.notices.values()],
            "lines": self.lines.whole(state.lines, now_ns),
            "escalations": escalations_view(state.escalations),
            "health": health(state.board, now_ns),
        }

    def offered(self) -> dict[str, Any]:
        """Translations and who approved them, and the ways to people outside."""
        return offered(self.loop.world)

    def node(self, now_ns: int) -> dict[str, Any]:
        """The node's own state."""
        state, jumped = self.loop.world, self.loop.time.jumped
        return {
            **self.facts,
            "party": self.loop.rules.party,
            "watching": self.loop.watching,
            "why": self.loop.why,
            "started": self.started,
            "now": when(now_ns),
            "clock": {**self.clock, "jumped": None if jumped is None else jumped.shown()},
            "exercise": self.loop.exercise,
            "movers": len(state.picture),
            "bound": state.picture.bound_count(),
            "limit": state.rules.tracks.movers_max,
            "archived": state.picture.archived_total,
            "turned_away": state.picture.turned_away,
            "conditions": self._conditions(now_ns),
            "disk": self.loop.room_left.view(),
            "record": {"size": self.loop.store.size, "root": self.loop.store.root.hex(), "at": when(now_ns)},
        }

    def _conditions(self, now_ns: int) -> list[dict[str, Any]]:
        """What stands; that the disk is full cannot be recorded, so it is shown as the shell knows it."""
        full, found = self.loop.room_left.full, self.loop.world.conditions
        shown = [condition_view(one) for what, one in found.items() if not (full and what == "disk")]
        if full:
            now = Condition(id="disk full", what="disk", since_ns=now_ns, said_ns=now_ns, full_ns=now_ns)
            now.since_ns = found["disk"].since_ns if "disk" in found else now_ns
            now.says = self.loop.room_left.says(self.loop.world)
            shown.append(condition_view(now))
        return shown

    def search(self, query: str, limit: int) -> dict[str, Any]:
        """Movers whose id or callsign holds the query, live first."""
        state, now_ns = self.loop.world, self.loop.now_ns()
        wanted = query.strip().lower()
        found = [
            slot
            for mover, slot in state.picture.slot_of.items()
            if wanted in mover.lower() or wanted in (state.picture.callsign[slot] or "").lower()
        ]
        past = [
            one
            for one in state.picture.archive.values()
            if wanted in one.mover.lower() or wanted in (one.callsign or "").lower()
        ]
        tracks = [track_view(state, slot, now_ns) for slot in found[:limit]]
        tracks += [archived_view(one, now_ns) for one in list(reversed(past))[: max(0, limit - len(tracks))]]
        return {"tracks": tracks, "of": len(found) + len(past), "limit": limit}

    def track(self, mover: str) -> dict[str, Any] | None:
        """GET /api/v1/tracks/{mover}."""
        state, now_ns = self.loop.world, self.loop.now_ns()
        claims = [
            {"by": claim.by, "what": claim.what, "value": claim.value, "at": when(claim.at_ns)}
            for claim in state.picture.claims.get(mover, [])
        ]
        alarms = [alarm.id for alarm in state.board.alarms.values() if alarm.mover == mover]
        slot = state.picture.slot_of.get(mover)
        if slot is None:
            past = state.picture.archive.get(mover)
            return (
                None
                if past is None
                else {"track": archived_view(past, now_ns), "claims": claims, "reports": [], "alarms": alarms}
            )
        track = track_view(state, slot, now_ns)
        track["route"] = [list(point) for point in state.picture.routes.get(mover, ())] or None
        return {"track": track, "claims": claims, "reports": reports_view(state, slot), "alarms": alarms}

    def incident(self, id: str) -> dict[str, Any] | None:
        """GET /api/v1/incidents/{id}: the timeline is read from the record, not from memory."""
        incident = self.loop.world.board.incidents.get(id)
        if incident is None:
            return None
        entries = [self._entry(index) for index in self.incident_entries.get(id, [])[-TIMELINE_ROWS_MAX:]]
        opened_us = incident.opened_ns // 1000
        closed_us = (incident.closed_ns or self.loop.now_ns()) // 1000
        entries += [gap for gap in self.loop.store.entries(kind="gap") if opened_us <= gap.at_us <= closed_us]
        entries.sort(key=lambda entry: entry.index)
        return {"incident": incident_view(self.loop.world, incident), "timeline": rows(entries, self.body)}

    def body(self, entry: Entry) -> Any:
        """First object of an entry as JSON, or None."""
        return json_body(self.loop.store, entry)

    # ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def note(self, outputs: list[Output], first_index: int) -> None:
        """Remember which entries belong to which incident."""
        for i, output in enumerate(outputs):
            for ref in output.ref:
                if ref.startswith("incident:"):
                    self.incident_entries.setdefault(ref[9:], []).append(first_index + i)
        known = self.loop.world.board.incidents
        if len(self.incident_entries) > 2 * len(known) + INCIDENTS_SHOWN:  # the board lets old ones go, and so do we
            self.incident_entries = {id: found for id, found in self.incident_entries.items() if id in known}

    def live(self, now_ns: int, outputs: list[Output]) -> Live:
        """Numbers, as of now, of the alarms among these outputs."""
        return live_alarms(self.loop.world, now_ns, [one.thing for one in outputs if isinstance(one.thing, Alarm)])

    def frames_of(self, output: Output, index: int, live: Live, now_ns: int) -> list[dict[str, Any]]:
        """What browsers are told of one output."""
        kind, data = self._shown(output, live, now_ns)
        frames = [] if kind is None else [{"seq": index, "type": kind, "data": data}]
        if isinstance(output.thing, Alarm):
            incident = self.loop.world.board.incidents.get(output.thing.incident)
            if incident is not None:
                frames.append({"seq": index, "type": "incident", "data": incident_view(self.loop.world, incident)})
        if output.kind in ("finding", "refusal", "mistake"):
            told = {"index": index, "kind": output.kind, "who": "node", "says": says(output.kind, {}, output.body)}
            frames.append({"seq": index, "type": "entry", "data": told})
        return frames

    def every_second(self) -> Iterator[list[dict[str, Any]]]:
        """Frames no entry stands behind: the node, feed ages, alarm health when it changed, the numbers of alarms.

        In pieces, each made when it is asked for, so that a batch of input waits for a piece at most. An alarm of which nothing
        changed is told again every `UNCHANGED_AGAIN_S`, for browsers that came meanwhile.
        """
        state, now_ns = self.loop.world, self.loop.now_ns()
        told, self._told = self._told, {}
        frames = [{"type": "node", "data": self.node(now_ns)}]
        frames += [{"type": "feed", "data": feed_view(feed, now_ns)} for feed in state.feeds.values()]
        frames += self.lines.frames(state.lines, now_ns)
        frames += self.escalations.frames(state.escalations)
        now_health = health(state.board, now_ns)
        if now_health != self._last_health:
            self._last_health = now_health
            frames.append({"type": "health", "data": now_health})
        yield self._numbered(frames)
        ids = list(state.board.alarms)
        for first in range(0, len(ids), ALARMS_AT_ONCE):
            alarms = [state.board.alarms[id] for id in ids[first : first + ALARMS_AT_ONCE] if id in state.board.alarms]
            live = live_alarms(state, self.loop.now_ns(), alarms)
            frames = []
            for place, alarm in enumerate(alarms, first):
                shown = alarm_view(state, alarm, live, now_ns)
                self._told[alarm.id] = shown
                if told.get(alarm.id) != shown or (now_ns // NS_PER_S + place) % UNCHANGED_AGAIN_S == 0:
                    frames.append({"type": "alarm", "data": shown})
            yield self._numbered(frames)

    def _numbered(self, frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seq = self.loop.store.size - 1
        return [{"seq": seq, **frame} for frame in frames]

    def entry_frame(self, index: int, kind: str, who: str, says: dict[str, Any]) -> dict[str, Any]:
        """A frame for an entry written outside the flow."""
        text = ", ".join(f"{key} {value}" for key, value in says.items() if value not in (None, ""))
        return {"seq": index, "type": "entry", "data": {"index": index, "kind": kind, "who": who, "says": text}}

    def said(self, outputs: list[Output]) -> dict[str, Any]:
        """What an act changed, as it stands now."""
        now_ns = self.loop.world.now_ns
        for output in reversed(outputs):
            if not isinstance(output.thing, (Alarm, Zone, Notice, Line, tuple)):
                continue
            kind, data = self._shown(output, self.live(now_ns, [output]), now_ns)
            return {str(kind): data}
        return {}

    def metrics(self) -> str:
        """Prometheus text."""
        state, loop = self.loop.world, self.loop
        lines = [
            f"openline_movers {len(state.picture)}",
            f"openline_movers_bound {state.picture.bound_count()}",
            f"openline_movers_archived_total {state.picture.archived_total}",
            f"openline_movers_turned_away_total {state.picture.turned_away}",
            f"openline_zones {len(state.watch.watched)}",
            f"openline_alarms {len(state.board.alarms)}",
            f"openline_record_entries {loop.store.size}",
            f"openline_watching {int(loop.watching)}",
            f"openline_browsers {len(loop.hub)}",
            f"openline_disk_free_bytes {loop.room_left.free_bytes}",
            f"openline_disk_level {DISK_LEVELS.index(loop.room_left.level)}",
        ]
        for name, values in (("step", loop.step_s), ("shown", loop.late_s)):
            if values:
                ordered = sorted(values)
                for share in (0.5, 0.99):
                    lines.append(
                        f'openline_{name}_seconds{{quantile="{share}"}} {ordered[int(share * (len(ordered) - 1))]:.6f}'
                    )
        for feed in state.feeds.values():
            label = f'{{source="{feed.rules.source}"}}'
            lines += [
                f"openline_feed_up{label} {int(feed.state == 'up')}",
                f"openline_feed_reports_total{label} {feed.reports}",
            ]
            lines.append(f"openline_feed_refused_total{label} {feed.refused}")
            lines.append(f"openline_feed_no_room_total{label} {loop.room_left.refused[feed.rules.source]}")
        return "\n".join(lines) + "\n"

    def _shown(self, output: Output, live: Live, now_ns: int) -> tuple[str | None, Any]:
        thing, state = output.thing, self.loop.world
        if isinstance(thing, Alarm):
            return "alarm", alarm_view(state, thing, live, now_ns)
        if isinstance(thing, Zone):
            return "zone", zone_view(state, thing, now_ns, self.drawings)
        if isinstance(thing, FeedState):
            return "feed", feed_view(thing, now_ns)
        if isinstance(thing, Notice):
            return "notice", view(thing)
        if isinstance(thing, TrackEvent):
            return "track_event", {"mover": thing.mover, "event": thing.event, "says": thing.says}
        if isinstance(thing, Condition):
            return "node", self.node(now_ns)
        if isinstance(thing, Incident):
            return "incident", incident_view(state, thing)
        if isinstance(thing, Escalation):
            return "escalation", escalation_view(state.escalations, thing)
        if isinstance(thing, Line):
            return "line", line_view(thing, self.lines.connections().get(thing.party))
        if isinstance(thing, tuple):  # a line, and one message on it
            line, talk = thing
            return "talk", talk_view(line, talk, now_ns // NS_PER_US)
        return None, None

    def _entry(self, index: int) -> Entry:
        return next(self.loop.store.entries(index - 1, 1))
