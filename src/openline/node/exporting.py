"""Bundles to disk and back: written whole and renamed into place, read without ever leaving their own directory."""

import getpass
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openline import __version__
from openline.clock import NS_PER_US
from openline.errors import BadRecord, NotRunning, Refused
from openline.node import control, keys, settings_file
from openline.node.private_files import sync_folder
from openline.node.running import SETTINGS
from openline.node.settings import Settings
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.store import Store
from openline.record.store.exporting import Order
from openline.record.verdict import Verdict
from openline.record.verify import verify_bundle, verify_zip
from openline.record.zipped import zip_parts

FILE_BYTES_MAX = 4 << 30


def export_bundle(
    folder: Path, place: Path, first: int, end: int | None, scope: str, moved: Callable[[int, int], None]
) -> dict[str, Any]:
    """Write the bundle of a node's record; that it left is recorded first, by the node if it runs, else here."""
    settings = settings_file.load(folder / SETTINGS)
    mine = keys.load(folder)
    _say_exported(folder, settings, mine, {"scope": scope, "first": first, "place": place.name})
    with Store.open(settings_file.beside(folder / SETTINGS, settings.record.path), None, read_only=True) as store:
        order = Order(
            made_us=time.time_ns() // NS_PER_US,
            by=Actor("node", "node"),
            tool=f"openline {__version__}",
            scope=scope,
            signer=mine.line,
            keys=(folder / keys.MANIFEST).read_bytes(),
            first=first,
            end=end,
        )
        size = store.size
        if first >= size:
            raise Refused("--first", first, f"below {size}, the number of entries")
        files = _counted(store.bundle(order), size, moved)
        written = _write_zip(place, files) if place.suffix == ".zip" else _write_folder(place, files)
    return {
        "bundle": str(place),
        "bytes": written,
        "size": size,
        "end": min(end or size, size),
        "root_key": mine.manifest.fingerprint,
    }


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
        with Store.open(settings_file.beside(folder / SETTINGS, settings.record.path), mine.identity()) as store:
            store.commit([entry], exercise=settings.node.exercise)


def verify_path(path: Path, root_key: str | None) -> Verdict:
    """The verdict on a bundle, zipped or as a directory. Raises `Refused` for what is no file or directory."""
    if path.is_dir():
        return verify_bundle(read_folder(path), root_key=root_key)
    if path.stat().st_size > FILE_BYTES_MAX:
        raise Refused("bundle", str(path), f"at most {FILE_BYTES_MAX} bytes")
    return verify_zip(path.read_bytes(), root_key=root_key)


def read_folder(path: Path) -> dict[str, bytes]:
    """name → bytes of every file under a directory. Raises BadRecord for a link: what it points to is no part of the bundle."""
    files: dict[str, bytes] = {}
    for here, folders, names in os.walk(path):
        for name in sorted([*folders, *names]):
            one = Path(here) / name
            if one.is_symlink():
                raise BadRecord(f"{one.relative_to(path)}: is a link; a bundle holds files only")
        for name in sorted(names):
            one = Path(here) / name
            if one.stat().st_size > FILE_BYTES_MAX:
                raise BadRecord(f"{one.relative_to(path)}: larger than {FILE_BYTES_MAX} bytes")
            files[one.relative_to(path).as_posix()] = one.read_bytes()
    return files


def _counted(files: Any, size: int, moved: Callable[[int, int], None]) -> Any:
    packs = max(1, -(-size // 4096))
    done = 0
    for name, data in files:
        if name.startswith("entries/"):
            done += 1
            moved(done, packs)
        yield name, data


def _write_zip(place: Path, files: Any) -> int:
    making = place.with_name(f".{place.name}.making")
    written = 0
    with making.open("wb") as file:
        for part in zip_parts(files):
            written += file.write(part)
        file.flush()
        os.fsync(file.fileno())
    making.rename(place)
    sync_folder(place.parent.absolute())
    return written


def _write_folder(place: Path, files: Any) -> int:
    making = place.with_name(f".{place.name}.making")
    making.mkdir(parents=True)
    written = 0
    for name, data in files:
        path = making / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written += path.write_bytes(data)
    making.rename(place)
    sync_folder(place.parent.absolute())
    return written
