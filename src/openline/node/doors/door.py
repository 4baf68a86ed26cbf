"""What every endpoint does the same way: who asks, what was sent, and how a refusal looks."""

import asyncio
import logging
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from openline.errors import (
    DiskFull,
    Mistake,
    NotAllowed,
    NotSignedIn,
    NotThere,
    NotWatching,
    OpenlineError,
    OutOfTurn,
    RecordStopped,
    Refused,
    TooLarge,
    TooOften,
)
from openline.node.doors.sessions import Session
from openline.node.doors.shell import Shell

log = logging.getLogger("openline.web")

FORM_BYTES_MAX: Final = 8_192  # the longest form is a read-back, about 600
JSON_DEPTH_MAX: Final = 32  # a GeoJSON collection of polygons with holes is 9 deep
STATUS: Final[dict[type[OpenlineError], int]] = {
    Refused: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotThere: 404,
    OutOfTurn: 409,
    TooLarge: 413,
    TooOften: 429,
    RecordStopped: 503,
    DiskFull: 503,
    NotWatching: 503,
}


class Answer(Response):
    """JSON that no cache may keep."""

    media_type = "application/json"

    def __init__(self, content: object, status_code: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(msgspec.json.encode(content), status_code, headers)
        self.headers["cache-control"] = "no-store"


def shell_of(connection: HTTPConnection) -> Shell:
    """The shell this application was built with."""
    shell = connection.app.state.shell
    assert isinstance(shell, Shell)
    return shell


def address_of(connection: HTTPConnection) -> str:
    """Where the request came from; never a header, which anybody can write."""
    return connection.client.host if connection.client is not None else "local"


def cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` binds the cookie to this host and to TLS, and browsers take it with TLS only.

    Without TLS the port is in its name: browsers keep cookies by host alone, and two desks on one machine would sign each
    other's people out.
    """
    return "__Host-openline_session" if shell_of(connection).secure else f"openline_session_{connection.url.port or 80}"


def token_of(connection: HTTPConnection) -> str | None:
    """The session token the browser sent, if any."""
    return connection.cookies.get(cookie_name(connection))


def reader(connection: HTTPConnection) -> Session:
    """Who is looking. Raises `NotSignedIn`."""
    return shell_of(connection).doorkeeper.session(token_of(connection))


def actor(request: Request, least: str) -> Session:
    """Who is acting, from our own page and with a role that may. Raises `NotSignedIn`, `NotAllowed`, `TooOften`."""
    shell = shell_of(request)
    session = reader(request)
    from_our_page(request)
    shell.doorkeeper.acts(session, least)
    wait_s = shell.acts.take(session.name, shell.tick_ns())
    if wait_s > 0:
        raise TooOften(
            f"More than {shell.settings.limits.acts_per_min:g} acts a minute; wait {max(1, round(wait_s))} s.", wait_s=wait_s
        )
    return session


def from_our_page(request: Request) -> None:
    """Refuse a request another site's page could have made. Raises `NotAllowed`."""
    if request.headers.get("x-openline") != "1":
        raise NotAllowed("A request that changes something needs the header X-Openline: 1.", field="X-Openline", accepted="1")
    same_origin(request)


def same_origin(connection: HTTPConnection) -> None:
    """The browser says which page asks; it must be one of ours. Raises `NotAllowed`."""
    scheme = "https" if shell_of(connection).secure else "http"
    ours = f"{scheme}://{connection.headers.get('host', '')}"
    given = connection.headers.get("origin", "")
    if given.lower() != ours.lower() or connection.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotAllowed(
            "The request does not come from this node's own page.", field="Origin", value=given[:120], accepted=ours
        )


async def read_body(request: Request, bytes_max: int) -> bytes:
    """The body, whole. Raises `TooLarge`; `HTTPException` 408 after a silence of `body_s`."""
    shell = shell_of(request)
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > bytes_max:
        raise _too_large(bytes_max)
    pieces: list[bytes] = []
    size = 0
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(shell.settings.limits.body_s):
                piece = await anext(stream, None)
        except TimeoutError:
            raise HTTPException(408) from None
        except ClientDisconnect:
            raise HTTPException(400, "The sender went away.") from None
        if piece is None:
            return b"".join(pieces)
        size += len(piece)
        if size > bytes_max:
            raise _too_large(bytes_max)
        pieces.append(piece)


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"The body is larger than {bytes_max} bytes.", field="body", accepted=f"at most {bytes_max} bytes")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form, the first of each name. Raises `Refused`, `TooLarge`."""
    data = await read_body(request, FORM_BYTES_MAX)
    try:
        fields = parse_qs(data.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=40)
    except ValueError:
        raise Refused("form", data[:40], "a form of at most 40 fields in UTF-8") from None
    return {name: values[0] for name, values in fields.items()}


async def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises `TooLarge`, `BadJson`."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadJson("content-type", request.headers.get("content-type", ""), "application/json")
    data = await read_body(request, shell_of(request).settings.limits.json_bytes_max)
    return json_object(data)


class BadJson(Refused):
    """The body is not JSON."""


def json_object(data: bytes) -> dict[str, Any]:
    """A JSON object out of bytes. Raises `BadJson` for anything else, nesting beyond `JSON_DEPTH_MAX` included."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadJson("body", data[:80], f"one JSON object in UTF-8 ({error})") from None
    except RecursionError:
        raise BadJson("body", data[:80], f"at most {JSON_DEPTH_MAX} levels") from None
    if not isinstance(value, dict):
        raise BadJson("body", data[:80], "one JSON object")
    if _deeper(value, JSON_DEPTH_MAX):
        raise BadJson("body", data[:80], f"at most {JSON_DEPTH_MAX} levels")
    return value


def _deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_deeper(one, levels - 1) for one in inner if isinstance(one, dict | list))


def text_field(body: dict[str, Any], name: str, chars_max: int) -> str:
    """A text out of a body. Raises `Refused`."""
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= chars_max:
        shown = "(not shown)" if name == "password" else value
        raise Refused(name, shown, f"text of 1 to {chars_max} characters")
    return value


def number_field(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number out of the query. Raises `Refused`."""
    text = request.query_params.get(name, "")
    if text == "":
        return default
    if not (
        text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 20 and low <= int(text) <= high
    ):
        raise Refused(name, text, f"a whole number from {low} to {high}")
    return int(text)


def refusal(error: OpenlineError) -> Answer:
    """An error as every endpoint gives it."""
    status = 400 if isinstance(error, BadJson) else next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    body = {"code": error.code, "message": error.message, "remedy": error.remedy}
    body |= {key: error.facts[key] for key in ("field", "value", "accepted", "wait_s", "idle") if key in error.facts}
    headers = {"retry-after": str(max(1, round(error.facts["wait_s"])))} if "wait_s" in error.facts else None
    return Answer({"error": body}, status, headers)


async def on_refusal(request: Request, error: Exception) -> Response:
    """Starlette's handler for everything we can name."""
    assert isinstance(error, OpenlineError)
    shell_of(request).counters.add("openline_refusals_total", code=error.code)
    return refusal(error)


async def on_http(request: Request, error: Exception) -> Response:
    """Starlette's handler for its own refusals: no such path, no such method, a body that stalled."""
    assert isinstance(error, HTTPException)
    message = {
        404: "There is nothing at this address.",
        405: "This address does not take this method.",
        408: "The body stalled.",
    }
    body = {"code": "T-214", "message": message.get(error.status_code, error.detail), "remedy": "See docs/api.md."}
    return Answer({"error": body}, error.status_code, dict(error.headers or {}))


async def on_mistake(request: Request, error: Exception) -> Response:
    """Our own mistake: the one place that catches everything; counted, logged whole, shown without details."""
    shell_of(request).counters.add("openline_refusals_total", code=Mistake.code)
    log.error("a mistake in %s", request.scope.get("endpoint"), exc_info=error)
    return refusal(Mistake())
