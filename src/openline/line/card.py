"""A card: what an administrator mails to another for first contact. One line of JSON, no secret in it.

    {"card":1,"certificates":["-----BEGIN CERTIFICATE-----\\n…"],"manifest":"{\\"payload\\":…}","party":"south.example",
     "urls":["https://line.south.example:8443"]}

The card itself is not signed: its manifest is, by a root key whose fingerprint two people compare; the manifest names the
certificates; and a wrong address leads to nobody who could show one of them.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line import fields
from openline.line.names import party
from openline.record.entry import canonical, parse_canonical
from openline.record.keys import KeyManifest, read_manifest

CARD_BYTES_MAX: Final = 262_144
CERTIFICATES_COUNT_MAX: Final = 8
URLS_COUNT_MAX: Final = 8
URL_CHARS_MAX: Final = 200
PEM_CHARS_MAX: Final = 16_384
PORT_MAX: Final = 65_535
_KEYS: Final = ("card", "certificates", "manifest", "party", "urls")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]+\])"
_URL: Final = re.compile(rf"https://{_HOST}(?::[1-9][0-9]{{0,4}})?(?:/[A-Za-z0-9._~-]+)*", re.ASCII)
_PEM: Final = re.compile(r"-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/=]{1,64}\n)+)-----END CERTIFICATE-----\n", re.ASCII)


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The signed manifest's exact bytes, the TLS certificates (PEM) that it names, and where the line is reached."""

    party: str
    manifest: bytes
    certificates: tuple[str, ...]
    urls: tuple[str, ...] = ()


def write_card(card: Card) -> bytes:
    """The file of a card, with a newline at its end. Raises `Refused` for what no reader would take."""
    body: dict[str, Any] = {
        "card": 1,
        "party": card.party,
        "manifest": card.manifest.decode(),
        "certificates": list(card.certificates),
        "urls": list(card.urls),
    }
    data = canonical(body, "card") + b"\n"
    read_card(data)
    return data


def read_card(data: bytes, field: str = "card") -> Card:
    """The card in a file; line breaks after it are the mail's. Raises `Refused` or `BadRecord`.

    Whether its root key is the party's is for two people to say: compare `read_manifest(card.manifest).fingerprint`.
    """
    body = fields.exactly(parse_canonical(data.rstrip(b"\r\n"), field, CARD_BYTES_MAX), _KEYS, field)
    if body["card"] is True or body["card"] != 1:
        raise Refused(f"{field}.card", body["card"], "1; a later version needs later software")
    if not isinstance(body["manifest"], str):
        raise Refused(f"{field}.manifest", body["manifest"], "the text of a signed key manifest")
    envelope = body["manifest"].encode()
    manifest = read_manifest(envelope, f"{field}.manifest")
    if body["party"] != manifest.party:
        raise Refused(f"{field}.party", body["party"], manifest.party)
    certificates = check_certificates(
        fields.listed(body["certificates"], CERTIFICATES_COUNT_MAX, f"{field}.certificates"), manifest, f"{field}.certificates"
    )
    if not certificates:
        raise Refused(f"{field}.certificates", None, "at least one certificate: without one nobody can connect")
    return Card(
        party=party(manifest.party, f"{field}.party"),
        manifest=envelope,
        certificates=certificates,
        urls=tuple(url(one, f"{field}.urls") for one in fields.listed(body["urls"], URLS_COUNT_MAX, f"{field}.urls")),
    )


def url(value: object, field: str) -> str:
    """The address of a line: https, a host, perhaps a port and a path; nothing else, and no password. Raises `Refused`."""
    accepted = "an address such as https://line.south.example:8443"
    text = fields.shaped(fields.text(value, field, URL_CHARS_MAX), _URL, field, accepted)
    port = text.removeprefix("https://").partition("/")[0].rpartition("]")[2].rpartition(":")[2]
    if port.isdecimal() and int(port) > PORT_MAX:
        raise Refused(field, value, f"{accepted}; a port is at most {PORT_MAX}")
    return text


def fingerprint(pem: object, field: str) -> bytes:
    """SHA-256 of the certificate in a PEM block that stands alone: what a manifest names. Raises `Refused`."""
    match = _PEM.fullmatch(fields.text(pem, field, PEM_CHARS_MAX))
    if match is None:
        raise Refused(field, pem, "one certificate as PEM, its lines ended by newlines alone")
    return seal.sha256(seal.from_b64(match.group(1).replace("\n", ""), field))


def named(pem: str, manifest: KeyManifest) -> bool:
    """Whether a manifest names this certificate."""
    return fingerprint(pem, "certificate") in manifest.of("tls")


def check_certificates(pems: Iterable[object], manifest: KeyManifest, field: str) -> tuple[str, ...]:
    """The certificates, each of them named by the manifest and none twice. Raises `Refused`."""
    found: list[str] = []
    for pem in pems:
        if fingerprint(pem, field) not in manifest.of("tls") or pem in found:
            raise Refused(field, pem, "certificates that the manifest names, each once")
        found.append(str(pem))
    return tuple(found)
