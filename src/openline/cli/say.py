"""Words, tables and progress on a terminal; plain lines where there is none."""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

KEPT: Final = frozenset("\n\t\u200c\u200d")
NOT_SHOWN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NOT_SHOWN_ASCII: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Moved = Callable[[str, int, int], None]
"""(what, done, of)"""


def plain(text: str) -> str:
    """The text with every character that a terminal obeys instead of showing as `\\u001b`: a record may hold what a stranger
    typed, and JSON reads the same text out of it. Ends of lines and tabs stay, and the joiners that scripts need.
    """
    if text.isascii() and _NOT_SHOWN_ASCII.search(text) is None:
        return text
    return "".join(one if one in KEPT or unicodedata.category(one) not in NOT_SHOWN else _escaped(one) for one in text)


def _escaped(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def out(text: str) -> None:
    """One line on standard output, at once: somebody may be reading it through a pipe while the command goes on."""
    sys.stdout.write(plain(text) + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """One line beside the result, on standard error."""
    sys.stderr.write(plain(text) + "\n")
    sys.stderr.flush()


def as_json(value: Any) -> None:
    """JSON on standard output."""
    out(json.dumps(value, ensure_ascii=False, indent=1))


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table that fits the terminal, or is as wide as it must be where there is none."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else Text(_one_line(str(cell))) for cell in row))
    console = Console() if sys.stdout.isatty() else Console(width=200, no_color=True)
    with console.capture() as drawn:
        console.print(made)
    for line in drawn.get().strip("\n").splitlines():
        sys.stdout.write(line.rstrip() + "\n")


def _one_line(cell: str) -> str:
    """A cell as it is shown: an end of line in it would look like a row of its own."""
    return plain(cell).replace("\r", "\\r").replace("\n", "\\n")


@contextmanager
def progress(quiet: bool = False) -> Iterator[Moved]:
    """A bar on standard error while something long runs; where that is no terminal, a line every ten seconds."""
    if quiet:
        yield lambda what, done, of: None
        return
    if not sys.stderr.isatty():
        from openline.node.telling import Telling

        with Telling(note) as telling:
            yield telling.moved
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def moved(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=max(of, 1))
            bar.update(tasks[what], completed=done, total=max(of, 1))

        yield moved
