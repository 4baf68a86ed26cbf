"""A running node and its keys: other ones in use without a stop, and counterparts told of the manifest that names them."""

import asyncio
import getpass
import os
import time
from pathlib import Path
from typing import Any

from openline.clock import NS_PER_US
from openline.errors import NotRunning, OpenlineError, OutOfTurn, Refused
from openline.node import keys, renewing, settings_file
from openline.node.doors.control import Caller, call
from openline.node.line import manifests
from openline.node.loop import Loop
from openline.node.recover import json_body
from openline.node.settings_file import SETTINGS
from openline.record.entry import Actor, Blob, NewEntry, canonical
from openline.record.keys import KeyManifest
from openline.record.store import Store

TOLD = "told of our manifest"  # as `flow.line_acts.send_keys` records it


def checked(fresh: keys.Keys, now: keys.Keys) -> keys.Keys:
    """The keys on disk, where they follow those in use. Raises `Refused`."""
    if (fresh.who, fresh.manifest.fingerprint) != (now.who, now.manifest.fingerprint) or fresh.log.public != now.log.public:
        raise Refused("keys", fresh.who.party, "keys of this node under its root, with the log key as it was")
    if fresh.manifest.seq < now.manifest.seq:
        raise Refused("keys", fresh.manifest.seq, f"a manifest that follows number {now.manifest.seq}")
    return fresh


async def tell_all(loop: Loop, folder: Path, caller: Caller) -> dict[str, Any]:
    """Send the newest manifest to every counterpart; why not, where that cannot be now: then they ask at the next hello."""
    try:
        await loop.act(caller.who, caller.role, "line.keys", _body(folder))
    except OpenlineError as wrong:
        return {"told": False, "why_not": wrong.message}
    return {"told": True}


async def tell_missing(loop: Loop, folder: Path, manifest: KeyManifest) -> None:
    """After a start: whoever was not sent the newest manifest, since it was made while this node did not run."""
    if manifest.seq == 1:
        return
    told = await asyncio.to_thread(_told, loop, manifest.seq)
    for party in [one for one in loop.world.lines if one not in told]:
        try:
            await loop.node_act("line.keys", _body(folder) | {"to": party})
        except OpenlineError:
            continue  # said nowhere and not needed: they ask for it, or are shown it, at the hello


def _body(folder: Path) -> dict[str, Any]:
    manifest = (folder / keys.MANIFEST).read_text("ascii")
    return {"manifest": manifest, "certificates": "".join(manifests.certificates(folder / "keys"))}


def _told(loop: Loop, seq: int) -> set[str]:
    bodies = [json_body(loop.store, entry) for entry in loop.store.entries(kind="key")]
    return {str(one["party"]) for one in bodies if isinstance(one, dict) and one.get("what") == TOLD and one.get("seq") == seq}


# ── the command's side ───────────────────────────────────────────────────────────────────────────────────────────────


def carried_out(node: Path, wanted: renewing.Wanted, root: Path | None) -> dict[str, Any]:
    """Make the next list, and let the node take it up where it runs; else the record has it here and now. What was done."""
    says = renewing.change(node, wanted, root, time.time_ns() // NS_PER_US, os.urandom)
    try:
        try:
            return {**says, **call(node, {"do": "keys.changed", **says}), "runs": True}
        except NotRunning:
            _record(node, says)
            return {**says, "runs": False}
    except OpenlineError as wrong:  # it refuses, or begins just now and has read the list before
        message = f"List {says['seq']} is in force on disk, but the node did not take it up: {wrong.message}"
        raise OutOfTurn(message, remedy="Stop the node and start it again: it then uses the new list.") from None


def _record(node: Path, says: dict[str, Any]) -> None:
    settings = settings_file.load(node / SETTINGS)
    exercise = settings.node.exercise
    blob = Blob("application/json", canonical(says, "key"))
    actor = Actor(getpass.getuser(), "administrator")
    entry = NewEntry(kind="key", at_us=time.time_ns() // NS_PER_US, actor=actor, blobs=(blob,), exercise=exercise)
    with Store.open(settings_file.record_of(node, settings), keys.load(node).identity()) as store:
        store.commit([entry], exercise=exercise)
