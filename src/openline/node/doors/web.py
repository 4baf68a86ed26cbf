"""The web application, assembled: routes, static files, headers. `build` is called once; what it needs comes as arguments."""

import importlib.resources
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from openline.errors import OpenlineError
from openline.node.doors import api, door
from openline.node.doors.auth import Argon2, Doorkeeper
from openline.node.doors.desk import Desk
from openline.node.doors.guard import Guard
from openline.node.doors.metrics import Counters
from openline.node.doors.senders import Senders
from openline.node.doors.shell import Shell
from openline.node.doors.throttle import Throttle
from openline.node.doors.users import Hasher, Operators, Users
from openline.node.settings import Settings
from openline.seal import Entropy

CONSOLE: Final = Path(str(importlib.resources.files("openline.console")))
_HASHED: Final = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")  # names the build gives to files that never change


def build(
    desk: Desk,
    settings: Settings,
    operators: Operators,
    senders: Senders,
    *,
    names: frozenset[str] = frozenset(),
    assets: Path | None = None,
    basemap: Path | None = None,
    hasher: Hasher | None = None,
    now_ns: Callable[[], int] = time.time_ns,
    tick_ns: Callable[[], int] = time.monotonic_ns,
    entropy: Entropy = os.urandom,
    card: Callable[[], dict[str, Any]] = dict,
    guest_key: bytes = b"",
) -> tuple[ASGIApp, Shell]:
    """The application to serve, and the shell its doors share. `names` are host names of this machine besides addresses.

    `assets` and `basemap` default to what the package carries, where it carries it.
    """
    counters = Counters()
    limits = settings.limits
    users = Users(operators, settings.auth.password_chars_min)
    keeper = Doorkeeper(
        users, hasher or Argon2(entropy), desk.record, settings.auth, limits, entropy, tick_ns, counters, now_ns
    )  # fmt: skip
    shell = Shell(
        desk=desk,
        settings=settings,
        doorkeeper=keeper,
        senders=senders,
        counters=counters,
        guests=Throttle(limits.guests_per_min, burst=max(10.0, limits.guests_per_min / 2)),
        acts=Throttle(limits.acts_per_min, burst=max(10.0, limits.acts_per_min / 3)),
        now_ns=now_ns,
        tick_ns=tick_ns,
        entropy=entropy,
        secure=settings.listen.tls != "off",
        hosts=frozenset({"localhost", *(host.lower() for host in settings.listen.hosts), *(name.lower() for name in names)}),
        assets=assets or _there(CONSOLE / "assets", "index.html"),
        basemap=basemap or _there(CONSOLE / "basemap", "world.pmtiles"),
        card=card,
        guest_key=guest_key or entropy(32),
    )
    handlers = {OpenlineError: door.on_refusal, HTTPException: door.on_http, Exception: door.on_mistake}
    app = Starlette(routes=[*api.routes(), *_files(shell)], exception_handlers=handlers)
    app.state.shell = shell
    return Guard(app, shell.hosts, shell.secure, counters, tick_ns), shell


def _there(folder: Path, sign: str) -> Path | None:
    return folder if (folder / sign).is_file() else None


def _files(shell: Shell) -> list[BaseRoute]:
    """The stylesheet of the pages, the basemap, and the built console over everything else."""
    css = (CONSOLE / "pages" / "pages.css").read_bytes()

    async def pages_css(request: Request) -> Response:
        return Response(css, media_type="text/css; charset=utf-8", headers={"cache-control": "no-cache"})

    async def not_built(request: Request) -> Response:
        return RedirectResponse("/text", 303)

    routes: list[BaseRoute] = [Route("/pages.css", pages_css)]
    if shell.basemap is not None:
        routes.append(Mount("/basemap", Kept(directory=shell.basemap)))
    if shell.assets is not None:
        routes.append(Mount("/", Kept(directory=shell.assets, html=True)))
    else:
        routes.append(Route("/", not_built))
    return routes


class Kept(StaticFiles):
    """Files with ranges (PMTiles are read by ranges) and the right time to live: for ever where the name holds a hash."""

    def file_response(
        self, full_path: os.PathLike[str] | str, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, with its time to live."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        fixed = _HASHED.search(str(full_path)) is not None
        hour = str(full_path).endswith(".pmtiles")  # read in many ranges; asking again for each would cost a journey each
        life = "public, max-age=31536000, immutable" if fixed else "public, max-age=3600" if hour else "no-cache"
        response.headers["cache-control"] = life
        return response
