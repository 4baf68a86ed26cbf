"""A template and its parameters written as text, and somebody else's text held against it.

Numbers, times and places are written the same in every language. In a right-to-left text every slot stands between FIRST
STRONG ISOLATE and POP DIRECTIONAL ISOLATE, in a left-to-right text every slot that holds right-to-left letters, so that no
value can reorder the words around it (UAX #9); values hold no such characters themselves, `cleaning` saw to that.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol

import msgspec

from openline.errors import Refused
from openline.line.templates import slots
from openline.line.templates.pack import Pack
from openline.line.templates.slots import Params, Slot, Value
from openline.line.templates.template import HOLE, Template, Words, check_params, read_back_params
from openline.line.types import TYPES

FSI: Final = "\u2068"
PDI: Final = "\u2069"

STATEMENTS: Final = frozenset(name for name, kind in TYPES.items() if kind.re in ("theirs", "either") or name == "withdrawal")
"""Types that only speak of a message, and ask for nothing themselves."""
Verdict = Literal["same", "differs", "not checked"]


def render(template: Template, params: Params, language: str, kind: str = "", exercise: bool = False) -> str:
    """The text in one language, lines joined by line ends: the marked text, what to do, and what a notification is not.

    `kind` is the message's type where it is not the template's first: a `correction` says so at its head. An exercise
    says so at head and tail (R73). Raises `Refused` for parameters that do not fill the template or a language it lacks.
    """
    check_params(template, params)
    if language not in template.texts:
        raise Refused("language", language, ", ".join(sorted(template.texts)))
    words, said = template.words[language], template.texts[language]
    text = HOLE.sub(lambda hole: _slot_text(template.slot(hole.group(1)), params, words), said.text)
    lines = [f"{words.markers[template.marker]}: {text}", said.what_to_do, *read_back_lines(template, params, words)]
    if kind == "correction" and template.id != "correction":
        lines.insert(0, words.correction)
    lines.append(words.not_permission)
    if exercise:
        lines = [words.exercise, *lines, words.exercise]
    return "\n".join(lines)


def slot_lines(template: Template, params: Params) -> list[str]:
    """The slots alone, one a line, in no language: what a reader has whose language nobody has approved."""
    lines = []
    for slot in template.slots:
        value = slots.written(slot, params)
        lines.append(f"{slot.name}: {'–' if value is None else value}")
    return lines


def read_back_lines(template: Template, params: Params, words: Words) -> list[str]:
    """The read-back slots of another message, one a line, by the kinds that their names end in."""
    if not template.open_prefixes:
        return []
    prefix = template.open_prefixes[0]
    read = {name.removeprefix(prefix): value for name, value in params.items() if name.startswith(prefix)}
    return [_isolated(f"{slot.name} = {_safely(slot, read)}", words) for slot in slots_named(read)]


def slots_named(params: Mapping[str, Value]) -> list[Slot]:
    """The slots that these parameters fill, known by their endings alone; in order of name. Raises `Refused` for others."""
    found: dict[str, Slot] = {}
    for name in sorted(params):
        slot = _named(name)
        found[slot.name] = slot
    return [found[name] for name in sorted(found)]


def _named(name: str) -> Slot:
    for ending in ("_lat_1e7", "_lon_1e7"):
        if name.endswith(ending):
            return Slot(name=name.removesuffix(ending) + "_place", kind="place")
    for ending in ("_cm", "_datum"):
        if name.endswith(ending):
            return Slot(name=name.removesuffix(ending) + "_altitude", kind="altitude")
    if name in slots.PLAIN:
        return Slot(name=name, kind=slots.PLAIN[name])
    for kind, endings in slots.ENDINGS.items():
        if name.endswith(endings) and kind not in ("place", "altitude") and slots.NAME.fullmatch(name):
            return Slot(name=name, kind=kind)
    raise Refused(name, "a name", "one that ends in its unit, such as radius_m")


def _safely(slot: Slot, params: Params) -> str:
    """A slot of which only the ending is known. Half a place, or a number out of range, is refused as everywhere."""
    word = params.get(slot.name)
    words = frozenset({word}) if isinstance(word, str) and re.fullmatch(r"[a-z_]{1,40}", word) else frozenset[str]()
    slots.check(slot, params, words)
    return slots.written(slot, params) or "–"


def _slot_text(slot: Slot, params: Params, words: Words) -> str:
    value = slots.written(slot, params)
    if value is None:
        return words.not_stated
    return _isolated(words.choices[slot.of][value] if slot.kind == "choice" else value, words)


def _isolated(value: str, words: Words) -> str:
    if words.direction == "rtl" or any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in value):
        return f"{FSI}{value}{PDI}"
    return value


# ── Comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Named(Protocol):
    """`tpl` of a message."""

    @property
    def id(self) -> str: ...
    @property
    def ver(self) -> int: ...
    @property
    def hash(self) -> bytes: ...


class Said(Protocol):
    """What `compare` reads of a message; the names are those of docs/spec/line.md."""

    @property
    def type(self) -> str: ...
    @property
    def ex(self) -> bool: ...
    @property
    def marker(self) -> str: ...
    @property
    def precedence(self) -> str: ...
    @property
    def answers(self) -> Sequence[str]: ...
    @property
    def readback(self) -> Sequence[str]: ...
    @property
    def tpl(self) -> Named | None: ...
    @property
    def params(self) -> Params: ...
    @property
    def text(self) -> Mapping[str, str]: ...


class Comparison(msgspec.Struct, frozen=True):
    """Whether the text says what its template and parameters say. `differs` names texts (by language) and keys that do not."""

    verdict: Verdict
    why: str
    differs: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()


def compare(message: Said, pack: Pack) -> Comparison:
    """Write the message again from our own copy of its template and hold every text against it.

    "same" only where every text was written again and equal; "not checked" where there is no template, ours is not that
    one, or no text is in a language it has; "differs" in every other case, and never less than that for parameters
    that do not fill the template.
    """
    if message.tpl is None:
        return Comparison("not checked", "the message names no template")
    template = pack.get(message.tpl.id, message.tpl.ver)
    if template is None:
        return Comparison("not checked", f"there is no template {message.tpl.id} version {message.tpl.ver} here")
    if template.hash != message.tpl.hash:
        return Comparison("not checked", f"our template {template.id} version {template.version} says something else")
    differs = _differing_keys(message, template)
    unknown = tuple(sorted(set(message.text) - set(template.texts)))
    for language in sorted(set(message.text) & set(template.texts)):
        try:
            ours = render(template, message.params, language, message.type, message.ex)
        except Refused as refused:
            return Comparison("differs", refused.message, (refused.field,), unknown)
        if ours != message.text[language]:
            differs.append(f"text.{language}")
    if differs:
        why = f"not what its template says: {', '.join(differs)}"
        return Comparison("differs", why, tuple(differs), unknown)
    if unknown or not message.text:
        return Comparison("not checked", "a text in a language that the template does not have", (), unknown)
    return Comparison("same", "written again from our own template")


def _differing_keys(message: Said, template: Template) -> list[str]:
    """What its template settles and the message says otherwise; a message of substance asks for all that its template does."""
    asked = set(read_back_params(template, message.params))
    speaks = message.type in STATEMENTS
    facts = {
        "type": message.type in template.types,
        "marker": message.marker == template.marker,
        "precedence": message.precedence in template.precedence,
        "answers": tuple(message.answers) == template.answers or (speaks and not message.answers),
        "readback": set(message.readback) == asked or (speaks and not message.readback),
    }
    return [key for key, holds in facts.items() if not holds]
