"""The record on paper: a page of the log, or one incident. Everything is wrapped; what is no text is named and not dumped."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from openline import seal
from openline.console.pages.html import Html, document, fill, join
from openline.console.pages.tables import MOMENT, shown
from openline.console.pages.words import say

BLOB_CHARS_MIN: Final = 100  # an unbroken run longer than any key, hash or id that a person compares: bytes in letters
HASH_CHARS: Final = 16  # of a hash on paper: enough to find the object by
NONE: Final = Html("")
_RUN: Final = re.compile(rf"[A-Za-z0-9+/_-]{{{BLOB_CHARS_MIN},}}={{0,2}}")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """Whose record this is, who printed it and when (RFC 3339), and how it stood then: entries, root, and whether its clock is
    synchronised; None is not known.
    """

    party: str
    exercise: bool
    who: str
    now: str
    size: int
    root: str
    synchronised: bool | None


class Range(msgspec.Struct, frozen=True):
    """The entries looked at, [first, end), whether the sealed positions among them are shown, and how many rows were asked for
    (0: as many as there are when nobody asks).
    """

    first: int
    end: int
    whole: bool = False
    limit: int = 0


def page(sheet: Sheet, rows: Sequence[dict[str, Any]], of: Range) -> str:
    """A page of the log: entries `{"index","at","kind","who","role","says"}`, oldest first."""
    title = say("log.title", party=sheet.party)
    if rows:
        between = {"start": rows[0].get("at"), "until": rows[-1].get("at")}
        head = say("log.range", first=rows[0].get("index"), last=rows[-1].get("index"), size=f"{sheet.size:,}", **between)
    else:
        head = say("log.none")
    lines = [_line(row.get("index"), row.get("at"), row.get("kind"), _who(row), row.get("says")) for row in rows]
    parts = [
        _paging(sheet, of),
        fill("<p>{head}</p>", head=head),
        Html("") if of.whole else fill('<p class="quiet">{text}</p>', text=say("log.quiet")),
        _table(say("log.columns"), lines, f"{title}. {head}") if rows else Html(""),
        _paging(sheet, of) if rows else Html(""),
    ]
    return _document(sheet, title, parts)


def incident(sheet: Sheet, found: dict[str, Any]) -> str:
    """One incident: `{"incident", "timeline"}` of docs/api.md."""
    of = found["incident"]
    title = say("log.incident_title", headline=of.get("headline") or of.get("id"), party=sheet.party)
    closed = of.get("closed")
    head = say("log.incident_head", id=of.get("id"), mover=of.get("mover"), zone=of.get("zone"), opened=of.get("opened"))
    head += " " + (say("log.incident_closed", closed=closed) if closed else say("log.incident_open"))
    lines = [_moment(row, sheet) for row in found["timeline"]]
    parts = [
        fill("<p>{head}</p>", head=head),
        _table(say("log.columns"), lines, f"{title}. {head}") if lines else fill("<p>{text}</p>", text=say("log.none")),
    ]
    return _document(sheet, title, parts)


def _document(sheet: Sheet, title: str, parts: list[Html]) -> str:
    printed = say("log.printed", now=sheet.now, who=sheet.who)
    root = fill('<p class="quiet">{text}</p>', text=say("log.root", size=f"{sheet.size:,}", root=sheet.root))
    clock = Html("") if sheet.synchronised else fill("<p><b>{text}</b></p>", text=say("log.clock"))
    exercise = fill('<p class="bad">{text}</p>', text=say("log.exercise")) if sheet.exercise else Html("")
    body = fill(
        "<main>\n<h1>{title}</h1>\n{exercise}\n<p class='quiet'>{printed}</p>\n{root}\n{clock}\n{parts}\n"
        '<p class="rule">{disclaimer}</p>\n</main>',
        title=title,
        exercise=exercise,
        printed=printed,
        root=root,
        clock=clock,
        parts=join(parts, "\n"),
        disclaimer=say("disclaimer"),
    )
    return document(title, body, wide=True)


def _paging(sheet: Sheet, of: Range) -> Html:
    """Links to the pages around this one; not printed."""
    whole, limit = "&whole=1" if of.whole else "", f"&limit={of.limit}" if of.limit else ""
    links = []
    if of.first > 0:
        links += [(f"?after=-1{whole}{limit}", "log.oldest"), (f"?before={of.first}{whole}{limit}", "log.older")]
    if of.end < sheet.size:
        links += [(f"?after={of.end - 1}{whole}{limit}", "log.newer"), ("?" + (whole + limit).lstrip("&"), "log.newest")]
    other = ("", "log.without") if of.whole else ("&whole=1", "log.with")
    links.append((f"?before={of.end}{other[0]}{limit}", other[1]))
    made = join([fill('<a href="{to}">{text}</a>', to=to, text=say(key)) for to, key in links], " ")
    return fill('<nav class="paging" aria-label="{label}">{made}</nav>', label=say("log.pages"), made=made)


def _table(heads: str, lines: Sequence[Html], sheet_head: str) -> Html:
    """The table of a sheet. Its head stands on every sheet of paper, with what the sheet is."""
    columns = heads.split("|")
    head = join([fill("<th scope='col'>{text}</th>", text=text) for text in columns])
    return fill(
        '<table class="log"><colgroup>{widths}</colgroup>\n'
        '<thead><tr class="sheet"><td colspan="{count}">{sheet_head}</td></tr><tr>{head}</tr></thead>\n'
        "<tbody>{lines}</tbody></table>",
        widths=join([Html("<col>")] * len(columns)),
        count=len(columns),
        sheet_head=sheet_head,
        head=head,
        lines=join(lines, "\n"),
    )


def _line(index: object, at: object, kind: object, who: str, says: object, under: Html = NONE) -> Html:
    return fill(
        "<tr><td>{index}</td><td>{at}</td><td>{kind}</td><td>{who}</td><td>{says}{under}</td></tr>",
        index=index,
        at=_when(at),
        kind=kind,
        who=who,
        says=named(says) if isinstance(says, str) else shown(says),
        under=under,
    )


def _moment(row: dict[str, Any], sheet: Sheet) -> Html:
    """One row of a timeline; a gap is a row too. What the clock's error is worth is said at the head when it is not known."""
    gap = row.get("gap")
    if gap:
        text = say("log.gap", start=gap.get("from"), until=gap.get("to"))
        return fill(
            '<tr class="gap"><td>{index}</td><td>{at}</td><td colspan="3"><b>{text}</b> {says}</td></tr>',
            index=row.get("index"),
            at=_when(row.get("at")),
            text=text,
            says=row.get("says"),
        )
    within = row.get("uncertainty_ms")
    more = []
    if within is not None and (sheet.synchronised or row.get("kind") == "finding"):
        more.append(say("log.within", s=f"{within / 1000:g}"))
    hashes = ", ".join(str(one)[:HASH_CHARS] for one in row.get("evidence") or ())
    more += [say("log.evidence", hashes=hashes)] if hashes else []
    under = fill('<span class="under">{text}</span>', text=". ".join(more)) if more else Html("")
    return _line(row.get("index"), row.get("at"), row.get("kind"), str(row.get("who") or "–"), row.get("says"), under)


def _when(at: object) -> Html:
    """A moment that may be broken between its date and its time."""
    date, mark, time = str(at).partition("T") if isinstance(at, str) and MOMENT.fullmatch(at) else (at, "", "")
    return fill("{date}{mark}<wbr>{time}", date=date, mark=mark, time=time) if mark else fill("{date}", date=date)


def named(text: str) -> str:
    """The text with runs of base64 replaced by what they hold: its kind, size and hash."""
    return _RUN.sub(lambda run: _named(run.group()), text)


def _named(run: str) -> str:
    if not all(re.search(letters, run) for letters in ("[A-Z]", "[a-z]", "[0-9]")):
        return run  # a long word, or a path
    try:
        letters = run.rstrip("=").translate(str.maketrans("-_", "+/"))
        data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
        kind = "log.blob_json" if data[:1] in (b"{", b"[") else "log.blob"
    except (binascii.Error, ValueError):
        return run
    return say(kind, size=len(data), hash=seal.sha256(data).hex()[:HASH_CHARS])


def _who(row: dict[str, Any]) -> str:
    return f"{row.get('who') or '–'} ({row['role']})" if row.get("role") else str(row.get("who") or "–")
