"""Endpoints that change something, or read what was sent: sign-in, acts, positions, zone files, typed positions."""

from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from openline.clock import to_rfc3339
from openline.console.pages import login as login_pages
from openline.errors import NotAllowed, NotSignedIn, Refused, TooOften
from openline.feeds.osmand import PARAMETERS_MAX
from openline.feeds.osmand import request as phone_request
from openline.feeds.report import Refusal
from openline.node.doors import acts, guest, positions, senders
from openline.node.doors.api_read import page
from openline.node.doors.desk import Taken
from openline.node.doors.door import (
    FORM_BYTES_MAX,
    Answer,
    actor,
    address_of,
    cookie_name,
    from_our_page,
    read_body,
    read_form,
    read_json,
    reader,
    same_origin,
    shell_of,
    text_field,
    token_of,
)
from openline.node.settings import Feed
from openline.utm import files

REFUSALS_SHOWN_MAX: Final = 20


async def login(request: Request) -> Response:
    """POST /api/v1/login"""
    from_our_page(request)
    body = await read_json(request)
    token, who = await shell_of(request).doorkeeper.login(
        text_field(body, "name", 100), text_field(body, "password", 1024), address_of(request)
    )
    answer = Answer({"name": who.name, "role": who.role})
    set_cookie(request, answer, token)
    return answer


async def logout(request: Request) -> Response:
    """POST /api/v1/logout"""
    from_our_page(request)
    token = token_of(request)
    if token:
        await shell_of(request).doorkeeper.logout(token)
    answer = Answer({})
    secure = shell_of(request).secure
    answer.delete_cookie(cookie_name(request), path="/", secure=secure, httponly=True, samesite="strict")
    return answer


async def login_page(request: Request) -> Response:
    """GET /login: for a browser without JavaScript."""
    return page(login_pages.page(""))


async def login_form(request: Request) -> Response:
    """POST /login: the same form sent; leads to the page of alarms as text."""
    same_origin(request)
    form = await read_form(request)
    try:
        token, _ = await shell_of(request).doorkeeper.login(form.get("name", ""), form.get("password", ""), address_of(request))
    except (NotSignedIn, TooOften, Refused) as refused:
        return page(login_pages.page(refused.message), 429 if isinstance(refused, TooOften) else 401)
    answer = RedirectResponse("/text", 303)
    set_cookie(request, answer, token)
    return answer


async def act(request: Request) -> Response:
    """POST /api/v1/acts"""
    reader(request)
    name, rule, body = acts.split(await read_json(request))
    who = actor(request, rule.least)
    shell = shell_of(request)
    if name == "notice.make":
        return Answer(await guest.make(shell, who.name, who.role, body, _base(request)))
    return Answer(await shell.desk.act(who.name, who.role, name, body))


async def reports(request: Request) -> Response:
    """POST /api/v1/reports"""
    shell = shell_of(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    kinds = tuple(kind for kind, one in senders.MEDIA.items() if one == media)
    if not kinds:
        raise Refused("content-type", media, ", ".join(senders.MEDIA.values()))
    feed = _sender(request, kinds)
    body = await read_body(request, shell.settings.limits.reports_bytes_max)
    taken = await shell.desk.positions(feed.name, senders.framed(feed, body))
    return Answer(_taken(taken))


async def osmand(request: Request) -> Response:
    """GET and POST /osmand: a phone, in either dialect; the token never reaches the decoder, whose bytes are recorded."""
    shell = shell_of(request)
    query = _ascii(request.scope["query_string"])
    feed = shell.senders.of_token(_query_token(query) or _bearer(request), ("osmand",))
    body = await read_body(request, FORM_BYTES_MAX) if request.method == "POST" else b""
    taken = await shell.desk.positions(feed.name, phone_request(request.method, query, body))
    return Answer(_taken(taken), 200 if taken.accepted or not taken.refused else 422)


async def read_zones(request: Request) -> Response:
    """POST /api/v1/zones/read: a file, or `{"text"}`; changes nothing."""
    shell = shell_of(request)
    actor(request, "operator")
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        body = await read_json(request)
        data = text_field(body, "text", shell.settings.limits.json_bytes_max).encode("utf-8", "surrogatepass")
    else:
        data = await read_body(request, shell.settings.limits.file_bytes_max)
    imported = await run_in_threadpool(files.read_zones, data, shell.settings.node.party)
    notes = [f"{note.field}: {note.says}" for note in imported.notes]
    return Answer({"zones": [shell.desk.zone_view(zone) for zone in imported.zones], "notes": notes})


async def position(request: Request) -> Response:
    """POST /api/v1/position: every reading of a typed position."""
    actor(request, "operator")
    body = await read_json(request)
    return Answer(positions.readings(body, shell_of(request).desk.zones(), shell_of(request).settings.node))


def set_cookie(request: Request, answer: Response, token: str) -> None:
    """The session cookie: no script can read it, no other site can send it."""
    shell = shell_of(request)
    life_s = round(shell.settings.auth.session_h * 3600)
    answer.set_cookie(
        cookie_name(request), token, max_age=life_s, path="/", secure=shell.secure, httponly=True, samesite="strict"
    )
    answer.headers["cache-control"] = "no-store"


def _sender(request: Request, kinds: tuple[str, ...]) -> Feed:
    """The feed a token speaks for, or the one a person names in `?source=`."""
    shell = shell_of(request)
    bearer = _bearer(request)
    if bearer:
        return shell.senders.of_token(bearer, kinds)
    actor(request, "operator")
    return shell.senders.of_name(request.query_params.get("source", ""), kinds)


def _ascii(query: bytes) -> str:
    """The query with bytes that should have been percent-encoded encoded: the decoder alone says what is text."""
    return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in query)


def _query_token(query: str) -> str:
    """The `token` of a query; empty where there is none, or where the query is more than any phone sends."""
    try:
        return parse_qs(query, max_num_fields=PARAMETERS_MAX).get("token", [""])[0] if len(query) <= FORM_BYTES_MAX else ""
    except ValueError:
        return ""


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _taken(taken: Taken) -> dict[str, Any]:
    return {
        "accepted": taken.accepted,
        "refused": taken.refused,
        "refusals": [_refusal(one) for one in taken.refusals[:REFUSALS_SHOWN_MAX]],
    }


def _refusal(one: Refusal) -> dict[str, Any]:
    row = msgspec.structs.asdict(one)
    row["at"] = to_rfc3339(row.pop("heard_ns"))
    return row


def _base(request: Request) -> str:
    """How a phone reaches this node: as this browser did."""
    host = request.headers.get("host", "")
    if not host:
        raise NotAllowed("The request names no host.", field="Host")
    return f"{'https' if shell_of(request).secure else 'http'}://{host}"
