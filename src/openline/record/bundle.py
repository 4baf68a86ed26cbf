"""A bundle: part or all of a record as files that anybody checks offline, with the proof that nothing else stood there.

Files, in the order they are made: keys/manifest, policy.txt, log/checkpoint, then for each 4,096 entries a pack of headers
(`entries/…jsonl`, one header a line) and of their leaf hashes (`leaves/…`), packs of objects, `absent.jsonl` (objects that
are not here and why), `log/gaps.jsonl` (hashes that stand for entries left out), what witnesses signed (`peer/…`),
verify.py, REPORT.txt, and last MANIFEST.json, which is signed and lists every other file with its length and hash.
`docs/spec/record.md` is the norm.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_US, to_rfc3339
from openline.record.entry import Actor, Entry, canonical
from openline.record.envelope import wrap
from openline.record.zipped import FILES_COUNT_MAX

PAYLOAD_TYPE: Final = "application/vnd.openline.bundle+json"
MANIFEST: Final = "MANIFEST.json"
ENTRIES_PER_PACK: Final = 4096
OBJECTS_BYTES_PER_PACK: Final = 8 * 1024 * 1024

Withhold = Callable[[Entry, int], bool]
"""(entry, place) → whether that object stays at home."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says of the bundle: whose log, who made it when with what, and the scope in words."""

    party: str
    origin: str
    made_us: int
    by: Actor
    tool: str
    scope: str


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The signed papers that go into a bundle as they are, and the tree they speak of."""

    size: int
    root: bytes
    note: str
    keys: bytes
    policy: str
    verifier: bytes  # the text of verify.py
    peer: tuple[tuple[str, bytes], ...] = ()  # the files under peer/, see `peers`


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the builder gets things: salt and bytes of an object, the entry that redacted it, hashes over entries left out."""

    salted: Callable[[bytes], tuple[bytes, bytes] | None]
    redacted_by: Callable[[bytes], int | None]
    cover: Callable[[int, int], list[bytes]]
    leaf: Callable[[bytes], bytes]


def build(
    about: About,
    papers: Sealed,
    entries: Iterable[Entry],
    hold: Holdings,
    signer: seal.Signer,
    withhold: Withhold | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The files of the bundle of `entries` (rising index, each below `papers.size`), one at a time, MANIFEST.json last.

    `signer` is the party's line key. Memory holds one pack at a time, whatever the length of the record.
    """
    listed: list[dict[str, object]] = []

    def made(name: str, data: bytes) -> tuple[str, bytes]:
        listed.append({"n": len(data), "name": name, "sha256": seal.b64(seal.sha256(data))})
        assert len(listed) < FILES_COUNT_MAX
        return name, data

    yield made("keys/manifest", papers.keys)
    yield made("policy.txt", papers.policy.encode())
    yield made("log/checkpoint", papers.note.encode())
    content = _Content(papers.size, hold, withhold or (lambda entry, place: False))
    for one in entries:
        for name, data in content.add(one):
            yield made(name, data)
    for name, data in content.rest():
        yield made(name, data)
    for name, data in papers.peer:
        yield made(name, data)
    yield made("verify.py", papers.verifier)
    yield made("REPORT.txt", report(about, papers, content).encode())
    manifest = {
        "by": {"role": about.by.role, "who": about.by.who},
        "entries": content.count,
        "files": listed,
        "made": about.made_us,
        "origin": about.origin,
        "party": about.party,
        "root": seal.b64(papers.root),
        "scope": about.scope,
        "size": papers.size,
        "tool": about.tool,
        "v": 1,
    }
    yield MANIFEST, wrap(PAYLOAD_TYPE, canonical(manifest, "manifest"), [signer])


class _Content:
    """Packs of headers, leaves and objects as they fill, and the lists of what is left out."""

    def __init__(self, size: int, hold: Holdings, withhold: Withhold) -> None:
        self.count = 0
        self.first: Entry | None = None
        self.last: Entry | None = None
        self.absent: list[bytes] = []
        self._size = size
        self._hold = hold
        self._withhold = withhold
        self._next = 0  # the index that comes next in the tree
        self._gaps: list[bytes] = []
        self._headers: list[bytes] = []
        self._pack_first = 0
        self._objects: list[bytes] = []
        self._objects_bytes = 0
        self._objects_count = 0

    def add(self, one: Entry) -> Iterator[tuple[str, bytes]]:
        """Take one entry in; give the packs it fills."""
        assert self._next <= one.index < self._size
        self._gap(one.index)
        if not self._headers:
            self._pack_first = one.index
        self._headers.append(one.header)
        self._next = one.index + 1
        self.count += 1
        self.first, self.last = self.first or one, one
        for place in range(len(one.objects)):
            self._object(one, place)
            if self._objects_bytes >= OBJECTS_BYTES_PER_PACK:
                yield self._object_pack()
        if len(self._headers) == ENTRIES_PER_PACK:
            yield from self._entry_packs()

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """What is left when the last entry was given."""
        self._gap(self._size)
        if self._headers:
            yield from self._entry_packs()
        if self._objects:
            yield self._object_pack()
        yield "absent.jsonl", b"".join(self.absent)
        yield "log/gaps.jsonl", b"".join(self._gaps)

    def _gap(self, end: int) -> None:
        if self._next < end:
            hashes = [seal.b64(one) for one in self._hold.cover(self._next, end)]
            self._gaps.append(canonical({"end": end, "first": self._next, "hashes": hashes}) + b"\n")

    def _entry_packs(self) -> Iterator[tuple[str, bytes]]:
        yield f"entries/{self._pack_first:012}.jsonl", b"".join(header + b"\n" for header in self._headers)
        yield f"leaves/{self._pack_first:012}", b"".join(self._hold.leaf(header) for header in self._headers)
        self._headers = []

    def _object(self, one: Entry, place: int) -> None:
        c = one.objects[place].c
        found = None if self._withhold(one, place) else self._hold.salted(c)
        if found is not None:
            line = b'{"c":"%s","d":"%s","s":"%s"}\n' % tuple(seal.b64(part).encode() for part in (c, found[1], found[0]))
            self._objects.append(line)
            self._objects_bytes += len(line)
            return
        by = self._hold.redacted_by(c)
        why = {"c": seal.b64(c), "why": "withheld"} if by is None else {"c": seal.b64(c), "entry": by, "why": "redacted"}
        self.absent.append(canonical(why) + b"\n")

    def _object_pack(self) -> tuple[str, bytes]:
        name, data = f"objects/{self._objects_count:06}.jsonl", b"".join(self._objects)
        self._objects, self._objects_bytes = [], 0
        self._objects_count += 1
        return name, data


def report(about: About, papers: Sealed, content: _Content) -> str:
    """REPORT.txt: what this is and how to check it, for people; nothing relies on it."""
    span = "none"
    if content.first is not None and content.last is not None:
        begin, end = (to_rfc3339(one.at_us * NS_PER_US) for one in (content.first, content.last))
        span = f"{content.count}, from number {content.first.index} ({begin}) to number {content.last.index} ({end})"
    return f"""Openline record of {about.party}

Scope       {about.scope}
Log         {about.origin}, {papers.size} entries in all
Root        {papers.root.hex()}
Entries     {span}
Left out    {len(content.absent)} objects (redacted or withheld); their commitments are here
Made        {to_rfc3339(about.made_us * NS_PER_US)} by {about.by.who} ({about.by.role}) with {about.tool}

To check it:   python3 verify.py       in this folder, or:   openline verify THIS.zip

The check says whether these entries are exactly those of the log above, unchanged and in order. It cannot say that what an
entry tells is true. Compare the fingerprint it prints with the one {about.party} reads to you by voice; and use a verify.py
you got elsewhere if you do not trust the sender of this one.

Notification is not permission and guarantees nothing.
"""
