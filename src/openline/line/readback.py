"""A read-back held against what was said, field by field, and places entered without seeing the sender's map.

The nodes compare, the sender's first and the reader's again; nobody's word that "it is the same" counts. A field that was
not read back is not confirmed, and neither is the message. Words are compared without case, accents kept; numbers in the slot's
unit, with the rounding that the reader's own unit forces and no more: 55 km read back as 34 statute miles agrees, 45 km does
not. A height agrees only on the same datum.

A place is never read back as digits, which can be copied without being understood: the reader enters it on a map of the
reader's own, and what counts is how far it lies from the sender's (R48). Above the tolerance nothing is confirmed.

In the parameters of `understood`, the parameter `x` is read back as `slot.x`; where it was typed in coarser digits, `step.x`
says how large one unit of the last digit was, in the unit of `x`. Both come from the reader's node, which parsed what was
typed. The distance between two places is an argument: this room knows no geodesy. R47, R48, R83.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from openline.line.templates.slots import LAT_1E7_MAX, LON_1E7_MAX, Kind, Params, Slot, Value, parameters
from openline.line.templates.template import Template
from openline.line.types import READ_BACK

Distance = Callable[[float, float, float, float], float]
"""(lat, lon, lat, lon) in degrees → metres along the WGS-84 geodesic."""

Field = Literal["same", "differs", "not read"]
Outcome = Literal["agrees", "differs", "not confirmed"]

TOLERANCE_M: Final = 500  # R48; a figure of the agreement, given as an argument
ROUNDING_SHARE: Final = 0.02  # the coarsest rounding of a number that still counts as the same one, as in a guest's answer
TIME_STEP_US_MAX: Final = 60_000_000  # a time typed to the minute agrees with every second of it
STEP: Final = "step."
ALLOWED: Final = READ_BACK + "tolerance_m"  # in `understood`: how far off a place may lie by the reader's own node
OFFSETS_M: Final = 2  # two nodes' roundings of one distance
NAMES_CHARS_MAX: Final = 240  # of `fields` and `missing_text`


class Compared(msgspec.Struct, frozen=True):
    """One slot: what was said, what was read, and whether they are the same. `offset_m` is of a place, None where unknown."""

    slot: str
    outcome: Field
    said: tuple[Value | None, ...]
    read: tuple[Value | None, ...]
    offset_m: int | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a node found. `tolerance_m` is None where no place was to be read back."""

    outcome: Outcome
    fields: tuple[Compared, ...]
    tolerance_m: int | None

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of the slots that differ."""
        return tuple(one.slot for one in self.fields if one.outcome == "differs")

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the slots that were not read back."""
        return tuple(one.slot for one in self.fields if one.outcome == "not read")

    @property
    def offset_m(self) -> int | None:
        """The largest distance between a place as said and as entered; None where none was entered, or it is not known."""
        return max((one.offset_m for one in self.fields if one.offset_m is not None), default=None)


def compare(
    template: Template,
    said: Params,
    asked: Sequence[str],
    understood: Params,
    distance_m: Distance,
    tolerance_m: int = TOLERANCE_M,
) -> Result:
    """The parameters of an `understood` against those of the message it reads back. `asked` is the message's `readback`.

    Where nothing was to be read back, nothing was confirmed. A parameter asked for that the template does not know is never
    read, so it blocks.
    """
    slots = [slot for slot in template.slots if set(parameters(slot)) & set(asked)]
    known = {name for slot in slots for name in parameters(slot)}
    fields = [_field(slot, said, understood, distance_m, tolerance_m) for slot in slots]
    fields += [Compared(name, "not read", (said.get(name),), (None,)) for name in asked if name not in known]
    places = any(slot.kind == "place" for slot in slots)
    return Result(outcome=_outcome(fields), fields=tuple(fields), tolerance_m=tolerance_m if places else None)


def _outcome(fields: Sequence[Compared]) -> Outcome:
    outcomes = {one.outcome for one in fields}
    if "differs" in outcomes:
        return "differs"
    return "agrees" if outcomes == {"same"} else "not confirmed"


def _field(slot: Slot, said: Params, understood: Params, distance_m: Distance, tolerance_m: int) -> Compared:
    names = parameters(slot)
    meant = tuple(said.get(name) for name in names)
    read = tuple(understood.get(READ_BACK + name) for name in names)
    if all(value is None for value in read):
        return Compared(slot.name, "not read", meant, read)
    if slot.kind == "place":
        offset_m = offset(meant, read, distance_m)
        within = offset_m is not None and offset_m <= tolerance_m
        return Compared(slot.name, "same" if within else "differs", meant, read, offset_m)
    steps = tuple(understood.get(STEP + name, 0) for name in names)
    alike = all(_alike(slot.kind, one, other, step) for one, other, step in zip(meant, read, steps, strict=True))
    return Compared(slot.name, "same" if alike else "differs", meant, read)


def _alike(kind: Kind, meant: Value | None, read: Value | None, step: Value) -> bool:
    """One parameter. Words that people typed without case; words of a list, parties and datums exactly."""
    if isinstance(meant, str) and isinstance(read, str):
        return _folded(meant) == _folded(read) if kind in ("text", "unit") else meant == read
    if type(meant) is not int or type(read) is not int:
        return meant is None and read is None
    grain = step if type(step) is int and step > 0 else 0
    if kind == "time":
        return abs(meant - read) < max(1, min(grain, TIME_STEP_US_MAX))
    if kind == "bearing":
        return (meant - read) % 360 == 0
    if kind in ("distance", "speed", "altitude"):
        return abs(meant - read) <= min(grain / 2, ROUNDING_SHARE * abs(meant))
    return meant == read


def _folded(text: str) -> str:
    """Words without case and without regard to how many spaces stand between them."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def offset(meant: Sequence[Value | None], read: Sequence[Value | None], distance_m: Distance) -> int | None:
    """Metres between two places (lat, lon in 1e-7 degrees), rounded up; None where that cannot be known, which blocks."""
    values = [value for value in (*meant, *read) if type(value) is int]
    if len(values) != 4 or max(map(abs, values[::2])) > LAT_1E7_MAX or max(map(abs, values[1::2])) > LON_1E7_MAX:
        return None
    between_m = distance_m(values[0] / 1e7, values[1] / 1e7, values[2] / 1e7, values[3] / 1e7)
    return math.ceil(between_m) if math.isfinite(between_m) and between_m >= 0 else None


# ── On the wire ──────────────────────────────────────────────────────────────────────────────────────────────────────


def read_params(
    read: Mapping[str, Value], steps: Mapping[str, int] | None = None, tolerance_m: int | None = None
) -> dict[str, Value]:
    """The parameters of `understood` that read these back: what a receiver's node writes of the fields that were filled in.

    `tolerance_m` is the reader's own, given where a place is read back.
    """
    coarse = {STEP + name: step for name, step in (steps or {}).items() if step > 0}
    most = {} if tolerance_m is None else {ALLOWED: tolerance_m}
    return {**{READ_BACK + name: value for name, value in read.items()}, **coarse, **most}


def tolerance(own_m: int, *others: Params) -> int:
    """The smallest of our own tolerance and those that an `understood` and its result name: both ends come to the same."""
    named = (others[0].get(ALLOWED), *(one.get("tolerance_m") for one in others[1:])) if others else ()
    return min([own_m, *(one for one in named if type(one) is int and one >= 0)])


def result_params(result: Result, message: str) -> dict[str, Value]:
    """The parameters of `understood.result` about a message, named as its conversation is.

    The wire knows `agrees` and `differs`: what was not read back does not agree, and is named apart.
    """
    params: dict[str, Value] = {"message_text": message, "result": "agrees" if result.outcome == "agrees" else "differs"}
    if result.differs:
        params["fields"] = _names(result.differs)
    if result.missing:
        params["missing_text"] = _names(result.missing)
    if result.offset_m is not None:
        params["offset_m"] = result.offset_m
    if result.tolerance_m is not None:
        params["tolerance_m"] = result.tolerance_m
    return params


def _names(slots: Sequence[str]) -> str:
    """Names with commas between them, as many as fit in the slot; how many did not is said."""
    said = ", ".join(slots)
    kept = len(slots)
    while len(said) > NAMES_CHARS_MAX:
        kept -= 1
        said = f"{', '.join(slots[:kept])} and {len(slots) - kept} more"
    return said


def confirms(result: Params) -> bool:
    """Whether an `understood.result` lets either end show CONFIRMED: it says agrees, and nothing in it says otherwise.

    The receiver's node asks this too: a result that says agrees and gives an offset above its own tolerance, or a tolerance
    and no offset, confirms nothing.
    """
    if result.get("result") != "agrees" or "fields" in result or "missing_text" in result:
        return False
    offset_m, tolerance_m = result.get("offset_m"), result.get("tolerance_m")
    if offset_m is None and tolerance_m is None:
        return True
    return type(offset_m) is int and type(tolerance_m) is int and offset_m <= tolerance_m


def against(ours: Result, theirs: Params) -> str:
    """What our own result says against the other end's, in words; empty where they say the same."""
    says, agrees = theirs.get("result") == "agrees", ours.outcome == "agrees"
    if says and not agrees:
        return f"they say it agrees; here {_reasons(ours)}"
    if agrees and not says:
        return "they say it differs; here it agrees"
    other_m = theirs.get("offset_m")
    if type(other_m) is int and ours.offset_m is not None and abs(other_m - ours.offset_m) > OFFSETS_M:
        return f"they say the place is {other_m:,} m off; here it is {ours.offset_m:,} m off"
    return ""


def _reasons(result: Result) -> str:
    places = {one.slot for one in result.fields if one.outcome == "differs" and one.offset_m is not None}
    said = [f"it is {result.offset_m:,} m off"] if places and result.offset_m is not None else []
    others = [slot for slot in result.differs if slot not in places]
    said += [f"it differs in {_names(others)}"] if others else []
    said += [f"{_names(result.missing)} was not read back"] if result.missing else []
    return "; ".join(said) or "nothing was to be read back"
