"""A template: one sentence that two parties agreed on beforehand, with typed slots, in several languages.

Read from TOML, strictly: an unknown key, a slot no text has, or a text without a slot is refused by name. Its `hash` is SHA-256
over its canonical content, the shared words it uses included, and the names of people left out: who translated or looked at a
text does not change what it says. Two nodes whose hash is the same write the same text from the same parameters.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec

from openline import seal
from openline.errors import Refused
from openline.line.precedence import Precedence
from openline.line.templates.slots import ENDINGS, NAME, PLAIN, TEXT_CHARS_MAX, Params, Slot, check, given, parameters
from openline.record.entry import canonical

T = TypeVar("T")
Marker = Literal["INSTRUCTION", "ADVICE", "WARNING", "INFORMATION", "QUESTION", "ANSWER", "REQUEST", "INTENTION"]
MARKERS: Final[tuple[Marker, ...]] = (
    *("INSTRUCTION", "ADVICE", "WARNING", "INFORMATION"),
    *("QUESTION", "ANSWER", "REQUEST", "INTENTION"),
)
"""R50: each message has exactly one. INSTRUCTION is closed unless the agreement grants it."""

WRITING: Final = 1  # raised when `writing` or `slots` write the same parameters otherwise, so that the hash changes too
SLOTS_MAX: Final = 24
ANSWERS_MAX: Final = 16
READBACK_MAX: Final = 16
TEMPLATE_BYTES_MAX: Final = 65_536
HOLE: Final = re.compile(r"\{([a-z0-9_]+)\}", re.ASCII)
_ID: Final = re.compile(r"[a-z]+(?:[._][a-z]+)*", re.ASCII)


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all templates of one language share."""

    direction: Literal["ltr", "rtl"]
    not_stated: str
    exercise: str
    not_an_exercise: tuple[str, ...]
    correction: str
    not_permission: str
    markers: dict[Marker, str]
    choices: dict[str, dict[str, str]]


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One language of a template. A reviewer named here is told to the reader; only a recorded approval opens anything."""

    text: str
    what_to_do: str
    translator: str = ""
    reviewer: str = ""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """`types` are the message types it may be the text of, the first its own. Immutable, and never changed in place."""

    id: str
    version: int
    types: tuple[str, ...]
    marker: Marker
    precedence: tuple[Precedence, ...]
    answers: tuple[str, ...]
    readback: tuple[str, ...]
    one_of_at_least: int
    """R33: at least this many of the slots in `describing` are stated."""
    describing: tuple[str, ...]
    open_prefixes: tuple[str, ...]
    """Parameters that begin so are another message's, read back; the first prefix's are listed below the text."""
    slots: tuple[Slot, ...]
    source: str
    """The language it was written in; the others are translations of it."""
    texts: dict[str, Text]
    words: dict[str, Words]
    hash: bytes
    """32 bytes, as `tpl.hash` of a message carries them."""

    def slot(self, name: str) -> Slot:
        """The slot of that name. Raises KeyError."""
        return next((slot for slot in self.slots if slot.name == name), None) or _missing(name)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a template file besides its languages."""

    id: str
    version: int
    types: tuple[str, ...]
    marker: Marker
    precedence: tuple[Precedence, ...]
    source: str
    answers: tuple[str, ...] = ()
    readback: tuple[str, ...] = ()
    one_of_at_least: int = 0
    describing: tuple[str, ...] = ()
    open_prefixes: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


def _missing(name: str) -> Slot:
    raise KeyError(name)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_words(data: bytes) -> dict[str, Words]:
    """The shared words, by language. Raises `Refused` where the languages do not have the same lists and words."""
    words = {language: _converted(table, Words, f"words.{language}") for language, table in _toml(data, "words").items()}
    lists = {language: {of: set(each) for of, each in one.choices.items()} for language, one in words.items()}
    for language, one in words.items():
        if lists[language] != next(iter(lists.values())):
            raise Refused(f"words.{language}.choices", sorted(lists[language]), "the same lists and words in every language")
        if set(one.markers) != set(MARKERS):
            raise Refused(f"words.{language}.markers", sorted(one.markers), ", ".join(MARKERS))
    return words


def read_template(data: bytes, words: Mapping[str, Words]) -> Template:
    """The template of one TOML file. Raises `Refused` naming what is wrong; `lint` says what is unwise besides."""
    if len(data) > TEMPLATE_BYTES_MAX:
        raise Refused("template", f"{len(data)} bytes", f"at most {TEMPLATE_BYTES_MAX} bytes")
    table = _toml(data, "template")
    texts = {language: _converted(table.pop(language), Text, f"template.{language}") for language in words if language in table}
    file = _converted(table, _File, "template")
    _check_head(file, texts, words)
    for slot in file.slots:
        _check_slot(slot, file.id, words[file.source])
    for language, text in texts.items():
        _check_holes(file, language, text)
    used = {language: _used(words[language], file) for language in texts}
    head = {name: getattr(file, name) for name in _File.__struct_fields__}
    return Template(**head, texts=texts, words=used, hash=_hash(head, texts, used))


def _toml(data: bytes, field: str) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(field, str(error), "a TOML file in UTF-8") from None


def _converted(table: object, kind: type[T], field: str) -> T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise Refused(field, str(error), "the keys and kinds of docs/messages.md") from None


def _check_head(file: _File, texts: Mapping[str, Text], words: Mapping[str, Words]) -> None:
    if not _ID.fullmatch(file.id) or not file.types or not 1 <= file.version <= 1_000_000:
        raise Refused("template", (file.id, file.version, file.types), "an id, a version from 1, and message types")
    if file.source not in texts:
        raise Refused(f"{file.id}.source", file.source, ", ".join(sorted(texts)))
    if not file.precedence or len(file.slots) > SLOTS_MAX:
        raise Refused(file.id, f"{len(file.precedence)}, {len(file.slots)}", f"a precedence, and at most {SLOTS_MAX} slots")
    asked = sum(len(parameters(slot)) for slot in file.slots if slot.name in file.readback)
    if len(file.answers) > ANSWERS_MAX or asked > READBACK_MAX:
        raise Refused(file.id, file.answers, f"at most {ANSWERS_MAX} answers and {READBACK_MAX} parameters to be read back")
    unknown = set(file.answers) - set(words[file.source].choices["answer"])
    if unknown:
        raise Refused(f"{file.id}.answers", sorted(unknown), "words of the list answer")
    names = {slot.name for slot in file.slots}
    strange = {*file.readback, *file.describing} - names
    if strange or len(names) != len(file.slots):
        raise Refused(file.id, sorted(strange), "slots of this template, each once")


def _check_slot(slot: Slot, where: str, words: Words) -> None:
    if PLAIN.get(slot.name) != slot.kind and not (NAME.fullmatch(slot.name) and slot.name.endswith(ENDINGS[slot.kind])):
        raise Refused(f"{where}.{slot.name}", slot.kind, f"a name ending in {' or '.join(ENDINGS[slot.kind])}")
    if (slot.kind == "choice") != bool(slot.of) or (slot.of and slot.of not in words.choices):
        raise Refused(f"{where}.{slot.name}.of", slot.of, "a list of words.toml for a choice, else nothing")
    if slot.kind in ("text", "unit") and not 1 <= (slot.most or 1) <= TEXT_CHARS_MAX:
        raise Refused(f"{where}.{slot.name}.most", slot.most, f"1 to {TEXT_CHARS_MAX} characters")


def _check_holes(file: _File, language: str, text: Text) -> None:
    holes = HOLE.findall(text.text)
    wanted = [slot.name for slot in file.slots]
    if sorted(holes) != sorted(wanted):
        wrong = sorted(set(holes) ^ set(wanted)) or sorted(holes)
        raise Refused(f"{file.id}.{language}.text", wrong, "every slot of the template exactly once")
    if HOLE.search(text.what_to_do) or "{" in HOLE.sub("", text.text):
        raise Refused(f"{file.id}.{language}", text.what_to_do, "slots in the text alone")


def _used(words: Words, file: _File) -> Words:
    """The shared words that this template can say."""
    lists = {slot.of for slot in file.slots if slot.of}
    return msgspec.structs.replace(
        words,
        markers={file.marker: words.markers[file.marker]},
        choices={of: words.choices[of] for of in sorted(lists)},
    )


def _hash(head: Mapping[str, Any], texts: Mapping[str, Text], words: Mapping[str, Words]) -> bytes:
    says = {language: {"text": text.text, "what_to_do": text.what_to_do} for language, text in texts.items()}
    content = {"writing": WRITING, **msgspec.to_builtins(head), "texts": says, "words": msgspec.to_builtins(words)}
    return seal.sha256(canonical(content, "template"))


# ── Parameters ───────────────────────────────────────────────────────────────────────────────────────────────────────


def check_params(template: Template, params: Params) -> None:
    """Raises `Refused`, naming the parameter, unless these fill the template: nothing missing, nothing extra, all in range."""
    known = {name for slot in template.slots for name in parameters(slot)}
    for name in params:
        if name not in known and not name.startswith(template.open_prefixes or ("\0",)):
            raise Refused(name, params[name], f"a parameter of {template.id}: {', '.join(sorted(known))}")
    missing = [slot for slot in template.slots if not slot.optional and not given(slot, params)]
    if missing:
        also = f"; missing too: {', '.join(slot.name for slot in missing[1:])}" if missing[1:] else ""
        raise Refused(parameters(missing[0])[0], "nothing", f"a {missing[0].kind} for {missing[0].name}{also}")
    lists = template.words[template.source].choices
    for slot in template.slots:
        check(slot, params, frozenset(lists[slot.of]) if slot.of else frozenset())
    stated = [name for name in template.describing if given(template.slot(name), params)]
    if len(stated) < template.one_of_at_least:
        raise Refused("params", stated, f"at least {template.one_of_at_least} of {', '.join(template.describing)}")


def read_back_params(template: Template, params: Params) -> tuple[str, ...]:
    """The names that `readback` of a message carries: the parameters of the slots to be read back that were filled."""
    slots = (template.slot(name) for name in template.readback)
    return tuple(name for slot in slots for name in parameters(slot) if name in params)
