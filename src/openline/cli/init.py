"""`openline init`: a handful of questions, each answer checked when it is given."""

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import typer

from openline.cli.say import note, out
from openline.cli.user import password as ask_password
from openline.errors import BadSetting, OpenlineError, Refused
from openline.node.doors.users import check_name, check_password
from openline.node.init import Answers, make, refuse_taken, settings_of

Check = Callable[[str], object]
PASSWORD_CHARS_MIN = 12  # the settings' default, which a new node has


def ask_and_make(directory: Path, party: str, administrator: str, password_file: Path | None, line: str, yes: bool) -> None:
    """Ask, make the node, say what to do next."""
    refuse_taken(directory)
    try:
        _given("--line", line, _setting("line"))
        answers = msgspec.structs.replace(_asked(party, administrator, password_file, yes), line=line)
    except typer.Abort:
        if sys.stdin.isatty():
            raise
        accepted = "a line for each question, or --party, --administrator, --password-file and --yes"
        raise Refused("standard input", None, accepted) from None
    made = make(directory, answers)
    out(f"Made {made.folder}")
    out(f"  settings          {made.settings}")
    out(f"  log               {made.origin}")
    out(f"  root key          {made.root_fingerprint}   read this to your counterpart over another channel")
    out(f"  root key's file   {made.folder / 'keys' / 'root.pem'}   move it to a safe place; the node runs without it")
    if answers.network:
        out(f"  TLS certificate   {made.tls_fingerprint}   compare it when a browser or phone first connects")
    if answers.line:
        out(f"  counterparts call {answers.line}   it stands on the card: openline line card")
    if made.phone_token:
        out(f"  phone token       {made.phone_token}   in the app's URL: /osmand?token=…")
        if not answers.network:
            out("                    phones reach this node only once it is opened to your network: docs/operating.md")
    out(f"Next: openline serve --node {directory}   then sign in as {answers.administrator}")


def _asked(party: str, administrator: str, password_file: Path | None, yes: bool) -> Answers:
    note("A node speaks for one party. Everything asked here, but for the party, can be changed later in openline.toml.")
    party = _given("--party", party, _setting("party")) or _ask(
        "Party this node speaks for, like a domain name (for example south.example)", "", _setting("party")
    )
    name = "Openline" if yes else _ask("Name of this desk, as the console shows it", "Openline", _setting("name"))
    zone = "UTC" if yes else _ask("Your time zone (IANA name, such as Asia/Amman)", "UTC", _setting("local_zone"))
    other = "UTC" if yes else _ask("The counterpart's time zone", zone, _setting("counterpart_zone"))
    readsb = "" if yes else _receiver()
    phones = not yes and typer.confirm("Take positions from phones (OsmAnd, Traccar Client)?", default=False)
    network = not yes and typer.confirm("Open the node to your network (with TLS)? Otherwise only this machine", default=False)
    asked = "duty" if yes else ""
    administrator = _given("--administrator", administrator, check_name) or asked
    administrator = administrator or _ask("Your name, to sign in with", "duty", check_name)
    return Answers(
        party=party,
        name=name,
        administrator=administrator,
        password=_password(password_file, administrator),
        local_zone=zone,
        counterpart_zone=other,
        readsb=readsb,
        phones=phones,
        network=network,
    )


def _setting(key: str) -> Check:
    """What the settings file would refuse of one answer."""

    def check(value: str) -> object:
        plain = Answers(party="south.example", administrator="", password="")
        return settings_of(msgspec.structs.replace(plain, **{key: value}))

    return check


def _given(option: str, value: str, check: Check) -> str:
    """What was given as an option. Raises `Refused` naming it."""
    if value:
        try:
            check(value)
        except (BadSetting, Refused) as wrong:
            raise Refused(option, value, str(wrong.facts["accepted"])) from None
    return value


def _ask(question: str, default: str, check: Check) -> str:
    """Ask until the answer is one; without a default, until something is typed."""
    while True:
        answer = str(typer.prompt(question, default=default or None)).strip()
        try:
            check(answer)
        except OpenlineError as wrong:
            note(f"  {answer!r} is not accepted; accepted: {wrong.facts['accepted']}")
        else:
            return answer


def _receiver() -> str:
    """The address of a receiver, a file's made absolute: what is typed here is seen from here, the settings from theirs."""
    question = "A receiver's aircraft.json to watch (readsb, tar1090, dump1090; URL or file; empty for none)"
    while True:
        answer = str(typer.prompt(question, default="", show_default=False)).strip()
        if answer and "://" not in answer:
            answer = str(Path(answer).absolute())
            if not Path(answer).is_file():
                note(f"  {answer} is not there now; the node waits for it")
        try:
            _setting("readsb")(answer)
        except BadSetting as wrong:
            note(f"  not accepted; accepted: {wrong.facts['accepted']}")
        else:
            return answer


def _password(file: Path | None, name: str) -> str:
    """Out of the file, or asked for until it is one. Raises `BadSetting`, `Refused` for what is in the file."""
    while True:
        password = ask_password(file)
        try:
            check_password(password, name, PASSWORD_CHARS_MIN)
        except Refused as wrong:
            if file is not None:
                raise Refused("--password-file", wrong.value, f"a password: {wrong.accepted}") from None
            note(f"  not accepted; accepted: {wrong.accepted}")
        else:
            return password
