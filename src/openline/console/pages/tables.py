"""Plain tables, shared by the pages."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from openline.console.pages.html import Html, fill, join, quoted

MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
"""An RFC 3339 time in UTC."""


def table(heads: str, rows: Iterable[Sequence[object]], classes: Sequence[str] = ()) -> Html:
    """A table; `heads` are its column heads with | between. `classes` are ours, one a row."""
    head = join([fill("<th scope='col'>{text}</th>", text=text) for text in heads.split("|")])
    lines = []
    for index, row in enumerate(rows):
        cells = join([_cell(one) for one in row])
        lines.append(fill("<tr{kind}>{cells}</tr>", kind=_class(classes, index), cells=cells))
    template = '<div class="table" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return fill(template, head=head, rows=join(lines, "\n"))


def _cell(value: object) -> Html:
    """A moment is kept on one line."""
    when = isinstance(value, str) and MOMENT.fullmatch(value) is not None
    return fill("<td{kind}>{text}</td>", kind=Html(' class="when"') if when else Html(""), text=shown(value))


def shown(value: object) -> Html:
    """A value of the state or the record in one line: a list with commas, a dictionary as `key: value; …`."""
    if isinstance(value, dict):
        return join([fill("{key}: {one}", key=key, one=shown(one)) for key, one in value.items()], "; ")
    if isinstance(value, list | tuple):
        return join([shown(one) for one in value], ", ")
    if isinstance(value, bool):
        return quoted("yes" if value else "no")
    return quoted(value)


def _class(classes: Sequence[str], index: int) -> Html:
    return fill(' class="{name}"', name=classes[index]) if index < len(classes) else Html("")
