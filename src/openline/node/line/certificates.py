"""TLS of the line: 1.3, a certificate on both sides, each pinned by the other's manifest. No authority is asked.

OpenSSL wants to see the pinned certificates themselves; so they are loaded as the only ones trusted, and every connection is
compared with the manifest in force besides, since a trust store only ever grows.
"""

import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from openline import seal
from openline.clock import NS_PER_S
from openline.node.doors.tls import Pair
from openline.node.private_files import refuse_readable_by_others, write_private

CERTIFICATE: Final = "keys/line.crt"
KEY: Final = "keys/line.key"
IN_USE: Final = "keys/tls.in-use"  # the id of a later certificate, `tls-2`, whose files are keys/tls-2.crt and .key
FROM_NS: Final = 946_684_800 * NS_PER_S  # 2000-01-01
UNTIL_NS: Final = 253_402_300_799 * NS_PER_S  # 9999-12-31 23:59:59


def make(folder: Path, party: str, entropy: seal.Entropy, name: str = "") -> str:
    """Write the pair of the line; the certificate's fingerprint, which the manifest names. Raises `Refused`.

    It has no end (RFC 5280, 4.1.2.5): what ends a pinned certificate is a newer manifest, and a clock that is years off must
    not cut the line.
    """
    certificate, key = seal.self_signed((party,), FROM_NS, UNTIL_NS, entropy, common_name=party, both_ends=True)
    pair = pair_of(folder, name)
    write_private(pair.key, key)
    write_private(pair.certificate, certificate)
    return seal.certificate_fingerprint(certificate)


def found(folder: Path) -> Pair | None:
    """Where the line's certificate and key lie; None in a directory that has none. Raises `BadSetting` for an open key."""
    chosen = folder / IN_USE
    pair = pair_of(folder, chosen.read_text("ascii").strip() if chosen.is_file() else "")
    if not pair.certificate.is_file() or not pair.key.is_file():
        return None
    refuse_readable_by_others(pair.key, "line")
    return pair


def pair_of(folder: Path, name: str) -> Pair:
    """The files of a certificate by its id in the manifest; without one, those that `openline init` made."""
    if not name:
        return Pair(folder / CERTIFICATE, folder / KEY)
    return Pair(folder / "keys" / f"{name}.crt", folder / "keys" / f"{name}.key")


def listening(own: Pair) -> ssl.SSLContext:
    """The context of the listener. It trusts nobody until `trust` adds a counterpart's certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(own.certificate, own.key)
    return context


def calling(own: Pair, pinned: Iterable[str]) -> ssl.SSLContext:
    """The context of a call to one counterpart: it trusts that one's certificates (PEM) and no other; names mean nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(own.certificate, own.key)
    trust(context, pinned)
    return context


def trust(context: ssl.SSLContext, pinned: Iterable[str]) -> None:
    """Let these certificates (PEM) in as well.

    Each by itself is trusted: OpenSSL else looks for who issued it by name, and finds the older certificate of the same party.
    """
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for pem in pinned:
        context.load_verify_locations(cadata=pem)
