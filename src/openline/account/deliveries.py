"""The log's sentences about people who were told of what was due: who, over which path, and what became of it."""

from typing import Any, Final

STATES: Final = {
    "began": "people outside the console are to be told",
    "again": "it still stands: people are told again",
    "late": "steps were missed and are not made up for",
    "came back": "it is due again",
    "settled": "it is settled; nobody more is told",
    "nobody reached": "NOBODY WAS REACHED",
}


def delivery(body: dict[str, Any], _: dict[str, Any]) -> str:
    """The sentence of one entry of kind `delivery`. "Sent" is the most that is ever said of a message."""
    what = str(body["what"])
    if "key" not in body:
        return _escalation(what, body)
    about = f"message {body['key']}"
    if "path" in body:
        about += f" to {body['to']} over {body['path']}"
    again = f", try {body['attempt']}" if body.get("attempt", 1) > 1 else ""
    if what == "queued":
        place = f" instead of {body['instead_of']}" if body.get("instead_of") else ""
        return f"{about}{place} waits to go{again}: {body['subject']}"
    words = {"accepted": "sent", "unknown": "nobody knows whether it was sent", "not needed": "not needed any more"}
    why = f" ({body['why']})" if body.get("why") else ""
    return f"{about}: {words.get(what, what)}{again}{why}"


def _escalation(what: str, body: dict[str, Any]) -> str:
    if what == "limit":
        return str(body["says"])
    line = f", line {body['line']}" if body.get("line") else ""
    talk = f", message {body['talk']}" if body.get("talk") else ""
    said = f"acknowledged by {body['by']}; nobody more is told" if what == "acknowledged" else STATES.get(what, what)
    steps = f" (steps {', '.join(str(step + 1) for step in body['steps'])})" if what == "late" else ""
    return f"{body['escalation']}, {str(body['due']).replace('_', ' ')}{line}{talk}: {said}{steps}"
