"""What can go wrong, sorted by whose fault it is; the first docstring line is the message an operator reads.

    OpenlineError
    ├── OurFault     O-1xx   fix it and start again
    ├── TheirFault   T-2xx   the bytes or words of somebody else are refused; keep them as evidence
    └── WorldFault   W-3xx   disk, network, clock: nobody is to blame

Every leaf has a code, and a heading in `docs/errors.md` that says what it means and what to do. The remedy of a class is what
to do in general; where more is known, an error carries its own.
"""

from typing import Any, ClassVar, Final


class OpenlineError(Exception):
    """Something Openline noticed and can name."""

    code: ClassVar[str] = ""
    remedy: str = ""
    stops_node: ClassVar[bool] = False

    def __init__(self, message: str = "", *, remedy: str = "", **facts: Any) -> None:
        if remedy:
            self.remedy = remedy
        self.facts = facts
        self.message = message or (type(self).__doc__ or "").split("\n")[0]
        super().__init__(f"{self.code} {self.message}" if self.code else self.message)


NOTHING: Final = "nothing"
"""The value of a refusal where there was none: null, an empty text, an empty list."""


def _shown(value: object) -> str:
    """A value as a refusal shows it, at most 120 characters; bytes as the text they are, else in hexadecimal."""
    if value is None or (isinstance(value, (str, bytes, tuple, list)) and not value):
        return NOTHING
    if isinstance(value, (bytes, bytearray)):
        text = bytes(value[:120]).decode("utf-8", "replace").strip("\r\n\t ")
        text = text.rstrip("\ufffd") if len(value) > 120 else text  # a letter cut in two
        plain = "\ufffd" not in text and "".join(text.split()).isprintable()
        shown = repr(text) if plain else f"what begins with the bytes {value[:16].hex(' ')}"
    else:
        shown = repr(value)
    return shown if len(shown) <= 120 else shown[:117] + "..."


class OurFault(OpenlineError):
    """Openline or its settings are wrong."""


class TheirFault(OpenlineError):
    """What came from outside is wrong."""


class WorldFault(OpenlineError):
    """The machine or the network failed."""


class BadSetting(OurFault):
    """A setting is not usable."""

    code = "O-101"
    remedy = "Correct what is named in the settings file, openline.toml in the node's directory, and start the node again."


class OutOfTurn(OurFault):
    """A step was asked for that the state does not allow."""

    code = "O-102"
    remedy = "Look again at how it stands now: another screen or the node has moved on."


class Mistake(OurFault):
    """Openline made a mistake; nothing was done."""

    code = "O-103"
    remedy = "Tell whoever runs this node; the log says where it happened."


class Refused(TheirFault):
    """An input was refused."""

    code = "T-201"
    remedy = "Correct what is named and try again."

    def __init__(self, field: str, value: object, accepted: str, *, remedy: str = "") -> None:
        shown = _shown(value)
        wrong = "nothing was given" if shown == NOTHING else f"{shown} is not accepted"
        message = f"{field}: {wrong}; accepted: {accepted}"
        super().__init__(message, remedy=remedy, field=field, value=shown, accepted=accepted)
        self.field = field
        self.value = shown
        self.accepted = accepted


class BadPath(TheirFault):
    """A file or directory that was named cannot be used."""

    code = "T-215"
    remedy = "Check the path: that it is there, and that this user may use it."


class BadRecord(TheirFault):
    """A record does not verify."""

    code = "T-202"
    remedy = "Keep the file as it is: it is evidence of a fault or of tampering. Compare with the counterpart's copy."


class NotAllowed(TheirFault):
    """This person or role may not do that."""

    code = "T-203"
    remedy = "Ask a person whose role allows it."


class NotSignedIn(TheirFault):
    """Nobody is signed in here, or the password is needed again."""

    code = "T-211"
    remedy = "Sign in with your name and password."


class TooOften(TheirFault):
    """Too many requests in a short time."""

    code = "T-212"
    remedy = "Wait as long as the answer says, then try again."


class TooLarge(TheirFault):
    """What was sent is larger than this node takes."""

    code = "T-213"
    remedy = "Send it in smaller pieces, or raise the named limit in the settings."


class NotThere(TheirFault):
    """There is no such thing here."""

    code = "T-214"
    remedy = "Check the name or the address; it may have been closed, archived or never been here."


class RecordStopped(WorldFault):
    """The record cannot be written; the node stops so that it never speaks unrecorded."""

    code = "W-301"
    remedy = "Free disk space or repair the disk, then start the node again. Use the telephone meanwhile."
    stops_node = True


class DiskFull(WorldFault):
    """There is no room on the disk for this; nothing of it was written, and it is to be sent again."""

    code = "W-307"
    remedy = "Free disk space; the node goes on by itself. Use the telephone meanwhile. What was refused is to be sent again."


class FeedLost(WorldFault):
    """A feed cannot be reached."""

    code = "W-302"
    remedy = "Check the address and the sender; the node keeps trying."


class AlreadyRunning(WorldFault):
    """Another process holds this node's record."""

    code = "W-303"
    remedy = "Stop the other process, or use the command while the node runs: it goes through the node's socket."


class NotWatching(WorldFault):
    """The node is not watching yet."""

    code = "W-305"
    remedy = "Wait until the screen says watching. If it does not in a minute, use the telephone; the node's output says why."


class PortTaken(WorldFault):
    """The address to listen on is in use."""

    code = "W-304"
    remedy = "Choose another port with --port or in the settings file."


class NotRunning(WorldFault):
    """No node is running in this directory."""

    code = "W-306"
    remedy = "Start it with `openline serve`, or name its directory."
