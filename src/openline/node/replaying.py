"""`openline replay`: every recorded input stepped again, every output compared with the recorded one, byte for byte."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from openline import __version__, seal
from openline.flow import State
from openline.node import settings_file, snapshot
from openline.node.recording import NODE, batches, said, says
from openline.node.recover import json_body, store_body
from openline.node.settings_file import SETTINGS
from openline.node.stepping import stepped
from openline.record.entry import Entry
from openline.record.store import Store

SOFTWARE_SHOWN: Final = 12  # hexadecimal digits: enough to tell two apart


def replay_record(folder: Path, moved: Callable[[int, int], None]) -> dict[str, Any]:
    """Replay a node's record; the node may run. Raises BadRecord where inputs are missing."""
    settings = settings_file.load(folder / SETTINGS)
    with Store.open(settings_file.record_of(folder, settings), None, read_only=True) as store:
        return replay_store(store, moved)


def replay_store(store: Store, moved: Callable[[int, int], None]) -> dict[str, Any]:
    """Counts, whether everything is the same, the hash of the findings, and the first difference if there is one."""
    recorded = recorded_outputs(store)
    state = State()
    counts = {"batches": 0, "inputs": 0, "outputs": 0, "findings": 0}
    findings = bytearray()
    total = store.last_seq()
    for given, now_ns, last in batches(store.inputs(), store_body(store)):
        counts["batches"] += 1
        counts["inputs"] += len(given)
        for output in stepped(state, given, now_ns):
            counts["outputs"] += 1
            body = says(output)
            if output.kind == "finding":
                counts["findings"] += 1
                findings += body + b"\n"
            entry = next(recorded, None)
            if entry is None:
                return _differs(store, counts, store.size, f"the record ends before output {counts['outputs']} ({output.kind})")
            if (entry.kind, entry.ref, said(entry.kind, store.objects_of(entry)[0])) != (output.kind, output.ref, body):
                return _differs(
                    store, counts, entry.index, f"recorded {entry.kind}, stepped again {output.kind} {body.decode()[:300]}"
                )
        if counts["batches"] % 200 == 0:
            moved(last, total)
    extra = next(recorded, None)
    if extra is not None:
        return _differs(store, counts, extra.index, f"a {extra.kind} that does not follow from the inputs")
    return counts | {"same": True, **_software(store), "sha256": seal.sha256(bytes(findings)).hex()}


def recorded_by(store: Store) -> list[str]:
    """Software that ran while this was recorded, by what each start said of itself, in order; each once."""
    told: dict[str, None] = {}
    for kind in ("node.start", "restart"):
        for entry in store.entries(kind=kind):
            facts = json_body(store, entry)
            if isinstance(facts, dict) and facts.get("version"):
                told[named(str(facts["version"]), str(facts.get("software") or ""))] = None
    return list(told)


def named(version: str, software: str) -> str:
    """A version, with the beginning of the hash of its text where that is known."""
    return f"{version} ({software[:SOFTWARE_SHOWN]})" if software else version


def recorded_outputs(store: Store) -> Iterator[Entry]:
    """Entries the flow made: those that name the batch they followed from."""
    return (entry for entry in store.entries() if "batch" in entry.x and entry.actor == NODE)


def _differs(store: Store, counts: dict[str, int], entry: int, what: str) -> dict[str, Any]:
    return counts | {"same": False, **_software(store), "entry": entry, "what": what}


def _software(store: Store) -> dict[str, Any]:
    return {"software": named(__version__, snapshot.software()), "recorded_by": recorded_by(store)}
