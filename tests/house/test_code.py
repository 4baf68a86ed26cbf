"""The rules of the house that can be read off the source (docs/decisions/0003, CONTRIBUTING.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.exceptions import EXCEPTIONS
from tests.house.tree import (
    ROOMS,
    SRC,
    Function,
    dotted,
    files,
    functions_of,
    in_room,
    name_of,
    python_files,
    report,
    syntax_of,
    text_of,
    words_of,
)

FILE_LINES_MAX = 400  # what a reader can hold; a longer file has a second room inside
FUNCTION_LINES_MAX = 60  # one screen
FLOW = (SRC / "flow.py", SRC / "flow" / "__init__.py")
FLOW_LINES_MAX = 150  # the pipeline is one page, or it is not the pipeline

Offence = tuple[str, Path, str, str]
"""Rule, file, name inside the file or nothing, what is wrong and what to do."""


def long_files() -> Iterator[Offence]:
    every = [
        *python_files("src", "tests", "scripts", "bench"),
        *files("web/src", ".ts", ".tsx", ".css"),
        *files("web/test", ".ts", ".js"),
    ]
    for path in every:
        lines = text_of(path).count("\n")
        most = FLOW_LINES_MAX if path in FLOW else FILE_LINES_MAX
        if lines > most:
            yield (
                "file length",
                path,
                "",
                f"{lines} lines, at most {most}: give the second reason to change its own file",
            )


def long_functions() -> Iterator[Offence]:
    for path in python_files("src", "tests", "scripts", "bench"):
        for function in functions_of(path):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield "function length", path, function.name, f"{lines} lines, at most {FUNCTION_LINES_MAX}"


def _broad(kind: ast.expr | None) -> bool:
    """Whether an except clause catches everything."""
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(dotted(one) in ("Exception", "BaseException") for one in kinds)


def swallowed_errors() -> Iterator[Offence]:
    """Outside the node nobody catches everything, save to put things right and raise."""
    for path in python_files("src"):
        if in_room(path, "node"):
            continue
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.ExceptHandler) and _broad(node.type) and not isinstance(node.body[-1], ast.Raise):
                wrong = f"line {node.lineno}: catch the error you mean; the node catches the rest, once"
                yield "swallowed error", path, "", wrong
            if isinstance(node, ast.Call) and dotted(node.func).endswith("suppress") and any(_broad(arg) for arg in node.args):
                yield "swallowed error", path, "", f"line {node.lineno}: suppress the error you mean"


INSTEAD = {
    "datetime.now": "take now_ns as an argument",
    "datetime.utcnow": "take now_ns as an argument",
    "datetime.today": "take now_ns as an argument",
    "date.today": "take now_ns as an argument",
    "time.time": "take now_ns as an argument",
    "time.time_ns": "take now_ns as an argument",
    "time.monotonic": "take now_ns as an argument",
    "time.monotonic_ns": "take now_ns as an argument",
    "time.perf_counter": "measure in the node or in bench/",
    "time.sleep": "nothing waits: a later moment is a larger now_ns",
    "open": "take bytes; the node reads files",
    "print": "return what should be said; cli and node say it",
    "input": "take it as an argument; cli asks",
    "os.getenv": "take it as an argument; the node reads its settings once",
    "os.environ.get": "take it as an argument; the node reads its settings once",
    "random.random": "take it as an argument",
    "default_rng": "take it as an argument",
    "uuid4": "derive the id from what it names",
    "eval": "write it out",
    "exec": "write it out",
}
"""Calls that only the shell may make, each with what to do instead."""

NOWHERE = ("eval", "exec")
SPEAKERS = {"print": ("cli", "__main__", "node"), "input": ("cli", "__main__", "node")}


def _forbidden(named: str) -> str:
    """The entry of `INSTEAD` that a call is, whatever it was imported as."""
    last = named.rpartition(".")[2]
    for call in INSTEAD:
        if named == call or ("." in call and named.endswith("." + call)) or (call == last and call in ("uuid4", "default_rng")):
            return call
    return ""


def forbidden_calls() -> Iterator[Offence]:
    for path in python_files("src"):
        for node in ast.walk(syntax_of(path)):
            call = _forbidden(dotted(node.func)) if isinstance(node, ast.Call) else ""
            shell = SPEAKERS.get(call, ("node", "record/store"))
            if call and (call in NOWHERE or not in_room(path, *shell)):
                assert isinstance(node, ast.Call)
                yield "forbidden call", path, call, f"line {node.lineno}: {INSTEAD[call]}"


def crowded_asserts() -> Iterator[Offence]:
    for path in python_files("src"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
                yield "crowded assert", path, "", f"line {node.lineno}: one fact an assert, so that the failure says which"


DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "core",
    "misc",
    "managers",
    "manager",
    "models",
    "services",
    "stuff",
}


def junk_drawers() -> Iterator[Offence]:
    for path in [*python_files("src", "tests", "scripts", "bench"), *files("web/src", ".ts", ".tsx")]:
        inside = path.relative_to(SRC if path.is_relative_to(SRC) else path.parents[0])
        for part in (*inside.parts[:-1], path.stem):
            if part.lower() in DRAWERS:
                yield "junk drawer", path, part, "which room is it? name it for what it holds"


def sleeping_tests() -> Iterator[Offence]:
    for path in python_files("tests"):
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.Call) and dotted(node.func) == "time.sleep":
                yield (
                    "sleeping test",
                    path,
                    "",
                    f"line {node.lineno}: pass a larger now_ns, or wait for the event",
                )


CARD = ("Takes:", "Gives:", "Never:")


def missing_cards() -> Iterator[Offence]:
    """Every room says on one card what it takes, gives and never does."""
    folders = sorted({SRC / room for room in ROOMS if (SRC / room).is_dir() and python_files(f"src/openline/{room}")})
    for card in [
        *(folder / "__init__.py" for folder in folders),
        *(SRC / f"{room}.py" for room in ROOMS if (SRC / f"{room}.py").is_file()),
    ]:
        if not card.is_file():
            yield "room card", card, "", "missing: one sentence, then " + ", ".join(CARD)
            continue
        said = [line.strip() for line in (ast.get_docstring(syntax_of(card)) or "").splitlines()]
        for word in CARD:
            if not any(line.startswith(word) for line in said):
                yield "room card", card, word, f"the docstring has no line that starts with {word!r}"


UNITS = {"m", "m2", "mps", "mps2", "deg", "rad", "s", "s2", "ns", "us", "ms", "ft", "kt", "nmi", "fl"}
PURE_NUMBERS = {"ratio", "fraction", "count", "sign", "share", "weight", "eps", "k2"}
"""Last words that say the number has no unit; eps and k2 are the expansion parameters of Karney (2013), eq. 9 and 16."""
DIRECTIONS = {"sin", "sin2", "cos", "cos2", "tan", "up", "unit"}
"""First words that say it is a sine, a cosine or a component of a unit vector."""
FLOATS = re.compile(r"\bfloat\b|\bfloat64\b|\bFloats?\b")


def _unit_known(path: Path, argument: ast.arg) -> bool:
    """Whether the name ends in a unit, needs none, or is a table whose columns the file's header explains."""
    words = [word for word in argument.arg.split("_") if word not in ("min", "max")]
    if words[-1] in UNITS | PURE_NUMBERS or words[0] in DIRECTIONS:
        return True
    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
    return annotation != "float" and argument.arg.rstrip("s") in text_of(path).split("import ", 1)[0] + " row"


def _asked_of_kernels() -> set[str]:
    """Names that rooms outside `kernels` take from it: the functions and classes that are its face."""
    names: set[str] = set()
    for path in python_files("src"):
        if in_room(path, "kernels"):
            continue
        taken: set[str] = set()
        for node in ast.walk(syntax_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openline.kernels"):
                taken |= {alias.name for alias in node.names}
        used = (node for node in ast.walk(syntax_of(path)) if isinstance(node, ast.Attribute))
        names |= taken | {node.attr for node in used if dotted(node.value) in taken}
    return names


def _face_of(path: Path, asked: set[str]) -> Iterator[Function]:
    """The functions of a kernel file that other rooms call, and the methods of the classes they take."""
    for node in syntax_of(path).body:
        if isinstance(node, Function) and node.name in asked:
            yield node
        elif isinstance(node, ast.ClassDef) and node.name in asked:
            yield from (part for part in node.body if isinstance(part, Function) and not part.name.startswith("_"))


def bare_numbers() -> Iterator[Offence]:
    """A float argument that another room gives a kernel ends in its unit, or the file's header explains its columns."""
    asked = _asked_of_kernels()
    for path in python_files("src/openline/kernels"):
        for function in _face_of(path, asked):
            for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]:
                takes_float = argument.annotation is not None and FLOATS.search(ast.unparse(argument.annotation))
                if takes_float and not _unit_known(path, argument):
                    yield "bare number", path, f"{function.name}({argument.arg})", "end the name in its unit"


LEMMAS = re.compile(r"^[ \t]*(?:#+[ \t]*)?Lemmas\b:?(.*(?:\n[ \t]+\S.*|\n[ \t]*[-*] .*)*)", re.MULTILINE)


def lemmas_of(path: Path) -> list[str]:
    """The claims that a kernel's docstrings list under `Lemmas`."""
    found: list[str] = []
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            for match in LEMMAS.finditer(ast.get_docstring(node) or ""):
                found += re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|(?<=[·,\s])[a-z]{6,}(?=\s*(?:[·,]|$))", match.group(1))
    return found


def untested_lemmas() -> Iterator[Offence]:
    tests = "\n".join(text_of(path) for path in python_files("tests"))
    for path in python_files("src/openline/kernels"):
        for lemma in lemmas_of(path):
            if f"def test_{lemma}(" not in tests:
                yield "untested lemma", path, lemma, f"write test_{lemma}, or do not claim it"


def strange_test_rooms() -> Iterator[Offence]:
    """tests/rooms mirrors the rooms."""
    known = {*ROOMS, "flow", "cli", "seal", "clock", "units", "errors", "inbox"}
    for folder in sorted((SRC.parents[1] / "tests" / "rooms").iterdir()):
        if folder.is_dir() and folder.name not in known | {"__pycache__"} and python_files(name_of(folder)):
            yield "test room", folder, folder.name, "tests/rooms holds one folder a room"


RULES = (
    *(long_files, long_functions, swallowed_errors, forbidden_calls, crowded_asserts, junk_drawers),
    *(sleeping_tests, missing_cards, bare_numbers, untested_lemmas, strange_test_rooms),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_file_breaks_the_rule_of(rule):
    offences = [
        f"{name_of(path)}{': ' + name if name else ''}: {wrong}"
        for kind, path, name, wrong in rule()
        if (kind, name_of(path), name) not in EXCEPTIONS
    ]
    report(offences, f"{rule.__name__}: {(rule.__doc__ or '').strip()}".rstrip(": "))


def test_every_exception_is_still_needed():
    broken = {(kind, name_of(path), name) for rule in RULES for kind, path, name, _ in rule()}
    report([" ".join(key) for key in EXCEPTIONS if key not in broken and key[0] != "word"], "take out of exceptions.py")


def test_every_exception_has_a_reason():
    report([" ".join(key) for key, reason in EXCEPTIONS.items() if len(reason.split()) < 4], "say why, in exceptions.py")


def test_words_are_split_as_a_reader_reads_them():
    assert words_of("isTargetList") == ["is", "target", "list"]
    assert words_of("HTTPAck_v2") == ["http", "ack", "v"]
