"""The log as a page to be printed."""

from typing import Any

from openline.console.pages.html import Html, document, fill
from openline.console.pages.tables import table
from openline.console.pages.words import say


def page(rows: list[dict[str, Any]], party: str, exercise: bool, who: str, now: str) -> str:
    """The entries `{"index","at","kind","who","role","says"}` in order."""
    title = say("log.title", party=party)
    parts = [fill("<h1>{title}</h1>", title=title)]
    if exercise:
        parts.append(fill('<p class="bad">{text}</p>', text=say("log.exercise")))
    if rows:
        head = say("log.head", first=rows[0].get("index"), last=rows[-1].get("index"), now=now, who=who)
        parts.append(fill('<p class="quiet">{head}</p>', head=head))
        lines = [(row.get("index"), row.get("at"), row.get("kind"), _who(row), row.get("says")) for row in rows]
        parts.append(table(say("log.columns"), lines))
    else:
        parts.append(fill("<p>{text}</p>", text=say("log.none")))
    parts.append(fill('<p class="rule">{text}</p>', text=say("disclaimer")))
    return document(title, fill("<main>{parts}</main>", parts=Html("\n".join(parts))), wide=True)


def _who(row: dict[str, Any]) -> str:
    return f"{row.get('who') or '–'} ({row['role']})" if row.get("role") else str(row.get("who") or "–")
