"""`openline audit`."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from openline.cli.say import note, plain, progress
from openline.errors import Refused
from openline.units import DATUMS

MOVERS_SHOWN: Final = 5


def run_audit(
    zones: Path,
    tracks: list[Path],
    out: Path | None,
    gap_s: float,
    accuracy_m: float | None,
    horizon_s: float | None,
    datum: str,
    time_zone: str,
    events: Path | None,
    as_json: bool,
) -> int:
    """Read, watch, write. 1 when a file gave no report or could not be read to its end: that is no proof that nothing
    happened.
    """
    from openline.node.archive import wall_clock
    from openline.node.audit import audit, audit_rules, finding_line, gather

    for name, value in (("--gap-s", gap_s), ("--accuracy-m", accuracy_m), ("--horizon-s", horizon_s)):
        if value is not None and not 0 < value < 1e7:
            raise Refused(name, value, "a number above 0")
    if datum and datum not in DATUMS:
        raise Refused("--datum", datum, ", ".join(DATUMS))
    if time_zone:
        wall_clock(time_zone)
    _refuse_paths(tracks, {"--out": out, "--events": events})
    options = {"datum": datum, "zone": time_zone}
    read = _zones(zones)
    with progress() as moved:
        gathered = gather(tracks, {name: value for name, value in options.items() if value}, moved)
        result = audit(read, gathered, audit_rules(gap_s, accuracy_m, horizon_s), moved)
    _write(out, [finding_line(finding) for finding in result.findings])
    if events is not None:
        _write(events, result.aside.lines())
    _say_refused(gathered)
    for line in _said_aside(result.aside):
        note(line)
    summary: dict[str, Any] = {
        "findings": len(result.findings),
        "movers": result.movers,
        "reports": result.reports,
        "zones": len(read),
        "refused": result.refused,
        "without_time": result.without_time,
        "files_refused": [one.source for one in gathered.broken],
        "files_empty": gathered.empty,
        **result.aside.summary(),
    }
    note(json.dumps(summary, ensure_ascii=False) if as_json else _words(summary, out))
    return 1 if gathered.empty or gathered.broken else 0


def _write(path: Path | None, lines: list[dict[str, Any]]) -> None:
    text = "".join(plain(json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
    if path is None or str(path) == "-":
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def _say_refused(gathered: Any) -> None:
    """What was not taken: rows, then whole files, then files in which there was nothing."""
    for one in gathered.refusals:
        note(f"refused: {one.source} {one.position or ''}: {one.field} {one.value}; accepted: {one.accepted}")
    more = gathered.refused - len(gathered.refusals) - len(gathered.broken)
    if more:
        note(f"refused: {more} more")
    if gathered.without_time:
        note(f"not used: {gathered.without_time} reports without a time")
    for one in gathered.broken:
        note(f"refused: {one.source}: the file; accepted: {one.accepted}")
        note(f"nothing of {one.source} is used: this is not a finding of nothing")
    for name in gathered.empty:
        note(f"no report could be used from {name}: this is not a finding of nothing")


def _said_aside(aside: Any) -> list[str]:
    """Who was set aside most, and what was said of the whole picture."""
    lines = []
    for kind, movers in aside.by_kind().items():
        most = ", ".join(f"{mover} {count}" for mover, count in list(movers.items())[:MOVERS_SHOWN])
        more = f" and {len(movers) - MOVERS_SHOWN} movers more" if len(movers) > MOVERS_SHOWN else ""
        lines.append(f"set aside ({kind}): {most}{more}")
    wide = [event.says for event in aside.events if event.event in ("gnss_suspect", "two_places")]
    lines += wide[:MOVERS_SHOWN]
    if len(wide) > MOVERS_SHOWN:
        lines.append(f"{len(wide) - MOVERS_SHOWN} more of movers in two places or of GNSS: --events FILE has them all")
    return lines


def _refuse_paths(tracks: list[Path], written: dict[str, Path | None]) -> None:
    """Every file that cannot be read or written, before hours of reading."""
    from openline.node.archive import kind_of
    from openline.node.places import refuse_unwritable

    for option, path in written.items():
        if path is not None and str(path) != "-":
            refuse_unwritable(path, option)
    for path in tracks:
        kind_of(path)


def _zones(path: Path) -> list[Any]:
    from openline.cli.zone import read_zone_file

    found = read_zone_file(path, "--zones", "audit")
    for one in found.notes:
        note(f"note: {one.field}: {one.says}")
    return list(found.zones)


def _words(summary: dict[str, Any], out: Path | None) -> str:
    from openline.node.set_aside import counted, in_words

    where = f" in {out}" if out is not None and str(out) != "-" else ""
    refused = f"; {summary['refused']} refused" if summary["refused"] else ""
    doubt = in_words(summary["set_aside_by"])
    reports = counted(summary["reports"], "report") + (f", {doubt}" if doubt else "")
    counts = f"{counted(summary['movers'], 'mover')}, {counted(summary['zones'], 'zone')}{refused}; {reports}"
    return f"{counted(summary['findings'], 'finding')}{where} ({counts})"
