"""The words the product never says: it warns, notifies and records, and has no other purpose (docs/glossary.md)."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.house.exceptions import EXCEPTIONS
from tests.house.tree import files, name_of, python_files, report, syntax_of, text_of, words_of

# Kept as stems so that every form is found; each with the word to use.
INSTEAD = {
    "ack": "acknowledge (an alarm), or one of received, read, understood, passed on, acted (a message): they are five things",
    "nack": "refuse",
    "target": "mover, track, or the noun it is",
    "hostile": "nothing: identities have no such value; bad input is bad input",
    "enemy": "party or counterpart",
    "foe": "party or counterpart",
    "bandit": "mover",
    "bogey": "mover",
    "weapon": "nothing: there is no such function",
    "munition": "nothing: there is no such function",
    "warhead": "nothing: there is no such function",
    "lethal": "nothing: there is no such function",
    "kill": "stop, close",
    "shoot": "nothing: there is no such function",
    "strike": "nothing: there is no such function",
    "attack": "misuse, fault",
    "engage": "nothing: there is no such function",
    "neutralise": "nothing: there is no such function",
    "neutralize": "nothing: there is no such function",
}
FORMS = {stem + ending: stem for stem in INSTEAD for ending in ("", "s", "d", "ed", "ing", "er", "ers")}
FORMS |= {"targeting": "target", "killed": "kill", "striking": "strike", "engaging": "engage", "engagement": "engage"}

Found = tuple[Path, int, str]


def _in(text: str) -> list[str]:
    return [word for word in words_of(text) if word in FORMS]


def _python_words(path: Path) -> Iterator[Found]:
    """Forbidden words among the names and the strings of a source file; docstrings and comments may explain."""
    docstrings = set()
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docstrings.add(node.value.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.lineno not in docstrings:
            yield from ((path, node.lineno, word) for word in _in(node.value))
    for token in tokenize.generate_tokens(io.StringIO(text_of(path)).readline):
        if token.type == tokenize.NAME:
            yield from ((path, token.start[0], word) for word in _in(token.string))


# What browsers call things is not ours to choose.
DOM = re.compile(
    r"\b(?:current|related)?[tT]arget\b(?=\s*(?:as\b|instanceof\b|[.;,)!?&|=\]]|$))"  # `event.target`, `{ target }`
    r"|\btarget\s*=\s*[\"'{]_?\w+"  # <a target="_blank">
    r"|EventTarget\b"
)


def _web_words(path: Path) -> Iterator[Found]:
    """Forbidden words in the console's sources, without the browser's own `event.target` and comments."""
    for number, line in enumerate(text_of(path).splitlines(), 1):
        said = DOM.sub("", re.sub(r"^\s*(//|/?\*).*|\s//\s.*", "", line))
        yield from ((path, number, word) for word in _in(said))


def found() -> Iterator[Found]:
    for path in python_files("src"):
        yield from _python_words(path)
    for path in files("web/src", ".ts", ".tsx", ".css", ".html"):
        yield from _web_words(path)


def test_no_name_or_sentence_says_a_forbidden_word():
    offences = {
        f"{name_of(path)}:{line}: {word!r}: say {INSTEAD[FORMS[word]]}"
        for path, line, word in found()
        if ("word", name_of(path), word) not in EXCEPTIONS
    }
    report(sorted(offences), "the product warns, notifies and records; its words say nothing else")


def test_every_excepted_word_is_still_there():
    there = {(name_of(path), word) for path, _, word in found()}
    gone = [f"{file} {word}" for rule, file, word in EXCEPTIONS if rule == "word" and (file, word) not in there]
    report(gone, "take out of exceptions.py")


def test_the_browsers_own_words_are_let_be_and_ours_are_not():
    assert _in(DOM.sub("", "const box = event.target as HTMLInputElement")) == []
    assert _in(DOM.sub("", "export const targetList = []")) == ["target"]
    assert _in("alarm_acked") == ["acked"]
    assert _in("background, acknowledge, tracks") == []
