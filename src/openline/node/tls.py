"""The certificate the node shows: made by itself, or brought by its owner."""

import ipaddress
import socket
from pathlib import Path
from typing import Final

import msgspec

from openline import seal
from openline.clock import NS_PER_S
from openline.errors import BadSetting
from openline.node.private_files import refuse_readable_by_others, write_private
from openline.node.settings import Listen
from openline.node.settings_file import beside

DAYS: Final = 397  # the longest a browser takes from anybody
CERTIFICATE: Final = "keys/tls.crt"
KEY: Final = "keys/tls.key"


class Pair(msgspec.Struct, frozen=True):
    """Where the certificate and its key lie."""

    certificate: Path
    key: Path


def make(folder: Path, names: tuple[str, ...], now_ns: int, entropy: seal.Entropy) -> str:
    """Write a self-signed pair for these names; the certificate's fingerprint, for people to compare. Raises `Refused`."""
    day_ns = 86_400 * NS_PER_S
    certificate, key = seal.self_signed(names, now_ns - day_ns, now_ns + DAYS * day_ns, entropy)
    write_private(folder / KEY, key)
    write_private(folder / CERTIFICATE, certificate)
    return seal.certificate_fingerprint(certificate)


def pair(listen: Listen, settings_path: Path) -> Pair | None:
    """The pair the settings ask for; None for plain HTTP. Raises `BadSetting` for a missing file or an open key."""
    if listen.tls == "off":
        return None
    if listen.tls == "self_signed":
        found = Pair(beside(settings_path, CERTIFICATE), beside(settings_path, KEY))
    else:
        found = Pair(beside(settings_path, listen.certificate_file), beside(settings_path, listen.key_file))
    for path in (found.certificate, found.key):
        if not path.is_file():
            raise BadSetting(f"listen.tls: {path.name} is not there; `openline init` makes keys/tls.*", field="listen.tls")
    refuse_readable_by_others(found.key, "listen.tls")
    return found


def names_of(listen: Listen) -> tuple[str, ...]:
    """The names and addresses a self-signed certificate should carry: this machine's, and those of the settings."""
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", *listen.hosts])
    names |= dict.fromkeys(own_addresses())
    host = socket.gethostname().lower()
    if host and host.isascii() and " " not in host:
        names |= dict.fromkeys([host, f"{host}.local"])
    return tuple(names)


def own_addresses() -> list[str]:
    """This machine's addresses as far as they can be told without asking anybody."""
    found: list[str] = []
    for family, probe in (
        (socket.AF_INET, "192.0.2.1"),
        (socket.AF_INET6, "2001:db8::1"),
    ):  # documentation addresses: never sent to
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as one:
                one.connect((probe, 9))
                found.append(one.getsockname()[0])
        except OSError:
            continue
    return [one for one in found if not ipaddress.ip_address(one.partition("%")[0]).is_unspecified]


def days_left(certificate: Path, now_ns: int) -> float:
    """Days until the certificate ends, negative when it has. Raises `BadSetting` for a file that is no certificate."""
    try:
        ends_ns = seal.certificate_ends_ns(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSetting(f"listen.tls: {certificate.name} is no certificate ({error})", field="listen.tls") from None
    return (ends_ns - now_ns) / (86_400 * NS_PER_S)
