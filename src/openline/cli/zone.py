"""`openline zone …`."""

from pathlib import Path
from typing import Any

from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, table
from openline.errors import Refused


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


def check_file(file: Path, as_json: bool) -> None:
    """What is in a zone file."""
    found = _read(file)
    if as_json:
        from openline.zones.plain import zone_to_plain

        print_json(
            {
                "zones": [zone_to_plain(z) for z in found.zones],
                "notes": [{"field": n.field, "says": n.says} for n in found.notes],
            }
        )
        return
    for zone in found.zones:
        kind = type(zone.shape).__name__.lower()
        rings = ", ".join(f"{r.name} {r.offset_m:+g} m" for r in zone.rings)
        out(f"{zone.id or '(no id)'}  {zone.name}: {kind}, edges {zone.edge_rule}, rings {rings}")
    for one in found.notes:
        out(f"note  {one.field}: {one.says}")
    out(f"{len(found.zones)} zones read, {len(found.notes)} notes")


def put_file(node: Path, file: Path, reason: str, as_json: bool) -> None:
    """Every zone of a file in force on the running node."""
    from openline.node.doors.control import call
    from openline.zones.plain import zone_to_plain

    found = _read(file)
    said = [call(node, {"do": "act", "act": "zone.put", "zone": zone_to_plain(zone), "reason": reason}) for zone in found.zones]
    if as_json:
        print_json(said)
        return
    for zone in found.zones:
        out(f"{zone.id or zone.name}: in force")
    for one in found.notes:
        note(f"note: {one.field}: {one.says}")


def withdraw(node: Path, zone_id: str, reason: str, as_json: bool) -> None:
    """Withdraw one zone."""
    from openline.node.doors.control import call

    said = call(node, {"do": "act", "act": "zone.withdraw", "zone": zone_id, "reason": reason})
    if as_json:
        print_json(said)
    else:
        out(f"{zone_id}: withdrawn")


def convert(file: Path, place: Path) -> None:
    """From any format read to any format written."""
    from openline.utm.files import format_of, write_zones

    found = _read(file)
    written = write_zones(list(found.zones), format_of(place.name))
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


def _read(file: Path) -> Any:
    from openline.utm.files import read_zones

    if not file.is_file():
        raise Refused("file", str(file), "a file that exists")
    return read_zones(file.read_bytes())
