"""What was stated of a message, as the shell lists it: with the numbers to take it back by, and what was taken back."""

from typing import Any

from openline.cli.say import table


def show_statements(found: dict[str, Any]) -> None:
    """What was stated, with the numbers to take it back by, and what was taken back."""
    chain = found["custody"] or {"stations": [], "taken_back": []}
    hops = [(one["number"], station["name"], one, "") for station in chain["stations"] for one in station["hops"]]
    hops += [(one["number"], one["to"], one, _back(one["taken_back"])) for one in chain["taken_back"]]
    rows = [
        (str(number), to, one["stopped"] or one["grade"].replace("_", " "), one["says"], one["at"], back)
        for number, to, one, back in sorted(hops, key=lambda hop: hop[0])
    ]
    for one in found["statements"]:
        if not one["hops"]:
            what = one["what"].replace("_", " ")
            rows.append((one["number"] or "", one["party"], what, one["who"] or "", one["at"], _back(one["taken_back"])))
    if rows:
        table(("number", "where", "what", "who says so", "when", ""), rows)


def _back(back: dict[str, Any] | None) -> str:
    if back is None:
        return ""
    return f"TAKEN BACK by {back['by']} {back['at']}" + (f" ({back['why']})" if back["why"] else "")
