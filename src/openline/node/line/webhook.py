"""A message to a web address of one's own: one POST, whose status says what became of it.

The address file has the address in its first line (https; http only where `reach` names the network) and may have a key in its
second, with which the body is signed: `X-Openline-Signature: sha256=…` is the HMAC-SHA-256 of the body, in hexadecimal.
`Idempotency-Key` is the same for the same message: a receiver that has seen it need not tell anybody twice. Redirects are not
followed.
"""

import http.client
import json
import socket
import ssl
from typing import Final
from urllib.parse import SplitResult, urlsplit

from openline import __version__, seal
from openline.errors import BadSetting
from openline.node.line.deliverers import Message, Outcome, failed
from openline.node.line.egress import Wire

AGAIN: Final = frozenset({408, 425, 429})
PORTS: Final = {"https": 443, "http": 80}


class Webhook:
    """One web address."""

    def __init__(self, url: SplitResult, key: bytes = b"") -> None:
        self._url = url
        self._key = key
        self._tls = ssl.create_default_context() if url.scheme == "https" else None

    def send(self, message: Message, wire: Wire) -> Outcome:
        """One POST."""
        try:
            with self._opened(wire) as way:
                return self._post(message, wire, way)
        except Exception as error:  # whatever it is: this path failed, and the node goes on
            return failed(error, wire)

    def _opened(self, wire: Wire) -> socket.socket:
        host, url = str(self._url.hostname), self._url
        plain = wire.connect(host, url.port or PORTS[url.scheme], secured=self._tls is not None)
        return plain if self._tls is None else wire.secure(plain, self._tls, host)

    def _post(self, message: Message, wire: Wire, way: socket.socket) -> Outcome:
        url, body = self._url, _body(message)
        call = http.client.HTTPConnection(str(url.hostname), url.port or PORTS[url.scheme])
        call.sock = way
        way.settimeout(wire.left_s())
        wire.handed = True
        call.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, self._headers(message, body))
        way.settimeout(wire.left_s())
        return _outcome(call.getresponse().status)

    def _headers(self, message: Message, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": f"openline/{__version__}", "Connection": "close"}
        headers["Idempotency-Key"] = message.id
        if self._key:
            headers["X-Openline-Signature"] = f"sha256={seal.hmac_sha256(self._key, body).hex()}"
        return headers


def _body(message: Message) -> bytes:
    row = {"id": message.id, **{name: getattr(message, name) for name in message.__struct_fields__}}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _outcome(status: int) -> Outcome:
    said = f"it answered {status}"
    if 200 <= status < 300:
        return Outcome("accepted", said)
    if status in AGAIN or status >= 500:
        return Outcome("failed for now", said)
    return Outcome("failed for good", f"{said}; redirects are not followed" if 300 <= status < 400 else said)


def webhook(text: str, field: str) -> Webhook:
    """The webhook of an address file. Raises `BadSetting`, which shows nothing of it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = "an https address in its first line, and in its second a key or nothing"
    try:
        url = urlsplit(lines[0]) if 1 <= len(lines) <= 2 else urlsplit("")
        good = url.scheme in PORTS and bool(url.hostname) and not url.username and (url.port or 1) > 0 and lines[0].isascii()
    except ValueError:
        good = False
    if not good:
        raise BadSetting(f"{field}: what stands in the file is not accepted; accepted: {wanted}", field=field, accepted=wanted)
    return Webhook(url, lines[1].encode() if len(lines) == 2 else b"")
