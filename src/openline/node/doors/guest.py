"""The HTTP side of guest notices: making a link, showing the page, taking the answer. Every step that counts is an act.

The link's token is 128 random bits; only its hash is kept, as the id of the notice. Looking at the link changes nothing,
because messengers look too; pressing "open" does. A wrong token, however it is wrong, gets the same page as any other.
"""

import re
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
import segno
from starlette.requests import Request
from starlette.responses import Response

from openline import seal
from openline.console.pages import guest as pages
from openline.console.pages.words import say
from openline.errors import OpenlineError, OutOfTurn, Refused
from openline.line import notice as notices
from openline.line.cleaning import unfit
from openline.line.notice import LengthQuestion, Notice
from openline.node.doors import briefing, tls
from openline.node.doors.api_read import page
from openline.node.doors.door import address_of, read_form, shell_of
from openline.node.doors.shell import Shell
from openline.node.settings_file import is_loopback

TOKEN_BYTES: Final = 16
ANY: Final = ("0.0.0.0", "::")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
ANSWERS: Final = ("read_back", "mismatch", "confirmed")


def notice_id(token: str) -> str:
    """The id of the notice behind a token: half its SHA-256, from which nobody can find the token."""
    return f"n-{seal.sha256(token.encode('ascii')).hex()[:32]}"


async def make(shell: Shell, who: str, role: str, body: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The act `notice.make`, completed with what the page will show and ask; the answer alone carries the link."""
    zones = [zone for zone in shell.desk.zones() if not zone.withdrawn]
    zone = next((one for one in zones if one.id == body["zone"]), None)
    if zone is None:
        raise Refused("zone", body["zone"], "the id of a zone that is not withdrawn")
    now_ns, local = shell.now_ns(), ZoneInfo(shell.settings.node.local_zone)
    token = seal.token(shell.entropy, TOKEN_BYTES)
    shown_zone = shell.desk.zone_view(zone)
    complete = {
        **body,
        "notice": notice_id(token),
        "zone_version": zone.version,
        "zone_name": zone.name,
        "words": briefing.words(zone, local),
        "outline": briefing.outline(shown_zone.get("outline") or {}),
        "rings": briefing.ring_lines(zone, shown_zone.get("ring_outlines") or []),
        "questions": msgspec.to_builtins(briefing.questions(zone, zones, now_ns, local)),
    }
    notices.make(msgspec.to_builtins(complete), who, now_ns)  # refuses here, before anything is recorded
    said = await shell.desk.act(who, role, "notice.make", msgspec.to_builtins(complete))
    link = f"{reachable(shell, base_url)}/g/{token}"
    qr = segno.make(link, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff")
    local_only = is_loopback(urlsplit(link).hostname or "")
    note = "This link works on this machine only; open the node to the network (docs/operating.md)." if local_only else ""
    shown = said.said.get("notice", said.said)
    return {"index": said.index, "said": {**shown, "link": link, "link_qr": qr, "link_note": note}}


def reachable(shell: Shell, base_url: str) -> str:
    """The address a phone can use: the one this browser used; on this machine itself, where the node is open to others, the
    first of `listen.hosts`, else the first of the machine's own addresses.
    """
    listen = shell.settings.listen
    host, port = urlsplit(base_url).hostname or "", urlsplit(base_url).port
    if not is_loopback(host) or is_loopback(listen.host):
        return base_url
    names = listen.hosts or ((listen.host,) if listen.host not in ANY else tuple(tls.own_addresses()))
    if not names:
        return base_url
    name = f"[{names[0]}]" if ":" in names[0] else names[0]
    return f"{urlsplit(base_url).scheme}://{name}{f':{port}' if port else ''}"


async def look(request: Request) -> Response:
    """GET /g/{token}"""
    shell = shell_of(request)
    wait = _too_often(request, shell)
    if wait is not None:
        return wait
    notice = _find(request, shell)
    if notice is None:
        return _nothing(shell)
    shell.counters.add("openline_guest_total", outcome="looked")
    if not notices.may_answer(notice, shell.now_ns()):
        return page(pages.outcome(_sender(shell), _as_of(notice, shell.now_ns())))
    return page(pages.cover(_sender(shell), notice))


async def step(request: Request) -> Response:
    """POST /g/{token}: one of the steps open, ask, show, answer."""
    shell = shell_of(request)
    wait = _too_often(request, shell)
    if wait is not None:
        return wait
    form = await read_form(request)
    notice = _find(request, shell)
    if notice is None:
        return _nothing(shell)
    try:
        return await _stepped(request, shell, notice, form)
    except OutOfTurn:
        newest = shell.desk.notice(notice.id) or notice
        return page(pages.outcome(_sender(shell), _as_of(newest, shell.now_ns())), 409)
    except OpenlineError as error:
        shell.counters.add("openline_refusals_total", code=error.code)
        return page(pages.nothing("guest.trouble"), 503 if error.stops_node else 422)


async def _stepped(request: Request, shell: Shell, notice: Notice, form: dict[str, str]) -> Response:
    sender = _sender(shell)
    if not notices.may_answer(notice, shell.now_ns()):
        return page(pages.outcome(sender, _as_of(notice, shell.now_ns())))
    wanted = form.get("step", "")
    if notice.state == "made":
        if wanted != "open":
            return page(pages.cover(sender, notice))  # nobody answers what he has not opened
        await shell.desk.act("guest", "guest", "notice.open", {"notice": notice.id, "address": address_of(request)})
        shell.counters.add("openline_guest_total", outcome="opened")
    if wanted == "answer":
        return await _answer(request, shell, notice, form)
    if wanted == "ask":
        return page(pages.asked(sender, notice, {}))
    return page(pages.told(sender, notice))


async def _answer(request: Request, shell: Shell, notice: Notice, form: dict[str, str]) -> Response:
    """A whole answer goes to the record, right or wrong; a form with holes in it is only shown again."""
    sender = _sender(shell)
    given = {name: form.get(name, "").strip() for name in (*notices.fields(notice.questions), "name")}
    missing = unanswered(notice, given)
    if missing:
        return page(pages.asked(sender, notice, given, missing), 422)
    refused = unfit_name(given["name"])
    if refused:
        shell.counters.add("openline_refusals_total", code=Refused.code)
        return page(pages.asked(sender, notice, {**given, "name": ""}, refused=refused), 422)
    body = {
        "notice": notice.id,
        "name": given.pop("name"),
        "read_back": given,
        "address": address_of(request),
    }
    await shell.desk.act("guest", "guest", "notice.answer", body)
    newest = shell.desk.notice(notice.id) or notice
    shell.counters.add("openline_guest_total", outcome=newest.state if newest.state in ANSWERS else "answered")
    return page(pages.outcome(sender, newest))


def unanswered(notice: Notice, given: dict[str, str]) -> tuple[str, ...]:
    """The fields that are empty, or hold no number, or no choice that was offered."""
    missing = [] if given.get("name") else ["name"]
    for question in notice.questions:
        value = given.get(question.field, "")
        if isinstance(question, LengthQuestion):
            whole = notices.length_m(value, given.get(f"{question.field}_unit", "")) is not None
        else:
            whole = value in {choice.id for choice in question.choices} | {pages.UNSURE}
        if not whole:
            missing.append(question.field)
    return tuple(missing)


def unfit_name(name: str) -> str:
    """What is wrong with the name a stranger typed, in words for him: it goes to every screen and terminal."""
    if len(name) > notices.NAME_CHARS_MAX:
        return say("guest.too_long", field=pages.field_words("name"), most=notices.NAME_CHARS_MAX)
    odd = unfit(name, one_line=True)
    return say("guest.odd_character", field=pages.field_words("name"), character=odd) if odd else ""


def _find(request: Request, shell: Shell) -> Notice | None:
    token = request.path_params["token"]
    return shell.desk.notice(notice_id(token)) if _TOKEN.fullmatch(token) else None


def _nothing(shell: Shell) -> Response:
    shell.counters.add("openline_guest_total", outcome="unknown")
    return page(pages.nothing("guest.unknown"), 404)


def _too_often(request: Request, shell: Shell) -> Response | None:
    wait_s = shell.guests.take(address_of(request), shell.tick_ns())
    if wait_s <= 0:
        return None
    shell.counters.add("openline_guest_total", outcome="too often")
    answer = page(pages.nothing("guest.too_often"), 429)
    answer.headers["retry-after"] = str(max(1, round(wait_s)))
    return answer


def _as_of(notice: Notice, now_ns: int) -> Notice:
    """The notice as it is at this moment, though the loop has not yet said that it ran out."""
    return notices.expired(notice, now_ns) or notice


def _sender(shell: Shell) -> pages.Sender:
    return pages.Sender(shell.settings.node.party, shell.settings.node.exercise)
