"""`openline keys …`: the commands, their options and their help. What they do is in `keys.py`."""

from pathlib import Path
from typing import Annotated

import typer

from openline.cli.app import HERE, AsJson, NodeDir

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys of this node: which sign, which ended, who knows the newest list; new ones, and the end of old ones.",
)
Root = Annotated[
    Path | None, typer.Option("--root", help="The root key, where it was put away: on a stick. Else keys/root.pem.")
]
Why = Annotated[str, typer.Option("--why", help="Why, in a few words; it is recorded here and not sent.")]
Stolen = Annotated[
    bool, typer.Option("--stolen", help="Somebody else may have it: it counts for nothing after what was receipted.")
]
Use = Annotated[str, typer.Argument(help="line, witness or tls.")]


@app.command(name="list")
def list_(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Every key, in force or revoked since when; and which counterpart is known to have the newest list."""
    from openline.cli.keys import list_keys

    list_keys(node, as_json)


@app.command()
def renew(use: Use, root: Root = None, why: Why = "", node: NodeDir = HERE) -> None:
    """Make a new key and a list that names it beside the old one; counterparts are told. Line and witness use it at once."""
    from openline.cli.keys import renew_key

    renew_key(node, use, root, why)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key, as `openline keys list` names it, such as line-1.")],
    why: Why = "",
    stolen: Stolen = False,
    retired: Annotated[bool, typer.Option("--retired", help="Nobody else had it: all that was sent stays good.")] = False,
    root: Root = None,
    node: NodeDir = HERE,
) -> None:
    """End a key that another has taken the place of; counterparts are told."""
    from openline.cli.keys import revoke_key

    revoke_key(node, key, root, why, stolen, retired)


@app.command()
def replace(use: Use, why: Why = "", stolen: Stolen = False, root: Root = None, node: NodeDir = HERE) -> None:
    """A new key and the end of the old ones, at once: what to do when a key is stolen. The node may run, or not."""
    from openline.cli.keys import replace_key

    replace_key(node, use, root, why, stolen)


@app.command()
def use(
    what: Annotated[str, typer.Argument(metavar="USE", help="tls; new keys of the line and the witness are in use at once.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Though a counterpart may not know the new certificate.")] = False,
    node: NodeDir = HERE,
) -> None:
    """Show the newest certificate of the line from the next start on, once every counterpart is known to have it."""
    from openline.cli.keys import use_key

    use_key(node, what, anyway)
