"""Verifying a bundle: accept it, or name the first thing that is wrong and where.

`standalone_verify.py` does the same without a line of ours; `tests/rooms/record` holds the two to the same answers. The
order of checks is part of the format (docs/spec/record.md), so that "the first" means the same to everybody.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import peers, tree
from openline.record.bundle import MANIFEST, PAYLOAD_TYPE
from openline.record.entry import Entry, ObjectRef, parse, parse_canonical
from openline.record.envelope import signed_by, unwrap
from openline.record.keys import KeyManifest, read_manifest
from openline.record.kinds import KINDS
from openline.record.note import Checkpoint, parse_note
from openline.record.policy import Believed, believe, parse_policy
from openline.record.verdict import NOT_COMPARED, Bad, Fault, Verdict, bad_at, fill, lines_of, object_line
from openline.record.zipped import FILES_COUNT_MAX, NAME, ZippedFiles

FILE_BYTES_MAX: Final = 256 * 1024 * 1024
_MANIFEST_KEYS: Final = {"by", "entries", "files", "made", "origin", "party", "root", "scope", "size", "tool", "v"}


def verify_zip(data: bytes | memoryview, *, root_key: str | None = None, policy: bytes | None = None) -> Verdict:
    """Verify a zipped bundle: its files first, then every byte of the zip around them."""
    try:
        files = ZippedFiles(data)
    except BadRecord as bad:
        return Verdict(fault=Fault(file="(zip)", what=bad.message, offset=bad.facts.get("offset")))
    verdict = verify_bundle(files, root_key=root_key, policy=policy, ordered=True)
    if verdict.fault is not None:
        return verdict
    try:
        files.check_frame()
    except BadRecord as bad:
        return Verdict(fault=Fault(file="(zip)", what=bad.message, offset=bad.facts.get("offset")))
    return verdict


def verify_bundle(
    read: Mapping[str, bytes], *, root_key: str | None = None, policy: bytes | None = None, ordered: bool = False
) -> Verdict:
    """Verify the files of a bundle, given as name → bytes (each is read once or twice, one at a time).

    `root_key`: the fingerprint the party read out; without it the bundle is only shown to agree with itself. `policy`: a
    policy of the reader's own in place of the bundle's. `ordered`: the names must also come in the manifest's order, as in
    a zip.
    """
    try:
        return _Check(read, root_key, policy).run(ordered)
    except Bad as bad:
        return Verdict(fault=bad.fault)


class _Check:
    def __init__(self, read: Mapping[str, bytes], root_key: str | None, policy: bytes | None) -> None:
        self.read = read
        self.root_key = root_key
        self.policy = policy
        self.files: dict[str, tuple[int, bytes]] = {}
        self.manifest: dict[str, Any] = {}
        self.redactions: dict[str, set[int]] = {}
        self.unknown_kinds: set[str] = set()
        self.checked: set[str] = set()

    def run(self, ordered: bool) -> Verdict:
        self.names()
        keys = self.keys()
        self.signed_manifest(keys)
        self.listed(ordered)
        believed = self.checkpoint(keys)
        self.whole("log/gaps.jsonl")
        refs = self.entries(believed)
        objects, redacted, withheld = self.objects(refs)
        self.peers(believed.checkpoint)
        for name in self.files:
            if name not in self.checked:
                self.whole(name)
        remarks = [] if self.root_key else [NOT_COMPARED]
        remarks += [f"entries of the kind {kind} are unknown here" for kind in sorted(self.unknown_kinds)]
        return Verdict(
            fault=None,
            party=keys.party,
            origin=believed.checkpoint.origin,
            size=believed.checkpoint.size,
            root=believed.checkpoint.root.hex(),
            root_key=keys.fingerprint,
            entries_count=self.manifest["entries"],
            objects_count=objects,
            redacted_count=redacted,
            withheld_count=withheld,
            witnesses=believed.witnesses,
            remarks=tuple(remarks),
        )

    # ── 1 to 4: names, keys, manifest, the list ──────────────────────────────────────────────────────────────────────

    def names(self) -> None:
        if len(self.read) > FILES_COUNT_MAX:
            raise bad_at(MANIFEST, f"there are more than {FILES_COUNT_MAX} files")
        for name in self.read:
            if not NAME.fullmatch(name):
                raise bad_at(name[:200], "this name is not allowed in a bundle")

    def raw(self, name: str) -> bytes:
        try:
            data = self.read[name]
        except KeyError:
            raise bad_at(name, "the file is missing") from None
        except BadRecord as bad:
            raise bad_at(name, bad.message) from None
        if len(data) > FILE_BYTES_MAX:
            raise bad_at(name, f"{len(data)} bytes are more than {FILE_BYTES_MAX}")
        return data

    def keys(self) -> KeyManifest:
        name = "keys/manifest"
        try:
            keys = read_manifest(self.raw(name), name)
        except (Refused, BadRecord) as error:
            raise bad_at(name, error.message) from None
        if self.root_key is not None and self.root_key.replace(" ", "").lower() != keys.fingerprint:
            raise bad_at(name, f"the root key is {keys.fingerprint}, expected {self.root_key}")
        return keys

    def signed_manifest(self, keys: KeyManifest) -> None:
        try:
            envelope = unwrap(self.raw(MANIFEST), PAYLOAD_TYPE, MANIFEST)
            signed_by(envelope, keys.of("line") + keys.of("operator"), MANIFEST)
            value = parse_canonical(envelope.payload, MANIFEST)
            self.manifest = self.shaped(value)
        except (Refused, BadRecord) as error:
            raise bad_at(MANIFEST, error.message) from None
        if self.manifest["party"] != keys.party:
            raise bad_at(MANIFEST, f"the party is {self.manifest['party']}, the keys are those of {keys.party}")

    def shaped(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or value.keys() != _MANIFEST_KEYS or value["v"] is True or value["v"] != 1:
            raise BadRecord(f"not version 1 with exactly the keys {' '.join(sorted(_MANIFEST_KEYS))}")
        if not isinstance(value["files"], list) or not all(_count(value[key]) for key in ("entries", "size", "made")):
            raise BadRecord("its entries, size, made or files are not of their types")
        for one in value["files"]:
            if not isinstance(one, dict) or one.keys() != {"n", "name", "sha256"} or not _count(one["n"]):
                raise BadRecord("a file is not listed with n, name and sha256")
            if not isinstance(one["name"], str) or not isinstance(one["sha256"], str):
                raise BadRecord("a file is not listed with n, name and sha256")
            self.files[one["name"]] = (one["n"], seal.from_b64(one["sha256"], "sha256", seal.HASH_BYTES))
        if len(self.files) != len(value["files"]):
            raise BadRecord("a file is listed twice")
        return value

    def listed(self, ordered: bool) -> None:
        for name in self.files:
            if name not in self.read:
                raise bad_at(name, "the manifest lists this file, and it is missing")
        for name in self.read:
            if name != MANIFEST and name not in self.files:
                raise bad_at(name, "the manifest does not list this file")
        if ordered and list(self.read) != [*self.files, MANIFEST]:
            raise bad_at(MANIFEST, "the files do not come in the order the manifest lists them")

    def differs(self, name: str, data: bytes) -> str:
        length, digest = self.files[name]
        if len(data) != length:
            return f"{len(data)} bytes, the manifest says {length}"
        found = seal.sha256(data)
        self.checked.add(name)
        return "" if found == digest else f"SHA-256 {found.hex()}, the manifest says {digest.hex()}"

    def whole(self, name: str) -> bytes:
        if name not in self.files:
            raise bad_at(name, "the file is missing")
        data = self.raw(name)
        what = self.differs(name, data)
        if what:
            raise bad_at(name, what)
        return data

    # ── 5: the checkpoint ────────────────────────────────────────────────────────────────────────────────────────────

    def checkpoint(self, keys: KeyManifest) -> Believed:
        own = self.whole("policy.txt")
        data = self.whole("log/checkpoint")
        try:
            policy = parse_policy(own if self.policy is None else self.policy, "policy.txt")
        except Refused as refused:
            raise bad_at("policy.txt", refused.message) from None
        try:
            found = believe(parse_note(data), policy)
        except (Refused, BadRecord) as error:
            raise bad_at("log/checkpoint", error.message) from None
        head = found.checkpoint
        if found.log.public not in keys.of("log"):
            raise bad_at("log/checkpoint", "it is signed by a key that is not a log key of the party")
        said = (self.manifest["origin"], self.manifest["size"], self.manifest["root"], ())
        if (head.origin, head.size, seal.b64(head.root), head.extensions) != said:
            raise bad_at("log/checkpoint", "origin, size or root are not those of the manifest")
        return found

    # ── 6: entries, leaves, gaps, root ───────────────────────────────────────────────────────────────────────────────

    def entries(self, believed: Believed) -> list[tuple[Entry, ObjectRef]]:
        gaps = self.gaps(believed.checkpoint.size)
        frontier = tree.Frontier()
        refs: list[tuple[Entry, ObjectRef]] = []
        count = 0
        for name in [name for name in self.files if name.startswith("entries/")]:
            fill(frontier, gaps)
            if name != f"entries/{frontier.size:012}.jsonl":
                raise bad_at(name, f"a pack that begins with entry {frontier.size} is expected here")
            for offset, header, leaf in self.pack(name):
                fill(frontier, gaps)
                index = frontier.size
                try:
                    one = parse(index, header)
                except Refused as refused:
                    raise bad_at(name, refused.message, offset, index) from None
                self.note_entry(name, offset, one)
                refs += [(one, ref) for ref in one.objects]
                frontier.append(leaf)
                count += 1
        fill(frontier, gaps)
        head = believed.checkpoint
        if gaps or frontier.size != head.size or count != self.manifest["entries"]:
            raise bad_at("log/gaps.jsonl", f"entries and gaps make {frontier.size} entries, the checkpoint says {head.size}")
        if frontier.root() != head.root:
            raise bad_at("log/checkpoint", f"the root over entries and gaps is {frontier.root().hex()}, not {head.root.hex()}")
        return refs

    def gaps(self, size: int) -> dict[int, tuple[int, list[bytes]]]:
        name = "log/gaps.jsonl"
        found: dict[int, tuple[int, list[bytes]]] = {}
        last = -1
        for offset, line in lines_of(name, self.raw(name)):
            try:
                value = parse_canonical(line, name)
                first, end = value["first"], value["end"]
                hashes = [seal.from_b64(one, name, seal.HASH_BYTES) for one in value["hashes"]]
                sound = value.keys() == {"end", "first", "hashes"} and _count(first) and _count(end)
                sound = sound and last < first < end <= size
                sound = sound and len(hashes) == len(tree.cover(first, end))
            except (Refused, TypeError, KeyError, AttributeError):
                raise bad_at(name, "this line is no gap", offset) from None
            if not sound:
                raise bad_at(name, "this gap does not fit", offset)
            found[first] = (end, hashes)
            last = end
        return found

    def pack(self, name: str) -> Iterator[tuple[int, bytes, bytes]]:
        """The headers of a pack with their offsets and leaves; a header that does not hash to its leaf is named."""
        leaves_name = "leaves/" + name[len("entries/") : -len(".jsonl")]
        leaves = self.raw(leaves_name) if leaves_name in self.files else b""
        leaves_differ = self.differs(leaves_name, leaves) if leaves_name in self.files else "the file is missing"
        data = self.raw(name)
        lines = list(lines_of(name, data))
        for place, (offset, header) in enumerate(lines):
            leaf = leaves[32 * place : 32 * place + 32]
            if tree.leaf_hash(header) != leaf:
                if leaves_differ:
                    raise bad_at(leaves_name, leaves_differ, 32 * place, self.index_of(name, place))
                raise bad_at(name, "the header does not hash to its leaf", offset, self.index_of(name, place))
        if leaves_differ or len(leaves) != 32 * len(lines):
            raise bad_at(leaves_name, leaves_differ or "there are more leaves than headers")
        self.whole(name)
        return ((offset, header, tree.leaf_hash(header)) for offset, header in lines)

    def index_of(self, name: str, place: int) -> int:
        """The number in the record of the header at `place` of a pack, by the pack's name and the gaps."""
        index = int(name[len("entries/") : -len(".jsonl")])
        for first, (end, _) in self.gaps(self.manifest["size"]).items():
            if index < first <= index + place:
                place += end - first
        return index + place

    def note_entry(self, name: str, offset: int, one: Entry) -> None:
        if one.party != self.manifest["party"]:
            raise bad_at(name, f"the entry is of the party {one.party}", offset, one.index)
        if one.kind not in KINDS:
            self.unknown_kinds.add(one.kind)
        if one.kind == "redaction" and isinstance(one.x.get("objects"), list):
            for c in one.x["objects"]:
                self.redactions.setdefault(str(c), set()).add(one.index)

    # ── 7: objects ───────────────────────────────────────────────────────────────────────────────────────────────────

    def objects(self, refs: list[tuple[Entry, ObjectRef]]) -> tuple[int, int, int]:
        absent = self.absent()
        packs = [name for name in self.files if name.startswith("objects/")]
        lines = chain.from_iterable(self.object_lines(name) for name in packs)
        count = redacted = withheld = 0
        for one, ref in refs:
            why = absent.pop(ref.c, None)
            if why is None:
                self.held(next(lines, None), one, ref, packs)
                count += 1
            elif why < 0:
                withheld += 1
            elif why in self.redactions.get(seal.b64(ref.c), ()):
                redacted += 1
            else:
                raise bad_at("absent.jsonl", f"entry {why} is no redaction of {seal.b64(ref.c)}", index=one.index)
        left = next(lines, None)
        if left is not None:
            raise bad_at(left[0], "this object belongs to no entry", left[1])
        if absent:
            raise bad_at("absent.jsonl", f"{seal.b64(next(iter(absent)))} belongs to no entry")
        return count, redacted, withheld

    def absent(self) -> dict[bytes, int]:
        """Commitment → the entry that redacted it, or −1 where it is withheld."""
        name = "absent.jsonl"
        found: dict[bytes, int] = {}
        for offset, line in lines_of(name, self.whole(name)):
            try:
                value = parse_canonical(line, name)
                c = seal.from_b64(value["c"], name, seal.HASH_BYTES)
                withheld = value["why"] == "withheld" and value.keys() == {"c", "why"}
                redacted = value["why"] == "redacted" and value.keys() == {"c", "entry", "why"} and _count(value["entry"])
            except (Refused, TypeError, KeyError, AttributeError):
                raise bad_at(name, "this line is no absent object", offset) from None
            if not (withheld or redacted) or c in found:
                raise bad_at(name, "this line is no absent object", offset)
            found[c] = -1 if withheld else value["entry"]
        return found

    def object_lines(self, name: str) -> Iterator[tuple[str, int, bytes]]:
        data = self.raw(name)
        for offset, line in lines_of(name, data):
            yield name, offset, line
        self.whole(name)

    def held(self, line: tuple[str, int, bytes] | None, one: Entry, ref: ObjectRef, packs: list[str]) -> None:
        if line is None:
            raise bad_at(packs[-1] if packs else "absent.jsonl", f"the object {seal.b64(ref.c)} is missing", index=one.index)
        name, offset, text = line
        try:
            c, data, salt = object_line(text)
        except Refused as refused:
            raise bad_at(name, refused.message, offset, one.index) from None
        if c != ref.c:
            raise bad_at(name, f"the object {seal.b64(ref.c)} is expected here", offset, one.index)
        if len(data) != ref.length_bytes or seal.commitment(salt, data) != c:
            raise bad_at(name, "the object does not match its commitment", offset, one.index)

    # ── 8: what witnesses signed ─────────────────────────────────────────────────────────────────────────────────────

    def peers(self, head: Checkpoint) -> None:
        if peers.COSIGNED in self.files:
            peers.read_cosigned(self.whole(peers.COSIGNED), head)
        if peers.LOGS in self.files:
            peers.read_logs(self.whole(peers.LOGS))


def _count(value: Any) -> bool:
    """Whether it is an integer from 0; true is none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
