"""The commands, their options and their help. What they do is in the other files of this folder."""

from pathlib import Path
from typing import Annotated

import typer

import openline

NodeDir = Annotated[
    Path,
    typer.Option("--node", envvar="OPENLINE_NODE", help="The node's directory, as made by `openline init`.", show_default=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of words.")]
HERE = Path("openline-node")

app = typer.Typer(
    name="openline",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="An open deconfliction line: it watches zones, warns, notifies and records. It never orders anything.\n\n"
    "Try `openline demo` first; `openline init` then makes a node of your own and `openline serve` runs it.",
)
zone = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Protected zones: list, check, put in force, withdraw, convert."
)
feed = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Feeds of positions: their state, and what a file would give."
)
notice = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Guest links: tell somebody who has nothing installed, and see who read it.",
)
user = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="People who may sign in to the console.")
app.add_typer(zone, name="zone")
app.add_typer(feed, name="feed")
app.add_typer(notice, name="notice")
app.add_typer(user, name="user")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"openline {openline.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Nothing by itself."""


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="Directory to make; it must not exist yet or be empty.")] = HERE,
    party: Annotated[
        str, typer.Option(help="The party this node speaks for, like a domain name. Asked for when left out.")
    ] = "",
    administrator: Annotated[str, typer.Option(help="Name of the first person who may sign in. Asked for when left out.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="File with that person's password; asked for when left out.")
    ] = None,
    line: Annotated[
        str,
        typer.Option(help="Address at which counterparts' nodes call this one, such as https://line.south.example:8471."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Take the default for every other question.")] = False,
) -> None:
    """Make a node: a handful of questions, then a commented settings file, its keys and its empty record."""
    from openline.cli.init import ask_and_make

    ask_and_make(directory, party, administrator, password_file, line, yes)


@app.command()
def serve(
    node: NodeDir = HERE,
    port: Annotated[int | None, typer.Option(help="Listen on this port instead of the settings file's.")] = None,
) -> None:
    """Run the node until Ctrl-C: feeds in, alarms on the console, everything recorded."""
    from openline.cli.serve import serve_node

    serve_node(node, port)


@app.command()
def demo(
    scenario: Annotated[str, typer.Argument(help="at-tanf, airport, or a scenario file of your own.")] = "at-tanf",
    check: Annotated[
        bool, typer.Option("--check", help="Play as fast as it goes, print and check the findings, exit.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="With --check: keep the exported bundle and findings here.")] = None,
    speed: Annotated[float | None, typer.Option(help="Times real time; the scenario's own speed when left out.")] = None,
    port: Annotated[int, typer.Option(help="Port of the console; 0 takes a free one.")] = 8470,
) -> None:
    """Play a scenario through real feeds into a real node, with a console to look at."""
    from openline.cli.demo import play_demo

    raise typer.Exit(play_demo(scenario, check, out, speed, port))


@app.command()
def audit(
    zones: Annotated[Path, typer.Option(help="Zones: GeoJSON, KML, KMZ or ED-269.")],
    tracks: Annotated[
        list[Path], typer.Option(help="Recorded tracks: CSV, NDJSON, Parquet or readsb traces (also .gz); any number.")
    ],
    out: Annotated[Path | None, typer.Option(help="Write findings here as NDJSON; - or nothing: to standard output.")] = None,
    gap_s: Annotated[
        float, typer.Option("--gap-s", help="A longer gap is not interpolated across silently: the crossing is `possible`.")
    ] = 60.0,
    accuracy_m: Annotated[
        float | None, typer.Option("--accuracy-m", help="95 % radius for reports that state none (default 100).")
    ] = None,
    horizon_s: Annotated[
        float | None, typer.Option("--horizon-s", help="How far ahead an approach counts (default by class, 120 and more).")
    ] = None,
    datum: Annotated[
        str, typer.Option(help="Datum of heights that state none: baro, wgs84, amsl or agl. Without it they are not used.")
    ] = "",
    time_zone: Annotated[
        str,
        typer.Option("--time-zone", help="Zone of times that state none: UTC, +02:00, Europe/Paris. Else they are refused."),
    ] = "",
    events: Annotated[
        Path | None, typer.Option(help="Write here as NDJSON what was set aside: jumps, frozen positions, two places.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check recorded tracks against zones. Deterministic: the same files give the same findings."""
    from openline.cli.audit import run_audit

    raise typer.Exit(run_audit(zones, tracks, out, gap_s, accuracy_m, horizon_s, datum, time_zone, events, as_json))


@app.command()
def replay(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Step the node's whole record again and compare: the same inputs must give the same findings, byte for byte."""
    from openline.cli.record import run_replay

    raise typer.Exit(run_replay(node, as_json))


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The bundle to write: a .zip, or a directory to make.")],
    node: NodeDir = HERE,
    first: Annotated[int, typer.Option(help="First entry.")] = 0,
    end: Annotated[int | None, typer.Option(help="One past the last entry; everything when left out.")] = None,
    scope: Annotated[str, typer.Option(help="In words, for whom and what the bundle is.")] = "the whole record",
    as_json: AsJson = False,
) -> None:
    """Write a bundle of the record that anybody can verify offline; it carries its own verifier."""
    from openline.cli.record import run_export

    run_export(node, out, first, end, scope, as_json)


@app.command()
def verify(
    bundles: Annotated[list[Path], typer.Argument(help="Bundles, as .zip or directory.")],
    root: Annotated[
        list[str] | None, typer.Option(help="Fingerprint of a party's root key, read to you over another channel; one a party.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check bundles offline: each is accepted, or the first thing wrong in it is named.

    Two bundles are then held against each other: what is proved, contradicted, or only claimed by one of them.
    """
    from openline.cli.record import run_verify

    raise typer.Exit(run_verify(bundles, root or [], as_json))


@app.command()
def doctor(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Look at this machine and this node, and say what is wrong and what to do."""
    from openline.cli.doctor import examine

    raise typer.Exit(examine(node, as_json))


@app.command(hidden=True)
def warmup() -> None:
    """Compile the kernels now, so that the first start of a node need not."""
    from openline.cli.serve import warm_up

    warm_up()


@zone.command("list")
def zone_list(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Zones of the running node, with version, state and holders."""
    from openline.cli.zone import list_zones

    list_zones(node, as_json)


@zone.command("check")
def zone_check(file: Annotated[Path, typer.Argument(help="GeoJSON, KML, KMZ or ED-269.")], as_json: AsJson = False) -> None:
    """Read a zone file and say what is in it and what `zone put` would refuse. Needs no node, changes nothing."""
    from openline.cli.zone import check_file

    raise typer.Exit(check_file(file, as_json))


@zone.command("put")
def zone_put(
    file: Annotated[Path, typer.Argument(help="GeoJSON, KML, KMZ or ED-269; every zone in it is put in force.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
    node: NodeDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Put the zones of a file in force on the running node, as new versions where they are known."""
    from openline.cli.zone import put_file

    put_file(node, file, reason, as_json)


@zone.command("withdraw")
def zone_withdraw(
    zone_id: Annotated[str, typer.Argument(help="The zone's id.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
    node: NodeDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Withdraw a zone on the running node; its holders are listed until they acknowledge."""
    from openline.cli.zone import withdraw

    withdraw(node, zone_id, reason, as_json)


@zone.command("convert")
def zone_convert(
    file: Annotated[Path, typer.Argument(help="GeoJSON, KML, KMZ or ED-269.")],
    out: Annotated[Path, typer.Argument(help="File to write: .geojson, .kml, .kmz, or .json for ED-269.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Read zones in one format and write them in another."""
    from openline.cli.zone import convert

    convert(file, out, force)


@zone.command("position")
def zone_position(
    text: Annotated[str, typer.Argument(help="A position as somebody wrote or read it to you, in quotes.")],
    as_json: AsJson = False,
) -> None:
    """Every reading of a typed position: MGRS, degrees-minutes-seconds, decimal minutes, decimal degrees."""
    from openline.cli.zone import position

    position(text, as_json)


@feed.command("list")
def feed_list(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Feeds of the running node: up, late or down, since when, how many reports, what was refused and why."""
    from openline.cli.feed import list_feeds

    list_feeds(node, as_json)


@feed.command("read")
def feed_read(
    file: Annotated[Path, typer.Argument(help="A recorded file of the feed.")],
    kind: Annotated[
        str, typer.Option(help="readsb, readsb_trace, sbs, ndjson, csv, arrow, osmand or gpx; told by the name when left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Decode a file as a feed would and say what it gives: reports, refusals and why. Needs no node, changes nothing."""
    from openline.cli.feed import read_file

    raise typer.Exit(read_file(file, kind, as_json))


@notice.command("make")
def notice_make(
    to: Annotated[str, typer.Option(help="Who is told, as you call them.")],
    over: Annotated[str, typer.Option(help="How the link is handed over: sms, radio, paper with a code, …")],
    minutes: Annotated[float, typer.Option(help="How long the link is good, 1 to 10080 minutes.")] = 60.0,
    text: Annotated[str, typer.Option(help="What you add in your own words.")] = "",
    zone_id: Annotated[str, typer.Argument(metavar="ZONE", help="Id of the zone; `openline zone list` shows them.")] = "",
    for_: Annotated[str, typer.Option("--for", help="Or a message of the line, such as south.example/3.")] = "",
    unit: Annotated[str, typer.Option(help="With --for: the unit that this link tells.")] = "",
    language: Annotated[str, typer.Option(help="With --for: in which language its text is shown first.")] = "",
    code: Annotated[Path | None, typer.Option(help="Also write the code to be photographed here, .svg or .png.")] = None,
    slip: Annotated[Path | None, typer.Option(help="Also write a page to print, with the code on it, here: .html.")] = None,
    node: NodeDir = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a link and a code that tell one person, or the last unit of a message, and ask for a read-back. It is shown once."""
    from openline.cli.notice import about, make

    body = {"to": to, "over": over, "valid_minutes": minutes, "text": text}
    make(node, body | about(node, zone_id, for_, unit, language), code, slip, as_json)


@notice.command("list")
def notice_list(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """Notices of the running node: who was told, what came back, what is still red."""
    from openline.cli.notice import list_notices

    list_notices(node, as_json)


@notice.command("confirm")
def notice_confirm(
    notice_id: Annotated[str, typer.Argument(metavar="NOTICE", help="Id of a notice that was read back and agrees.")],
    node: NodeDir = HERE,
) -> None:
    """Confirm a read-back that agreed."""
    from openline.cli.notice import follow

    follow(node, "notice.confirm", notice_id, None)


@notice.command("revoke")
def notice_revoke(
    notice_id: Annotated[str, typer.Argument(metavar="NOTICE", help="Id of the notice.")],
    reason: Annotated[str, typer.Option(help="Why, for the record; after a mismatch: what was said.")],
    node: NodeDir = HERE,
) -> None:
    """Take a notice back; its page says so."""
    from openline.cli.notice import follow

    follow(node, "notice.revoke", notice_id, reason)


@user.command("list")
def user_list(node: NodeDir = HERE, as_json: AsJson = False) -> None:
    """People who may sign in, and their roles."""
    from openline.cli.user import list_users

    list_users(node, as_json)


@user.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[
        str, typer.Option(help="viewer, operator, supervisor, release, administrator, auditor or facilitator.")
    ] = "operator",
    password_file: Annotated[Path | None, typer.Option(help="File with the password; asked for when left out.")] = None,
    node: NodeDir = HERE,
) -> None:
    """Add a person on the running node."""
    from openline.cli.user import add

    add(node, name, role, password_file)


@user.command("password")
def user_password(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    password_file: Annotated[Path | None, typer.Option(help="File with the new password; asked for when left out.")] = None,
    node: NodeDir = HERE,
) -> None:
    """Set a person's password; open sessions of that person end."""
    from openline.cli.user import set_password

    set_password(node, name, password_file)


@user.command("change")
def user_change(
    name: Annotated[str, typer.Argument(help="Whose account.")],
    role: Annotated[str, typer.Option(help="The new role; unchanged when left out.")] = "",
    lock: Annotated[bool | None, typer.Option("--lock/--unlock", help="Lock the account or open it again.")] = None,
    node: NodeDir = HERE,
) -> None:
    """Change a person's role, or lock the account."""
    from openline.cli.user import change

    change(node, name, role, lock)
