"""The node's keys on disk: made once by `openline init`, each for one use, and loaded with what proves they belong together.

identity.json        party, log origin, epoch
keys/root.pem        signs the manifest and nothing else; may be taken away to a safe place
keys/log.pem         signs checkpoints          keys/line.pem      signs messages to counterparts
keys/witness.pem     cosigns counterparts' checkpoints
keys/manifest.json   names the public halves, signed by the root
keys/line-2.pem      a later key, named like its row in the manifest: the newest in force whose file is here signs
keys/tls.crt, .key   the self-signed certificate that browsers see (doors/tls.py)
keys/line.crt, .key  the certificate of the line, named in the manifest (line/certificates.py)
"""

import re
from pathlib import Path
from typing import Final

import msgspec

from openline import seal
from openline.errors import BadSetting, OpenlineError
from openline.node.private_files import refuse_readable_by_others, write_private
from openline.record.keys import KeyManifest, PublicKey, make_manifest, read_manifest
from openline.record.store import Identity
from openline.record.witness import log_name

USES: Final = ("root", "log", "line", "witness")
NEEDED: Final = ("log", "line", "witness")  # a node runs without its root
MANIFEST: Final = "keys/manifest.json"
IDENTITY: Final = "identity.json"
_PLAIN: Final = re.compile(r"[a-z]+-[0-9]{1,9}", re.ASCII)  # ids that name a file
PUT_BACK: Final = "Put it back from your copy of the node's directory."


class Who(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `openline init` fixed for ever."""

    party: str
    origin: str
    epoch: int


class Keys(msgspec.Struct, frozen=True):
    """The keys of one node. `root` is None where it was taken away."""

    who: Who
    log: seal.Signer
    line: seal.Signer
    witness: seal.Signer
    manifest: KeyManifest
    root: seal.Signer | None = None

    def identity(self) -> Identity:
        """What the record is opened with."""
        return Identity(self.who.party, self.who.origin, self.who.epoch, self.log)


def make(folder: Path, party: str, now_us: int, entropy: seal.Entropy, line_fingerprint: str) -> Keys:
    """Make every key, write them and the manifest. The folder `keys` must be there and empty but for tls and line files."""
    signers = {use: seal.Signer.generate(entropy) for use in USES}
    rows = [PublicKey(f"{use}-1", use, "ed25519", signer.public) for use, signer in signers.items()]
    rows.append(PublicKey("tls-1", "tls", "x509-sha256", bytes.fromhex(line_fingerprint)))
    manifest = KeyManifest(party=party, seq=1, not_before_us=now_us, keys=tuple(rows))
    for use, signer in signers.items():
        write_private(folder / "keys" / f"{use}.pem", signer.to_pem())
    write_private(folder / MANIFEST, make_manifest(manifest, signers["root"]))
    who = Who(party, log_name(party, 1), 1)
    write_private(folder / IDENTITY, msgspec.json.encode(who))
    return Keys(who, signers["log"], signers["line"], signers["witness"], manifest, signers["root"])


def load(folder: Path) -> Keys:
    """The keys of a node's directory. Raises `BadSetting` for one that is missing, open to others, or not the manifest's."""
    who, manifest, _ = read_own(folder)
    paths = {use: signing_file(folder, manifest, use) for use in NEEDED}
    signers = {use: read_signer(path) for use, path in paths.items()}
    root_path = folder / "keys" / "root.pem"
    root = read_signer(root_path) if root_path.exists() else None
    for use, signer in (*signers.items(), *([("root", root)] if root is not None else [])):
        if signer.public not in manifest.of(use):
            raise BadSetting(
                f"keys: {paths.get(use, root_path).name} is not the {use} key of the signed manifest",
                remedy=PUT_BACK,
                field=f"keys.{use}",
            )
    return Keys(who, signers["log"], signers["line"], signers["witness"], manifest, root)


def read_own(folder: Path) -> tuple[Who, KeyManifest, bytes]:
    """Who a node is and its manifest, as read and as signed, whatever became of its private keys. Raises `BadSetting`."""
    who, manifest = _who(folder), _manifest(folder / MANIFEST)
    if manifest.party != who.party:
        raise BadSetting(f"keys: the manifest is of {manifest.party}, this node is {who.party}", remedy=PUT_BACK, field="keys")
    return who, manifest, (folder / MANIFEST).read_bytes()


def signing_file(folder: Path, manifest: KeyManifest, use: str) -> Path:
    """The private half that signs: of the newest key in force whose file is here. That of the first is `<use>.pem`.

    So one file, the manifest, says which key is in use: whatever else was being written when the power went does not count.
    """
    for key in reversed(manifest.keys):
        path = folder / "keys" / f"{key.id}.pem"
        if key.use == use and key.pub in manifest.of(use) and _PLAIN.fullmatch(key.id) and path.is_file():
            return path
    return folder / "keys" / f"{use}.pem"


def _who(folder: Path) -> Who:
    try:
        return msgspec.json.decode((folder / IDENTITY).read_bytes(), type=Who)
    except OSError:
        remedy = "Name the directory of a node with --node, or put back what was taken away."
        message = f"{folder} is not a node's directory ({IDENTITY} is not there); `openline init` makes one"
        raise BadSetting(message, remedy=remedy, field="directory") from None
    except msgspec.DecodeError as error:
        raise BadSetting(f"{IDENTITY} is damaged: {error}", remedy=PUT_BACK, field=IDENTITY) from None


def read_signer(path: Path, *, elsewhere: bool = False) -> seal.Signer:
    """A private key from its file. Raises `BadSetting`. `elsewhere`: on a stick, whose files have no owner."""
    try:
        if not elsewhere:
            refuse_readable_by_others(path, "keys")
        return seal.Signer.from_pem(path.read_bytes())
    except OSError:
        message = f"keys: {path.name} is not there or cannot be read"
        raise BadSetting(message, remedy=f"Put {path} back from your copy of it.", field=f"keys.{path.stem}") from None
    except OpenlineError as error:
        if isinstance(error, BadSetting):
            raise
        raise BadSetting(f"keys: {path.name}: {error.message}", remedy=PUT_BACK, field=f"keys.{path.stem}") from None


def _manifest(path: Path) -> KeyManifest:
    try:
        return read_manifest(path.read_bytes())
    except OSError:
        message = f"keys: {path.name} is not there or cannot be read"
        raise BadSetting(message, remedy=PUT_BACK, field="keys.manifest") from None
    except OpenlineError as error:
        raise BadSetting(f"keys: {error.message}", remedy=PUT_BACK, field="keys.manifest") from None
