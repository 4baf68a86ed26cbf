"""A party that edits its own history and signs all of it again: its bundle verifies by itself, byte for byte."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from openline import seal
from openline.node import keys as node_keys
from openline.record import tree
from openline.record.bundle import About, Holdings, Sealed, build
from openline.record.entry import Actor, Entry, canonical, parse
from openline.record.kinds import KINDS
from openline.record.note import Checkpoint, sign_checkpoint
from openline.record.opened import Opened
from openline.record.store.folder import write_zip
from openline.record.verdict import object_line
from openline.record.zipped import ZippedFiles

Edit = Callable[[Entry, bytes], bytes | None]
"""(entry, its object) → the object as the forger wants it, None to take the entry out."""


def forge(node: Path, bundle: Path, out: Path, edit: Edit) -> list[int]:
    """Write the edited bundle of a node, signed with the node's own keys; the numbers of the entries that were edited."""
    files = ZippedFiles(bundle.read_bytes())
    mine = node_keys.load(node)
    entries: list[Entry] = []
    packs = [files[name] for name in files if name.startswith("objects/")]
    lines = [object_line(line) for pack in packs for line in pack.splitlines()]
    objects = {c: (salt, data) for c, data, salt in lines}
    edited: list[int] = []
    for one, held in Opened(files).entries(KINDS):
        data = held[0] if held else b""
        assert isinstance(data, bytes)
        new = edit(one, data)
        if new != data:
            edited.append(one.index)
        if new is None:
            continue
        header = one.header
        if new != data:
            salt = bytes(seal.SALT_BYTES)
            c = seal.commitment(salt, new)
            objects[c] = salt, new
            body = json.loads(header)
            body["obj"] = [{"c": seal.b64(c), "m": one.objects[0].media, "n": len(new)}]
            header = canonical(body)
        entries.append(parse(len(entries), header))
    write_zip(out, _bundle(mine, files, entries, objects))
    return edited


def _bundle(
    mine: node_keys.Keys, files: ZippedFiles, entries: list[Entry], objects: dict[bytes, tuple[bytes, bytes]]
) -> Iterator[tuple[str, bytes]]:
    head = Checkpoint(mine.who.origin, len(entries), tree.root_of(tree.leaf_hash(one.header) for one in entries))
    about = About(
        party=mine.who.party,
        origin=head.origin,
        made_us=entries[-1].at_us,
        by=Actor("node", "node"),
        tool="openline",
        scope="all",
    )
    papers = Sealed(
        size=head.size,
        root=head.root,
        note=sign_checkpoint(head, mine.log),
        keys=files["keys/manifest"],
        policy=files["policy.txt"].decode(),
        verifier=files["verify.py"],
        peer=tuple(
            (name, files[name]) for name in files if name == "peer/logs.jsonl"
        ),  # what others signed of it would not fit
    )
    hold = Holdings(salted=objects.get, redacted_by=lambda c: None, cover=lambda first, end: [], leaf=tree.leaf_hash)
    return build(about, papers, entries, hold, mine.line)
