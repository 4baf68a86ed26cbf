"""The HTTP side of guest notices: making a link, showing the page, taking the answer. Every step that counts is an act.

The link's token is 128 random bits; only its hash is kept, as the id of the notice. Looking at the link changes nothing,
because messengers look too; pressing "open" does. A wrong token, however it is wrong, gets the same page as any other.
"""

import re
from contextlib import suppress
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
from openline.errors import OpenlineError, OutOfTurn, Refused, TooLarge
from openline.line import notice as notices
from openline.line.cleaning import unfit
from openline.line.notice import LengthQuestion, Notice
from openline.node.doors import briefing, guest_line, tls
from openline.node.doors.api_read import page
from openline.node.doors.door import address_of, read_form, shell_of
from openline.node.doors.shell import Shell
from openline.node.settings_file import is_loopback

TOKEN_BYTES: Final = 16
ANY: Final = ("0.0.0.0", "::")
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{22})?")
TRIED_CHARS_MAX: Final = 200
ANSWERS: Final = ("read_back", "mismatch", "confirmed")


def notice_id(token: str) -> str:
    """The id of the notice behind a token: half its SHA-256, from which nobody can find the token."""
    return f"n-{seal.sha256(token.encode('ascii')).hex()[:32]}"


async def make(shell: Shell, who: str, role: str, body: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The act `notice.make`, completed with what the page will show and ask; the answer alone carries the link."""
    token = seal.token(shell.entropy, TOKEN_BYTES)
    whole = guest_line.complete(shell.desk, body) if body.get("talk") else _of_zone(shell, body)
    complete = msgspec.to_builtins(whole | {"notice": notice_id(token)})
    notices.make(complete, who, shell.now_ns())  # refuses here, before anything is recorded
    said = await shell.desk.act(who, role, "notice.make", complete)
    made = shell.desk.notice(complete["notice"])
    if made is not None and made.talk:
        token += guest_line.sealed(shell.guest_key, made)
    link = f"{reachable(shell, base_url)}/g/{token}"
    qr = segno.make(link, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff")
    local_only = is_loopback(urlsplit(link).hostname or "")
    note = "This link works on this machine only; open the node to the network (docs/operating.md)." if local_only else ""
    shown = said.said.get("notice", said.said)
    return {"index": said.index, "said": {**shown, "link": link, "link_qr": qr, "link_note": note}}


def _of_zone(shell: Shell, body: dict[str, Any]) -> dict[str, Any]:
    zones = [zone for zone in shell.desk.zones() if not zone.withdrawn]
    zone = next((one for one in zones if one.id == body.get("zone")), None)
    if zone is None:
        raise Refused("zone", body.get("zone"), "the id of a zone that is not withdrawn, or a talk of the line")
    local = ZoneInfo(shell.settings.node.local_zone)
    shown_zone = shell.desk.zone_view(zone)
    return {
        **body,
        "zone_version": zone.version,
        "zone_name": zone.name,
        "words": briefing.words(zone, local),
        "outline": briefing.outline(shown_zone.get("outline") or {}),
        "rings": briefing.ring_lines(zone, shown_zone.get("ring_outlines") or []),
        "questions": briefing.questions(zone, zones, shell.now_ns(), local),
    }


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
    if not _is_whole(request, shell, notice):
        return await _altered(request, shell, notice)
    shell.counters.add("openline_guest_total", outcome="looked")
    if not _may_answer(shell, notice):
        return page(_outcome(shell, notice))
    return page(pages.cover(_sender(shell), notice))


async def step(request: Request) -> Response:
    """POST /g/{token}: one of the steps open, ask, show, answer."""
    shell = shell_of(request)
    wait = _too_often(request, shell)
    if wait is not None:
        return wait
    notice = _find(request, shell)
    if notice is None:
        return _nothing(shell)
    if not _is_whole(request, shell, notice):
        return await _altered(request, shell, notice)
    try:
        form = await read_form(request)
        return await _stepped(request, shell, notice, form)
    except OutOfTurn:
        return page(_outcome(shell, shell.desk.notice(notice.id) or notice), 409)
    except (TooLarge, Refused) as error:
        shell.counters.add("openline_refusals_total", code=error.code)
        await _tried(request, shell, notice, f"not a form of this page: {error.message}"[:TRIED_CHARS_MAX])
        return page(pages.nothing("guest.unreadable"), 413 if isinstance(error, TooLarge) else 422)
    except OpenlineError as error:
        shell.counters.add("openline_refusals_total", code=error.code)
        return page(pages.nothing("guest.trouble"), 503 if error.stops_node else 422)


async def _stepped(request: Request, shell: Shell, notice: Notice, form: dict[str, str]) -> Response:
    sender = _sender(shell)
    if not _may_answer(shell, notice):
        await _tried(request, shell, notice, f"the link is {_as_of(notice, shell.now_ns()).state}")
        return page(_outcome(shell, notice), 409 if notice.talk else 200)
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
    return page(pages.told(sender, notice, form.get("language", "")))


async def _answer(request: Request, shell: Shell, notice: Notice, form: dict[str, str]) -> Response:
    """A whole answer goes to the record, right or wrong; a form with holes in it is only shown again."""
    sender = _sender(shell)
    asked = (*notices.fields(notice.questions), "name", *(("role", "did") if notice.talk else ()))
    given = {name: form.get(name, "").strip() for name in asked}
    missing = unanswered(notice, given)
    if missing:
        return page(pages.asked(sender, notice, given, missing), 422)
    for field, most in (("name", notices.NAME_CHARS_MAX), ("role", notices.ROLE_CHARS_MAX)):
        refused = unfit_words(field, given.get(field, ""), most)
        if refused:
            shell.counters.add("openline_refusals_total", code=Refused.code)
            return page(pages.asked(sender, notice, {**given, field: ""}, refused=refused), 422)
    body = {
        "notice": notice.id,
        "name": given.pop("name"),
        **({"role": given.pop("role"), "did": given.pop("did")} if notice.talk else {}),
        "read_back": given,
        "address": address_of(request),
    }
    await shell.desk.act("guest", "guest", "notice.answer", body)
    newest = shell.desk.notice(notice.id) or notice
    shell.counters.add("openline_guest_total", outcome=newest.state if newest.state in ANSWERS else "answered")
    return page(pages.outcome(sender, newest))


def unanswered(notice: Notice, given: dict[str, str]) -> tuple[str, ...]:
    """The fields that are empty, or hold no number, or no choice that was offered."""
    missing = [name for name in ("name", *(("role",) if notice.talk else ())) if not given.get(name)]
    for question in notice.questions:
        value = given.get(question.field, "")
        if isinstance(question, LengthQuestion):
            whole = notices.length_m(value, given.get(f"{question.field}_unit", "")) is not None
        else:
            whole = value in {choice.id for choice in question.choices} | {pages.UNSURE}
        if not whole:
            missing.append(question.field)
    return tuple(missing)


def unfit_words(field: str, typed: str, most: int) -> str:
    """What is wrong with the name or role a stranger typed, in words for him: it goes to every screen and terminal."""
    if len(typed) > most:
        return say("guest.too_long", field=pages.field_words(field), most=most)
    odd = unfit(typed, one_line=True)
    return say("guest.odd_character", field=pages.field_words(field), character=odd) if odd else ""


def _find(request: Request, shell: Shell) -> Notice | None:
    """The notice of the first half of a token; whether the second is right, `_is_whole` tells."""
    token = _TOKEN.fullmatch(request.path_params["token"])
    return None if token is None else shell.desk.notice(notice_id(token[1]))


def _is_whole(request: Request, shell: Shell, notice: Notice) -> bool:
    return guest_line.is_sealed(shell.guest_key, notice, request.path_params["token"][guest_line.SEAL_CHARS :])


async def _altered(request: Request, shell: Shell, notice: Notice) -> Response:
    shell.counters.add("openline_guest_total", outcome="altered")
    await _tried(request, shell, notice, "the link is not as it was made: its seal is wrong")
    return page(pages.nothing("guest.altered"), 403)


async def _tried(request: Request, shell: Shell, notice: Notice, why: str) -> None:
    """A use of the link that was refused, on the record while there are few; a flood of them is only counted."""
    shell.counters.add("openline_guest_total", outcome="refused")
    if notice.talk and notice.tries < notices.TRIES_MAX:
        with suppress(OpenlineError):
            body = {"notice": notice.id, "why": why, "address": address_of(request)}
            await shell.desk.act("guest", "guest", "notice.tried", body)


def _may_answer(shell: Shell, notice: Notice) -> bool:
    return notices.may_answer(notice, shell.now_ns()) and not _over(shell, notice)


def _over(shell: Shell, notice: Notice) -> bool:
    """Whether what the link tells of was taken back, replaced or ran out."""
    talk = shell.desk.talk(notice.party, notice.talk) if notice.talk else None
    return bool(notice.talk) and (talk is None or talk.conversation.over)


def _outcome(shell: Shell, notice: Notice) -> str:
    if notices.may_answer(notice, shell.now_ns()) and _over(shell, notice):
        return pages.nothing("guest.over")
    return pages.outcome(_sender(shell), _as_of(notice, shell.now_ns()), used=True)


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
