"""A message over a service that Apprise knows, sent by a process of its own (`apprised.py`).

Apprise speaks to many services and tells little: whether a service took a message, not why it did not. Its process has no
environment, is given the address on its standard input, opens sockets only to addresses that may be reached, and is ended at
the deadline. What failed after it had connected may have arrived: it is `unknown`, and sent again.
"""

import importlib.util
import re
import subprocess
import sys
from typing import Any, Final

import msgspec

from openline.errors import BadSetting
from openline.node.line.deliverers import Message, Outcome, State, failed
from openline.node.line.egress import Wire

SCHEMES: Final = frozenset(
    {
        *("mailtos", "ntfys", "gotifys", "matrixs", "mmosts", "rockets", "nctalks", "synologys", "zulip", "slack", "workflows"),
        *("gchat", "webex", "wxteams", "discord", "tgram", "signals", "threema", "whatsapp", "pover", "join", "simplepush"),
        *("pagerduty", "opsgenie", "goalerts", "ilert", "squadcast", "signl4", "spike", "splunk", "victorops", "betterstack"),
        *("twilio", "vonage", "nexmo", "plivo", "sinch", "clickatell", "clicksend", "msgbird", "bulksms", "d7sms", "46elks"),
        *("seven", "smseagles", "sns", "voipms", "infobip", "telnyx", "kavenegar", "freemobile"),
    }
)
"""Schemas that reach people over an encrypted connection. None writes a file, starts a program or calls an address of one's own
choice (`webhook` does that, and says what was answered).
"""
PACKAGE: Final = "apprise"
ADDRESS_CHARS_MAX: Final = 4_000
SPARE_S: Final = 1.0  # of the deadline, for the process to answer in
_SCHEME: Final = re.compile(r"([a-z0-9]{2,20})://\S+", re.ASCII | re.IGNORECASE)


class Order(msgspec.Struct, frozen=True):
    """What the process is given."""

    url: str
    schemes: tuple[str, ...]
    subject: str
    text: str
    reach: tuple[str, ...]
    within_s: float


class Report(msgspec.Struct, frozen=True):
    """What it gives back: one of `OUTCOMES`, and words."""

    outcome: str
    detail: str = ""


class Apprised:
    """One address of one service."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __repr__(self) -> str:
        return "Apprised(…)"

    def send(self, message: Message, wire: Wire) -> Outcome:
        """One try, in a process that is ended with the wire."""
        try:
            return self._send(message, wire)
        except Exception as error:  # whatever it is: this path failed, and the node goes on
            return failed(error, wire)

    def _send(self, message: Message, wire: Wire) -> Outcome:
        reach = tuple(str(one) for one in wire.reach)
        order = Order(self._url, tuple(sorted(SCHEMES)), message.subject, message.text, reach, wire.left_s() - SPARE_S)
        command = [sys.executable, "-I", "-m", "openline.node.line.apprised"]
        with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, env={}, cwd="/") as child:
            wire.on_cut(child.terminate)
            wire.handed = True
            try:
                said, _ = child.communicate(msgspec.json.encode(order), timeout=wire.left_s())
            finally:
                child.terminate()
        report = msgspec.json.decode(said, type=Report)
        return Outcome(OUTCOMES.get(report.outcome, "unknown"), report.detail)


OUTCOMES: Final[dict[str, State]] = {
    "sent": "accepted",
    "connected": "unknown",
    "not connected": "failed for now",
    "refused": "failed for good",
    "unusable": "failed for good",
}


def installed() -> bool:
    """Whether the optional package is here."""
    return importlib.util.find_spec(PACKAGE) is not None


def apprised(text: str, field: str) -> Apprised:
    """The Apprise path of an address file. Raises `BadSetting`, which shows nothing of it but its schema."""
    url = text.strip()
    found = _SCHEME.fullmatch(url)
    scheme = found.group(1).lower() if found is not None else ""
    more: dict[str, Any] = {"field": field}
    if not installed():
        remedy = "Install it (pip install 'openline[apprise]'), or use kind smtp or webhook, which need nothing more."
        raise BadSetting(f"{field}: kind apprise needs the package apprise, which is not installed", remedy=remedy, **more)
    if scheme not in SCHEMES or len(url) > ADDRESS_CHARS_MAX or "," in url:
        wanted = "one address of a service, its schema one of " + ", ".join(sorted(SCHEMES))
        shown = f"the schema {scheme}" if re.fullmatch("[a-z0-9]{2,20}", scheme) else "what stands in the file"
        raise BadSetting(f"{field}: {shown} is not accepted; accepted: {wanted}", accepted=wanted, **more)
    return Apprised(url)
