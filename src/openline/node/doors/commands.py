"""What a command on this machine may ask of the running node through `control.py`, as far as the doors can answer it."""

from collections.abc import Callable
from typing import Any

from openline.clock import NS_PER_US
from openline.errors import Refused
from openline.node.doors import acts, guest
from openline.node.doors.control import Caller, Handler, Progress
from openline.node.doors.shell import Shell
from openline.node.shown.lines import template_views
from openline.record.store import Operator


def handlers(shell: Shell, base_url: Callable[[], str]) -> dict[str, Handler]:
    """What each command asks for, by its name."""
    desk = shell.desk

    async def act(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        name, _, rest = acts.split(body)
        if name == "notice.make":
            return await guest.make(shell, caller.who, caller.role, rest, base_url())
        return await desk.act(caller.who, caller.role, name, rest)

    async def state(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        return desk.state()

    async def line(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        return {**shell.card(), "templates": template_views()}

    async def preview(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        params = body.get("params")
        if not isinstance(params, dict):
            raise Refused("params", params, "the slots of the template")
        return desk.preview(_text(body, "template"), params, _text(body, "precedence"), str(body.get("to", "")))

    async def log(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        return desk.log(_whole(body, "after", -1), _whole(body, "limit", 100))

    async def health(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        return desk.health()[1]

    async def exported(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        says = {"scope": _text(body, "scope"), "first": _whole(body, "first", 0), "place": _text(body, "place")}
        return await desk.record("export", caller.who, caller.role, says)

    return {
        "act": act,
        "state": state,
        "line": line,
        "line.preview": preview,
        "log": log,
        "health": health,
        "exported": exported,
        **_people(shell),
    }


def _people(shell: Shell) -> dict[str, Handler]:
    """Commands about the people who may sign in."""
    keeper = shell.doorkeeper

    async def users(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        return [_shown(row) for row in keeper.users.all()]

    async def user_add(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        name, role, password = (_text(body, field) for field in ("name", "role", "password"))
        return _shown(await keeper.add(name, role, password, _now_us(shell), caller.who, caller.role))

    async def user_password(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        await keeper.set_password(_text(body, "name"), _text(body, "password"), _now_us(shell), caller.who, caller.role)
        return {}

    async def user_change(body: dict[str, Any], caller: Caller, progress: Progress) -> object:
        locked = body.get("locked")
        if locked is not None and not isinstance(locked, bool):
            raise Refused("locked", locked, "true or false")
        role = _text(body, "role") if body.get("role") is not None else None
        row = await keeper.change(_text(body, "name"), _now_us(shell), caller.who, caller.role, role, locked)
        return _shown(row)

    return {"users": users, "user.add": user_add, "user.password": user_password, "user.change": user_change}


def _now_us(shell: Shell) -> int:
    return shell.now_ns() // NS_PER_US


def _shown(row: Operator) -> dict[str, Any]:
    return {
        "name": row.name,
        "role": row.role,
        "locked": row.locked,
        "created_us": row.created_us,
        "changed_us": row.changed_us,
    }


def _text(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str):
        raise Refused(field, "(not shown)" if field == "password" else value, "text")
    return value


def _whole(body: dict[str, Any], field: str, default: int) -> int:
    value = body.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(field, value, "a whole number")
    return value
