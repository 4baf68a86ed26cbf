"""`openline zone …`."""

from pathlib import Path
from typing import Any

from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, table
from openline.cli.zone_told import told, wrong_with
from openline.errors import BadPath, OpenlineError, Refused
from openline.zones.door import moved
from openline.zones.feature import Imported
from openline.zones.plain import zone_to_plain
from openline.zones.zone import Zone

ISSUER = "this-node"
"""Stands for the party of the node that will put a zone in force, where the file names no issuer."""


def list_zones(node: Path, as_json: bool) -> None:
    """Zones of the running node."""
    from openline.node.doors.control import call

    zones = call(node, {"do": "state"})["zones"]
    if as_json:
        print_json(zones)
        return
    rows = [
        (
            z["id"],
            z["name"],
            f"v{z['version']}",
            "withdrawn" if z["withdrawn"] else "active" if z["active"] else "not active now",
            z["status"],
            ", ".join(f"{h['party']} v{h['version']}" for h in z["behind"]),
        )
        for z in zones
    ]
    table(("id", "name", "version", "now", "status", "not on this version"), rows)


def check_file(file: Path, as_json: bool) -> int:
    """What is in a zone file, and what `zone put` would refuse of it. 1 when there is such a thing."""
    found = _read(file)
    wrong = {zone.id: wrong_with(zone, ISSUER) for zone in found.zones}
    refused_count = sum(bool(refused) for refused, _ in wrong.values())
    if as_json:
        _print_check(found, {zone_id: refused for zone_id, (refused, _) in wrong.items()})
        return 1 if refused_count else 0
    for zone in found.zones:
        refused, notes = wrong[zone.id]
        for line in told(zone):
            out(line)
        for one in refused:
            out(f"  REFUSED    {one.message}")
        for note_ in notes:
            out(f"  note       {note_.field}: {note_.says}")
    for note_ in found.notes:
        out(f"note  {note_.field}: {note_.says}")
    put = f"{refused_count} of them cannot be put in force" if refused_count else "all of them can be put in force"
    out(f"{len(found.zones)} {'zone' if len(found.zones) == 1 else 'zones'} read; {put if found.zones else 'nothing to put'}")
    return 1 if refused_count or not found.zones else 0


def _print_check(found: Imported, wrong: dict[str, list[Refused]]) -> None:
    notes = [{"field": one.field, "says": one.says} for one in found.notes]
    refused = [{"zone": zone_id, "field": one.field, "says": one.message} for zone_id, many in wrong.items() for one in many]
    print_json({"zones": [zone_to_plain(zone) for zone in found.zones], "notes": notes, "refused": refused})


def put_file(node: Path, file: Path, reason: str, as_json: bool) -> None:
    """Every zone of a file in force on the running node; none where one of them would be refused."""
    from openline.node.doors.control import call

    found = _read(file)
    if not found.zones:
        raise Refused("FILE", str(file), "a file with at least one zone")
    call(node, {"do": "health"})  # whether a node runs is said before what is wrong with the file
    _refuse_wrong(found.zones)
    said: list[Any] = []
    for zone in found.zones:
        try:
            said.append(call(node, {"do": "act", "act": "zone.put", "zone": zone_to_plain(zone), "reason": reason}))
        except OpenlineError:
            if said:
                note(f"in force before this was refused: {', '.join(one.id for one in found.zones[: len(said)])}")
            raise
    if as_json:
        print_json(said)
        return
    for zone in found.zones:
        out(f"{zone.id or zone.name}: in force")
    for one in found.notes:
        note(f"note: {one.field}: {one.says}")


def _refuse_wrong(zones: list[Zone]) -> None:
    """Raise the first refusal of a file, naming its zone; the others are said before it."""
    wrong = [(zone, refused) for zone in zones for refused in wrong_with(zone, ISSUER)[0]]
    for zone, refused in wrong[1:]:
        note(f"also refused: zone {zone.id}: {refused.message}")
    if wrong:
        zone, refused = wrong[0]
        remedy = "No zone was put in force. Correct the file; `openline zone check` shows all of it."
        raise moved(refused, f"zone {zone.id}", remedy)


def withdraw(node: Path, zone_id: str, reason: str, as_json: bool) -> None:
    """Withdraw one zone."""
    from openline.node.doors.control import call

    said = call(node, {"do": "act", "act": "zone.withdraw", "zone": zone_id, "reason": reason})
    if as_json:
        print_json(said)
    else:
        out(f"{zone_id}: withdrawn")


def convert(file: Path, place: Path, force: bool) -> None:
    """From any format read to any format written; over a file that is there only with `force`."""
    from openline.node.places import refuse_unwritable
    from openline.utm.files import format_of, write_zones

    form = format_of(place.name)
    if place.is_file() and not force:
        raise BadPath(f"OUT: {place} is there already.", remedy="Name another file, or write over it with --force.")
    refuse_unwritable(place, "OUT")
    found = _read(file)
    written = write_zones(list(found.zones), form)
    place.write_bytes(written.data)
    for one in [*found.notes, *written.left_out]:
        note(f"note: {one.field}: {one.says}")
    out(f"{place}: {len(found.zones) - len(written.left_out)} of {len(found.zones)} zones")


def position(text: str, as_json: bool) -> None:
    """Every reading of a typed position."""
    from openline.node.doors.positions import readings

    found: dict[str, Any] = readings({"text": text}, [])
    if as_json:
        print_json(found)
        return
    table(
        ("read as", "decimal degrees", "degrees minutes seconds", "decimal minutes", "MGRS"),
        [(r["form"], r["dd"], r["dms"], r["ddm"], r["mgrs"]) for r in found["readings"]],
    )
    for warning in found["warnings"]:
        out(f"warning: {warning}")


def _read(file: Path) -> Imported:
    return read_zone_file(file, "FILE")


def read_zone_file(file: Path, option: str, issuer: str = "") -> Imported:
    """The zones of a file. Raises `BadPath`, and `Refused` naming the file beside the field."""
    from openline.node.places import read
    from openline.utm.files import read_zones

    try:
        return read_zones(read(file, option), issuer)
    except Refused as refused:
        raise moved(refused, f"{file}: ") from None
