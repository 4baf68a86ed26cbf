"""Alarms as text: the page that still works when the map, the script or the screen does not."""

from typing import Any, Final

from openline.console.pages.html import Html, document, fill, join
from openline.console.pages.line import section as line_section
from openline.console.pages.tables import table
from openline.console.pages.words import say

EVENTS: Final = ("approach", "may_reach", "averted", "entry", "first_seen_inside", "exit")
ORDER: Final = {"critical": 0, "warning": 1, "advisory": 2}


def page(state: dict[str, Any], now: str) -> str:
    """The body of /api/v1/state as text, worst alarm first."""
    node = state.get("node") or {}
    title = say("text.title", party=node.get("party", ""))
    parts = [
        fill("<h1>{title}</h1>", title=title),
        fill('<p class="quiet">{text}</p>', text=say("text.now", now=now)),
        _watching(node),
        _conditions(node.get("conditions") or []),
        _section("text.alarms", _alarms(state.get("alarms") or [])),
        line_section(state.get("lines") or []),
        _section("text.notices", _notices(state.get("notices") or [])),
        _section("text.feeds", table(say("text.feed_columns"), [_feed(one) for one in state.get("feeds") or []])),
        _section("text.zones", table(say("text.zone_columns"), [_zone(one) for one in state.get("zones") or []])),
        fill('<p class="rule">{text}</p>', text=say("disclaimer")),
    ]
    return document(title, fill("<main>{parts}</main>", parts=join(parts, "\n")), wide=True)


def _section(head: str, body: Html) -> Html:
    return fill("<h2>{head}</h2>\n{body}", head=say(head), body=body)


def _watching(node: dict[str, Any]) -> Html:
    if node.get("watching") is True:
        return fill('<p class="good">{text}</p>', text=say("text.watching"))
    return fill('<p class="bad" role="alert">{text}</p>', text=say("text.not_watching", why=node.get("why") or "–"))


def _conditions(standing: list[dict[str, Any]]) -> Html:
    """What stands against the whole picture; nothing where nothing does."""
    rows = [
        fill('<p class="bad" role="alert">{text}</p>', text=say("text.condition", says=one.get("says"), since=one.get("since")))
        if not one.get("acknowledged_by")
        else fill("<p>{text}</p>", text=say("text.condition", says=one.get("says"), since=one.get("since")))
        for one in standing
    ]
    return join(rows, "\n")


def _alarms(alarms: list[dict[str, Any]]) -> Html:
    if not alarms:
        return fill("<p>{text}</p>", text=say("text.no_alarms"))
    worst = sorted(alarms, key=lambda one: (ORDER.get(one.get("priority", ""), 3), str(one.get("since"))))
    rows = [
        (one.get("priority"), one.get("state"), _event(one.get("event")), one.get("callsign") or one.get("mover"),
         one.get("zone_name") or one.get("zone"), one.get("since"), one.get("says"))
        for one in worst
    ]  # fmt: skip
    kinds = [f"alarm-{one['priority']}" if one.get("priority") in ORDER else "alarm" for one in worst]
    return table(say("text.alarm_columns"), rows, kinds)


def _event(event: object) -> object:
    """What happened in words; a word this page does not know is shown as it is."""
    return say(f"event.{event}") if event in EVENTS else event


def _notices(notices: list[dict[str, Any]]) -> Html:
    red = [one for one in notices if one.get("red")]
    if not red:
        return fill("<p>{text}</p>", text=say("text.no_notices"))
    rows = [(one.get("to"), one.get("zone_name"), one.get("state"), one.get("valid_until"), one.get("differs")) for one in red]
    return table(say("text.notice_columns"), rows)


def _feed(one: dict[str, Any]) -> tuple[object, ...]:
    return one.get("source"), one.get("state"), one.get("last_heard"), one.get("refused"), one.get("why")


def _zone(one: dict[str, Any]) -> tuple[object, ...]:
    return one.get("name") or one.get("id"), one.get("version"), one.get("active")
