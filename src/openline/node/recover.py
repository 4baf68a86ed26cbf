"""Starting from the record: the same road whether the last run ended well or not. Replay, then write what is missing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from openline.clock import NS_PER_US
from openline.flow import Output, State
from openline.node.line.post import Post
from openline.node.recording import NODE, batches
from openline.node.snapshot import Kept
from openline.node.stepping import stepped
from openline.record.entry import Blob, Entry, NewEntry, canonical
from openline.record.store import Store

TAIL_ENTRIES: Final = 20_000  # the outputs of the last batch are among these: a batch has at most 2,000 inputs
INDEXED_KINDS: Final = ("finding", "alarm", "incident", "track.event")


@dataclass
class Recovered:
    """The state as the record tells it."""

    state: State
    last_seq: int
    incident_entries: dict[str, list[int]] = field(default_factory=dict)
    late: list[tuple[list[Output], int, int]] = field(default_factory=list)  # outputs never written: (outputs, batch, now_ns)
    batches: int = 0
    missing: list[Entry] = field(default_factory=list)  # segments that were redacted: their inputs cannot be stepped again


def recover(store: Store, kept: Kept | None = None, progress: Callable[[int, int], None] | None = None) -> Recovered:
    """Step every recorded batch (those after a trusted snapshot, if one is given). Raises BadRecord."""
    state, last, size = (State(), -1, 0) if kept is None else (kept.state, kept.last_seq, kept.size)
    recovered = Recovered(state, max(last, store.last_seq()))
    total = store.last_seq()
    tail: tuple[list[Output], int, int] | None = None
    for given, now_ns, number in batches(store.inputs(last, recovered.missing, size - 1), store_body(store)):
        outputs = stepped(state, given, now_ns)
        recovered.batches += 1
        tail = (outputs, number, now_ns)
        if progress is not None and recovered.batches % 100 == 0:
            progress(number, total)
    if tail is not None and tail[0] and not _written(store, tail[1]):
        recovered.late.append(tail)
    recovered.incident_entries = incident_entries(store, size - 1, {} if kept is None else kept.incident_entries)
    return recovered


def write_late(store: Store, recovered: Recovered, exercise: bool, post: Post) -> int:
    """Write outputs a crash kept from the record; how many."""
    count, before = 0, store.size
    for outputs, last, now_ns in recovered.late:
        entries, also = post.rows(outputs, last, now_ns, exercise, store.size)
        store.commit(entries, also=also)
        count += len(outputs)
    recovered.late = []
    if count:
        recovered.incident_entries = incident_entries(store, before - 1, recovered.incident_entries)
    return count


def start_entries(recovered: Recovered, now_ns: int, ended_well: bool, facts: dict[str, Any], exercise: bool) -> list[NewEntry]:
    """What a start says: that it started, whether the last run ended well, and since when nothing was watched."""
    at_us = now_ns // NS_PER_US
    made = [_entry("node.start" if ended_well else "restart", at_us, facts, exercise)]
    if recovered.batches or recovered.state.now_ns > 0:
        from_us = recovered.state.now_ns // NS_PER_US
        if 0 < from_us <= at_us:
            says = "the node was not running: nothing was heard, watched or shown"
            if from_us == at_us:
                says += "; for how long cannot be told, the clock stands no later than the record"
            body = {"from_us": from_us, "to_us": at_us, "says": says}
            made.append(_entry("gap", at_us, body, exercise))
    return made


def ended_well(store: Store) -> bool:
    """The record's last entry is a stop somebody asked for, or the log's beginning."""
    last = None
    for entry in store.entries(max(-1, store.size - 50)):
        last = entry.kind if entry.kind not in ("track.segment", "batch.segment", "user", "export", "login") else last
    return last in (None, "node.stop", "node.init", "key", "config", "user")


def incident_entries(store: Store, after: int = -1, before: dict[str, list[int]] | None = None) -> dict[str, list[int]]:
    """Incident id → indices of its entries, from the references in the headers above index `after`, added to those before."""
    found = before or {}
    for kind in INDEXED_KINDS:
        for entry in store.entries(after, kind=kind):
            for ref in entry.ref:
                if ref.startswith("incident:"):
                    found.setdefault(ref[9:], []).append(entry.index)
    return {key: sorted(indices) for key, indices in found.items()}


def store_body(store: Store) -> Callable[[Entry], bytes]:
    """Reads an entry's first object."""
    return lambda entry: store.object(entry.objects[0].c)


def json_body(store: Store, entry: Entry) -> Any:
    """An entry's first object as JSON; None where it has none or it was redacted."""
    if not entry.objects or entry.objects[0].media != "application/json":
        return None
    found = store.salted(entry.objects[0].c)
    return None if found is None else json.loads(found[1])


def _written(store: Store, batch: int) -> bool:
    return any(entry.x.get("batch") == batch for entry in store.entries(max(-1, store.size - TAIL_ENTRIES)))


def _entry(kind: str, at_us: int, body: dict[str, Any], exercise: bool) -> NewEntry:
    blob = Blob("application/json", canonical(body, kind))
    return NewEntry(kind=kind, at_us=at_us, actor=NODE, blobs=(blob,), exercise=exercise)
