"""The process that sends one message with Apprise: an order on standard input, a report on standard output, nothing else.

Started by `apprising.py` in isolation. Every socket it opens goes to an address that `egress` lets through; anything else is
refused before a byte is sent. It loads the schemas of the order and no others, and takes no attachments.
"""

import ipaddress
import socket
import sys
from typing import Any, NoReturn

import msgspec

from openline.node.line.apprising import Order, Report
from openline.node.line.egress import Closed, judge, networks


class Guard:
    """Stands before `socket.connect`; notes whether anything was connected, and whether anything was refused."""

    def __init__(self, reach: tuple[str, ...]) -> None:
        self.reach = networks(reach, "reach")
        self.connected = False
        self.refused = False

    def install(self) -> None:
        """From now on every socket of this process is judged."""
        connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

        def judged(sock: socket.socket, address: Any) -> None:
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                self._refuse()
            try:
                judge(ipaddress.ip_address(str(address[0]).partition("%")[0]), self.reach)
            except (Closed, ValueError):
                self._refuse()

        def guarded(sock: socket.socket, address: Any) -> None:
            judged(sock, address)
            connect(sock, address)
            self.connected = True

        def guarded_ex(sock: socket.socket, address: Any) -> int:
            judged(sock, address)
            self.connected = True
            return connect_ex(sock, address)

        socket.socket.connect = guarded  # type: ignore[assignment, method-assign]
        socket.socket.connect_ex = guarded_ex  # type: ignore[assignment, method-assign]

    def _refuse(self) -> NoReturn:
        self.refused = True
        raise ConnectionRefusedError("closed")


def send(order: Order, guard: Guard) -> Report:
    """One message to one address."""
    from apprise import Apprise, AppriseAsset, NotificationManager, NotifyFormat, PersistentStoreMode

    manager: Any = NotificationManager  # it has no types
    manager().enable_only(*order.schemes)
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, plugin_paths=[], secure_logging=True)
    service = Apprise(asset=asset)
    if not service.add(order.url) or len(service) != 1:
        return Report("unusable", "Apprise does not take this address")
    taken = service.notify(body=order.text, title=order.subject, body_format=NotifyFormat.TEXT, timeout=order.within_s)
    if taken:
        return Report("sent", "the service took it")
    if guard.refused:
        return Report("refused", "its address is not public, and the setting of the path does not name it in `reach`")
    return Report("connected", "it failed, and why is not told") if guard.connected else Report("not connected", "not reached")


def main() -> None:
    """Read, send, report."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    guard = Guard(order.reach)
    guard.install()
    sys.stdout.buffer.write(msgspec.json.encode(send(order, guard)))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
