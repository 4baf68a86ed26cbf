"""Our own key manifests, as files beside the keys: the one in force, and those before it, for who missed one.

keys/manifest.json        the newest          keys/manifests/<number>.json   those before it
"""

from pathlib import Path
from typing import Final

from openline.errors import OpenlineError
from openline.line.card import named
from openline.node.doors.tls import Pair
from openline.node.line.wire import MANIFESTS_MAX, Manifests
from openline.record.keys import read_manifest

NEWEST: Final = "manifest.json"
OLDER: Final = "manifests"


def after(own: Pair, seq: int) -> Manifests:
    """Manifests numbered above `seq`, oldest first, and the certificates that the newest names."""
    folder = own.certificate.parent
    found: dict[int, str] = {}
    for path in [*sorted((folder / OLDER).glob("*.json")), folder / NEWEST]:
        try:
            data = path.read_bytes()
            number = read_manifest(data, path.name).seq
        except (OSError, OpenlineError):
            continue  # a file that is none is nothing to show anybody
        if number > seq:
            found[number] = data.decode()
    newest = tuple(found[number] for number in sorted(found))[:MANIFESTS_MAX]
    return Manifests(newest, certificates(folder) if newest else ())


def certificates(folder: Path) -> tuple[str, ...]:
    """The certificates of the line (PEM) beside the keys that the newest manifest names, the one in use or soon to be."""
    manifest = read_manifest((folder / NEWEST).read_bytes(), NEWEST)
    pems = [path.read_text("ascii") for path in [folder / "line.crt", *sorted(folder.glob("tls-*.crt"))] if path.is_file()]
    return tuple(pem for pem in pems if named(pem, manifest))


def own_line_keys(own: Pair) -> list[bytes]:
    """The public line keys (32 bytes each) of the newest manifest, those revoked too: what we ever signed with."""
    manifest = read_manifest((own.certificate.parent / NEWEST).read_bytes(), NEWEST)
    return [key.pub for key in manifest.keys if key.use == "line" and key.alg == "ed25519"]
