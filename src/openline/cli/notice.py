"""`openline notice …`: guest links, for somebody who has nothing installed, made and followed through the running node."""

import sys
from pathlib import Path
from typing import Any

import segno

from openline.cli.line import talk_of
from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, table
from openline.console.pages.slip import slip_page
from openline.errors import Refused
from openline.node.doors.control import call
from openline.node.places import refuse_unwritable

CODES = (".svg", ".png")


def about(node: Path, zone: str, talk: str, unit: str, language: str) -> dict[str, str]:
    """What a notice is about: a zone, or a message of the line that a unit is told of. Raises `Refused`."""
    if bool(zone) == bool(talk):
        raise Refused("ZONE", zone, "the id of a zone, or --for with a message of the line")
    if zone:
        return {"zone": zone}
    if not unit:
        raise Refused("--unit", unit, "the unit that this link tells")
    party = talk_of(node, talk)["party"]
    return {"party": party, "talk": talk, "unit": unit} | ({"language": language} if language else {})


def make(node: Path, body: dict[str, Any], code: Path | None, slip: Path | None, as_json: bool) -> None:
    """One notice; its link is said here and never again."""
    if slip is not None:
        if slip.suffix != ".html":
            raise Refused("--slip", str(slip), "a name that ends in .html")
        refuse_unwritable(slip, "--slip")
    if code is not None:
        if code.suffix not in CODES:
            raise Refused("--code", str(code), "a name that ends in " + " or ".join(CODES))
        refuse_unwritable(code, "--code")
    made = call(node, {"do": "act", "act": "notice.make", **body})["said"]
    if code is not None:
        segno.make(made["link"], error="m", micro=False).save(str(code), scale=8)
    if slip is not None:
        slip.write_text(slip_page(made), "utf-8")
    if as_json:
        print_json({key: value for key, value in made.items() if key != "link_qr"})
        return
    out(made["link"])
    if sys.stdout.isatty():
        segno.make(made["link"], error="m", micro=False).terminal(compact=True)
    told = " ".join(one for one in (made.get("unit"), made["zone_name"]) if one)
    note(f"notice {made['id']} for {made['to']} over {made['over']}, about {told}; good until {made['valid_until']}")
    if made["link_note"]:
        note(made["link_note"])
    note("The link is not kept and cannot be shown again. Until it is read back the notice is red: openline notice list")


def list_notices(node: Path, as_json: bool) -> None:
    """Every notice the node follows, the red ones marked."""
    notices = call(node, {"do": "state"})["notices"]
    if as_json:
        print_json(notices)
        return
    if not notices:
        out("no notices")
        return
    rows = [
        ("red" if n["red"] else "", n["id"], n["to"], n["zone"], n["state"], n["answered_by"], ", ".join(n["differs"]))
        for n in notices
    ]
    table(("", "notice", "to", "zone", "state", "answered by", "differs"), rows)


def follow(node: Path, act: str, notice: str, reason: str | None) -> None:
    """Confirm or revoke one notice."""
    said = call(node, {"do": "act", "act": act, "notice": notice, **({} if reason is None else {"reason": reason})})
    out(f"{notice}: {said['said']['notice']['state']}")
