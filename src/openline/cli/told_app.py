"""`openline told …`: who outside the console is told of what is due, and trying the paths before they are needed."""

from typing import Annotated, Any

import typer

from openline.cli.app import HERE, AsJson, NodeDir

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="People outside the console: who was told of what is due, stopping it, and trying a path.",
)


@app.command(name="list")
def list_(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """What is due and of which people are told: how far each has got, and what became of every message."""
    from openline.cli.say import as_json as print_json
    from openline.cli.say import out, table
    from openline.node.doors.control import call

    found = call(node, {"do": "state"})["escalations"]
    if as_json:
        print_json(found)
        return
    if not found:
        out("Nobody is being told of anything.")
        return
    columns = ["number", "due", "gravity", "line", "since", "step", "told"]
    table(columns, [[*_row(one)] for one in found])


@app.command()
def stop(
    number: Annotated[str, typer.Argument(help="The number, as `openline told list` shows it, such as e7.")],
    node: NodeDir = HERE,
) -> None:
    """Acknowledge one thing that is due: nobody more is told of it. It stays due, and nothing is answered."""
    from openline.cli.line import act

    act(node, {"act": "escalation.acknowledge", "escalation": number}, f"{number} is acknowledged; nobody more is told of it")


@app.command(name="try")
def try_(path: Annotated[str, typer.Argument(help="The path, as the settings name it.")], node: NodeDir = HERE) -> None:
    """Send a trial over one path, through everything that a real message goes through."""
    from openline.cli.line import act

    said = f"a trial goes over {path}; `openline told list` says what became of it, `openline told stop` ends it"
    act(node, {"act": "path.try", "path": path}, said)


def _row(one: dict[str, Any]) -> list[str]:
    told = "; ".join(f"{each['to']} over {each['path']}: {each['state']}" for each in one["told"]) or "nobody yet"
    who = f"acknowledged by {one['acknowledged_by']}; " if one["acknowledged_by"] else ""
    due = one["due"].replace("_", " ")
    about = one["talk"] or one["line"] or ""
    return [one["id"], due, one["severity"], about, one["since"] or "", f"{one['step']} of {one['steps']}", who + told]
