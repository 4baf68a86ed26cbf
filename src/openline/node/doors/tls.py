"""The certificate the node shows: made by itself, or brought by its owner."""

import fcntl
import ipaddress
import re
import socket
import struct
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
SIOCGIFADDR: Final = 0x8915  # Linux, netdevice(7)
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")


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


def host_names(listen: Listen) -> tuple[str, ...]:
    """The names this machine goes by: those of the settings, its own, and the one its neighbours find by mDNS."""
    names = dict.fromkeys(["localhost", *listen.hosts])
    host = socket.gethostname().lower()
    if _NAME.fullmatch(host):
        names |= dict.fromkeys([host, f"{host}.local"])
    return tuple(names)


def names_of(listen: Listen) -> tuple[str, ...]:
    """The names and addresses a self-signed certificate should carry."""
    return (*host_names(listen), "127.0.0.1", "::1", *own_addresses())


def own_addresses() -> list[str]:
    """This machine's addresses as its kernel lists them; none that loops back and none that needs a scope."""
    found = [*_addresses_4(), *_addresses_6()]
    return [str(one) for one in dict.fromkeys(found) if not (one.is_loopback or one.is_link_local or one.is_unspecified)]


def _addresses_4() -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    found: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for _, name in socket.if_nameindex():
            try:
                row = fcntl.ioctl(one.fileno(), SIOCGIFADDR, struct.pack("256s", name[:15].encode()))
            except OSError:
                continue  # an interface without an address
            found.append(ipaddress.IPv4Address(row[20:24]))
    return found


def _addresses_6() -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        rows = Path("/proc/net/if_inet6").read_text("ascii").splitlines()
    except OSError:
        return []
    return [ipaddress.IPv6Address(bytes.fromhex(row.split()[0])) for row in rows if row]


def days_left(certificate: Path, now_ns: int) -> float:
    """Days until the certificate ends, negative when it has. Raises `BadSetting` for a file that is no certificate."""
    try:
        ends_ns = seal.certificate_ends_ns(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise BadSetting(f"listen.tls: {certificate.name} is no certificate ({error})", field="listen.tls") from None
    return (ends_ns - now_ns) / (86_400 * NS_PER_S)
