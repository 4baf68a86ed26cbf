"""What may enter the flow: everything is one of these inputs, numbered, recorded, then stepped."""

from typing import Any

import msgspec


class Bytes(msgspec.Struct, frozen=True, gc=False, tag="bytes"):
    """Bytes a feed gave, in any cut, at the moment they were heard."""

    seq: int
    source: str
    heard_ns: int
    data: bytes


class Act(msgspec.Struct, frozen=True, tag="act"):
    """What a person did: a name from the registry and its body, which is plain JSON."""

    seq: int
    at_ns: int
    who: str
    role: str
    name: str
    body: dict[str, Any]


class Intake(msgspec.Struct, frozen=True, tag="intake"):
    """What the shell saw of a feed's connection."""

    seq: int
    source: str
    at_ns: int
    state: str  # connecting, up, down, off
    why: str = ""


class Frame(msgspec.Struct, frozen=True, gc=False, tag="frame"):
    """One envelope of a counterpart, exactly as it came; the door has verified that a line key in force signed it."""

    seq: int
    at_ns: int
    party: str
    kind: str  # message, receipt, hello
    data: bytes


class Tick(msgspec.Struct, frozen=True, gc=False, tag="tick"):
    """The clock moved; nothing else happens at this moment."""

    seq: int
    now_ns: int


Given = Bytes | Act | Intake | Frame | Tick
