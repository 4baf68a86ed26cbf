"""What parties, lines, lanes and conversations are called; all of it ASCII, so that everybody sorts it the same way."""

import re
from typing import Final

from openline.errors import Refused

PARTY: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?", re.ASCII)
WORD: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}", re.ASCII)
"""Types, answers, slots and templates are words."""
TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
"""A language: `en`, `ar`, `zh-Hant`."""

URGENT: Final = 0
ROUTINE: Final = 1
BULK: Final = 2
LANES: Final = (URGENT, ROUTINE, BULK)
CONVERSATION_CHARS_MAX: Final = 100

_CONVERSATION: Final = re.compile(rf"({PARTY.pattern})/[1-9][0-9]{{0,14}}", re.ASCII)


def line_of(one: str, other: str) -> str:
    """The name of the line between two parties, whoever asks."""
    return "~".join(sorted((one, other)))


def conversation(party: str, number: int) -> str:
    """The name of the conversation that a party begins as its `number`th on a line (from 1)."""
    return f"{party}/{number}"


def party_of(conv: str) -> str | None:
    """The party that began a conversation; None where it is not the name of one."""
    match = _CONVERSATION.fullmatch(conv)
    return match.group(1) if match is not None and len(conv) <= CONVERSATION_CHARS_MAX else None


def party(value: object, field: str) -> str:
    """The id of a party. Raises `Refused`."""
    if not isinstance(value, str) or PARTY.fullmatch(value) is None:
        raise Refused(field, value, "a party's id: 1 to 63 of a to z, 0 to 9, dot and hyphen, such as south.example")
    return value
