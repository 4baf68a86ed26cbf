"""A small pretend node for working on the console: `docs/api.md` with a moving picture, nothing recorded, nothing watched.

    .venv/bin/python web/dev/mock.py [--port 8471] [--speed 10] [--alarms 0] [--movers 40]

Any name and password sign in; the name is the role (operator, supervisor, administrator, viewer). Not part of the product: the
picture is invented by `dev/picture.py`, the line by `dev/line.py`, and nothing here is evidence of anything.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

sys.path.insert(0, str(Path(__file__).parent))
from answers import Answers
from mover import refusal

from openline.errors import Refused

CONSOLE = Path(__file__).parents[2] / "src/openline/console"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class StrictHeaders:
    """The policy the real node sets, so that a breach of it is seen here first."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", CSP.encode())]
            await send(message)

        await self.app(scope, receive, with_policy)


def make(picture: Answers) -> Starlette:
    sessions: dict[str, dict[str, Any]] = {}
    listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def who(request: Request | WebSocket) -> dict[str, Any] | None:
        return sessions.get(request.cookies.get("openline_session_dev", ""))

    def tell(frames: list[dict[str, Any]]) -> None:
        for frame in frames:
            for queue in listeners:
                queue.put_nowait(frame)

    async def login(request: Request) -> Response:
        body = await request.json()
        if body.get("password") == "wrong":
            return refusal(401, "password", "…", "the password of this name")
        role = body["name"] if body["name"] in ("viewer", "operator", "supervisor", "administrator") else "supervisor"
        sessions[body["name"]] = {"name": body["name"], "role": role}
        answer = JSONResponse(sessions[body["name"]])
        answer.set_cookie("openline_session_dev", body["name"], httponly=True, samesite="strict")
        return answer

    async def logout(request: Request) -> Response:
        sessions.pop(request.cookies.get("openline_session_dev", ""), None)
        return JSONResponse({})

    async def session(request: Request) -> Response:
        found = who(request)
        if found is None:
            return refusal(401, "session", "", "sign in first")
        return JSONResponse({**found, "party": picture.party, "version": "0.0.0-mock", "exercise": picture.exercise})

    async def state(request: Request) -> Response:
        return JSONResponse(picture.state()) if who(request) else refusal(401, "session", "", "sign in first")

    async def tracks(request: Request) -> Response:
        return JSONResponse(picture.search(request.query_params.get("q", ""), int(request.query_params.get("limit", 200))))

    async def track(request: Request) -> Response:
        found = picture.detail(request.path_params["mover"])
        return JSONResponse(found) if found else refusal(404, "mover", request.path_params["mover"], "a mover of this node")

    async def incident(request: Request) -> Response:
        return JSONResponse(picture.timeline(request.path_params["id"]))

    async def log(request: Request) -> Response:
        return JSONResponse(picture.log)

    async def position(request: Request) -> Response:
        return JSONResponse(picture.position((await request.json())["text"]))

    async def zones_read(request: Request) -> Response:
        await request.body()
        return JSONResponse({"zones": list(picture.zones.values())[:1], "notes": ["mock: always the same zone"]})

    async def acts(request: Request) -> Response:
        person = who(request)
        if person is None or person["role"] == "viewer" or request.headers.get("x-openline") != "1":
            return refusal(403, "role", str(person and person["role"]), "operator or supervisor")
        body = await request.json()
        if body["act"] == "zone.put" and "refuse" in body["zone"]["name"]:
            return refusal(422, "zone.name", body["zone"]["name"], "a name that the mock likes")
        try:
            answer, frames = picture.act(person["name"], body)
        except Refused as wrong:
            return refusal(422, wrong.field, str(wrong.value), str(wrong.facts["accepted"]))
        tell(frames)
        return JSONResponse(answer)

    async def line(request: Request) -> Response:
        return JSONResponse(picture.line.ours())

    async def translations(request: Request) -> Response:
        return JSONResponse(picture.line.translations())

    async def preview(request: Request) -> Response:
        body = await request.json()
        try:
            return JSONResponse(picture.line.preview(body["template"], body["params"], body["precedence"]))
        except Refused as wrong:
            return refusal(422, wrong.field, str(wrong.value), str(wrong.facts["accepted"]))

    async def ws_events(socket: WebSocket) -> None:
        if who(socket) is None:
            await socket.close(4401)
            return
        await socket.accept()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        listeners.add(queue)
        try:
            await socket.send_json({"seq": picture.seq, "type": "ping", "data": {"now": picture.now_said()}})
            while True:
                await socket.send_json(await queue.get())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            listeners.discard(queue)

    async def ws_tracks(socket: WebSocket) -> None:
        if who(socket) is None:
            await socket.close(4401)
            return
        await socket.accept()
        try:
            while True:
                await socket.send_text(json.dumps({"names": picture.names(), "gone": []}))
                await socket.send_bytes(picture.frame())
                await asyncio.sleep(1)
        except (WebSocketDisconnect, RuntimeError):
            pass

    async def beat() -> None:
        turn = 0
        while True:
            await asyncio.sleep(1)
            turn += 1
            tell(picture.step())
            if turn % 5 == 0 and not picture.quiet:
                tell([{"seq": picture.seq, "type": "ping", "data": {"now": picture.now_said()}}])

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(beat())
        yield
        task.cancel()

    api = [
        Route("/login", login, methods=["POST"]),
        Route("/logout", logout, methods=["POST"]),
        Route("/session", session),
        Route("/state", state),
        Route("/tracks", tracks),
        Route("/tracks/{mover:path}", track),
        Route("/incidents/{id:path}", incident),
        Route("/log", log),
        Route("/position", position, methods=["POST"]),
        Route("/zones/read", zones_read, methods=["POST"]),
        Route("/line", line),
        Route("/line/translations", translations),
        Route("/line/preview", preview, methods=["POST"]),
        Route("/acts", acts, methods=["POST"]),
    ]
    routes = [
        Mount("/api/v1", routes=api),
        WebSocketRoute("/ws/events", ws_events),
        WebSocketRoute("/ws/tracks", ws_tracks),
        Mount("/basemap", StaticFiles(directory=CONSOLE / "basemap")),
        Mount("/", StaticFiles(directory=CONSOLE / "assets", html=True)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(StrictHeaders)], lifespan=life)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--port", type=int, default=8471)
    ask.add_argument("--speed", type=float, default=10.0)
    ask.add_argument("--movers", type=int, default=40, help="civil traffic around")
    ask.add_argument("--alarms", type=int, default=0, help="so many invented alarms on top")
    ask.add_argument("--exercise", action="store_true")
    given = ask.parse_args()
    picture = Answers(given.speed, given.movers, given.alarms, given.exercise)
    uvicorn.run(make(picture), host="127.0.0.1", port=given.port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main()
