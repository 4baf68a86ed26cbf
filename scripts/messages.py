"""docs/messages.md out of the templates that ship with Openline: what can be said on the line, word by word.

    python scripts/messages.py          write the page
    python scripts/messages.py --check  say whether it is up to date

A test holds the page equal to the templates.
"""

import sys
from pathlib import Path

from openline.line.templates.pack import shipped, shipped_words
from openline.line.templates.slots import Slot, parameters
from openline.line.templates.template import Template

PAGE = Path(__file__).resolve().parents[1] / "docs" / "messages.md"

HEAD = """# Messages

What Openline says on the line, as templates: sentences agreed on beforehand, with typed slots. The meaning of a message
is its template and its parameters; a receiver that has the template writes the text again and shows a difference ([the
line](spec/line.md)). This page is made by `python scripts/messages.py` from the files in `src/openline/line/templates`,
and a test holds the two equal.

## Which languages may leave

Every template has a text in {languages}. **English is the language they were written in. The texts in {translated} are
machine translations that nobody on record has approved**: they ship without a reviewer. Until a party approves one,

- it leaves only where it is the sender's own language, and never as FLASH; a FLASH of that sender leaves in English;
- every other reader gets the slots, which are written alike in all languages and need no translation.

An approval is a record of who says, when, that one language of one template says what its English text says: the
template's SHA-256, the language, the reviewer's name, the time. The translator's own does not count, and a changed text
needs a new one. A reviewer's name in a template file is shown to the reader and opens nothing. The node takes approvals
as an argument (`sending.Approval`); it invents none.

INSTRUCTION is closed unless the agreement with that counterpart grants it; no template that ships has that marker.

## How slots are written

The same in every language, in western digits, with a point and without grouping. A name ends in its unit, and so do the
names of the parameters, but for the slots that every message of a type has: who, role, unit, answer, why, result, how,
what, fields, core.

| kind | parameters | written |
|---|---|---|
| text, unit | `zone_text` | “Tanf”: words that a person typed stand in quotation marks |
| integer | `edition_number`, `mover_count` | 3 |
| distance | `radius_m` | 55000 m (55.0 km, 29.7 NM) |
| time | `start_us`, µs since 1970 | 2017-05-18 14:02:00 UTC, cut off to the second |
| place | `centre_lat_1e7`, `centre_lon_1e7` | 33.50500°N 38.62000°E (33°30′18.0″N 38°37′12.0″E) WGS-84 |
| bearing | `course_deg` | 045°T, from true north |
| speed | `speed_cmps` | 40 km/h (22 kt) |
| altitude | `floor_cm`, `floor_datum` | 457 m (1500 ft) AMSL; FL320 (9754 m); GND; UNL |
| choice | `asked_choice`, one word of a list | in the words of the language |
| party | `issuer_party` | south.example |

The datum is `amsl`, `agl`, `wgs84`, `baro`, or `unlimited` or `not_stated`, which have no number. A slot that may be
left out and is says “not stated”. In Arabic every slot stands between U+2068 and U+2069, elsewhere every slot that
holds right-to-left letters; no value holds such characters.

A text is: the marker and the sentences; what to do; and “{not_permission}” An exercise has “{exercise}” above and
below. A `correction` that carries a whole new notice uses that notice's template and says at its head: “{correction}”

The SHA-256 of a template (`tpl.hash`) is over the canonical JSON, as of [the record](spec/record.md), of one object:
`writing` 1, which rises when slots are written otherwise; the keys of its file, those left out with their defaults;
`texts`, by language `text` and `what_to_do`; `words`, by language what it uses of `words.toml`: all but other markers
and lists no slot names.

## Read-back

`understood` carries each parameter that was read back as `slot.` and its name, and, where it was typed in coarser
digits than the slot has, `step.` and its name: the size of one unit of the last digit typed. The sender's node
compares. Words: without case. Lengths, speeds and heights: to half of that step, at most 2 %, heights on the same datum
only. Times: to the minute where the minute was typed. Bearings and counts: exactly. A place is never read back as
digits: the reader enters it without seeing the sender's map, and it agrees within 500 m unless the agreement says
otherwise. A field that is missing does not agree.

## Templates
"""


def page() -> str:
    """The whole page."""
    words = shipped_words()
    names = {"en": "English", "ar": "Arabic", "ru": "Russian", "fr": "French", "es": "Spanish"}
    others = [names[language] for language in words if language != "en"]
    head = HEAD.format(
        languages=f"English, {', '.join(others[:-1])} and {others[-1]}",
        translated=f"{', '.join(others[:-1])} and {others[-1]}",
        not_permission=words["en"].not_permission,
        exercise=words["en"].exercise,
        correction=words["en"].correction,
    )
    lists = ["## Lists of words", "", "| list | word: what it says in English |", "|---|---|"]
    for name, phrases in words["en"].choices.items():
        lists.append(f"| {name} | {'; '.join(f'`{word}`: {says}' for word, says in phrases.items())} |")
    return "\n".join([head, *(section(template) for template in shipped()), *lists]) + "\n"


def section(template: Template) -> str:
    """One template."""
    said = template.texts["en"]
    types = " or ".join(f"`{kind}`" for kind in template.types)
    facts = [
        f"{template.marker}; version {template.version}; of a message of type {types}",
        f"sent as {', '.join(template.precedence)}",
    ]
    if template.answers:
        facts.append(f"answers: {', '.join(f'`{word}`' for word in template.answers)} (and `standby`)")
    if template.readback:
        facts.append(f"read back: {', '.join(f'`{name}`' for name in template.readback)}")
    if template.one_of_at_least:
        named = ", ".join(f"`{name}`" for name in template.describing)
        facts.append(f"at least {template.one_of_at_least} of {named} must be stated")
    lines = [f"### {template.id}", "", f"> {template.marker}: {said.text}", ">", f"> {said.what_to_do}", ""]
    lines += [f"- {fact}" for fact in facts]
    lines += ["", "| slot | kind | parameters |", "|---|---|---|", *(row(slot) for slot in template.slots), ""]
    return "\n".join([*lines, f"SHA-256 `{template.hash.hex()}`", ""])


def row(slot: Slot) -> str:
    """One slot of the table."""
    limits = []
    if slot.of:
        limits.append(f"of the list {slot.of}")
    if slot.kind in ("text", "unit"):
        limits.append(f"at most {slot.most or 80} characters")
    if slot.kind not in ("text", "unit") and slot.least is not None:
        limits.append(f"at least {slot.least}")
    if slot.grid_1e7 > 1:
        limits.append(f"multiples of {slot.grid_1e7 / 1e7:g}°")
    if slot.optional:
        limits.append("may be left out")
    kind = f"{slot.kind} ({'; '.join(limits)})" if limits else slot.kind
    return f"| `{slot.name}` | {kind} | {', '.join(f'`{name}`' for name in parameters(slot))} |"


def main() -> int:
    """Write the page, or with --check say whether it is right."""
    if "--check" in sys.argv[1:]:
        right = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print("docs/messages.md is up to date" if right else "docs/messages.md is not what the templates say")
        return 0 if right else 1
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name}: {len(shipped())} templates")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
