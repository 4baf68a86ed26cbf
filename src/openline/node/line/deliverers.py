"""What every way of reaching a person has in common: a message in, one of four outcomes out, no secret in any word.

`unknown` is what nobody can say: the message was handed over, and no answer came. Whoever gave it sends it again with the same
key. What is `accepted` was taken by a service; whether a person has it is not known to any of them.
"""

import ssl
from typing import Final, Literal, Protocol

import msgspec

from openline import seal
from openline.node.intake.link import in_words
from openline.node.line.egress import Closed, Wire

State = Literal["accepted", "failed for now", "failed for good", "unknown"]
DETAIL_CHARS_MAX: Final = 160


class Message(msgspec.Struct, frozen=True):
    """What a person is to read. The same `key` is the same message, however often it is sent."""

    key: str
    subject: str
    text: str
    severity: str = "warning"
    exercise: bool = False
    repeat: bool = False

    @property
    def id(self) -> str:
        """Its name outside this node: no message of another node, or of another record of this one, has the same."""
        return f"{self.key}/{seal.sha256(self.text.encode()).hex()[:16]}"


class Outcome(msgspec.Struct, frozen=True):
    """What became of one try, in words of ours: never what a service wrote, which may hold an address or a token."""

    state: State
    detail: str = ""


class Deliverer(Protocol):
    """One path. `send` is called in a thread and keeps to the wire's deadline; `wire.cut` ends it."""

    def send(self, message: Message, wire: Wire) -> Outcome:
        """One try."""
        ...


def failed(error: Exception, wire: Wire) -> Outcome:
    """What an error on the way means: after the message was handed over nobody knows."""
    if isinstance(error, Closed):
        return Outcome("failed for good", str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome("failed for good", "its certificate is not good")
    words = "no answer in time" if isinstance(error, TimeoutError) or wire.is_over else _words(error)
    return Outcome("unknown" if wire.handed else "failed for now", words[:DETAIL_CHARS_MAX])


def _words(error: Exception) -> str:
    """The system's words for a system's error; of any other its name only."""
    if isinstance(error, OSError) and (error.errno or 0) > 0 and not isinstance(error, ssl.SSLError):
        return in_words(error)
    return type(error).__name__
