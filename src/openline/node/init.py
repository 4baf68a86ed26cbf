"""Making a node: its directory, keys, settings, record and first administrator, all of it or nothing.

Everything is made in a folder beside the one asked for and renamed at the end, so that a crash or a refusal leaves no half.
"""

import os
import shutil
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from openline import __version__, seal
from openline.clock import NS_PER_US
from openline.errors import BadPath, Refused
from openline.node import keys
from openline.node.doors import tls
from openline.node.doors.auth import Argon2
from openline.node.doors.users import Hasher, check_name, check_password
from openline.node.keys import Keys
from openline.node.line import certificates
from openline.node.private_files import sync_folder, write_private
from openline.node.settings import Listen, Settings
from openline.node.settings_file import SETTINGS, is_loopback, parse
from openline.node.settings_text import default_text
from openline.record.entry import canonical
from openline.record.store import Actor, Blob, NewEntry, Operator, Store
from openline.record.store.people import put_operator

JSON: Final = "application/json"
BY: Final = Actor("openline init", "node")


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What the questions of `openline init` gave. An empty `readsb` means no receiver; `phones` makes a token for phones."""

    party: str
    administrator: str
    password: str
    name: str = "Openline"
    local_zone: str = "UTC"
    counterpart_zone: str = "UTC"
    exercise: bool = False
    port: int = 8470
    network: bool = False  # open to the local network: brings TLS
    hosts: tuple[str, ...] = ()
    readsb: str = ""
    phones: bool = False
    line: str = ""  # the address at which counterparts' nodes call this one; empty: this one calls and fetches

    def __repr__(self) -> str:
        return f"Answers(party={self.party!r})"


class Made(msgspec.Struct, frozen=True):
    """What a person should see or write down after `openline init`."""

    folder: Path
    settings: Path
    origin: str
    root_fingerprint: str  # read it to the counterpart over another channel
    tls_fingerprint: str  # what a browser shows for the self-signed certificate
    phone_token: str | None

    def __repr__(self) -> str:
        return f"Made({str(self.folder)!r}, {self.origin!r})"


def create(folder: Path, answers: Answers, now_ns: int, entropy: seal.Entropy, hasher: Hasher) -> Made:
    """Make the node. Raises `BadPath` when something is at `folder` already, `Refused` or `BadSetting` for an answer."""
    folder = folder.absolute()
    refuse_taken(folder)
    text, settings = settings_of(answers)
    admin = check_name(answers.administrator)
    check_password(answers.password, admin, settings.auth.password_chars_min)
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = folder.parent / f".{folder.name}.making-{entropy(4).hex()}"
    try:
        made = _fill(making, folder, text, settings, answers, now_ns, entropy, hasher)
        if folder.exists():
            folder.rmdir()  # empty, as checked above
        os.rename(making, folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    sync_folder(folder.parent)
    return made


def refuse_taken(folder: Path) -> None:
    """Raise `BadPath` for a directory in which something is already, or which cannot be made."""
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "a node" if (folder / SETTINGS).exists() else "not empty" if folder.is_dir() else "a file"
        raise BadPath(f"{folder} is there already: {what}.", remedy="Name another directory: openline init DIRECTORY")
    above = next(one for one in folder.parents if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        why = "cannot be written by this user" if above.is_dir() else "is a file"
        raise BadPath(f"{folder} cannot be made: {above} {why}.", remedy="Name another directory.")


def make(folder: Path, answers: Answers) -> Made:
    """`create` with this machine's clock, chance and password hashing."""
    return create(folder, answers, time.time_ns(), os.urandom, Argon2(os.urandom))


def settings_of(answers: Answers) -> tuple[str, Settings]:
    """The settings file for these answers, checked as it will be at every start. Raises `BadSetting`."""
    node = {key: getattr(answers, key) for key in ("party", "name", "exercise", "local_zone", "counterpart_zone")}
    listen: dict[str, Any] = {"port": answers.port}
    if answers.network:
        listen |= {"host": "0.0.0.0", "tls": "self_signed"}
    if answers.hosts:
        listen["hosts"] = list(answers.hosts)
    line: dict[str, Any] = {}
    if answers.line:
        url = urlsplit(answers.line)
        line = {"listen": True, "urls": [answers.line], "port": _port(url) or 8471}
        line |= {"host": "127.0.0.1"} if is_loopback(url.hostname or "") else {}
    feeds: list[dict[str, Any]] = []
    if answers.readsb:
        feeds.append({"name": "receiver", "kind": "readsb", "where": answers.readsb})
    if answers.phones:
        feeds.append(
            {"name": "phones", "kind": "osmand", "token_file": "tokens/phones.txt", "mover_class": "vehicle", "late_s": 300}
        )
    text = default_text({"node": node, "listen": listen, "line": line}, feeds)
    return text, parse(text)


def _port(url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:
        return None  # the address is refused as a whole when the settings are read


def _fill(
    making: Path,
    folder: Path,
    text: str,
    settings: Settings,
    answers: Answers,
    now_ns: int,
    entropy: seal.Entropy,
    hasher: Hasher,
) -> Made:
    for name in ("", "keys", "tokens"):
        (making / name).mkdir(mode=0o700)
    names = _names(settings.listen)
    fingerprint = tls.make(making, names, now_ns, entropy)
    line_fingerprint = certificates.make(making, answers.party, entropy)
    made = keys.make(making, answers.party, now_ns // NS_PER_US, entropy, line_fingerprint)
    token = seal.token(entropy) if answers.phones else None
    if token is not None:
        write_private(making / "tokens" / "phones.txt", f"{token}\n".encode())
    write_private(making / SETTINGS, text.encode("utf-8"))
    _record(making, settings, made, answers, now_ns // NS_PER_US, entropy, hasher)
    for name in ("keys", "tokens", ""):
        sync_folder(making / name)
    root = made.manifest.fingerprint
    return Made(folder, folder / SETTINGS, made.who.origin, root, fingerprint, token)


def _names(listen: Listen) -> tuple[str, ...]:
    names = tls.names_of(listen)
    if not names:
        raise Refused("hosts", listen.hosts, "at least one name")
    return names


def _record(
    making: Path, settings: Settings, made: Keys, answers: Answers, now_us: int, entropy: seal.Entropy, hasher: Hasher
) -> None:
    """The record with its first three entries, and the administrator's row in the same commit."""
    admin = check_name(answers.administrator)
    row = Operator(admin, "administrator", hasher.hash(answers.password), now_us, now_us)
    born = {"party": made.who.party, "origin": made.who.origin, "epoch": made.who.epoch, "version": __version__}
    added = {"event": "added", "name": admin, "role": "administrator"}
    manifest = (making / keys.MANIFEST).read_bytes()
    blobs = [
        ("node.init", Blob(JSON, canonical(born))),
        ("key", Blob(JSON, manifest)),
        ("user", Blob(JSON, canonical(added))),
    ]
    entries = [
        NewEntry(kind=kind, at_us=now_us, actor=BY, blobs=(blob,), exercise=settings.node.exercise) for kind, blob in blobs
    ]
    with Store.create(making / settings.record.path, made.identity(), entropy=entropy) as store:
        store.commit(entries, also=lambda connection: put_operator(connection, row))
