"""Endpoints of the line for browsers and commands: our own card, what can be composed, what a message would say."""

from starlette.requests import Request
from starlette.responses import Response

from openline.errors import Refused
from openline.node.doors.door import Answer, actor, read_json, reader, shell_of, text_field
from openline.node.shown.lines import template_views


async def line(request: Request) -> Response:
    """GET /api/v1/line"""
    reader(request)
    shell = shell_of(request)
    return Answer({**shell.card(), "templates": template_views(), "paths": shell.desk.offered()["paths"]})


async def translations(request: Request) -> Response:
    """GET /api/v1/line/translations"""
    reader(request)
    return Answer({"translations": shell_of(request).desk.offered()["translations"]})


async def preview(request: Request) -> Response:
    """POST /api/v1/line/preview"""
    actor(request, "operator")
    body = await read_json(request)
    params = body.get("params")
    if not isinstance(params, dict):
        raise Refused("params", params, "the slots of the template")
    desk = shell_of(request).desk
    precedence, to = str(body.get("precedence", "routine")), str(body.get("to", ""))
    return Answer(desk.preview(text_field(body, "template", 60), params, precedence, to))
