"""Where a message to a person may go: public addresses, and networks that the setting of its path names.

A name is looked up once, every address it has is judged, and the socket is opened to an address that was judged, so that no
later answer of a name server changes where it goes. Addresses that carry another address inside are judged by that one.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from openline.errors import BadSetting

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[..., list[Any]]
TRIED_MAX: Final = 4  # addresses of one name
LEAST_S: Final = 0.05
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class Closed(Exception):
    """An address that may not be reached; the words name no address."""


class Wire:
    """One try's way out: a deadline, the socket, and whether anything was handed over by which it may have arrived."""

    def __init__(self, reach: tuple[Network, ...], within_s: float, resolve: Resolve = socket.getaddrinfo) -> None:
        self.reach = reach
        self.handed = False  # from here on nobody knows whether it arrives, until an answer says so
        self._until_s = time.monotonic() + within_s
        self._resolve = resolve
        self._cut: Callable[[], None] | None = None
        self._is_cut = False

    @property
    def is_over(self) -> bool:
        """Whether its deadline has passed, or it was cut."""
        return self._is_cut or time.monotonic() >= self._until_s

    def left_s(self) -> float:
        """Seconds until the deadline. Raises `TimeoutError` when it is over."""
        if self.is_over:
            raise TimeoutError
        return max(LEAST_S, self._until_s - time.monotonic())

    def connect(self, host: str, port: int, *, secured: bool = True) -> socket.socket:
        """A connected socket; without TLS only where the setting names the network. Raises `Closed`, `OSError`."""
        found = self._resolve(host, port, type=socket.SOCK_STREAM)
        for *_, at in found:
            address = ipaddress.ip_address(str(at[0]).partition("%")[0])
            judge(address, self.reach)
            if not secured and not named(address, self.reach):
                raise Closed("without TLS only what the setting of the path names in `reach`")
        wrong: OSError = OSError("the name has no address")
        for family, kind, proto, _, address in found[:TRIED_MAX]:
            one = socket.socket(family, kind, proto)
            try:
                one.settimeout(self.left_s())
                one.connect(address)
            except OSError as error:
                wrong = error
                one.close()
                continue
            self.on_cut(partial(one.shutdown, socket.SHUT_RDWR))
            return one
        raise wrong

    def secure(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
        """TLS over a connected socket, the certificate checked for this name. Raises `OSError`."""
        one = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self.on_cut(partial(socket.socket.shutdown, one, socket.SHUT_RDWR))
        one.settimeout(self.left_s())
        one.do_handshake()
        return one

    def on_cut(self, cut: Callable[[], None]) -> None:
        """How to end what is under way, from another thread."""
        self._cut = cut

    def cut(self) -> None:
        """End what is under way."""
        self._is_cut = True
        if self._cut is not None:
            try:
                self._cut()
            except OSError:  # it has ended by itself
                pass


def judge(address: Address, reach: tuple[Network, ...]) -> None:
    """Raises `Closed` for an address that is not public and that no setting names."""
    if named(address, reach):
        return
    inner = inside(address)
    if inner is not None:
        judge(inner, reach)
    elif not address.is_global or address.is_multicast or address.is_reserved:
        raise Closed("its address is not public, and the setting of the path does not name it in `reach`")


def named(address: Address, reach: tuple[Network, ...]) -> bool:
    """Whether a setting names its network."""
    return any(address.version == one.version and address in one for one in reach)


def inside(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 address carries (mapped, 6to4, Teredo, NAT64), or None."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def networks(texts: tuple[str, ...], field: str) -> tuple[Network, ...]:
    """Networks that are named. Raises `BadSetting`."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            accepted = "a network such as 10.1.0.0/16, or one address such as 127.0.0.1"
            message = f"{field}: {text[:120]} is not accepted; accepted: {accepted}"
            raise BadSetting(message, field=field, value=text[:120], accepted=accepted) from None
    return tuple(found)
