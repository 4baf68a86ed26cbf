"""Reading the values of canonical JSON that somebody else wrote: each gives the value or raises `Refused` naming its field."""

import re
from collections.abc import Collection
from typing import Any, Final, TypeVar

from openline import seal
from openline.errors import Refused
from openline.record.entry import INT_LIMIT

Word = TypeVar("Word", bound=str)
LATEST_US: Final = INT_LIMIT - 1  # the year 2255; anything that counts fits the same range
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def exactly(value: object, keys: Collection[str], field: str) -> dict[str, Any]:
    """An object with these keys and no others; what is missing and what is strange is named."""
    if not isinstance(value, dict):
        raise Refused(field, value, f"an object with exactly the keys {' '.join(sorted(keys))}")
    for key in keys:
        if key not in value:
            raise Refused(f"{field}.{key}", None, "this key in every case; null or empty where there is nothing to say")
    for key in value:
        if key not in keys:
            raise Refused(f"{field}.{key[:60]}", value[key], f"only the keys {' '.join(sorted(keys))}")
    return value


def integer(value: object, field: str, least: int = 0, most: int = LATEST_US) -> int:
    """An integer from `least` to `most`; true and false are none."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused(field, value, f"an integer from {least} to {most}")
    return value


def moment(value: object, field: str) -> int | None:
    """Null, or µs since 1970."""
    return None if value is None else integer(value, field)


def flag(value: object, field: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Refused(field, value, "true or false")
    return value


def one_of(value: object, allowed: Collection[Word], field: str) -> Word:
    """One of these words."""
    for word in allowed:
        if word == value:
            return word
    raise Refused(field, value, f"one of {' '.join(allowed)}")


def shaped(value: object, shape: re.Pattern[str], field: str, accepted: str) -> str:
    """A text of this shape from end to end."""
    if not isinstance(value, str) or shape.fullmatch(value) is None:
        raise Refused(field, value, accepted)
    return value


def listed(value: object, count_max: int, field: str) -> list[Any]:
    """A list of at most so many."""
    if not isinstance(value, list) or len(value) > count_max:
        raise Refused(field, value, f"a list of at most {count_max}")
    return value


def text(value: object, field: str, most: int, least: int = 0) -> str:
    """So many characters (code points), none of them a control character but newline."""
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Refused(field, value, f"a text of {least} to {most} characters")
    if _CONTROL.search(value):
        raise Refused(field, value, "no control characters but newline")
    return value


def straight(value: str, field: str) -> str:
    """The text itself, unless it holds characters that turn the direction of what stands beside them on a screen."""
    if _TURNING.search(value):
        raise Refused(field, value, "no characters U+202A to U+202E or U+2066 to U+2069, which reorder what is read")
    return value


def hashed(value: object, field: str) -> bytes:
    """A SHA-256 in base64."""
    return sized(value, seal.HASH_BYTES, field)


def sized(value: object, length_bytes: int, field: str) -> bytes:
    """So many bytes in base64."""
    if not isinstance(value, str):
        raise Refused(field, value, f"base64 of {length_bytes} bytes")
    return seal.from_b64(value, field, length_bytes)
