"""Reading what a bundle that was verified holds: entries of some kinds with their objects, roots at earlier sizes, peer files.

It verifies nothing; open only what `verify` accepted.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Final, Literal

from openline import seal
from openline.record import peers, tree
from openline.record.bundle import MANIFEST, PAYLOAD_TYPE
from openline.record.entry import Entry, read_own
from openline.record.envelope import unwrap
from openline.record.keys import KeyManifest, read_manifest
from openline.record.note import Checkpoint, Note, parse_checkpoint, parse_note
from openline.record.verdict import lines_of, object_line

Absent = Literal["withheld", "redacted"]
"""Why an object is not in a bundle."""
Gap = tuple[int, int, tuple[bytes, ...]]
"""(first, end, the hashes that stand for the entries left out)"""
KEYS: Final = "keys/manifest"
CHECKPOINT: Final = "log/checkpoint"


class Opened:
    """A verified bundle: whose, of which log, and what it holds. Files are read when they are asked for, one at a time."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        said = json.loads(unwrap(files[MANIFEST], PAYLOAD_TYPE, MANIFEST).payload)
        self.listed: list[str] = [one["name"] for one in said["files"]]
        self.made_us: int = said["made"]
        self.envelope = files[KEYS]
        self.keys: KeyManifest = read_manifest(self.envelope, KEYS)
        self.note: Note = parse_note(files[CHECKPOINT])
        self.head: Checkpoint = parse_checkpoint(self.note.text)
        self.gaps: list[Gap] = [*self._read_gaps()]
        self.cosigned = peers.read_cosigned(files[peers.COSIGNED], self.head) if peers.COSIGNED in self.listed else []
        self.logs = peers.read_logs(files[peers.LOGS]) if peers.LOGS in self.listed else []

    @property
    def party(self) -> str:
        """Whose bundle it is."""
        return self.keys.party

    def entries(self, kinds: Collection[str]) -> Iterator[tuple[Entry, tuple[bytes | Absent, ...]]]:
        """Entries of these kinds in order, each with its objects, or why one is not here."""
        absent = self._absent()
        lines = chain.from_iterable(self._lines(name) for name in self.listed if name.startswith("objects/"))
        for index, header in self._headers():
            one = read_own(index, header)
            wanted = one.kind in kinds
            found: list[bytes | Absent] = []
            for ref in one.objects:
                why = absent.pop(ref.c, None)
                line = next(lines) if why is None else b""
                if wanted:
                    found.append(why or object_line(line)[1])
            if wanted:
                yield one, tuple(found)

    def whole(self, first: int, end: int) -> bool:
        """Whether every entry of [first, end) is here."""
        return end <= self.head.size and not any(start < end and first < stop for start, stop, _ in self.gaps)

    def roots(self, sizes: Collection[int]) -> dict[int, bytes]:
        """The root of this log at each of these sizes, those left out that entries left out hide."""
        found = {one.size: one.root for one in self.cosigned} | {0: tree.EMPTY_ROOT, self.head.size: self.head.root}
        wanted = sorted(size for size in set(sizes) - found.keys() if 0 < size < self.head.size)
        frontier = tree.Frontier()
        steps = self._steps()
        for size in wanted:
            while frontier.size < size:
                level, subtree = next(steps)
                frontier.append_subtree(level, subtree)
            if frontier.size == size:
                found[size] = frontier.root()
        return {size: found[size] for size in sizes if size in found}

    def leaves(self) -> Iterator[tuple[int, bytes]]:
        """(index, leaf hash) of every entry that is here."""
        return ((index, tree.leaf_hash(header)) for index, header in self._headers())

    def _steps(self) -> Iterator[tuple[int, bytes]]:
        """(level, hash) of what makes the tree, left to right: leaves, and the subtrees of gaps."""
        gaps = {first: (end, hashes) for first, end, hashes in self.gaps}
        size = 0
        headers = self._headers()
        while size < self.head.size:
            if size in gaps:
                end, hashes = gaps[size]
                yield from ((level, one) for (level, _), one in zip(tree.cover(size, end), hashes, strict=True))
                size = end
            else:
                yield 0, tree.leaf_hash(next(headers)[1])
                size += 1

    def _headers(self) -> Iterator[tuple[int, bytes]]:
        gaps = {first: end for first, end, _ in self.gaps}
        index = 0
        for name in self.listed:
            if name.startswith("entries/"):
                for _, header in lines_of(name, self._files[name]):
                    index = gaps.get(index, index)
                    yield index, header
                    index += 1

    def _lines(self, name: str) -> Iterator[bytes]:
        return (line for _, line in lines_of(name, self._files[name]))

    def _read_gaps(self) -> Iterator[Gap]:
        for line in self._lines("log/gaps.jsonl"):
            value = json.loads(line)
            yield value["first"], value["end"], tuple(seal.from_b64(one) for one in value["hashes"])

    def _absent(self) -> dict[bytes, Absent]:
        rows = (json.loads(line) for line in self._lines("absent.jsonl"))
        return {seal.from_b64(row["c"]): row["why"] for row in rows}
