"""`openline user …`: through the running node, which alone writes."""

from pathlib import Path
from typing import Any

from openline.cli.say import as_json as print_json
from openline.cli.say import out, table


def list_users(node: Path, as_json: bool) -> None:
    """People who may sign in."""
    rows = _call(node, {"do": "users"})
    if as_json:
        print_json(rows)
    else:
        table(("name", "role", "locked"), [(r["name"], r["role"], "locked" if r["locked"] else "") for r in rows])


def add(node: Path, name: str, role: str, password_file: Path | None) -> None:
    """One more person."""
    _call(node, {"do": "user.add", "name": name, "role": role, "password": password(password_file)})
    out(f"{name} may sign in as {role}")


def set_password(node: Path, name: str, password_file: Path | None) -> None:
    """A new password."""
    _call(node, {"do": "user.password", "name": name, "password": password(password_file)})
    out(f"{name} has a new password; open sessions have ended")


def change(node: Path, name: str, role: str, lock: bool | None) -> None:
    """Another role, locked, or open again."""
    _call(node, {"do": "user.change", "name": name, "role": role or None, "locked": lock})
    out(f"{name} changed")


def password(file: Path | None) -> str:
    """From a file, or asked for twice."""
    import typer

    if file is not None:
        from openline.node.doors.senders import read_secret

        return read_secret(file, "--password-file")
    return str(typer.prompt("Password (12 characters or more)", hide_input=True, confirmation_prompt=True))


def _call(node: Path, request: dict[str, Any]) -> Any:
    from openline.node.doors.control import call

    return call(node, request)
