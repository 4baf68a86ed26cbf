"""`openline doctor`: what is wrong here, and what to do."""

from pathlib import Path

from openline.cli.say import as_json as print_json
from openline.cli.say import out


def examine(folder: Path, as_json: bool) -> int:
    """0 when nothing is bad."""
    from openline.node import doctor

    found = doctor.examine(folder)
    if as_json:
        print_json([{"state": state, "what": what, "remedy": remedy} for state, what, remedy in found])
    else:
        for state, what, remedy in found:
            out(f"{state:<5} {what}" + (f"\n        → {remedy}" if remedy else ""))
    return 1 if any(state == "bad" for state, _, _ in found) else 0
