"""Bundles of a node's record: what leaves is recorded, then written whole or not at all."""

import getpass
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from openline import __version__
from openline.clock import NS_PER_US
from openline.errors import BadPath, NotRunning, Refused
from openline.flow.comparing import between_m
from openline.line.judge import judge
from openline.line.judge_said import Judgement
from openline.node import keys, settings_file
from openline.node.doors import control
from openline.node.places import refuse_unreadable, refuse_unwritable
from openline.node.settings import Settings
from openline.node.settings_file import SETTINGS
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store import Store
from openline.record.store.exporting import Order
from openline.record.store.folder import open_bundle, verify_path, write_folder, write_zip

__all__ = ["export_bundle", "judge_paths", "refuse_no_bundle", "verify_path"]

BUNDLE_NAMES: Final = ("MANIFEST.json", "keys/manifest", "log/checkpoint", "policy.txt")
READ_BYTES: Final = 1 << 20


def export_bundle(
    folder: Path, place: Path, first: int, end: int | None, scope: str, moved: Callable[[int, int], None]
) -> dict[str, Any]:
    """Write the bundle of a node's record; that it left is recorded first, by the node if it runs, else here."""
    settings = settings_file.load(folder / SETTINGS)
    mine = keys.load(folder)
    refuse_unwritable(place, "OUT", over=False)
    _refuse_beyond(folder, settings, first)
    _say_exported(folder, settings, mine, {"scope": scope, "first": first, "place": place.name})
    made_us = time.time_ns() // NS_PER_US  # before the log is looked at: what a running node signs meanwhile is later
    with Store.open(settings_file.record_of(folder, settings), None, read_only=True) as store:
        order = Order(
            made_us=made_us,
            by=Actor("node", "node"),
            tool=f"openline {__version__}",
            scope=scope,
            signer=mine.line,
            keys=(folder / keys.MANIFEST).read_bytes(),
            first=first,
            end=end,
        )
        size = store.size
        files = _counted(store.bundle(order), size, moved)
        (write_zip if place.suffix == ".zip" else write_folder)(place, files)
    written = place.stat().st_size if place.is_file() else sum(one.stat().st_size for one in place.rglob("*"))
    return {
        "bundle": str(place),
        "bytes": written,
        "size": size,
        "end": min(end or size, size),
        "root_key": mine.manifest.fingerprint,
    }


def judge_paths(first: Path, second: Path) -> Judgement:
    """Two bundles that `verify_path` accepted, held against each other."""
    return judge(open_bundle(first), open_bundle(second), between_m)


def refuse_no_bundle(path: Path) -> None:
    """Raise `BadPath` for what was never a bundle, so that only a bundle that fails is called bad.

    A bundle names its files several times over, in clear: no single change takes all of these names away.
    """
    if not path.exists():
        raise BadPath(f"BUNDLE: there is no file or directory {path}.", remedy="Check the path.")
    if path.is_dir():
        found = any((path / name).exists() for name in BUNDLE_NAMES)
    else:
        refuse_unreadable(path, "BUNDLE")
        with path.open("rb") as file:
            found = _names_any(file)
    if not found:
        remedy = "Name a bundle as `openline export` writes it: a .zip, or a directory with MANIFEST.json in it."
        raise BadPath(f"BUNDLE: {path} is not a bundle: no file of a bundle is in it.", remedy=remedy)


def _names_any(file: BinaryIO) -> bool:
    """Whether a name of `BUNDLE_NAMES` stands anywhere in a file, also across two pieces read."""
    tail = b""
    while piece := file.read(READ_BYTES):
        if any(name.encode() in tail + piece for name in BUNDLE_NAMES):
            return True
        tail = piece[-max(map(len, BUNDLE_NAMES)) :]
    return False


def _refuse_beyond(folder: Path, settings: Settings, first: int) -> None:
    """Raise `Refused` for a first entry the record does not have, before anything is recorded."""
    with Store.open(settings_file.record_of(folder, settings), None, read_only=True) as store:
        size = store.size
    if first >= size:
        raise Refused("--first", first, f"below {size}, the number of entries")


def _say_exported(folder: Path, settings: Settings, mine: keys.Keys, says: dict[str, Any]) -> None:
    try:
        control.call(folder, {"do": "exported", **says})
    except NotRunning:
        at_us = time.time_ns() // NS_PER_US
        who = getpass.getuser()
        blob = Blob("application/json", canonical(says, "export"))
        entry = NewEntry(
            kind="export", at_us=at_us, actor=Actor(who, "administrator"), blobs=(blob,), exercise=settings.node.exercise
        )
        with Store.open(settings_file.record_of(folder, settings), mine.identity()) as store:
            store.commit([entry], exercise=settings.node.exercise)


def _counted(files: Any, size: int, moved: Callable[[int, int], None]) -> Any:
    packs = max(1, -(-size // 4096))
    done = 0
    for name, data in files:
        if name.startswith("entries/"):
            done += 1
            moved(done, packs)
        yield name, data
