"""A message by mail, over one's own mail server: its answers to each command say what became of it.

The address file is one line: `smtps://USER:PASSWORD@HOST:465/?from=node@south.example&to=duty@south.example`, more receivers
with commas. `smtps` is TLS from the first byte, `smtp` is STARTTLS, which the server must offer; with `&tls=off` there is none,
only where `reach` names the network. Signs in user and password stand percent-encoded.
"""

import re
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from openline.errors import BadSetting
from openline.node.line.deliverers import Message, Outcome, failed
from openline.node.line.egress import Wire

PORTS: Final = {"smtps": 465, "smtp": 587}
RECEIVERS_MAX: Final = 20
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_DETAIL: Final = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")


class MailAddress(msgspec.Struct, frozen=True):
    """What an address file says."""

    host: str
    port: int
    tls: str  # all, start, off
    user: str
    password: str
    sender: str
    receivers: tuple[str, ...]

    def __repr__(self) -> str:
        return "MailAddress(…)"


class Mail:
    """One mail server and its receivers."""

    def __init__(self, address: MailAddress) -> None:
        self._address = address
        self._context = ssl.create_default_context()

    def send(self, message: Message, wire: Wire) -> Outcome:
        """One mail."""
        session = _Session(self._address, self._context, wire)
        try:
            return self._send(message, wire, session)
        except smtplib.SMTPResponseException as error:
            return _refused(int(error.smtp_code), error.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return Outcome("failed for good", "the mail server does not offer STARTTLS, or a way to sign in")
        except Exception as error:  # whatever it is: this path failed, and the node goes on
            return failed(error, wire)
        finally:
            session.close()

    def _send(self, message: Message, wire: Wire, session: "_Session") -> Outcome:
        at = self._address
        code, said = session.connect(at.host, at.port)
        if code != 220:
            return _refused(code, said)
        session.ehlo_or_helo_if_needed()
        if at.tls == "start":
            session.starttls(context=session.shield)
            session.ehlo_or_helo_if_needed()
        if at.user:
            session.login(at.user, at.password)
        code, said = session.mail(at.sender)
        if code != 250:
            return _refused(code, said)
        answers = [session.rcpt(one) for one in at.receivers]
        taken = sum(code in (250, 251) for code, _ in answers)
        if not taken:
            return _refused(*max(answers, key=lambda one: one[0] < 500))  # one that may be taken later is tried again
        wire.handed = True
        code, said = session.data(_written(message, at))
        if code != 250:
            return _refused(code, said)
        session.leave()
        some = "" if taken == len(answers) else f", for {taken} of {len(answers)} receivers"
        return Outcome("accepted", f"the mail server answered 250{some}")


class _Session(smtplib.SMTP):
    """smtplib, over a wire that goes only where it may and that can be cut."""

    def __init__(self, address: MailAddress, context: ssl.SSLContext, wire: Wire) -> None:
        super().__init__(local_hostname=address.sender.rpartition("@")[2])  # its own default asks a name server
        self._host = address.host
        self._at = address
        self._context = context
        self._wire = wire
        self.shield: Any = _Shield(context, wire)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = self._wire.connect(host, port, secured=self._at.tls != "off")
        return self._wire.secure(plain, self._context, host) if self._at.tls == "all" else plain

    def leave(self) -> None:
        """Say goodbye; what was taken stays taken, whatever is answered."""
        try:
            self.quit()
        except (OSError, smtplib.SMTPException):
            pass


class _Shield:
    """What `starttls` needs of a TLS context."""

    def __init__(self, context: ssl.SSLContext, wire: Wire) -> None:
        self._context = context
        self._wire = wire

    def wrap_socket(self, plain: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """TLS over the wire."""
        return self._wire.secure(plain, self._context, server_hostname)


def _refused(code: int, said: bytes | str) -> Outcome:
    """By its number: what a server writes beside it may hold addresses."""
    more = _DETAIL.search(said if isinstance(said, bytes) else said.encode("utf-8", "replace"))
    words = f"the mail server answered {code}{' ' + more.group().decode() if more else ''}"
    return Outcome("failed for good" if 500 <= code < 600 else "failed for now", words)


def _written(message: Message, at: MailAddress) -> bytes:
    domain = at.sender.rpartition("@")[2]
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = at.sender
    mail["To"] = ", ".join(at.receivers)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id.replace('/', '.')}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.severity == "critical":
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    mail.set_content(message.text)
    return mail.as_bytes()


def mail(text: str, field: str) -> Mail:
    """The mail path of an address file. Raises `BadSetting`, which shows nothing of it."""
    wanted = "smtps://USER:PASSWORD@HOST:465/?from=ADDRESS&to=ADDRESS, in one line"
    found = _read(text.strip())
    if found is None:
        raise BadSetting(f"{field}: what stands in the file is not accepted; accepted: {wanted}", field=field, accepted=wanted)
    return Mail(found)


def _read(text: str) -> MailAddress | None:
    try:
        url = urlsplit(text)
        query = parse_qs(url.query, strict_parsing=True, max_num_fields=10)
        port = url.port or PORTS[url.scheme]
    except (ValueError, KeyError):
        return None
    receivers = tuple(one.strip() for one in ",".join(query.get("to", [])).split(","))
    senders, tls = query.get("from", []), query.get("tls", [""])
    every = (*senders, *receivers)
    if not url.hostname or len(senders) != 1 or not 1 <= len(receivers) <= RECEIVERS_MAX or set(query) - {"from", "to", "tls"}:
        return None
    if (
        not all(_ADDRESS.fullmatch(one) for one in every)
        or tls not in ([""], ["off"])
        or (tls == ["off"] and url.scheme == "smtps")
    ):
        return None
    mode = "all" if url.scheme == "smtps" else "off" if tls == ["off"] else "start"
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if user and mode == "off":
        return None  # no password goes over a wire in the clear
    return MailAddress(url.hostname, port, mode, user, password, senders[0], receivers)
