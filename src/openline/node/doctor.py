"""What `openline doctor` looks at: this machine, this package, one node."""

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from openline.errors import FeedLost, OpenlineError
from openline.node.room import Room
from openline.node.settings import Settings
from openline.record.store.ballast import beside

Finding = tuple[str, str, str]
"""(ok | warn | bad, what, what to do)"""
DISK_FREE_MIN_BYTES = 1_000_000_000
CERTIFICATE_DAYS_MIN = 30


def examine(folder: Path) -> list[Finding]:
    """Everything looked at, in order."""
    return [*_machine(), *_package(), *(_node(folder) if folder.exists() else [_no_node(folder)])]


def _machine() -> list[Finding]:
    from openline.node.timekeeping import clock_state
    from openline.record.store.disk import warnings

    found: list[Finding] = [("ok", f"Python {sys.version.split()[0]}, {os.cpu_count()} processors", "")]
    found += [
        ("warn", text, "One process writes this record, so it is safe; a newer SQLite removes the doubt.")
        for text in warnings()
    ]
    clock = clock_state()
    if clock["synchronised"]:
        found.append(("ok", f"clock synchronised, within {clock['uncertainty_ms']} ms", ""))
    else:
        state = "not synchronised" if clock["synchronised"] is False else "of unknown quality: the kernel cannot be asked"
        found.append(
            (
                "warn",
                f"clock {state}",
                "Run a time service (systemd-timesyncd, chrony). Times here are only as good as the clock.",
            )
        )
    return found


def _package() -> list[Finding]:
    from openline.kernels.warm import will_be_quick
    from openline.node.doors.web import CONSOLE

    found: list[Finding] = []
    if (CONSOLE / "assets" / "index.html").is_file():
        found.append(("ok", "console built", ""))
    else:
        found.append(
            (
                "warn",
                "console not built: only the text pages are there",
                "From a checkout: make web. An installed wheel carries it.",
            )
        )
    if (CONSOLE / "basemap" / "world.pmtiles").is_file():
        found.append(("ok", "offline basemap present", ""))
    else:
        found.append(
            ("warn", "offline basemap missing: the map shows zones and tracks on an empty ground", "Reinstall openline.")
        )
    if will_be_quick():
        found.append(("ok", "kernels compiled", ""))
    else:
        found.append(("warn", "kernels not compiled yet: the first start takes a minute or two", "openline warmup"))
    return found


def _no_node(folder: Path) -> Finding:
    return ("warn", f"no node at {folder}", f"openline init {folder}")


def _node(folder: Path) -> list[Finding]:
    from openline.node import keys, settings_file
    from openline.node.doors import control, senders
    from openline.node.line import paths
    from openline.node.settings_file import SETTINGS
    from openline.record.store import Store

    found: list[Finding] = []
    try:
        settings = settings_file.load(folder / SETTINGS)
        found.append(("ok", f"settings of {settings.node.party}, {len(settings.feed)} feeds", ""))
        mine = keys.load(folder)
        found += [("ok", f"keys of {mine.who.origin}", ""), *_root(folder, mine.root is not None)]
        found += _certificate(folder, settings)
        senders.load(settings, folder / SETTINGS)
        found += _paths(len(paths.load(settings, folder / SETTINGS)), len(settings.escalation))
        path = settings_file.record_of(folder, settings)
        found += _disk(path, settings.record.ballast_mb)
        with Store.open(path, None, read_only=True) as store:
            wrong = list(store.fsck().faults)
            well = ("ok", f"record of {store.size} entries verifies", "")
            found.append(("bad", f"record: {wrong[0]}", "Keep it as it is: it is evidence.") if wrong else well)
    except OpenlineError as error:
        return [*found, ("bad", f"{error.code} {error.message}", error.remedy)]
    try:
        health = control.call(folder, {"do": "health"})
        state = "ok" if health["status"] == "watching" and not health["why"] else "warn"
        found.append((state, f"the node is running: {health['status']} {health['why']}".rstrip(), ""))
        found += feeds_found(control.call(folder, {"do": "state"})["feeds"])
    except OpenlineError:
        found.append(("warn", "the node is not running, so its feeds were not looked at", f"openline serve --node {folder}"))
    return found


def _disk(path: Path, ballast_mb: int) -> list[Finding]:
    """What is free beside the ballast, and what is refused for want of it."""
    room = Room(path.parent, beside(path, ballast_mb))
    free = shutil.disk_usage(path.parent).free
    state = "ok" if free > DISK_FREE_MIN_BYTES else "bad"
    first, second = 2 * room.unit_bytes / 1e6, room.unit_bytes / 1e6
    todo = f"Free some: below {first:.0f} MB feeds are refused, below {second:.0f} MB all but what is urgent."
    found: list[Finding] = [(state, f"{free / 1e9:.2f} GB free for the record", "" if state == "ok" else todo)]
    if ballast_mb and room.ballast is not None and not room.ballast.there:
        found.append(("warn", "no ballast beside the record", "It is made at the start, or when there is room for it again."))
    return found


def _paths(ways: int, steps: int) -> list[Finding]:
    """Whether anybody outside the console is told of what is due."""
    if ways and steps:
        return [("ok", f"people are told over {ways} paths in {steps} steps", "")]
    what = "nobody outside the console is told of what is due: " + ("no [[escalation]] step" if ways else "no [[path]]")
    return [("warn", what, "docs/delivery.md says how; without it somebody has to watch the console.")]


def _root(folder: Path, here: bool) -> list[Finding]:
    """The root key is needed only to sign a new list of keys; whoever has it can replace every other one."""
    if not here:
        return [("ok", "the root key is not kept here", "")]
    what = f"the root key lies in {folder / 'keys' / 'root.pem'}: whoever reads it can replace all your keys"
    return [("warn", what, "Make two copies, keep neither on this machine, and remove it here; the node runs without it.")]


def feeds_found(feeds: list[dict[str, Any]]) -> list[Finding]:
    """One line for each feed of a running node: what it gives, or since when it gives nothing and why."""
    found: list[Finding] = []
    for feed in feeds:
        name, counted = f"feed {feed['source']}", f"{feed['reports']} reports, {feed['refused']} refused"
        since = f" since {feed['since']}" if feed["since"] else ""
        why = f": {feed['why']}" if feed["why"] else ""
        if feed["state"] == "up":
            found.append(("ok", f"{name} is up, {counted}", ""))
        elif feed["state"] == "refusing":
            todo = "It sends, and nothing of it is watched: its kind or its options do not fit what comes."
            found.append(("bad", f"{name} is refused{since}{why}", todo))
        elif feed["state"] == "refused":
            found.append(("bad", f"{name} is refused{since}{why}", "Free disk space; it goes on by itself."))
        elif feed["state"] == "down":
            found.append(("bad", f"{name} is down{since}{why}", FeedLost.remedy))
        else:
            ever = "Nothing has come yet" if feed["state"] == "connecting" else "It has not sent lately"
            todo = f"{ever}: look at the sender. A silent feed is not an empty sky."
            found.append(("warn", f"{name} is {feed['state']}{since}{why}", todo))
        if feed["refused"] and feed["refusals"]:
            last = feed["refusals"][-1]
            said = f"{name} refused {feed['refused']}, last {last['field']}: {last['value']}"
            found.append(("warn", said, f"Accepted: {last['accepted']}. docs/feeds.md says what each kind takes."))
    return found


def _certificate(folder: Path, settings: Settings) -> list[Finding]:
    from openline import seal
    from openline.node.doors import tls
    from openline.node.settings_file import SETTINGS

    pair = tls.pair(settings.listen, folder / SETTINGS)
    if pair is None:
        return [("ok", "no TLS: this machine only", "")]
    days = tls.days_left(pair.certificate, time.time_ns())
    if days > CERTIFICATE_DAYS_MIN:
        shown = seal.certificate_fingerprint(pair.certificate.read_bytes())
        return [("ok", f"certificate good for {days:.0f} days; a browser shows its SHA-256 as {shown}", "")]
    remedy = 'Take a new certificate (listen.tls = "files"), or make a new node and read its fingerprint out again.'
    return [("warn" if days > 0 else "bad", f"certificate ends in {days:.0f} days", remedy)]
