"""Endpoints that only look: session, state, tracks, incidents, the log, zone files, health, metrics."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from openline import __version__
from openline.clock import to_rfc3339
from openline.console.pages import alarms, printed
from openline.errors import NotSignedIn, NotThere, Refused
from openline.node.doors.door import Answer, address_of, number_field, reader, shell_of
from openline.node.doors.log_pages import page_after, page_before
from openline.node.doors.shell import Shell
from openline.node.settings_file import LOOPBACK
from openline.utm.files import write_zones

QUERY_CHARS_MAX: Final = 200


async def session(request: Request) -> Response:
    """GET /api/v1/session"""
    who = reader(request)
    node = shell_of(request).settings.node
    return Answer({"name": who.name, "role": who.role, "party": node.party, "version": __version__, "exercise": node.exercise})


async def state(request: Request) -> Response:
    """GET /api/v1/state"""
    reader(request)
    return Answer(shell_of(request).desk.state())


async def tracks(request: Request) -> Response:
    """GET /api/v1/tracks"""
    reader(request)
    shell = shell_of(request)
    query = request.query_params.get("q", "")
    if len(query) > QUERY_CHARS_MAX:
        raise Refused("q", query, f"at most {QUERY_CHARS_MAX} characters")
    most = shell.settings.limits.list_rows_max
    return Answer(shell.desk.tracks(query, number_field(request, "limit", min(100, most), 1, most)))


async def track(request: Request) -> Response:
    """GET /api/v1/tracks/{mover}"""
    reader(request)
    found = shell_of(request).desk.track(request.path_params["mover"])
    if found is None:
        raise NotThere("No mover of that name is known here.", field="mover")
    return Answer(found)


async def incident(request: Request) -> Response:
    """GET /api/v1/incidents/{id}"""
    reader(request)
    found = shell_of(request).desk.incident(request.path_params["id"])
    if found is None:
        raise NotThere("There is no incident of that name.", field="id")
    return Answer(found)


async def log(request: Request) -> Response:
    """GET /api/v1/log"""
    reader(request)
    return Answer(_rows(request))


async def log_page(request: Request) -> Response:
    """GET /api/v1/log.html: the newest page of the log to be printed, one before or after an entry, or one incident."""
    try:
        who = reader(request)
    except NotSignedIn:
        return RedirectResponse("/login", 303)
    sheet = _sheet(shell_of(request), who.name)
    id = request.query_params.get("incident", "")
    if not id:
        rows, of = _page_of_log(request, sheet.size)
        return page(printed.page(sheet, rows, of))
    found = shell_of(request).desk.incident(id)
    if found is None:
        raise NotThere("There is no incident of that name.", field="incident")
    return page(printed.incident(sheet, found))


async def alarms_page(request: Request) -> Response:
    """GET /text: alarms, feeds and notices as text, for when everything else is broken."""
    try:
        reader(request)
    except NotSignedIn:
        return RedirectResponse("/login", 303)
    shell = shell_of(request)
    answer = page(alarms.page(shell.desk.state(), to_rfc3339(shell.now_ns(), 0)))
    answer.headers["refresh"] = "10"
    return answer


async def zones_geojson(request: Request) -> Response:
    """GET /api/v1/zones.geojson"""
    reader(request)
    zones = [zone for zone in shell_of(request).desk.zones() if not zone.withdrawn]
    written = await run_in_threadpool(write_zones, zones, "geojson")
    return _file(written.data, "application/geo+json", "zones.geojson")


async def zones_kml(request: Request) -> Response:
    """GET /api/v1/zones.kml"""
    reader(request)
    zones = [zone for zone in shell_of(request).desk.zones() if not zone.withdrawn]
    written = await run_in_threadpool(write_zones, zones, "kml")
    return _file(written.data, "application/vnd.google-earth.kml+xml", "zones.kml")


async def healthz(request: Request) -> Response:
    """GET /healthz"""
    status, body = shell_of(request).desk.health()
    return Answer(body, status)


async def metrics(request: Request) -> Response:
    """GET /metrics: counts, for a program on this machine, or for whoever is signed in."""
    if not _asked_here(request):
        reader(request)
    shell = shell_of(request)
    text = shell.counters.text() + shell.desk.metrics()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8", headers={"cache-control": "no-store"})


def _asked_here(request: Request) -> bool:
    """Whether a program on this machine asks for this machine; a proxy on it asks in the name of others, and says so."""
    name = re.sub(r":\d{1,5}$", "", request.headers.get("host", "")).lower().strip("[]")
    proxied = any(header in request.headers for header in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    return address_of(request).removeprefix("::ffff:") in LOOPBACK and name in LOOPBACK and not proxied


def page(text: str, status: int = 200) -> Response:
    """A page of ours. Its forms need `same-origin`: with `no-referrer` a browser sends `Origin: null`."""
    headers = {"cache-control": "no-store", "referrer-policy": "same-origin"}
    return Response(text, status, headers, media_type="text/html; charset=utf-8")


def _rows(request: Request) -> list[dict[str, object]]:
    shell = shell_of(request)
    most = shell.settings.limits.list_rows_max
    after = number_field(request, "after", -1, -1, 2**53)
    return shell.desk.log(after, number_field(request, "limit", min(100, most), 1, most))


def _sheet(shell: Shell, who: str) -> printed.Sheet:
    """How the node and its record stand, for the head of what is printed."""
    now, node = shell.desk.state()["node"], shell.settings.node
    record = now["record"]
    return printed.Sheet(
        party=node.party,
        exercise=node.exercise,
        who=who,
        now=to_rfc3339(shell.now_ns(), 0),
        size=record["size"],
        root=record["root"],
        synchronised=(now.get("clock") or {}).get("synchronised"),
    )


def _page_of_log(request: Request, size: int) -> tuple[list[dict[str, object]], printed.Range]:
    """Rows of one page, oldest first, and the range they were looked for in."""
    shell = shell_of(request)
    most = shell.settings.limits.list_rows_max
    limit = number_field(request, "limit", min(100, most), 1, most)
    whole = number_field(request, "whole", 0, 0, 1) == 1
    if "after" in request.query_params:
        after = number_field(request, "after", -1, -1, 2**53)
        rows, first, end = page_after(shell.desk.log, after, size, limit, whole)
    else:
        before = min(size, number_field(request, "before", size, 0, 2**53))
        rows, first, end = page_before(shell.desk.log, before, limit, whole)
    return rows, printed.Range(first, end, whole, limit if "limit" in request.query_params else 0)


def _file(data: bytes, media: str, name: str) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media, headers=headers)
