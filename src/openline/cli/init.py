"""`openline init`: a handful of questions."""

from pathlib import Path

import typer

from openline.cli.say import note, out
from openline.cli.user import password


def ask_and_make(directory: Path, party: str, administrator: str, password_file: Path | None, yes: bool) -> None:
    """Ask, make the node, say what to do next."""
    from openline.node.init import Answers, make

    note("A node speaks for one party. Everything asked here, but for the party, can be changed later in openline.toml.")
    party = party or str(typer.prompt("Party this node speaks for (like a domain name)", default="south.example"))
    name = "Openline" if yes else str(typer.prompt("Name of this desk, as the console shows it", default="Openline"))
    zone = "UTC" if yes else str(typer.prompt("Your time zone (IANA name)", default="UTC"))
    other = "UTC" if yes else str(typer.prompt("The counterpart's time zone", default=zone))
    where = "a readsb or tar1090 aircraft.json to watch (URL or file; empty for none)"
    readsb = "" if yes else str(typer.prompt(where, default="", show_default=False))
    phones = False if yes else typer.confirm("Take positions from phones (OsmAnd, Traccar Client)?", default=False)
    network = (
        False if yes else typer.confirm("Open the node to your network (with TLS)? Otherwise only this machine", default=False)
    )
    administrator = administrator or str(typer.prompt("Your name, to sign in with", default="duty"))
    answers = Answers(
        party=party,
        name=name,
        administrator=administrator,
        password=password(password_file),
        local_zone=zone,
        counterpart_zone=other,
        readsb=readsb,
        phones=phones,
        network=network,
    )
    made = make(directory, answers)
    out(f"Made {made.folder}")
    out(f"  settings          {made.settings}")
    out(f"  log               {made.origin}")
    out(f"  root key          {made.root_fingerprint}   read this to your counterpart over another channel")
    if network:
        out(f"  TLS certificate   {made.tls_fingerprint}   compare it when a browser or phone first connects")
    if made.phone_token:
        out(f"  phone token       {made.phone_token}   in the app's URL: /osmand?token=…")
    out(f"Next: openline serve --node {directory}")
