"""Filling templates so that no text from outside can become markup.

`fill` escapes every slot that is not already `Html`; the only way to `Html` is `fill`, `join`, or a literal in this folder.
Control and invisible characters are dropped first: they can make a text read differently than it is (Trojan Source).
"""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

KEPT: Final = frozenset("\n\u200c\u200d")  # line feed, and the two joiners that scripts need


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text without control, format, surrogate and private characters."""
    return "".join(one for one in text if one in KEPT or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co"))


def quoted(value: object) -> Html:
    """Any value as text that is safe between tags and inside a quoted attribute; None is an en dash: not known."""
    if isinstance(value, Html):
        return value
    return Html(escape("–" if value is None else clean(str(value)), quote=True))


def fill(template: str, **slots: object) -> Html:
    """A template with `{slots}`, each escaped."""
    return Html(template.format_map({name: quoted(value) for name, value in slots.items()}))


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Pieces of markup one after another."""
    pieces = list(parts)
    assert all(isinstance(piece, Html) for piece in pieces)
    return Html(between.join(pieces))


def document(title: str, body: Html, wide: bool = False, language: str = "en", direction: str = "ltr") -> str:
    """A whole page around a body; `wide` for tables."""
    kind = Html(' class="wide"') if wide else Html("")
    return fill(_DOCUMENT, title=title, body=body, kind=kind, language=language, direction=direction)


_DOCUMENT: Final = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/pages.css">
</head>
<body{kind}>
{body}
</body>
</html>
"""
