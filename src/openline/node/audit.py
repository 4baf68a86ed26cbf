"""`openline audit`: recorded tracks against zones, through the same flow as the live node. Deterministic; reads no clock."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec

from openline import flow
from openline.clock import NS_PER_S, to_rfc3339
from openline.errors import Refused
from openline.feeds.fields import SET_ZONE
from openline.feeds.report import Refusal, Report
from openline.flow import Output, Reports, State
from openline.flow.outputs import Outputs
from openline.flow.state import Rules
from openline.flow.watching import turn_zones
from openline.node.archive import read_tracks
from openline.node.set_aside import SetAside
from openline.tracks.moves import TrackEvent
from openline.tracks.rules import DEFAULTS, ClassRules, TrackRules
from openline.watch.finding import Finding
from openline.watch.ranges import Lengths, Moments
from openline.watch.rules import WatchRules
from openline.zones.hours import next_change_ns
from openline.zones.zone import Zone

EVENTS: Final = ("entry", "exit", "approach", "first_seen_inside")
FOREVER_S: Final = 1e9  # an archive does not fall silent: nothing is lost or put away while it is read
SLICE_REPORTS: Final = 100_000  # fewer than the trail keeps: of each the audit says whether it was set aside
SLICE_S: Final = 10  # reports of this much recorded time are stepped together; the findings do not depend on it
REFUSALS_SHOWN: Final = 20

Progress = Callable[[str, int, int], None]
"""(what, done, of)"""


class AuditResult(msgspec.Struct):
    """Findings in order, and what was read."""

    findings: list[Finding]
    movers: int
    reports: int
    refused: int
    refusals: list[Refusal]
    without_time: int
    first_ns: int | None
    last_ns: int | None
    aside: SetAside


class Gathered(msgspec.Struct):
    """Everything read from the files."""

    reports: list[Report] = []
    refused: int = 0
    refusals: list[Refusal] = []
    without_time: int = 0
    empty: list[str] = []  # files that gave no report at all
    broken: list[Refusal] = []  # of files that could not be read to their end: nothing of them is used


def audit_rules(gap_s: float, accuracy_m: float | None, horizon_s: float | None) -> Rules:
    """The numbers of an audit: the live node's defaults, but nothing ever falls silent."""
    classes: dict[str, ClassRules] = {}
    for word, rules in DEFAULTS.items():
        changed = msgspec.structs.replace(rules, coast_s=FOREVER_S, lost_s=FOREVER_S)
        if accuracy_m is not None:
            changed = msgspec.structs.replace(changed, accuracy_default_m=accuracy_m)
        if horizon_s is not None:
            changed = msgspec.structs.replace(changed, horizon_s=horizon_s)
        classes[word] = changed
    tracks = TrackRules(movers_max=100_000_000, gap_s=gap_s, classes=classes)
    return Rules(party="audit", tracks=tracks, watch=WatchRules(gap_s=gap_s))


def gather(paths: Iterable[Path], options: dict[str, Any], progress: Progress) -> Gathered:
    """Read every file whole; reports in order of time, then mover, then file."""
    found = Gathered(reports=[], refusals=[], empty=[], broken=[])
    files = list(paths)
    total = sum(path.stat().st_size for path in files if path.is_file())
    done = 0

    def moved(count: int) -> None:
        nonlocal done
        done += count
        progress("reading", done, total)

    for path in files:
        before, without_time = len(found.reports), found.without_time
        broken = _read(found, path, options, moved)
        if broken is not None:
            del found.reports[before:]  # half a file proves nothing of the other half; the other files are audited
            found.without_time = without_time
            found.broken.append(broken)
        elif len(found.reports) == before:
            found.empty.append(path.name)
    # Of one mover at one moment the order of files and rows decides nothing.
    found.reports.sort(key=lambda r: (r.observed_ns or 0, r.mover, r.original_source or r.source, r.lat_deg, r.lon_deg))
    return found


def _read(found: Gathered, path: Path, options: dict[str, Any], moved: Callable[[int], None]) -> Refusal | None:
    """Read one file; the refusal of the file itself where it cannot be read to its end."""
    try:
        for piece in read_tracks(path, options, moved):
            for item in piece:
                if not isinstance(item, Refusal):
                    found.without_time += item.observed_ns is None
                    if item.observed_ns is not None:
                        found.reports.append(item)
                    continue
                found.refused += 1
                if item.field == "file":
                    return item
                if len(found.refusals) < REFUSALS_SHOWN:
                    found.refusals.append(_with_option(item))
    except Refused as why:
        found.refused += 1
        return Refusal(source=path.name, heard_ns=0, field="file", value=path.name, accepted=why.accepted)
    except OSError as why:
        found.refused += 1
        return Refusal(source=path.name, heard_ns=0, field="file", value=path.name, accepted=f"a file that can be read ({why})")
    return None


def _with_option(refusal: Refusal) -> Refusal:
    """The same, with the option of the command line where the settings of a feed would have another."""
    accepted = refusal.accepted.replace(SET_ZONE, "say --time-zone, such as UTC or Europe/Paris")
    return refusal if accepted == refusal.accepted else msgspec.structs.replace(refusal, accepted=accepted)


def audit(zones: list[Zone], gathered: Gathered, rules: Rules, progress: Progress) -> AuditResult:
    """Step every report past the zones.

    The findings are each in their last revision, sorted by time, mover, zone, event, ring.
    """
    if not zones:
        raise Refused("--zones", "no zone", "a file with at least one zone")
    state = State(rules)
    reports = gathered.reports
    last: dict[str, Finding] = {}
    aside = SetAside()
    if reports:
        start_ns = int(reports[0].observed_ns or 0)
        for zone in zones:
            numbered = zone if zone.version else msgspec.structs.replace(zone, version=1)
            state.watch.put(numbered, start_ns)
        done = 0
        changes = changes_ns(zones, start_ns, int(reports[-1].observed_ns or 0))
        for batch in slices(reports, changes):
            now_ns = int(batch[-1].observed_ns or 0)
            while changes and changes[0] <= int(batch[0].observed_ns or 0):
                turned = Outputs(changes.pop(0))
                turn_zones(state, turned.now_ns, turned)
                keep(last, aside, turned.made)
            # An archive was heard when it was observed, as far as the flow is concerned: the past is not late here.
            heard = [as_heard(report) for report in batch]
            keep(last, aside, flow.step(state, [Reports(done, heard)], now_ns))
            aside.look(state.picture, heard)
            done += len(batch)
            progress("watching", done, len(reports))
        keep(last, aside, flow.end(state, int(reports[-1].observed_ns or 0)))
        aside.look(state.picture, [])
    findings = sorted((f for f in last.values() if f.event in EVENTS), key=order)
    bounds = (reports[0].observed_ns, reports[-1].observed_ns) if reports else (None, None)
    return AuditResult(
        findings,
        len(state.picture),
        len(reports),
        gathered.refused,
        gathered.refusals,
        gathered.without_time,
        bounds[0],
        bounds[1],
        aside,
    )


def as_heard(report: Report) -> Report:
    """As if it had been heard when it was observed, from the source its row names."""
    source = report.original_source or report.source
    return msgspec.structs.replace(report, heard_ns=int(report.observed_ns or 0), source=source)


def keep(last: dict[str, Finding], aside: SetAside, outputs: list[Output]) -> None:
    """Each finding in its last revision, and every event of a track: jump, frozen, two places, GNSS suspect."""
    for output in outputs:
        if isinstance(output.thing, Finding):
            last[output.thing.id] = output.thing
        elif isinstance(output.thing, TrackEvent):
            aside.events.append(output.thing)


def changes_ns(zones: list[Zone], start_ns: int, end_ns: int) -> list[int]:
    """Every moment between start and end at which a zone begins or ends by its dates or hours."""
    found: set[int] = set()
    for zone in zones:
        at_ns = next_change_ns(zone, start_ns)
        while at_ns is not None and at_ns <= end_ns:
            found.add(at_ns)
            at_ns = next_change_ns(zone, at_ns)
    return sorted(found)


def slices(reports: list[Report], changes: list[int]) -> Iterable[list[Report]]:
    """Reports cut where recorded time passes a whole slice, where a zone begins or ends, and where a slice is full."""
    edges = list(changes)
    batch: list[Report] = []
    current: tuple[int, int] | None = None
    for report in reports:
        at_ns = report.observed_ns or 0
        key = (at_ns // (SLICE_S * NS_PER_S), bisect_right(edges, at_ns))
        if batch and (key != current or (len(batch) >= SLICE_REPORTS and at_ns != batch[-1].observed_ns)):
            yield batch
            batch = []
        current = key
        batch.append(report)
    if batch:
        yield batch


def order(finding: Finding) -> tuple[int, str, str, str, str]:
    """Sort key of findings."""
    return ((finding.at_ns + 500_000) // 1_000_000, finding.mover, finding.zone, finding.event, finding.ring)


def finding_line(finding: Finding) -> dict[str, Any]:
    """One line of findings.ndjson (docs/audit.md)."""
    line: dict[str, Any] = {
        "mover": finding.mover,
        "zone": finding.zone,
        "ring": finding.ring,
        "event": finding.event,
        "time": to_rfc3339(finding.at_ns),
        "lat": round(finding.lat_deg, 7),
        "lon": round(finding.lon_deg, 7),
        "depth_m": _metres(finding.depth_m),
        "certainty": finding.certainty,
    }
    more: dict[str, Any] = {
        "zone_version": finding.zone_version,
        "boundary_m": _metres(finding.boundary_m) if finding.event in ("approach", "first_seen_inside") else None,
        "accuracy_m": _metres(finding.accuracy_m),
        "accuracy_stated": finding.accuracy_stated,
        "interval": [to_rfc3339(at) for at in finding.interval_ns] if finding.interval_ns else None,
        "to_boundary_s": None if finding.to_boundary_s is None else round(finding.to_boundary_s, 1),
        "earliest_s": None if finding.earliest_s is None else round(finding.earliest_s, 1),
        "first": to_rfc3339(finding.first_ns) if finding.first_ns is not None else None,
        "last": to_rfc3339(finding.last_ns) if finding.last_ns is not None else None,
        "deepest_m": _metres(finding.deepest_m),
        "deepest_time": to_rfc3339(finding.deepest_ns) if finding.deepest_ns is not None else None,
        "path_m": _metres(finding.path_m),
        "first_range": _moments(finding.ranges.first_ns),
        "last_range": _moments(finding.ranges.last_ns),
        "depth_range_m": _lengths(finding.ranges.depth_m),
        "deepest_range_m": _lengths(finding.ranges.deepest_m),
        "path_range_m": _lengths(finding.ranges.path_m),
        "source": finding.source or None,
        "why": list(finding.why) or None,
    }
    return line | {key: value for key, value in more.items() if value is not None}


def _moments(ends: Moments | None) -> list[str | None] | None:
    return None if ends is None else [None if at is None else to_rfc3339(at) for at in ends]


def _lengths(ends: Lengths | None) -> list[float | None] | None:
    return None if ends is None else [_metres(one) for one in ends]


def _metres(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
