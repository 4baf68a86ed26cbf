"""Signed notes and checkpoints (C2SP signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1), read strictly.

    a.example/openline/log/1
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — a.example/openline/log/1 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+Z…

A reader that re-serialises before it verifies accepts notes nobody signed (size "0300", junk in the blank line); so the text is
verified as it stands, and every number and base64 must be exactly what a writer would have written.
"""

import re
import struct
from collections.abc import Iterable
from typing import Final

import msgspec

from openline import seal
from openline.errors import BadRecord, Refused

NOTE_BYTES_MAX: Final = 512 * 1024
SIGNATURES_COUNT_MAX: Final = 64  # C2SP: at least 16 must be accepted
SIZE_MAX: Final = 2**63 - 1
_DASH: Final = "\u2014 "
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Signature(msgspec.Struct, frozen=True):
    """One signature line: the key's name, its four-byte id, and the rest of the bytes."""

    name: str
    key_id: bytes
    data: bytes


class Note(msgspec.Struct, frozen=True):
    """A signed text (it ends in a newline) and its signature lines, none of them verified yet."""

    text: str
    signatures: tuple[Signature, ...]


class Key(msgspec.Struct, frozen=True):
    """A key a reader knows: its name, what it signs (0x01 log, 0x04 witness, 0x06 ML-DSA-44) and its public bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that name this key in a signature line."""
        return seal.note_key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """`name+<id>+<base64 of kind and key>`: how policies and people write it (C2SP signed-note, verifier keys)."""
        return f"{self.name}+{self.key_id.hex()}+{seal.b64(bytes([self.kind]) + self.public)}"


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a log: its origin, size and root. Extension lines are read (C2SP allows them) but never written."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The exact text that is signed."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), seal.b64(self.root), *self.extensions))


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_note(data: bytes) -> Note:
    """A note out of its bytes. Raises `Refused` on anything C2SP signed-note does not allow."""
    if len(data) > NOTE_BYTES_MAX:
        raise Refused("note", f"{len(data)} bytes", f"at most {NOTE_BYTES_MAX} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("note", data[:40], "UTF-8") from None
    if any(char < " " and char != "\n" for char in whole):
        raise Refused("note", whole[:40], "no control characters but newline")
    cut = whole.rfind("\n\n")
    if cut < 1 or not whole.endswith("\n"):
        raise Refused("note", whole[-40:], "a text, an empty line, and signature lines that each end in a newline")
    lines = whole[cut + 2 :].split("\n")[:-1]
    if not 1 <= len(lines) <= SIGNATURES_COUNT_MAX:
        raise Refused("note.signatures", len(lines), f"1 to {SIGNATURES_COUNT_MAX}")
    return Note(whole[: cut + 1], tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise Refused("note.signature", line, "an em dash, a space, the key's name, a space, base64")
    data = seal.from_b64(parts[1], "note.signature")
    if len(data) < 5:
        raise Refused("note.signature", line, "a four-byte key id and a signature")
    return Signature(key_name(parts[0]), data[:4], data[4:])


def key_name(name: str) -> str:
    """The name itself. Raises `Refused` when it is empty or holds a space, a plus or a control character."""
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise Refused("key name", name, "a name without spaces and plus signs, such as a.example/openline/log/1")
    return name


def parse_checkpoint(text: str) -> Checkpoint:
    """A checkpoint out of a note's text. Raises `Refused` unless formatting it again gives the same text."""
    lines = text.split("\n")
    if lines[-1] != "" or len(lines) < 4 or not all(lines[:-1]):
        raise Refused("checkpoint", text[:80], "at least three lines, none of them empty")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) > SIZE_MAX:
        raise Refused("checkpoint.size", size, "a decimal number without leading zeros, below 2**63")
    return Checkpoint(origin, int(size), seal.from_b64(root, "checkpoint.root", seal.HASH_BYTES), tuple(lines[3:-1]))


def parse_vkey(text: str, field: str = "key") -> Key:
    """A verifier key out of `name+id+base64`. Raises `Refused` when the id is not the key's own."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Refused(field, text, "name+8 hexadecimal digits+base64")
    data = seal.from_b64(parts[2], field)
    lengths = {seal.NOTE_ED25519: 32, seal.NOTE_COSIGNATURE: 32, seal.NOTE_MLDSA44: seal.MLDSA44_PUBLIC_BYTES}
    if not data or lengths.get(data[0]) != len(data) - 1:
        raise Refused(field, text, "an Ed25519 key (types 1 and 4) or an ML-DSA-44 key (type 6)")
    key = Key(key_name(parts[0]), data[0], data[1:])
    if key.vkey != text:
        raise Refused(field, text, f"the id {key.key_id.hex()}, which is this key's")
    return key


# ── Verifying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def verified_by(note: Note, keys: Iterable[Key]) -> list[tuple[Key, int]]:
    """The known keys whose signature stands under the note, each with its time in s (0 where it has none).

    A line of a known key that is wrong refuses the whole note (`BadRecord`); lines of unknown keys are passed over.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: list[tuple[Key, int]] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if any(key is other for other, _ in found):
            raise BadRecord(f"the note is signed twice by {key.name}", key=key.name)
        found.append((key, _verify(note, line, key)))
    return found


def _verify(note: Note, line: Signature, key: Key) -> int:
    time_s = 0
    if key.kind == seal.NOTE_ED25519:
        good = seal.Verifier(key.public).verify(line.data, note.text.encode())
    else:
        if len(line.data) < 8:
            raise BadRecord(f"the signature of {key.name} is too short", key=key.name)
        time_s, signature = struct.unpack_from(">Q", line.data)[0], line.data[8:]
        if key.kind == seal.NOTE_COSIGNATURE:
            good = seal.Verifier(key.public).verify(signature, cosigned_bytes(note.text, time_s))
        else:
            good = seal.quantum_verify(key.public, signature, subtree_bytes(key.name, parse_checkpoint(note.text), time_s))
    if not good or time_s > SIZE_MAX:
        raise BadRecord(f"the signature of {key.name} is not good", key=key.name)
    return time_s


def cosigned_bytes(text: str, time_s: int) -> bytes:
    """What a witness signs with Ed25519 (cosignature/v1): its time in s and the checkpoint's text."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def subtree_bytes(cosigner: str, head: Checkpoint, time_s: int) -> bytes:
    """What is signed with ML-DSA-44 (subtree/v1): it commits to the cosigner's name. Time 0 claims no "largest seen"."""
    name, origin = cosigner.encode(), head.origin.encode()
    assert 0 < len(name) < 256
    assert 0 < len(origin) < 256
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes([len(name)]) + name,
            struct.pack(">Q", time_s),
            bytes([len(origin)]) + origin,
            struct.pack(">QQ", 0, head.size),
            head.root,
        )
    )


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def signature_line(name: str, key_id: bytes, data: bytes) -> str:
    """One signature line with its newline."""
    return f"{_DASH}{name} {seal.b64(key_id + data)}\n"


def sign_checkpoint(head: Checkpoint, signer: seal.Signer, quantum: seal.QuantumSigner | None = None) -> str:
    """The log's own signed checkpoint; the key's name is the origin. With `quantum`, a second line of the same name follows."""
    assert not head.extensions
    key_id = seal.note_key_id(head.origin, seal.NOTE_ED25519, signer.public)
    note = f"{head.text}\n{signature_line(head.origin, key_id, signer.sign(head.text.encode()))}"
    if quantum is not None:
        key_id = seal.note_key_id(head.origin, seal.NOTE_MLDSA44, quantum.public)
        data = struct.pack(">Q", 0) + quantum.sign(subtree_bytes(head.origin, head, 0))
        note += signature_line(head.origin, key_id, data)
    return note


def cosign(text: str, name: str, signer: seal.Signer, time_s: int) -> str:
    """A witness's signature line over a checkpoint's text at `time_s` on the witness's own clock."""
    key_id = seal.note_key_id(name, seal.NOTE_COSIGNATURE, signer.public)
    return signature_line(name, key_id, struct.pack(">Q", time_s) + signer.sign(cosigned_bytes(text, time_s)))
