"""What `openline doctor` looks at: this machine, this package, one node."""

import os
import shutil
import sys
import time
from pathlib import Path

from openline.errors import OpenlineError
from openline.node.settings import Settings

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
    from openline.node.doors import control
    from openline.node.running import SETTINGS
    from openline.record.store import Store

    found: list[Finding] = []
    try:
        settings = settings_file.load(folder / SETTINGS)
        found.append(("ok", f"settings of {settings.node.party}, {len(settings.feed)} feeds", ""))
        mine = keys.load(folder)
        found.append(("ok", f"keys of {mine.who.origin}" + ("" if mine.root is None else "; the root key lies here"), ""))
        found += _certificate(folder, settings)
        path = settings_file.beside(folder / SETTINGS, settings.record.path)
        free = shutil.disk_usage(path.parent).free
        state = "ok" if free > DISK_FREE_MIN_BYTES else "bad"
        found.append(
            (
                state,
                f"{free / 1e9:.1f} GB free for the record",
                "" if state == "ok" else "Free some: a full disk stops the node.",
            )
        )
        with Store.open(path, None, read_only=True) as store:
            report = store.fsck()
            wrong = list(report.faults)
            found.append(
                ("ok", f"record of {store.size} entries verifies", "")
                if not wrong
                else ("bad", f"record: {wrong[0]}", "Keep it as it is.")
            )
    except OpenlineError as error:
        found.append(("bad", f"{error.code} {error.message}", error.remedy))
        return found
    try:
        health = control.call(folder, {"do": "health"})
        state = "ok" if health["status"] == "watching" else "warn"
        found.append((state, f"the node is running: {health['status']} {health['why']}".rstrip(), ""))
    except OpenlineError:
        found.append(("warn", "the node is not running", f"openline serve --node {folder}"))
    return found


def _certificate(folder: Path, settings: Settings) -> list[Finding]:
    from openline.node.doors import tls
    from openline.node.running import SETTINGS

    pair = tls.pair(settings.listen, folder / SETTINGS)
    if pair is None:
        return [("ok", "no TLS: this machine only", "")]
    days = tls.days_left(pair.certificate, time.time_ns())
    if days > CERTIFICATE_DAYS_MIN:
        return [("ok", f"certificate good for {days:.0f} days", "")]
    remedy = 'Take a new certificate (listen.tls = "files"), or make a new node and read its fingerprint out again.'
    return [("warn" if days > 0 else "bad", f"certificate ends in {days:.0f} days", remedy)]
