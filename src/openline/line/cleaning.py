"""Text that people type, made fit to be signed, stored and shown beside other text.

What is taken out: control characters, every format character (those that turn the direction of writing first of all: they
could make a sentence read as another), private use, lone surrogates, code points that are no characters. What is kept:
ZERO WIDTH JOINER and NON-JOINER directly after a letter or mark of a script in which they change the spelling. Ends of lines
of every kind become one. What remains is in NFC, as the record asks. Cleaning what is clean changes nothing.

Source: Unicode 15 chapter 23.2 (joiners), UAX #9 (direction), UAX #15 (NFC).
"""

import re
import unicodedata
from typing import Final

from openline.errors import Refused

JOINERS: Final = "\u200c\u200d"
JOINING_SCRIPTS: Final = (
    *("ARABIC", "SYRIAC", "NKO", "MONGOLIAN", "MANDAIC"),
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA"),
    *("KHMER", "MYANMAR", "JAVANESE", "BALINESE"),
)
"""First words of the Unicode names of letters after which a joiner is spelling, not decoration."""

MARKS_MAX: Final = 4  # on one letter: Vietnamese needs 2, pointed Hebrew 3; a tower of marks hides the lines above it
LINES_MAX: Final = 100

_REMOVED: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_LINE_ENDS: Final = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def clean(text: str, field: str, chars_max: int, one_line: bool = False) -> str:
    """The text as it may be sent. Raises `Refused` where it is no text, or longer than `chars_max` characters once cleaned.

    In `one_line` text a line end becomes a space, and spaces at both ends and repeated ones go.
    """
    if not isinstance(text, str):
        raise Refused(field, text, "text")
    if len(text) > 4 * chars_max:  # nothing that long can become short enough by taking out what does not belong
        raise Refused(field, f"{len(text)} characters", f"at most {chars_max} characters")
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ").split("\n")
    if len(lines) > LINES_MAX:
        raise Refused(field, f"{len(lines)} lines", f"at most {LINES_MAX} lines")
    kept = [_fewer_marks(unicodedata.normalize("NFC", _without_invisible(line))) for line in lines]
    said = " ".join(" ".join(kept).split()) if one_line else "\n".join(line.rstrip() for line in kept).strip()
    said = unicodedata.normalize("NFC", said)
    if len(said) > chars_max:
        raise Refused(field, f"{len(said)} characters", f"at most {chars_max} characters")
    return said


def is_clean(text: str, chars_max: int, one_line: bool = False) -> bool:
    """Whether cleaning would change nothing: what a reader asks of text that somebody else signed."""
    try:
        return clean(text, "text", chars_max, one_line) == text
    except Refused:
        return False


def unfit(text: str, one_line: bool = False) -> str:
    """The first character that cleaning would take out, such as `U+202E`; empty where there is none.

    For a door that refuses such text instead of changing what a person is taken to have said. A tab and, but in `one_line`
    text, the end of a line are fit.
    """
    ends = ("\r\n", "\r", "\n")
    for line in [text] if one_line else _LINE_ENDS.split(text):
        bare = line.replace("\t", " ")
        kept = _without_invisible(bare)
        if kept != bare:
            at = next((i for i, (one, other) in enumerate(zip(bare, kept, strict=False)) if one != other), len(kept))
            return f"U+{ord(bare[at]):04X}"
    odd = next((end for end in _LINE_ENDS.findall(text) if end not in ends), "")
    return f"U+{ord(odd):04X}" if odd else ""


def _without_invisible(line: str) -> str:
    kept: list[str] = []
    for one in line:
        if one in JOINERS:
            if kept and _joins(kept[-1]):
                kept.append(one)
        elif unicodedata.category(one) not in _REMOVED and not _no_character(one):
            kept.append(one)
    return "".join(kept)


def _joins(one: str) -> bool:
    """Whether a joiner after this character is part of the spelling."""
    return unicodedata.category(one)[0] in "LM" and unicodedata.name(one, "").startswith(JOINING_SCRIPTS)


def _no_character(one: str) -> bool:
    """U+FDD0 to U+FDEF and the last two code points of every plane."""
    return 0xFDD0 <= ord(one) <= 0xFDEF or ord(one) & 0xFFFE == 0xFFFE


def _fewer_marks(line: str) -> str:
    kept: list[str] = []
    run = 0
    for one in line:
        run = run + 1 if unicodedata.category(one) in ("Mn", "Me") else 0
        if run <= MARKS_MAX:
            kept.append(one)
    return "".join(kept)


# ── Finding words ────────────────────────────────────────────────────────────────────────────────────────────────────


def folded_words(text: str) -> list[str]:
    """Words in lower case without accents, points and stretching; ة is ه and ى is ي, as people type them."""
    bare = (one for one in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(one) not in ("Mn", "Cf"))
    return re.findall(r"[^\W\d_]+", "".join(bare).replace("ـ", "").replace("ة", "ه").replace("ى", "ي"))


def says_phrase(text: str, phrase: str) -> bool:
    """Whether the words of a phrase stand in a text one after the other, however they are written."""
    said, wanted = folded_words(text), folded_words(phrase)
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))
