"""What is documented exists, and what exists is documented."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.errors import OpenlineError
from tests.house.tree import ROOT, SRC, files, name_of, python_files, report, text_of

DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *files("docs", ".md")]
IDS = [name_of(page) for page in PAGES]


def headings(page: Path) -> list[str]:
    """Heading lines of a page, outside code blocks."""
    prose = re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+[ \t]+(.+?)[ \t]*$", prose, re.MULTILINE)


def anchor(heading: str) -> str:
    """The fragment that a heading is reached by."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def links(page: Path) -> Iterator[tuple[str, str]]:
    """File and fragment of each relative link of a page."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    for goal in re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", prose):
        if not re.match(r"[a-z]+:", goal):
            file, _, fragment = goal.partition("#")
            yield file, fragment


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_no_link_of_this_page_is_dead(page):
    dead = []
    for file, fragment in links(page):
        goal = (page.parent / file).resolve() if file else page
        if not goal.exists():
            dead.append(file)
        elif fragment and goal.suffix == ".md" and fragment not in [anchor(one) for one in headings(goal)]:
            dead.append(f"{file}#{fragment}")
    report(dead, f"{name_of(page)}: dead links")


def test_every_make_command_that_a_page_names_can_be_made():
    goals = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    command = re.compile(r"(?:^|`)make ([a-z]+)\b", re.MULTILINE)
    named = {(name_of(page), goal) for page in PAGES for goal in command.findall(text_of(page))}
    report([f"{page}: make {goal}" for page, goal in sorted(named) if goal not in goals], "no such goal in the Makefile")


def test_every_goal_of_the_makefile_says_what_it_makes():
    goals = re.findall(r"^([a-z]+):(.*)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    report([goal for goal, rest in goals if "## " not in rest], "`make help` lists what stands after ##")


def test_every_command_that_a_page_names_is_a_command():
    if not (SRC / "__main__.py").is_file():
        pytest.skip("there is no openline/__main__.py yet")
    run = subprocess.run([sys.executable, "-m", "openline", "--help"], capture_output=True, text=True, check=True)
    known = set(re.findall(r"^[\s│|]*([a-z]+)(?=\s)", run.stdout, re.MULTILINE))
    command = re.compile(r"(?:^|`)openline ([a-z]+)\b(?![/.-])", re.MULTILINE)
    named = {(name_of(page), word) for page in PAGES for word in command.findall(text_of(page))}
    report([f"{page}: openline {word}" for page, word in sorted(named) if word not in known], "no such command")


def leaves() -> list[type[OpenlineError]]:
    """Every error with a code."""
    found: list[type[OpenlineError]] = []
    waiting: list[type[OpenlineError]] = [OpenlineError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "code" in vars(kind) and kind.code:
            found.append(kind)
    return sorted(found, key=lambda kind: kind.code)


def test_the_page_of_errors_is_the_tree_of_errors():
    page = DOCS / "errors.md"
    documented = {heading for heading in headings(page) if re.match(r"[A-Z]-\d{3} ", heading)}
    assert documented == {f"{kind.code} {kind.__name__}" for kind in leaves()}


@pytest.mark.parametrize("kind", leaves(), ids=lambda kind: kind.__name__)
def test_the_page_of_errors_says_what_this_error_says(kind):
    page = " ".join(text_of(DOCS / "errors.md").split())
    assert " ".join((kind.__doc__ or "").split("\n\n")[0].split()) in page
    assert kind.remedy in page
    assert kind.remedy


def test_errors_with_a_code_are_defined_in_one_file():
    coded = re.compile(r"^    code(?:: \S+)? = \"[A-Z]-\d{3}\"", re.MULTILINE)
    elsewhere = [name_of(path) for path in python_files("src") if path.name != "errors.py" and coded.search(text_of(path))]
    report(elsewhere, "errors.py holds the whole tree, so that one page shows it")


def test_no_two_errors_share_a_code():
    codes = [kind.code for kind in leaves()]
    assert len(codes) == len(set(codes))


WORDS = (
    *("party", "node", "operator", "counterpart", "zone", "ring", "reservation", "mover", "report", "track", "picture"),
    *("finding", "incident", "ladder", "rung", "warning", "response", "line", "lane", "message", "receipt", "read-back"),
    *("custody chain", "hop", "decision", "record", "entry", "checkpoint", "witness", "cosignature", "claim", "account"),
    *("ledger", "dossier", "drill"),
)
"""The words of the design, each with one meaning in code, screen and docs."""


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_defines(word):
    entries = re.findall(r"^\*\*([^*]+)\*\*", text_of(DOCS / "glossary.md"), re.MULTILINE)
    assert word in [entry.strip() for entry in entries]


def test_the_glossary_defines_no_word_twice():
    entries = [entry.strip() for entry in re.findall(r"^\*\*([^*]+)\*\*", text_of(DOCS / "glossary.md"), re.MULTILINE)]
    assert len(entries) == len(set(entries))


def test_decisions_are_numbered_and_say_what_they_cost():
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for heading in ("What we gave up", "What would reopen it"):
        report([page.name for page in pages if heading not in headings(page)], f"a decision has the heading: {heading}")


def test_a_change_is_told_to_its_user_in_one_short_fragment():
    offences = []
    for path in sorted((ROOT / "news").glob("*")):
        if path.name != "README.md" and not re.fullmatch(r"[a-z0-9-]+\.(?:new|changed|fixed|removed|security)\.md", path.name):
            offences.append(f"{path.name}: name it what-it-is.new.md, .changed.md, .fixed.md, .removed.md or .security.md")
    report(offences, "news/README.md says how")
