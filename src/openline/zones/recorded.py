"""Structs of this room as the record keeps them: plain JSON, every `…_ns` as an integer `…_us` (docs/zones.md).

Microseconds because a JSON integer is exact only to 2^53; nanoseconds since 1970 passed that long ago.
"""

from typing import Any, TypeVar

import msgspec

from openline.clock import NS_PER_US
from openline.errors import Refused

T = TypeVar("T")


def to_recorded(struct: msgspec.Struct) -> dict[str, Any]:
    """A struct as plain JSON."""
    plain = _renamed(msgspec.to_builtins(struct), "_ns", "_us", lambda at_ns: at_ns // NS_PER_US)
    assert isinstance(plain, dict)
    return plain


def from_recorded(plain: Any, kind: type[T], field: str) -> T:
    """The structs `to_recorded` gave. Raises `Refused` for anything that does not fit `kind`."""
    try:
        return msgspec.convert(_renamed(plain, "_us", "_ns", lambda at_us: at_us * NS_PER_US), kind)
    except (msgspec.ValidationError, TypeError, RecursionError, OverflowError) as error:
        raise Refused(field, str(error), "what this node wrote") from None


def _renamed(value: Any, old: str, new: str, convert: Any) -> Any:
    """The same JSON with keys ending in `old` ending in `new`, their integers converted."""
    if isinstance(value, dict):
        return {_key(key, old, new): _renamed(_time(key, one, old, convert), old, new, convert) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_renamed(one, old, new, convert) for one in value]
    return value


def _key(key: Any, old: str, new: str) -> Any:
    return key[: -len(old)] + new if isinstance(key, str) and key.endswith(old) else key


def _time(key: Any, value: Any, old: str, convert: Any) -> Any:
    timed = isinstance(key, str) and key.endswith(old) and isinstance(value, int) and not isinstance(value, bool)
    return convert(value) if timed else value
