"""The line as text, for the page of alarms: how it is, what else there is, who is not warned, what was said and is due."""

from typing import Any, Final

from openline.console.pages.html import Html, fill, join
from openline.console.pages.tables import table
from openline.console.pages.words import say

TALKS_SHOWN: Final = 50
OVER: Final = frozenset({"expired", "superseded", "withdrawn"})


def section(lines: list[dict[str, Any]]) -> Html:
    """Nothing where there is no line."""
    if not lines:
        return Html("")
    talks = [(line, talk) for line in lines for talk in line.get("talks") or []]
    return join([fill("<h2>{head}</h2>", head=say("text.line")), *(_line(one) for one in lines), _messages(talks)], "\n")


def _line(one: dict[str, Any]) -> Html:
    up = one.get("state") == "up" and not one.get("stopped")
    why = f" ({one['why']})" if one.get("why") else ""
    head = say("text.line_state", party=one.get("party"), state=one.get("state"), since=one.get("since") or "–", why=why)
    parts = [head]
    if one.get("stopped"):
        parts.append(say("text.line_stopped", why=one["stopped"]))
    missing = [str(gap["number"]) for gap in (one.get("notices") or {}).get("missing") or []]
    if missing:
        parts.append(say("text.notices_missing", numbers=", ".join(missing)))
    unusable = [str(gone["says"]) for gone in one.get("unusable") or []]
    parts += [f"{says}." for says in unusable]
    parts.append(_other_path(one))
    if one.get("waiting"):
        parts.append(say("text.line_waiting", count=one["waiting"]))
    good = up and not (missing or unusable or one.get("fell") or one.get("unwitnessed"))
    template = "<p>{text}</p>" if good else '<p class="bad" role="alert">{text}</p>'
    return fill(template, text=" ".join(parts))


def _other_path(one: dict[str, Any]) -> str:
    """Whatever state the line is in: this page is read when little else works."""
    said = list(one.get("other_paths") or [])
    stated = one.get("stated_path")
    if stated:
        said.append(say("text.stated_path", text=stated.get("text"), at=stated.get("at")))
    return say("text.other_path", paths="; ".join(said)) if said else say("text.no_other_path", party=one.get("party"))


def _messages(talks: list[tuple[dict[str, Any], dict[str, Any]]]) -> Html:
    """Whose unit nobody says was told first, then what is due, then the newest."""
    ordered = sorted(talks, key=lambda each: str(each[1].get("queued")), reverse=True)
    ordered.sort(key=lambda each: (not _not_warned(each[1]), not each[1].get("due")))
    if not ordered:
        return fill("<p>{text}</p>", text=say("text.no_messages"))
    rows = [_row(line, talk) for line, talk in ordered[:TALKS_SHOWN]]
    kinds = ["alarm-critical" if _not_warned(talk) else "alarm" for _, talk in ordered[:TALKS_SHOWN]]
    shown = table(say("text.message_columns"), rows, kinds)
    if len(ordered) <= TALKS_SHOWN:
        return shown
    return fill("{shown}\n<p>{more}</p>", shown=shown, more=say("text.more_messages", count=len(ordered) - TALKS_SHOWN))


def _row(line: dict[str, Any], talk: dict[str, Any]) -> tuple[object, ...]:
    custody = talk.get("custody") or {}
    way = say("text.to" if talk.get("ours") else "text.from", party=line.get("party"))
    due = "; ".join(_due(one) for one in talk.get("due") or [])
    said = next(iter((talk.get("text") or {}).values()), "")
    warned = _warned_of(talk)
    headline = custody.get("headline") or "–"
    if _not_warned(talk):
        first, mark, rest = headline.partition("; ")
        headline = first.upper() + mark + rest
    return (
        headline,
        talk.get("precedence", "").upper(),
        way,
        talk.get("queued"),
        talk.get("headline"),
        due,
        f"{warned} {said}".strip(),
    )


def _warned_of(talk: dict[str, Any]) -> str:
    """What must be read before the text of a message."""
    against = (talk.get("result") or {}).get("against")
    unused = "text.unused_there" if talk.get("ours") else "text.unused_here"
    said = [say(unused, why=talk["unused"])] if talk.get("unused") else []
    said += [f"{mark}." for mark in talk.get("marks") or []]
    checked = talk.get("checked") or {}
    if checked:
        said.append(say(f"text.{str(checked['verdict']).replace(' ', '_')}", why=checked["why"]))
    return " ".join([*said, say("text.against", why=against)] if against else said)


def _due(one: dict[str, Any]) -> str:
    unit = f" ({one['unit']})" if one.get("unit") else ""
    return say("text.due", what=str(one.get("what")).replace("_", " ") + unit, since=one.get("since"))


def _not_warned(talk: dict[str, Any]) -> bool:
    custody = talk.get("custody")
    over = (talk.get("states") or {}).get("life") in OVER
    return custody is not None and not over and not custody.get("closed") and custody.get("status") != "told"
