"""The next key manifest: a new key, a key that ends, or both at once, signed by the root and put in force on disk.

keys/<id>.pem             the new private half, `line-2`; it signs once a manifest in force names it, and not before
keys/manifests/<n>.json   the manifest that was in force
keys/manifest.json        the one that follows, put in its place whole: with this one step everything has changed, or nothing
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import BadSetting, NotThere, OpenlineError, OutOfTurn, Refused
from openline.line.names import LANES, line_of
from openline.line.precedence import US_PER_S
from openline.node import keys, settings_file
from openline.node.line import certificates
from openline.node.line.manifests import OLDER
from openline.node.line.post import key as outbox_key
from openline.node.private_files import replace_private
from openline.node.recover import json_body
from openline.node.settings_file import SETTINGS
from openline.record.envelope import unwrap
from openline.record.keys import (
    KEYS_COUNT_MAX,
    LINES_COUNT_MAX,
    PAYLOAD_TYPE,
    KeyManifest,
    PublicKey,
    Revoked,
    line_hash,
    make_manifest,
    read_manifest,
)
from openline.record.store import Store

MADE_HERE: Final = ("line", "tls", "witness")
WHY_CHARS_MAX: Final = 200
ROOT: Final = "keys/root.pem"
NOT_HERE: Final = (
    "line, tls or witness; a new log key begins another log, which is not there yet, and a new root is a first contact again"
)


class Sent(msgspec.Struct):
    """What went to one counterpart, as record and outbox tell it: by lane the last number, and the last receipted."""

    live: bool = False
    last: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0])
    upto: list[int] = msgspec.field(default_factory=lambda: [0, 0, 0])
    told: dict[int, int] = {}  # number of a manifest of ours → the number of the message in lane 0 that brought it


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for. `stolen`: the ended keys count for what was receipted; else for all that was sent."""

    use: str = ""
    end: tuple[str, ...] = ()
    stolen: bool = False
    why: str = ""


# ── what went to whom ────────────────────────────────────────────────────────────────────────────────────────────────


def sent_of(folder: Path) -> dict[str, Sent]:
    """Every counterpart that there is or was. It reads the record, beside the running node too."""
    settings = settings_file.load(folder / SETTINGS)
    with Store.open(settings_file.record_of(folder, settings), None, read_only=True) as store:
        found: dict[str, Sent] = {}
        for entry in store.entries(kind="key"):
            body = json_body(store, entry)
            if isinstance(body, dict) and body.get("what") in ("counterpart", "removed"):
                found.setdefault(str(body["party"]), Sent()).live = body["what"] == "counterpart"
        for entry in store.entries(kind="msg.out"):
            salted = store.salted(entry.objects[0].c)
            if salted is not None:
                _note(found, msgspec.json.decode(msgspec.json.decode(salted[1], type=_Frame).payload))
        for party, sent in found.items():
            for lane in LANES:
                held = store.waiting(outbox_key(party, lane, 0), outbox_key(party, lane, 10**15), 1)
                sent.upto[lane] = int(held[0].key.rpartition(":")[2]) - 1 if held else sent.last[lane]
        return found


class _Frame(msgspec.Struct):
    payload: bytes  # base64 as it is read


def _note(found: dict[str, Sent], said: dict[str, Any]) -> None:
    sent = found.setdefault(said["to"], Sent())
    sent.last[said["lane"]] = max(sent.last[said["lane"]], said["seq"])
    if said["type"] == "keys":
        sent.told[read_manifest(said["params"]["manifest"].encode()).seq] = said["seq"]


def has(sent: Sent, seq: int) -> bool:
    """Whether a counterpart is known to have our manifest of this number: it gave a receipt for the message with it."""
    return any(number <= sent.upto[0] for each, number in sent.told.items() if each >= seq)


# ── the next manifest ────────────────────────────────────────────────────────────────────────────────────────────────


def change(folder: Path, wanted: Wanted, root_file: Path | None, now_us: int, entropy: seal.Entropy) -> dict[str, Any]:
    """Make what is wanted and put it in force here; what to record of it. Raises `Refused`, `BadSetting`, `OutOfTurn`."""
    if wanted.use and wanted.use not in MADE_HERE:
        raise Refused("use", wanted.use, NOT_HERE)
    if len(wanted.why) > WHY_CHARS_MAX or (wanted.end and not wanted.why.strip()):
        raise Refused("why", wanted.why, f"why, in 1 to {WHY_CHARS_MAX} characters: it is recorded, and not sent")
    with _alone(folder):
        who, manifest, before = keys.read_own(folder)
        for key_id in wanted.end:
            _check_end(folder, manifest, key_id, wanted.use)
        root = root_signer(folder, root_file, manifest)
        ended = _ended(folder, who.party, manifest, wanted, now_us)
        made = (_made(folder, who.party, manifest, wanted.use, entropy),) if wanted.use else ()
        following = KeyManifest(
            party=manifest.party,
            seq=manifest.seq + 1,
            not_before_us=now_us,
            keys=(*manifest.keys, *made),
            revoked=(*manifest.revoked, *ended),
            endpoints=manifest.endpoints,
            prev=seal.sha256(unwrap(before, PAYLOAD_TYPE, "keys").payload),
        )
        envelope = make_manifest(following, root)
        older = folder / "keys" / OLDER
        older.mkdir(mode=0o700, exist_ok=True)
        replace_private(older / f"{manifest.seq}.json", before)
        replace_private(folder / keys.MANIFEST, envelope)
    return {
        "what": "our keys",
        "seq": following.seq,
        "made": made[0].id if made else None,
        "ended": list(wanted.end),
        "stolen": wanted.stolen,
        "why": wanted.why.strip(),
        "manifest": envelope.decode(),
    }


def root_signer(folder: Path, file: Path | None, manifest: KeyManifest) -> seal.Signer:
    """The root key from its file, where it is this node's. Raises `BadSetting`."""
    path = file or folder / ROOT
    if not path.is_file():
        raise BadSetting(
            f"keys: the root key is not here: {path}",
            remedy="Only the root signs a list of keys. Bring the copy you put away, and name it: --root FILE",
            field="keys.root",
        )
    root = keys.read_signer(path, elsewhere=file is not None)
    if manifest.of("root") != [root.public]:
        message = (
            f"keys: {path} is not the root key of {manifest.party}: its fingerprint begins {root.verifier.fingerprint[:16]}"
        )
        remedy = f"Bring the one whose fingerprint begins {manifest.fingerprint[:16]}; nothing was changed."
        raise BadSetting(message, remedy=remedy, field="keys.root")
    return root


def in_force(manifest: KeyManifest, use: str) -> list[PublicKey]:
    """The keys of one use that are not revoked, oldest first."""
    gone = {one.id for one in manifest.revoked}
    return [key for key in manifest.keys if key.use == use and key.id not in gone]


def in_use(folder: Path, manifest: KeyManifest, use: str) -> str:
    """The id of the key that this node signs with, or of the certificate it shows; empty where its file is not here."""
    try:
        if use == "tls":
            pair = certificates.found(folder)
            pub = b"" if pair is None else bytes.fromhex(seal.certificate_fingerprint(pair.certificate.read_bytes()))
        else:
            pub = keys.read_signer(keys.signing_file(folder, manifest, use)).public
    except OpenlineError:
        return ""
    return next((key.id for key in manifest.keys if key.use == use and key.pub == pub), "")


def _check_end(folder: Path, manifest: KeyManifest, key_id: str, renewed: str) -> None:
    key = next((one for one in manifest.keys if one.id == key_id), None)
    known = [one.id for use in MADE_HERE for one in in_force(manifest, use)]
    if key is None or key_id not in known:
        raise Refused("key", key_id, f"a key in force: {', '.join(known)}")
    if renewed == key.use:
        return
    others = [one.id for one in in_force(manifest, key.use) if one.id != key_id]
    if not others or (key.use == "tls" and in_use(folder, manifest, "tls") == key_id):
        then = "then: openline keys use tls" if key.use == "tls" else f"Or both at once: openline keys replace {key.use}"
        message = f"{key_id} is the {key.use} key in use, and there is no other to take its place."
        raise OutOfTurn(message, remedy=f"First: openline keys renew {key.use}. {then}", key=key_id)


def _made(folder: Path, party: str, manifest: KeyManifest, use: str, entropy: seal.Entropy) -> PublicKey:
    if len(manifest.keys) >= KEYS_COUNT_MAX:
        raise OutOfTurn(f"The list of keys holds {KEYS_COUNT_MAX}, which is all it can.", remedy="A new node is needed.")
    taken = {key.id for key in manifest.keys}
    key_id = next(name for name in (f"{use}-{n}" for n in range(2, 2 * KEYS_COUNT_MAX)) if name not in taken)
    if use == "tls":
        pair = certificates.pair_of(folder, key_id)
        for path in (pair.certificate, pair.key):
            path.unlink(missing_ok=True)  # of a command that was cut short; no manifest names it
        return PublicKey(key_id, use, "x509-sha256", bytes.fromhex(certificates.make(folder, party, entropy, key_id)))
    signer = seal.Signer.generate(entropy)
    replace_private(folder / "keys" / f"{key_id}.pem", signer.to_pem())
    return PublicKey(key_id, use, "ed25519", signer.public)


def _ended(folder: Path, own: str, manifest: KeyManifest, wanted: Wanted, now_us: int) -> list[Revoked]:
    uses = {key.id: key.use for key in manifest.keys}
    last_seq: dict[str, tuple[int, int, int]] = {}
    if any(uses[one] == "line" for one in wanted.end):
        found = sorted(sent_of(folder).items(), key=lambda one: not one[1].live)
        for party, sent in found[:LINES_COUNT_MAX]:
            zero, one, two = sent.upto if wanted.stolen else sent.last
            last_seq[line_hash(line_of(own, party))] = zero, one, two
    return [Revoked(one, now_us, last_seq if uses[one] == "line" else {}) for one in wanted.end]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two of these at once would sign two manifests of one number, which nobody could take back."""
    keys.read_own(folder)  # says what is missing
    fd = os.open(folder / "keys", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OutOfTurn("Another command changes the keys of this node right now.", remedy="Wait for it.") from None
    finally:
        os.close(fd)


# ── the certificate of the line ──────────────────────────────────────────────────────────────────────────────────────


def use_tls(folder: Path, anyway: bool) -> str:
    """Show the newest certificate from the next start on; its id. Raises `OutOfTurn` while a counterpart may not know it."""
    _, manifest, _ = keys.read_own(folder)
    row = in_force(manifest, "tls")[-1]
    if in_use(folder, manifest, "tls") == row.id:
        raise OutOfTurn(f"{row.id} is in use already.", remedy="A new one is made by: openline keys renew tls")
    if not certificates.pair_of(folder, row.id).key.is_file():
        raise NotThere(f"The files of {row.id} are not in keys/.")
    without = sorted(party for party, sent in sent_of(folder).items() if sent.live and not has(sent, manifest.seq))
    if without and not anyway:
        raise OutOfTurn(
            f"Not known to have the new certificate: {', '.join(without)}. With who does not know it nothing connects.",
            remedy="Wait until `openline keys list` says that they have it; --anyway means a first contact by card again.",
        )
    replace_private(folder / certificates.IN_USE, f"{row.id}\n".encode())
    return row.id


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────────


def standing(folder: Path) -> dict[str, Any]:
    """The keys of a node, and which counterpart has their newest list."""
    who, manifest, _ = keys.read_own(folder)
    gone = {one.id: one for one in manifest.revoked}
    used = {use: in_use(folder, manifest, use) for use in ("root", "log", *MADE_HERE)}
    rows = [
        {
            "id": key.id,
            "use": key.use,
            "revoked_s": None if key.id not in gone else (gone[key.id].at_us or 0) // US_PER_S,
            "in_use": used.get(key.use) == key.id,
            "file": _file(folder, manifest, key) if used.get(key.use) == key.id else "",
        }
        for key in manifest.keys
    ]
    return {
        "party": who.party,
        "seq": manifest.seq,
        "root": manifest.fingerprint,
        "root_here": (folder / ROOT).is_file(),
        "keys": rows,
        "counterparts": [_known(party, sent, manifest.seq) for party, sent in sorted(sent_of(folder).items()) if sent.live],
    }


def _file(folder: Path, manifest: KeyManifest, key: PublicKey) -> str:
    if key.use == "tls":
        pair = certificates.found(folder)
        return "" if pair is None else f"keys/{pair.key.name}"
    return f"keys/{keys.signing_file(folder, manifest, key.use).name}"


def _known(party: str, sent: Sent, seq: int) -> dict[str, Any]:
    known = seq == 1 or has(sent, seq)
    if known:
        why = "with its first card" if seq == 1 else "it gave a receipt for the message with it"
    elif seq in sent.told:
        why = f"sent as message {sent.told[seq]} of lane 0, no receipt yet"
    else:
        why = "not sent; it is shown the list, or asks for it, at the next hello"
    return {"party": party, "has": known, "why": why}
