"""`openline audit`."""

import json
import sys
from pathlib import Path
from typing import Any

from openline.cli.say import note, progress
from openline.errors import Refused
from openline.units import DATUMS


def run_audit(
    zones: Path,
    tracks: list[Path],
    out: Path | None,
    gap_s: float,
    accuracy_m: float | None,
    horizon_s: float | None,
    datum: str,
    as_json: bool,
) -> int:
    """Read, watch, write. 1 when a file gave no report: that is no proof that nothing happened."""
    from openline.node.audit import audit, audit_rules, finding_line, gather

    for name, value in (("--gap-s", gap_s), ("--accuracy-m", accuracy_m), ("--horizon-s", horizon_s)):
        if value is not None and not 0 < value < 1e7:
            raise Refused(name, value, "a number above 0")
    if datum and datum not in DATUMS:
        raise Refused("--datum", datum, ", ".join(DATUMS))
    _refuse_paths(tracks, out)
    read = _zones(zones)
    with progress() as moved:
        gathered = gather(tracks, {"datum": datum} if datum else {}, moved)
        result = audit(read, gathered, audit_rules(gap_s, accuracy_m, horizon_s), moved)
    lines = "".join(json.dumps(finding_line(finding), ensure_ascii=False) + "\n" for finding in result.findings)
    if out is None or str(out) == "-":
        sys.stdout.write(lines)
    else:
        out.write_text(lines, encoding="utf-8")
    for refusal in result.refusals:
        note(
            f"refused: {refusal.source} {refusal.position or ''}: {refusal.field} {refusal.value}; accepted: {refusal.accepted}"
        )
    if result.refused > len(result.refusals):
        note(f"refused: {result.refused - len(result.refusals)} more")
    if result.without_time:
        note(f"not used: {result.without_time} reports without a time")
    summary: dict[str, Any] = {
        "findings": len(result.findings),
        "movers": result.movers,
        "reports": result.reports,
        "zones": len(read),
        "refused": result.refused,
        "without_time": result.without_time,
    }
    for name in gathered.empty:
        note(f"no report could be used from {name}: this is not a finding of nothing")
    note(json.dumps(summary) if as_json else _words(summary, out))
    return 1 if gathered.empty else 0


def _refuse_paths(tracks: list[Path], out: Path | None) -> None:
    """Every file that cannot be read or written, before hours of reading."""
    from openline.node.archive import kind_of
    from openline.node.places import refuse_unwritable

    if out is not None and str(out) != "-":
        refuse_unwritable(out, "--out")
    for path in tracks:
        kind_of(path)


def _zones(path: Path) -> list[Any]:
    from openline.cli.zone import read_zone_file

    found = read_zone_file(path, "--zones", "audit")
    for one in found.notes:
        note(f"note: {one.field}: {one.says}")
    return list(found.zones)


def _words(summary: dict[str, Any], out: Path | None) -> str:
    where = f" in {out}" if out is not None and str(out) != "-" else ""
    counts = f"{summary['movers']} movers, {summary['reports']} reports, {summary['zones']} zones"
    refused = f"; {summary['refused']} refused" if summary["refused"] else ""
    return f"{summary['findings']} findings{where} ({counts}{refused})"
