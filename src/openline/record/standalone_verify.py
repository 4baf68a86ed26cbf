#!/usr/bin/env python3
"""Check an Openline bundle without Openline.

    python3 verify.py [BUNDLE] [--root FINGERPRINT] [--policy FILE] [--json]

BUNDLE is a folder or a .zip; without one, the folder this file lies in. FINGERPRINT is the 64 hexadecimal digits the party
reads to you by voice: without it the bundle is only shown to agree with itself. Exit code 0: everything holds. 1: something
does not, and the first such thing is named. 2: it could not be read.

It needs Python 3.9 or later and nothing else; with the package `cryptography` it is faster. It shares no code with
Openline, and docs/spec/record.md of Openline says what it checks and in which order.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    SIGNATURES_BY = "cryptography"
    HAVE_CRYPTOGRAPHY = True
except ImportError:
    SIGNATURES_BY = "this file alone (the package cryptography is not installed)"
    HAVE_CRYPTOGRAPHY = False

NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}(?:/(?!\.)[A-Za-z0-9._-]{1,100}){0,3}\Z")
OBJECT = re.compile(rb'\{"c":"([^"]*)","d":"([^"]*)","s":"([^"]*)"\}')
FILES_MAX, FILE_MAX, ENTRY_MAX = 60000, 256 * 2**20, 4096
TEXT = "text of 1 to 200 characters"


class Bad(Exception):
    """The first thing that is wrong: file, what, byte offset in the file, entry number."""

    def __init__(self, file: str, what: str, offset: int | None = None, index: int | None = None) -> None:
        super().__init__(what)
        self.file, self.what, self.offset, self.index = file, what, offset, index

    def __str__(self) -> str:
        entry = "" if self.index is None else f", entry {self.index}"
        return self.file + entry + ("" if self.offset is None else f", byte {self.offset}") + ": " + self.what


class Odd(ValueError):
    """Something is not as written by a writer; whoever catches it knows where."""


def need(good: object, what: str) -> None:
    if not good:
        raise Odd(what)


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: Any, length: int | None = None) -> bytes:
    need(isinstance(text, str) and text.isascii(), "base64 is expected")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Odd("not base64") from None
    need(b64(data) == text, "base64 with bits to spare")
    need(length is None or len(data) == length, "base64 of another length")
    return data


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    need(len({key for key, _ in pairs}) == len(pairs), "a key comes twice")
    return dict(pairs)


def no_float(text: str) -> Any:
    raise Odd("not an integer: " + text[:20])


def profile(value: Any, depth: int = 0) -> None:
    need(depth <= 16, "more than 16 levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            need(key.isascii(), "a key is not ASCII")
            profile(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            profile(inner, depth + 1)
    elif isinstance(value, int):
        need(abs(value) < 2**53, "an integer of 2**53 or more")


def canonical(data: bytes) -> Any:
    """RFC 8785 without floats, with ASCII keys: there sorted keys and no spaces are the whole of it."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_float=no_float, parse_constant=no_float)
        profile(value)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Odd("not canonical JSON: " + str(error)[:80]) from None
    need(again == data, "not canonical JSON: written anew it differs")
    return value


def fields(value: Any, names: str, what: str) -> dict[str, Any]:
    need(isinstance(value, dict) and set(value) == set(names.split()), what + " must have exactly: " + names)
    found: dict[str, Any] = value
    return found


def whole_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def word(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= 200


def lines_of(name: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset < len(data):
        end = data.find(b"\n", offset)
        if end < 0:
            raise Bad(name, "the last line does not end", offset)
        yield offset, data[offset:end]
        offset = end + 1


# ── Ed25519 (RFC 8032), for machines without the package ─────────────────────────────────────────────────────────────

P = 2**255 - 19
Point = tuple[int, int, int, int]  # extended coordinates: x/z, y/z, z, xy/z
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(k: int, p: Point) -> Point:
    total = (0, 1, 1, 0)
    while k:
        if k & 1:
            total = point_add(total, p)
        p = point_add(p, p)
        k >>= 1
    return total


def point_of(data: bytes) -> Point | None:
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def ed25519_plain(public: bytes, signature: bytes, data: bytes) -> bool:
    a, s = point_of(public), int.from_bytes(signature[32:], "little")
    if a is None or s >= ORDER or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + data).digest(), "little") % ORDER
    base = point_of(bytes.fromhex("58" + "66" * 31)) or a
    x, y, z, _ = point_add(point_times(s, base), point_times(k, (P - a[0], a[1], 1, P - a[3])))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def ed25519(public: bytes, signature: bytes, data: bytes) -> bool:
    if not HAVE_CRYPTOGRAPHY:
        return ed25519_plain(public, signature, data)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def mldsa44(public: bytes, signature: bytes, data: bytes) -> bool | None:
    """True, False, or None where this machine cannot tell (the checkpoint's Ed25519 signature is always checked)."""
    if not HAVE_CRYPTOGRAPHY:
        return None
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(public).verify(signature, data)
    except ImportError:
        return None
    except (InvalidSignature, ValueError):
        return False
    return True


# ── envelopes, keys, notes, policy ───────────────────────────────────────────────────────────────────────────────────


def unwrap(data: bytes, kind: str) -> tuple[bytes, list[dict[str, Any]]]:
    value = fields(canonical(data), "payload payloadType signatures", "an envelope")
    need(value["payloadType"] == kind, "another type: " + str(value["payloadType"])[:80])
    signatures = value["signatures"]
    need(isinstance(signatures, list) and 1 <= len(signatures) <= 16, "1 to 16 signatures are expected")
    return unb64(value["payload"]), [fields(one, "keyid sig", "a signature") for one in signatures]


def signed(kind: str, payload: bytes, signatures: list[dict[str, Any]], keys: list[bytes]) -> None:
    known, used = {sha(key).hex(): key for key in keys}, set()
    text = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    for one in signatures:
        need(isinstance(one["keyid"], str) and one["keyid"] in known, "signed by a key that may not sign it")
        need(one["keyid"] not in used and ed25519(known[one["keyid"]], unb64(one["sig"]), text), "a signature is not good")
        used.add(one["keyid"])


KEYS, BUNDLE = "application/vnd.openline.keys+json", "application/vnd.openline.bundle+json"
LENGTHS = {"ed25519": 32, "ml-dsa-44": 1312, "x509-sha256": 32}


def revoked(one: Any) -> str:
    if not isinstance(one, str):
        fields(one, "at id last_seq", "a revoked key")
        lines = one["last_seq"]
        need(whole_number(one["at"]) and isinstance(lines, dict) and len(lines) <= 200, "at or last_seq of a revoked key")
        for line, lanes in lines.items():
            need(re.fullmatch("[0-9a-f]{64}", line), "a line's hash")
            need(all(whole_number(last) for last in fields(lanes, "0 1 2", "the lanes of a line").values()), "a number")
    name = one if isinstance(one, str) else one["id"]
    need(word(name), TEXT)
    return str(name)


def read_keys(data: bytes) -> tuple[str, dict[str, list[bytes]]]:
    payload, signatures = unwrap(data, KEYS)
    value = fields(canonical(payload), "v party seq not_before keys revoked endpoints prev", "a key manifest")
    need(value["v"] == 1 and value["v"] is not True, "version 1 is expected")
    need(word(value["party"]) and whole_number(value["seq"]) and whole_number(value["not_before"]), "party, seq or not_before")
    for name in ("keys", "revoked", "endpoints"):
        need(isinstance(value[name], list) and len(value[name]) <= 100, name + " must be a list")
    need(all(word(one) for one in value["endpoints"]), TEXT)
    gone = [revoked(one) for one in value["revoked"]]
    need(len(set(gone)) == len(gone), "one key is revoked twice")
    unb64(value["prev"])
    of: dict[str, list[bytes]] = {"root": [], "log": [], "line": [], "witness": [], "tls": [], "operator": []}
    ids, pubs = set(), set()
    for one in value["keys"]:
        fields(one, "alg id pub use", "a key")
        need(word(one["id"]) and one["use"] in list(of) and one["alg"] in list(LENGTHS), "a key's id, use or alg")
        pub = unb64(one["pub"], LENGTHS[one["alg"]])
        ids.add(one["id"])
        pubs.add(pub)
        if one["id"] not in gone:
            of[one["use"]].append(pub)
    need(len(of["root"]) == 1 and len(ids) == len(pubs) == len(value["keys"]), "one root key, no key twice")
    signed(KEYS, payload, signatures, of["root"])
    return value["party"], of


Key = tuple[str, bytes, int, bytes]  # name, id, type, public bytes


def parse_vkey(text: str) -> Key:
    parts = text.split("+", 2)
    need(len(parts) == 3, "a verifier key: name+id+base64")
    data = unb64(parts[2])
    need(data and {1: 33, 4: 33, 6: 1313}.get(data[0]) == len(data), "a key of type 1, 4 or 6")
    need(key_name(parts[0]) and parts[1] == sha(parts[0].encode() + b"\n" + data)[:4].hex(), "the key's own id")
    return parts[0], sha(parts[0].encode() + b"\n" + data)[:4], data[0], data[1:]


def key_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(char.isspace() or char < " " for char in name)


Policy = tuple[list[Key], dict[str, Key], dict[str, tuple[int, list[str]]], str]  # logs, witnesses, groups, quorum


def parse_policy(data: bytes) -> Policy:
    need(len(data) <= 262144, "the policy is too long")
    text = data.decode("utf-8")
    need(text.endswith("\n") and not any((c < " " and c not in "\n\t") or c == "\x7f" for c in text), "lines of text")
    need(text.count("\n") <= 1000, "at most 1000 lines")
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorum, members = "", set[str]()
    for line in text.split("\n"):
        words = line.replace("\t", " ").split(" ")
        words = [one for one in words if one]
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            key = parse_vkey(words[1])
            need(key[2] in (1, 6) and key[3] not in [one[3] for one in logs], "a log key, once")
            logs.append(key)
        elif words[0] == "witness" and len(words) in (3, 4):
            key = parse_vkey(words[2])
            need(key[2] in (4, 6) and key[3] not in [one[3] for one in witnesses.values()], "a witness key, once")
            need(words[1] not in {"none", *witnesses, *groups}, "a name not used before")
            witnesses[words[1]] = key
        elif words[0] == "group" and len(words) > 3:
            names = words[3:]
            need(words[1] not in {"none", *witnesses, *groups} and {*names} <= {*witnesses, *groups}, "names of lines before")
            need(len({*names}) == len(names) and not members & {*names}, "each name in one group, once")
            least = {"all": str(len(names)), "any": "1"}.get(words[2], words[2])
            need(least.isascii() and least.isdecimal() and 1 <= int(least) <= len(names), "all, any or a number that fits")
            groups[words[1]] = (int(least), names)
            members |= {*names}
        else:
            need(words[0] == "quorum" and len(words) == 2 and not quorum, "a line of a policy")
            need(words[1] in {"none", *witnesses, *groups}, "a quorum of a name before")
            quorum = words[1]
    need(quorum, "one quorum line")
    return logs, witnesses, groups, quorum


Note = tuple[str, str, int, bytes, list[tuple[str, bytes, bytes]]]  # text, origin, size, root, signatures


def parse_note(data: bytes, extended: bool = False) -> Note:
    need(len(data) <= 524288, "the note is too long")
    text = data.decode("utf-8")
    need(not any(char < " " and char != "\n" for char in text), "control characters")
    cut = text.rfind("\n\n")
    need(cut >= 1 and text.endswith("\n"), "a text, an empty line, signature lines")
    found = []
    for line in text[cut + 2 :].split("\n")[:-1]:
        parts = line[2:].split(" ")
        need(line.startswith("\u2014 ") and len(parts) == 2 and key_name(parts[0]), "a signature line")
        raw = unb64(parts[1])
        need(len(raw) >= 5, "a signature line")
        found.append((parts[0], raw[:4], raw[4:]))
    need(1 <= len(found) <= 64, "1 to 64 signatures")
    head = text[: cut + 1].split("\n")
    need(len(head) >= 4 and all(head[:-1]), "origin, size and root")
    need(extended or len(head) == 4, "a line after the root")
    need(re.match(r"(0|[1-9][0-9]{0,18})\Z", head[1]) and int(head[1]) < 2**63, "a size")
    return text[: cut + 1], head[0], int(head[1]), unb64(head[2], 32), found


def signature_holds(key: Key, signature: bytes, note: Note) -> bool | None:
    name, _, kind, public = key
    text, origin, size, root = note[:4]
    if kind == 1:
        return ed25519(public, signature, text.encode())
    need(len(signature) >= 8, "a signature is too short")
    moment = struct.unpack(">Q", signature[:8])[0]
    if kind == 4:
        return moment < 2**63 and ed25519(public, signature[8:], b"cosignature/v1\ntime %d\n%s" % (moment, text.encode()))
    who, log = name.encode(), origin.encode()
    body = b"subtree/v1\n\0" + bytes([len(who)]) + who + signature[:8] + bytes([len(log)]) + log
    return moment < 2**63 and mldsa44(public, signature[8:], body + struct.pack(">QQ", 0, size) + root)


def believe(note: Note, policy: Policy) -> tuple[bytes, list[str], int]:
    """The log key, the witnesses, and how many signatures of known keys this machine cannot check."""
    logs, witnesses, groups, quorum = policy
    known = {key[:2]: key for key in [*logs, *witnesses.values()]}
    met, good, log = set(), set(), b""
    for name, key_id, signature in note[4]:
        key = known.get((name, key_id))
        if key is None:
            continue
        need(key not in met, "signed twice by one key")
        met.add(key)
        holds = signature_holds(key, signature, note)
        need(holds is not False, f"the signature of {name} is not good")
        if holds:
            good.add(key)
            log = log or (key[3] if key in logs and name == note[1] else b"")
    need(log, "signed by none of the policy's logs")
    seen = {name for name, key in witnesses.items() if key in good}

    def agreed(name: str) -> bool:
        if name in witnesses:
            return name in seen
        return sum(agreed(one) for one in groups[name][1]) >= groups[name][0]

    need(quorum == "none" or agreed(quorum), "not cosigned as the policy asks")
    return log, sorted(seen), len(met) - len(good)


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Tree:
    """Complete subtrees, left to right, as (leaves, hash); equal neighbours are joined (RFC 6962)."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[tuple[int, bytes]] = []

    def add(self, leaves: int, digest: bytes) -> None:
        self.size += leaves
        while self.edge and self.edge[-1][0] == leaves:
            digest = sha(b"\x01" + self.edge.pop()[1] + digest)
            leaves *= 2
        self.edge.append((leaves, digest))

    def root(self) -> bytes:
        digest = self.edge[-1][1] if self.edge else sha(b"")
        for _, left in reversed(self.edge[:-1]):
            digest = sha(b"\x01" + left + digest)
        return digest


def continues(old: int, size: int, old_root: bytes, root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 section 2.1.4.2: whether the tree of `size` leaves begins with the tree of `old` leaves."""
    if not 0 < old < size:
        return not proof and (old_root == root if old == size else old == 0 and old_root == sha(b""))
    path = ([old_root] if old & (old - 1) == 0 else []) + proof
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node // 2, last // 2
    if not path:
        return False
    was = now = path[0]
    for step in path[1:]:
        if not last:
            return False
        if node & 1 or node == last:
            was, now = sha(b"\x01" + step + was), sha(b"\x01" + step + now)
            while node and not node & 1:
                node, last = node // 2, last // 2
        else:
            now = sha(b"\x01" + now + step)
        node, last = node // 2, last // 2
    return not last and was == old_root and now == root


def spans(first: int, end: int) -> list[int]:
    """How many leaves each of the fewest complete subtrees over [first, end) has."""
    found = []
    while first < end:
        span = first & -first if first else 1 << end.bit_length()
        while span > end - first:
            span //= 2
        found.append(span)
        first += span
    return found


# ── folder or zip ────────────────────────────────────────────────────────────────────────────────────────────────────


class Folder:
    """The files of a folder; links and anything else that is no plain file are refused."""

    ordered = False

    def __init__(self, path: str) -> None:
        self.path = path
        self.names: list[str] = []
        for place, folders, files in os.walk(path):
            for one in folders + files:
                full = os.path.join(place, one)
                name = os.path.relpath(full, path).replace(os.sep, "/")
                if os.path.islink(full) or not (os.path.isdir(full) or os.path.isfile(full)):
                    raise Bad(name, "links and devices are not allowed in a bundle")
                if one in files:
                    self.names.append(name)
        self.names.sort()

    def read(self, name: str) -> bytes:
        path = os.path.join(self.path, *name.split("/"))
        if os.path.getsize(path) > FILE_MAX:
            raise Bad(name, "the file is too large")
        with open(path, "rb") as file:
            return file.read()

    def check_frame(self) -> None:
        """A folder has nothing around its files."""


class Zip:
    """The files of a zip that is exactly as Openline writes one: stored, dated 1980, nothing in between."""

    ordered = True

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            self.data = file.read()
        self.at: dict[str, tuple[int, int]] = {}
        offset = 0
        while self.data[offset : offset + 4] == b"PK\x03\x04":
            offset = self.member(offset)
        self.end, self.names = offset, list(self.at)

    def member(self, offset: int) -> int:
        head = self.data[offset : offset + 30]
        if len(head) < 30 or len(self.at) >= FILES_MAX:
            raise Bad("(zip)", "a header is cut short, or there are too many files", offset)
        numbers: tuple[int, ...] = struct.unpack("<IIIH", head[14:28])
        crc, length, _, name_length = numbers
        start = offset + 30 + name_length
        name = self.data[offset + 30 : start]
        self.same(offset, self.data[offset:start], self.local(name, crc, length))
        text = name.decode("ascii", "replace")
        if not NAME.match(text) or text in self.at:
            raise Bad("(zip)", "a name that is not allowed, or comes twice", offset)
        if start + length > len(self.data):
            raise Bad("(zip)", f"{text} goes beyond the end", start)
        self.at[text] = (start, length)
        return start + length

    def local(self, name: bytes, crc: int, length: int) -> bytes:
        return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, crc, length, length, len(name), 0) + name

    def same(self, offset: int, found: bytes, expected: bytes) -> None:
        if found != expected:
            pairs = enumerate(zip(found, expected))  # noqa: B905 - the shorter one ends it
            first = next((i for i, (a, b) in pairs if a != b), min(len(found), len(expected)))
            raise Bad("(zip)", "not what a bundle has there", offset + first)

    def read(self, name: str) -> bytes:
        start, length = self.at[name]
        if length > FILE_MAX:
            raise Bad(name, "the file is too large")
        return self.data[start : start + length]

    def check_frame(self) -> None:
        central = b""
        for text, (start, length) in self.at.items():
            name, crc = text.encode(), zlib.crc32(self.data[start : start + length])
            offset = start - 30 - len(name)
            self.same(offset, self.data[offset:start], self.local(name, crc, length))
            numbers = (0x02014B50, 788, 20, 0, 0, 0, 33, crc, length, length, len(name), 0, 0, 0, 0, 0o100644 << 16, offset)
            central += struct.pack("<IHHHHHHIIIHHHHHII", *numbers) + name
        count = len(self.at)
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(central), self.end, 0)
        self.same(self.end, self.data[self.end :], central + end)


# ── the check, in its order ──────────────────────────────────────────────────────────────────────────────────────────


class Check:
    """One bundle; `run` gives what to tell people or raises Bad."""

    def __init__(self, bundle: Folder | Zip, root: str | None, policy: bytes | None) -> None:
        self.bundle, self.root, self.policy = bundle, root, policy
        self.files: dict[str, tuple[int, bytes]] = {}
        self.checked: set[str] = set()
        self.redactions: dict[bytes, set[int]] = {}

    def run(self) -> dict[str, Any]:
        if len(self.bundle.names) > FILES_MAX:
            raise Bad("MANIFEST.json", "there are too many files")
        for name in self.bundle.names:
            if not NAME.match(name):
                raise Bad(name[:200], "this name is not allowed in a bundle")
        party, keys = self.at("keys/manifest", lambda: read_keys(self.raw("keys/manifest")))
        mark = sha(keys["root"][0]).hex()
        if self.root is not None and self.root.replace(" ", "").lower() != mark:
            raise Bad("keys/manifest", f"the root key is {mark}, expected {self.root}")
        manifest = self.at("MANIFEST.json", lambda: self.manifest(keys, party))
        self.listed()
        own, note_bytes = self.whole("policy.txt"), self.whole("log/checkpoint")
        policy = self.at("policy.txt", lambda: parse_policy(own if self.policy is None else self.policy))
        note = self.at("log/checkpoint", lambda: parse_note(note_bytes))
        log, witnesses, unsure = self.at("log/checkpoint", lambda: believe(note, policy))
        if log not in keys["log"]:
            raise Bad("log/checkpoint", "signed by a key that is no log key of the party")
        if (note[1], note[2], b64(note[3])) != (manifest["origin"], manifest["size"], manifest["root"]):
            raise Bad("log/checkpoint", "origin, size or root are not those of the manifest")
        self.whole("log/gaps.jsonl")
        objects = self.entries(manifest, note)
        held, redacted, withheld = self.objects(objects)
        self.peers("peer/cosigned.jsonl", lambda line: self.cosigned(line, note))
        self.peers("peer/logs.jsonl", self.other_log)
        for name in self.files:
            if name not in self.checked:
                self.whole(name)
        self.bundle.check_frame()
        return {
            "good": True, "party": party, "origin": note[1], "size": note[2], "root": note[3].hex(), "root_key": mark,
            "entries": manifest["entries"], "objects": held, "redacted": redacted, "withheld": withheld,
            "witnesses": witnesses, "unchecked_signatures": unsure, "signatures_by": SIGNATURES_BY,
        }  # fmt: skip

    def at(self, name: str, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except (Odd, UnicodeDecodeError) as error:
            raise Bad(name, str(error)) from None

    def raw(self, name: str) -> bytes:
        if name not in self.bundle.names:
            raise Bad(name, "the file is missing")
        return self.bundle.read(name)

    def differs(self, name: str, data: bytes) -> str:
        length, digest = self.files.get(name, (0, b""))
        if not digest:
            return "the file is missing"
        if len(data) != length:
            return f"{len(data)} bytes, the manifest says {length}"
        self.checked.add(name)
        return "" if sha(data) == digest else f"SHA-256 {sha(data).hex()}, the manifest says {digest.hex()}"

    def whole(self, name: str) -> bytes:
        data = self.raw(name) if name in self.files else b""
        what = self.differs(name, data)
        if what:
            raise Bad(name, what)
        return data

    def manifest(self, keys: dict[str, list[bytes]], party: str) -> dict[str, Any]:
        payload, signatures = unwrap(self.raw("MANIFEST.json"), BUNDLE)
        signed(BUNDLE, payload, signatures, keys["line"] + keys["operator"])
        names = "by entries files made origin party root scope size tool v"
        value = fields(canonical(payload), names, "a manifest")
        need(value["v"] == 1 and value["v"] is not True and value["party"] == party, "version 1 of the keys' party")
        need(all(whole_number(value[one]) for one in ("entries", "size", "made")), "entries, size, made")
        need(isinstance(value["files"], list), "a list of files")
        for one in value["files"]:
            fields(one, "n name sha256", "a file")
            need(whole_number(one["n"]) and isinstance(one["name"], str), "n and name of a file")
            self.files[one["name"]] = (one["n"], unb64(one["sha256"], 32))
        need(len(self.files) == len(value["files"]), "a file is listed twice")
        return value

    def listed(self) -> None:
        for name in self.files:
            if name not in self.bundle.names:
                raise Bad(name, "the manifest lists this file, and it is missing")
        for name in self.bundle.names:
            if name != "MANIFEST.json" and name not in self.files:
                raise Bad(name, "the manifest does not list this file")
        if self.bundle.ordered and self.bundle.names != [*self.files, "MANIFEST.json"]:
            raise Bad("MANIFEST.json", "the files do not come in the order the manifest lists them")

    def gaps(self, size: int) -> dict[int, tuple[int, list[bytes]]]:
        found: dict[int, tuple[int, list[bytes]]] = {}
        last = -1
        for offset, line in lines_of("log/gaps.jsonl", self.raw("log/gaps.jsonl")):
            try:
                value = fields(canonical(line), "end first hashes", "a gap")
                first, end = value["first"], value["end"]
                need(whole_number(first) and whole_number(end) and last < first < end <= size, "this gap does not fit")
                hashes = [unb64(one, 32) for one in value["hashes"]]
                need(len(hashes) == len(spans(first, end)), "this gap has another number of hashes")
            except (Odd, TypeError) as error:
                raise Bad("log/gaps.jsonl", str(error), offset) from None
            found[first] = (end, hashes)
            last = end
        return found

    def entries(self, manifest: dict[str, Any], note: Note) -> list[tuple[int, bytes, int]]:
        gaps, tree, count = self.gaps(note[2]), Tree(), 0
        objects: list[tuple[int, bytes, int]] = []

        def step_over() -> None:
            if tree.size in gaps:
                end, hashes = gaps.pop(tree.size)
                for span, digest in zip(spans(tree.size, end), hashes):  # noqa: B905 - as many as were counted
                    tree.add(span, digest)

        for name in [name for name in self.files if name.startswith("entries/")]:
            step_over()
            if name != f"entries/{tree.size:012d}.jsonl":
                raise Bad(name, f"a pack that begins with entry {tree.size} is expected")
            for offset, header in self.pack(name, note[2]):
                step_over()
                try:
                    objects += self.entry(header, tree.size, manifest["party"])
                except Odd as error:
                    raise Bad(name, str(error), offset, tree.size) from None
                tree.add(1, sha(b"\0" + header))
                count += 1
        step_over()
        if gaps or tree.size != note[2] or count != manifest["entries"]:
            raise Bad("log/gaps.jsonl", f"entries and gaps make {tree.size} entries, the checkpoint says {note[2]}")
        if tree.root() != note[3]:
            raise Bad("log/checkpoint", f"the root over entries and gaps is {tree.root().hex()}")
        return objects

    def pack(self, name: str, size: int) -> list[tuple[int, bytes]]:
        leaves_name = "leaves/" + name[len("entries/") : -len(".jsonl")]
        leaves = self.raw(leaves_name) if leaves_name in self.files else b""
        leaves_differ = self.differs(leaves_name, leaves)
        data = self.raw(name)
        lines = list(lines_of(name, data))
        for place, (offset, header) in enumerate(lines):
            if sha(b"\0" + header) != leaves[32 * place : 32 * place + 32]:
                index = int(name[len("entries/") : -len(".jsonl")]) + place
                for first, (end, _) in self.gaps(size).items():
                    if int(name[len("entries/") : -len(".jsonl")]) < first <= index:
                        index += end - first
                if leaves_differ:
                    raise Bad(leaves_name, leaves_differ, 32 * place, index)
                raise Bad(name, "the header does not hash to its leaf", offset, index)
        if leaves_differ or len(leaves) != 32 * len(lines):
            raise Bad(leaves_name, leaves_differ or "there are more leaves than headers")
        self.whole(name)
        return lines

    def entry(self, header: bytes, index: int, party: str) -> list[tuple[int, bytes, int]]:
        need(len(header) <= ENTRY_MAX, "the header is too long")
        value = fields(canonical(header), "by ex k obj party ref rel t v x", "an entry")
        by = fields(value["by"], "role who", "by")
        need(value["v"] == 1 and value["v"] is not True and whole_number(value["t"]), "v or t")
        need(all(word(one) for one in (by["role"], by["who"], value["k"], value["party"], value["rel"])), TEXT)
        need(isinstance(value["ex"], bool) and isinstance(value["x"], dict), "ex or x")
        need(isinstance(value["ref"], list) and isinstance(value["obj"], list), "ref or obj")
        need(all(word(one) for one in value["ref"]) and value["party"] == party, "ref or party")
        found = []
        for one in value["obj"]:
            fields(one, "c m n", "an object")
            need(word(one["m"]) and whole_number(one["n"]) and one["n"] <= 64 * 2**20, "m or n of an object")
            found.append((index, unb64(one["c"], 32), one["n"]))
        if value["k"] == "redaction" and isinstance(value["x"].get("objects"), list):
            for c in value["x"]["objects"]:
                self.redactions.setdefault(str(c).encode("utf-8", "replace"), set()).add(index)
        return found

    def absent(self) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for offset, line in lines_of("absent.jsonl", self.whole("absent.jsonl")):
            try:
                value = canonical(line)
                why = value.get("why") if isinstance(value, dict) else ""
                need(why in ("withheld", "redacted"), "withheld or redacted")
                fields(value, "c why" if why == "withheld" else "c entry why", "an absent object")
                c = unb64(value["c"], 32)
                need(c not in found and (why == "withheld" or whole_number(value["entry"])), "an absent object, once")
            except (Odd, TypeError) as error:
                raise Bad("absent.jsonl", str(error), offset) from None
            found[c] = -1 if why == "withheld" else value["entry"]
        return found

    def object_lines(self) -> Iterator[tuple[str, int, bytes]]:
        for name in [name for name in self.files if name.startswith("objects/")]:
            data = self.raw(name)
            for offset, line in lines_of(name, data):
                yield name, offset, line
            self.whole(name)

    def objects(self, wanted: list[tuple[int, bytes, int]]) -> tuple[int, int, int]:
        absent, lines = self.absent(), self.object_lines()
        held = redacted = withheld = 0
        for index, c, length in wanted:
            why = absent.pop(c, None)
            if why is None:
                self.held(next(lines, None), index, c, length)
                held += 1
            elif why < 0:
                withheld += 1
            elif why in self.redactions.get(b64(c).encode(), ()):
                redacted += 1
            else:
                raise Bad("absent.jsonl", f"entry {why} is no redaction of {b64(c)}", None, index)
        left = next(lines, None)
        if left is not None:
            raise Bad(left[0], "this object belongs to no entry", left[1])
        if absent:
            raise Bad("absent.jsonl", f"{b64(next(iter(absent)))} belongs to no entry")
        return held, redacted, withheld

    def held(self, line: tuple[str, int, bytes] | None, index: int, c: bytes, length: int) -> None:
        packs = [name for name in self.files if name.startswith("objects/")]
        if line is None:
            raise Bad(packs[-1] if packs else "absent.jsonl", f"the object {b64(c)} is missing", None, index)
        name, offset, text = line
        try:
            parts = OBJECT.fullmatch(text)
            need(parts, "not the line of an object")
            found, data, salt = (unb64(part.decode("latin-1")) for part in (parts.groups() if parts else ()))
            need(len(salt) == 16, "the salt has another length")
            need(found == c, f"the object {b64(c)} is expected here")
            need(len(data) == length and sha(salt + data) == c, "the object does not match its commitment")
        except ValueError as error:
            raise Bad(name, str(error), offset, index) from None

    def peers(self, name: str, read: Callable[[bytes], tuple[Any, ...]]) -> None:
        last: tuple[Any, ...] = ()
        for offset, line in lines_of(name, self.whole(name)) if name in self.files else ():
            try:
                place = read(line)
                need(not last or place > last, "the lines are not in their order")
            except (Odd, TypeError) as error:
                raise Bad(name, str(error), offset) from None
            last = place

    def cosigned(self, line: bytes, note: Note) -> tuple[Any, ...]:
        """A witness's line under the log's first `size` entries. Whose key it is cannot be known here."""
        value = fields(canonical(line), "line name proof root size", "a cosignature")
        need(isinstance(value["line"], str) and isinstance(value["proof"], list) and whole_number(value["size"]), "its types")
        text = f"{note[1]}\n{value['size']}\n{b64(unb64(value['root'], 32))}\n"
        found = parse_note(f"{text}\n{value['line']}".encode())
        need(found[0] == text and [one[0] for one in found[4]] == [value["name"]], "one signature line of that name")
        proof = [unb64(one, 32) for one in value["proof"]]
        need(continues(value["size"], note[2], found[3], note[3], proof), "the proof does not lead to the checkpoint")
        return value["size"], value["name"]

    def other_log(self, line: bytes) -> tuple[Any, ...]:
        """What the party last cosigned of another log."""
        value = fields(canonical(line), "forked note origin root size", "a log")
        need(isinstance(value["note"], str) and isinstance(value["forked"], bool) and whole_number(value["size"]), "its types")
        found = parse_note(value["note"].encode(), extended=True)
        need(found[1:4] == (value["origin"], value["size"], unb64(value["root"], 32)), "not what its checkpoint says")
        return (value["origin"],)


def say(report: dict[str, Any]) -> str:
    lines = [
        "GOOD: {entries} entries of {party}, unchanged and in order, out of {size} in the log {origin}".format(**report),
        "objects: {objects} here, {redacted} redacted, {withheld} withheld".format(**report),
        "root of the log: {root}".format(**report),
        "root key of the party: {root_key}".format(**report),
        "cosigned by: " + (", ".join(report["witnesses"]) or "nobody"),
        "signatures checked by " + report["signatures_by"],
    ]
    if report["unchecked_signatures"]:
        lines.append("{unchecked_signatures} ML-DSA signatures could not be checked here".format(**report))
    if not report["compared"]:
        lines.append("The root key came with the bundle. Compare its 64 digits with those the party reads to you by voice.")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    options: dict[str, str] = {}
    places = []
    words = iter(arguments)
    for one in words:
        if one in ("--root", "--policy"):
            options[one] = next(words, "")
        elif one == "--json":
            options[one] = "yes"
        elif one.startswith("-"):
            sys.stdout.write(__doc__ or "")
            return 2
        else:
            places.append(one)
    place = places[0] if places else os.path.dirname(os.path.abspath(__file__))
    try:
        policy = None
        if "--policy" in options:
            with open(options["--policy"], "rb") as file:
                policy = file.read()
        bundle = Folder(place) if os.path.isdir(place) else Zip(place)
        report = Check(bundle, options.get("--root"), policy).run()
        report["compared"] = "--root" in options
        text, code = say(report), 0
    except Bad as bad:
        report = {"good": False, "file": bad.file, "offset": bad.offset, "entry": bad.index, "what": bad.what}
        text, code = "BAD: the first thing that is wrong is\n" + str(bad), 1
    except OSError as error:
        report = {"good": False, "what": str(error)}
        text, code = f"Cannot read the bundle: {error}", 2
    sys.stdout.write((json.dumps(report, indent=1) if "--json" in options else text) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
