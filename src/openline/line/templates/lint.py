"""What is unwise in a template that reads well: said in a list, one sentence each, so that a translator sees all at once.

A node refuses a template of its own or a counterpart's that is not clean; the tests hold the shipped ones to it.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Final

from openline.line.cleaning import folded_words, is_clean
from openline.line.precedence import SHORT, WORDS_MAX, words
from openline.line.templates.pack import NEVER_FILE, own_file
from openline.line.templates.slots import TEXT_CHARS_MAX, Params, Slot, Value, parameters
from openline.line.templates.template import Template, check_params
from openline.line.templates.writing import FSI, PDI, render

TEXT_LINE_CHARS_MAX: Final = 2_000
SENTENCE_WORDS_MIN: Final = 3
ARABIC_PREFIXES: Final = ("وال", "فال", "بال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")
EVERYWHERE: Final = "everywhere"
AMPLE_WORD: Final = "word "  # a text slot filled to its last character with words of four letters


def lint(template: Template) -> list[str]:
    """Everything wrong with a template; empty where it is fit to be used."""
    return [f"{template.id}: {wrong}" for wrong in (*_of_all(template), *_of_each(template))]


def _of_all(template: Template) -> Iterator[str]:
    missing = sorted(set(languages()) - set(template.texts))
    if missing:
        yield f"no text in {', '.join(missing)}"
    if template.source != "en" and not template.texts[template.source].reviewer:
        yield f"its source language {template.source} names no reviewer"
    if template.id == "hazard.keep_clear":
        yield from _says_no_object(template)
    names = " ".join((template.id, *template.answers, *template.types, *(slot.name for slot in template.slots)))
    yield from (f"a name says {term!r}" for term in _terms_in(names, EVERYWHERE))


def _says_no_object(template: Template) -> Iterator[str]:
    """Own hazardous activity is told as an area and a window, both coarse: there is nowhere to write what it is aimed at."""
    for slot in template.slots:
        if slot.kind in ("text", "unit", "bearing", "speed") or (slot.kind == "choice" and slot.of == "mover"):
            yield f"{slot.name} could tell an object"
        if slot.kind == "place" and slot.grid_1e7 < 100_000:
            yield f"{slot.name} is finer than 0.01 degrees"
        if slot.kind == "distance" and (slot.least or 0) < 1_000:
            yield f"{slot.name} may be under 1 km"


def _of_each(template: Template) -> Iterator[str]:
    full = ample(template)
    for language, said in template.texts.items():
        whole = " ".join((said.text, said.what_to_do))
        if words(said.what_to_do) < SENTENCE_WORDS_MIN or said.what_to_do[-1:] not in ".!؟?":
            yield f"{language}: no sentence says what to do"
        if not template.words[language].markers[template.marker].strip():
            yield f"{language}: no marker"
        if not is_clean(whole, TEXT_LINE_CHARS_MAX, one_line=True):
            yield f"{language}: holds characters that cleaning takes out, or is too long"
        yield from (f"{language}: says {term!r}" for term in never_said(whole, language))
        yield from (f"{language}: {wrong}" for wrong in _rendered(template, full, language))


def _rendered(template: Template, full: Params, language: str) -> Iterator[str]:
    text = render(template, full, language)
    if SHORT & set(template.precedence) and words(text) > WORDS_MAX:
        yield f"{words(text)} words with every slot full, at most {WORDS_MAX} as flash or immediate"
    if template.words[language].not_permission not in text:
        yield "does not say that notification is not permission"
    if text.count(FSI) != text.count(PDI):
        yield "an isolate is not closed"


def ample(template: Template) -> dict[str, Value]:
    """Parameters that fill every slot to its last character: the longest text that the template can make."""
    params: dict[str, Value] = {}
    for slot in template.slots:
        params |= zip(parameters(slot), _largest(slot, template), strict=True)
    check_params(template, params)
    return params


def _largest(slot: Slot, template: Template) -> tuple[Value, ...]:
    if slot.kind == "place":
        return 899_000_000, -1_799_000_000
    if slot.kind == "altitude":
        return 1_234_567, "baro"
    if slot.kind in ("text", "unit"):
        most = slot.most or (80 if slot.kind == "unit" else TEXT_CHARS_MAX)
        return ((AMPLE_WORD * most)[:most].strip(),)
    if slot.kind == "choice":
        phrases = template.words[template.source].choices[slot.of]
        return (max(phrases, key=lambda word: len(phrases[word].split())),)
    if slot.kind == "party":
        return ("north.example",)
    return ({"time": 1_495_108_920_000_000, "bearing": 359, "speed": 27_778, "distance": 999_999, "integer": 999}[slot.kind],)


# ── Words no template says ───────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a list of words no template may say; every template needs a text in each."""
    return tuple(sorted(set(_never()) - {EVERYWHERE}))


@cache
def _never() -> dict[str, tuple[tuple[str, ...], ...]]:
    table = tomllib.loads(own_file(NEVER_FILE).decode("utf-8"))
    return {language: tuple(_folded_term(term) for term in terms) for language, terms in table.items()}


def _folded_term(term: str) -> tuple[str, ...]:
    parts = (("".join(folded_words(part)), part.endswith("*")) for part in term.split())
    return tuple(part + "*" * any_ending for part, any_ending in parts)


def never_said(text: str, language: str) -> list[str]:
    """The terms of `never.toml` that a text says. A language without a list gives one complaint that there is none."""
    if language not in languages():
        return [f"(no list of words for {language})"]
    return [*_terms_in(text, language), *_terms_in(text, EVERYWHERE)]


def _terms_in(text: str, language: str) -> list[str]:
    said = folded_words(text)
    return [" ".join(term) for term in _never()[language] if _says(said, term, language)]


def _says(said: list[str], term: tuple[str, ...], language: str) -> bool:
    return any(
        all(_is_word(said[at + nth], part, language) for nth, part in enumerate(term))
        for at in range(len(said) - len(term) + 1)
    )


def _is_word(word: str, part: str, language: str) -> bool:
    forms = {word}
    if language == "ar":
        forms |= {word.removeprefix(prefix) for prefix in ARABIC_PREFIXES}
    stem = part.removesuffix("*")
    return any(form.startswith(stem) if part.endswith("*") else form == stem for form in forms)
