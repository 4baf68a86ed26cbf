"""`openline line …`: the commands, their options and their help. What they do is in `line.py`."""

from pathlib import Path
from typing import Annotated

import typer

from openline.cli.app import HERE, AsJson, NodeDir

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The line to a counterpart: first contact, messages, read-backs, and how far each has got.",
)
core_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The shared core of a conversation: what both parties hold of it alike, signed by both, or refused.",
)
app.add_typer(core_app, name="core")
To = Annotated[str, typer.Argument(help="The counterpart's party, such as north.example.")]
Talk = Annotated[str, typer.Argument(help="The message, as `openline line list` names it, such as south.example/3.")]
Slots = Annotated[
    list[str] | None,
    typer.Option("--set", help="A slot: name=value, any number of times. `openline line templates NAME` lists them."),
]


@app.command()
def card(
    node: NodeDir = HERE,
    out: Annotated[Path | None, typer.Option(help="Write the card here; else to standard output.")] = None,
) -> None:
    """Our card for a counterpart, and the sixteen words to read aloud to it over another channel."""
    from openline.cli.line import show_card

    show_card(node, out)


@app.command()
def add(
    card: Annotated[Path, typer.Argument(help="The counterpart's card: a file it sent, however it came.")],
    words: Annotated[str, typer.Option(help="The sixteen words it read aloud, in quotes. Asked for when left out.")] = "",
    how: Annotated[str, typer.Option(help="Over which channel they were read, and with whom. Asked for when left out.")] = "",
    other_path: Annotated[
        list[str] | None, typer.Option(help="A telephone number or frequency for when the line is down; any number.")
    ] = None,
    node: NodeDir = HERE,
) -> None:
    """First contact: take in a counterpart's card, once its sixteen words were read aloud and agree."""
    from openline.cli.line import add_counterpart

    add_counterpart(node, card, words, how, other_path or [])


@app.command()
def path(
    to: To,
    text: Annotated[
        list[str] | None, typer.Argument(help="A telephone number, a frequency; each in quotes. None: shows those there are.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take away those that stand.")] = False,
    node: NodeDir = HERE,
) -> None:
    """The other paths to a counterpart: shown when the line is down or an answer does not come. Entering them is recorded."""
    from openline.cli.line import put_paths, show_paths

    if clear or text:
        put_paths(node, to, text or [])
    else:
        show_paths(node, to)


@app.command()
def remove(
    to: To, reason: Annotated[str, typer.Option(help="Why the line ends; it is recorded.")], node: NodeDir = HERE
) -> None:
    """End the line with a counterpart. What was said stays in the record."""
    from openline.cli.line import act

    act(node, {"act": "counterpart.remove", "to": to, "reason": reason}, f"the line with {to} has ended")


@app.command(name="list")
def list_(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Every line: up or not and since when, and where each message has got to."""
    from openline.cli.line import list_lines

    list_lines(node, as_json)


@app.command()
def templates(
    name: Annotated[str, typer.Argument(help="One template, to see its slots; all of them when left out.")] = "",
    node: NodeDir = HERE,
    as_json: AsJson = False,
) -> None:
    """What can be said on the line: templates, and the slots of one."""
    from openline.cli.line import show_templates

    show_templates(node, name, as_json)


@app.command()
def grant(
    to: To,
    reason: Annotated[str, typer.Option(prompt=True, help="By which agreement, or why no longer; it is recorded.")],
    end: Annotated[bool, typer.Option("--end", help="They may no longer.")] = False,
    node: NodeDir = HERE,
) -> None:
    """A counterpart may instruct this desk. Without it, what they send as INSTRUCTION is shown as a request."""
    from openline.cli.line import grant as record_grant

    record_grant(node, to, not end, reason)


@app.command()
def send(
    to: To,
    template: Annotated[str, typer.Argument(help="A template, such as warning.relay.")],
    slots: Slots = None,
    precedence: Annotated[str, typer.Option(help="flash, immediate, priority or routine.")] = "routine",
    unit: Annotated[list[str] | None, typer.Option(help="A unit that must be told; any number.")] = None,
    reason: Annotated[str, typer.Option(help="Why so little notice is given, where it is below what was agreed.")] = "",
    re: Annotated[str, typer.Option("--re", help="The message it speaks of, or corrects; `line list` names them.")] = "",
    valid: Annotated[str, typer.Option("--valid", help="Until when it holds: +30min, 14:05Z, or in full.")] = "",
    answer_by: Annotated[str, typer.Option("--answer-by", help="By when an answer is wanted, typed like --valid.")] = "",
    free: Annotated[str, typer.Option("--free", help="What you add in your own words; shown as such, not translated.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Show exactly what would be sent, and send nothing.")] = False,
    node: NodeDir = HERE,
) -> None:
    """Send a message written with a template; it is numbered, signed, recorded, and sent until it is receipted."""
    from openline.cli.line import send_message

    more = {"units": unit or [], "reason": reason, "re": re, "free": free}
    send_message(node, to, template, slots or [], precedence, more, valid, answer_by, preview)


@app.command()
def show(talk: Talk, node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """One message: its text, the five things apart, and the custody chain down to the last unit."""
    from openline.cli.line import show_talk

    show_talk(node, talk, as_json)


@app.command()
def state(
    talk: Talk,
    what: Annotated[str, typer.Argument(help="seen, understood, passed_on, acted, answer or withdrawal.")],
    slots: Slots = None,
    template: Annotated[str, typer.Option(help="Where a statement has several, such as passed_on.stopped.")] = "",
    node: NodeDir = HERE,
) -> None:
    """State something about a message to the counterpart: it was seen, is read back, was passed on, was acted on."""
    from openline.cli.line import state_of

    state_of(node, talk, what, slots or [], template)


@app.command()
def hop(
    talk: Talk,
    unit: Annotated[str, typer.Option(help="The unit or desk that has it now.")],
    says: Annotated[str, typer.Option(help="Who says so, and in which role.")],
    by: Annotated[str, typer.Option(help="Who passed it on.")] = "",
    how: Annotated[str, typer.Option(help="radio, phone, runner, paper, guest_link or line.")] = "radio",
    grade: Annotated[str, typer.Option(help="stored, seen, understood, passed_on or acted.")] = "passed_on",
    last: Annotated[bool, typer.Option("--last", help="It is a unit that can act, or the mover itself.")] = False,
    stopped: Annotated[str, typer.Option(help="Why it went no further, where it did not.")] = "",
    node: NodeDir = HERE,
) -> None:
    """Enter by hand what happened outside the line: radio, telephone, a runner."""
    from openline.cli.line import enter_hop

    body = {"unit": unit, "says": says, "by": by, "how": how, "grade": grade, "last": last, "stopped": stopped}
    enter_hop(node, talk, body)


@app.command()
def take_back(
    talk: Talk,
    number: Annotated[
        str, typer.Argument(help="The number of the statement, as `show` lists it; or lane/number of our message, such as 0/3.")
    ],
    why: Annotated[str, typer.Option(help="mistake, over, wrong_party, replaced, or the reason in words.")] = "mistake",
    node: NodeDir = HERE,
) -> None:
    """Take back a statement that was not so: at both ends where it went over the line, here where it was entered here."""
    from openline.cli.line import take_back as back

    back(node, talk, number, why)


@app.command()
def units(
    talk: Talk,
    unit: Annotated[
        list[str] | None, typer.Argument(help="Units this desk has to tell, beside those the message names.")
    ] = None,
    node: NodeDir = HERE,
) -> None:
    """Name the units that must be told of a message; until somebody states that each was, the mover is not warned."""
    from openline.cli.line import name_units

    name_units(node, talk, unit or [])


Number = Annotated[int, typer.Argument(min=1, help="The number of the notice, as its text says it.")]
Only = Annotated[str, typer.Option("--to", help="The counterpart; not needed where there is one line only.")]


@app.command()
def resend(number: Number, to: Only = "", node: NodeDir = HERE) -> None:
    """Send a notice of ours again, with the same number, because the counterpart does not have it; answers its question."""
    from openline.cli.line import resend as again

    again(node, number, to)


@app.command()
def had(
    number: Number,
    says: Annotated[str, typer.Option(help="Who said it, and in which role.")],
    how: Annotated[str, typer.Option(help="By telephone, radio, a runner.")] = "telephone",
    to: Only = "",
    node: NodeDir = HERE,
) -> None:
    """Enter that a notice of theirs which is missing here came another way."""
    from openline.cli.line import had as entered

    entered(node, number, to, how, says)


@app.command()
def settle(
    to: To,
    reason: Annotated[str, typer.Option(help="Why it goes on; it is recorded, and what contradicts stays in the record.")],
    lane: Annotated[
        int | None,
        typer.Option(help="0 urgent, 1 routine, 2 bulk; without it the whole line, also where this node was put back."),
    ] = None,
    node: NodeDir = HERE,
) -> None:
    """Let a line go on whose two sides said what cannot both be so, or whose signing stopped."""
    from openline.cli.line import act

    act(node, {"act": "line.settle", "to": to, "lane": lane, "reason": reason}, f"the line with {to} goes on")


@app.command()
def noted(to: To, node: NodeDir = HERE) -> None:
    """Acknowledge that the counterpart was put back and has recovered: the note of it on the line goes. It is recorded."""
    from openline.cli.line import act

    act(node, {"act": "line.noted", "to": to}, f"acknowledged that {to} was put back")


@core_app.command()
def offer(talk: Talk, node: NodeDir = HERE) -> None:
    """Sign the core of a conversation as it stands here, and ask the counterpart to sign it too."""
    from openline.cli.line import core_act

    core_act(node, talk, {"act": "core.offer"}, "signed here, and offered to {party}")


@core_app.command()
def agree(talk: Talk, node: NodeDir = HERE) -> None:
    """Agree to the core that the counterpart offers; refused where this node computes another."""
    from openline.cli.line import core_act

    core_act(node, talk, {"act": "core.agree"}, "agreed to; {party} is told")


@core_app.command()
def refuse(
    talk: Talk,
    why: Annotated[str, typer.Option(help="not_held, not_agreed, not_authorised or other.")],
    reason: Annotated[str, typer.Option(help="In words; needed with other.")] = "",
    node: NodeDir = HERE,
) -> None:
    """Refuse the core that the counterpart offers, with the reason: the refusal is recorded at both ends."""
    from openline.cli.line import core_act

    body = {"act": "core.refuse", "why": why} | ({"reason": reason} if reason else {})
    core_act(node, talk, body, "refused; {party} is told")


@core_app.command(name="show")
def show_core_of(talk: Talk, node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Cores offered of a conversation, and how each stands: agreed to, refused, or no answer."""
    from openline.cli.line import show_core

    show_core(node, talk, as_json)
