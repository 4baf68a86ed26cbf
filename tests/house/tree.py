"""What the house tests read: the files of the project, as text and as syntax trees. Nothing here judges."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "openline"

ROOMS = (
    *("feeds", "zones", "reservations", "tracks", "watch", "incident", "ladder", "line"),
    *("record", "account", "utm", "console", "node", "kernels"),
)
"""The rooms of the design; a room may be one file or a folder."""

_MADE = (
    ".venv",
    "node_modules",
    "__pycache__",
    ".git",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "assets",
    "dist",
    "build",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """The path as a reader writes it: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def files(folder: str, *endings: str) -> list[Path]:
    """Files below a folder of the project, without what builds leave there."""
    found = (path for path in (ROOT / folder).rglob("*") if path.suffix in endings and path.is_file())
    return sorted(path for path in found if not set(path.relative_to(ROOT).parts) & set(_MADE))


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders."""
    return [path for folder in folders for path in files(folder, ".py")]


@cache
def text_of(path: Path) -> str:
    """The file as text."""
    return path.read_text(encoding="utf-8")


@cache
def syntax_of(path: Path) -> ast.Module:
    """The file as a syntax tree."""
    return ast.parse(text_of(path), filename=str(path))


def functions_of(path: Path) -> Iterator[Function]:
    """Every function and method of a file."""
    return (node for node in ast.walk(syntax_of(path)) if isinstance(node, Function))


def in_room(path: Path, *rooms: str) -> bool:
    """Whether a source file belongs to one of these rooms: `record/store` names a part of one."""
    inside = path.relative_to(SRC).with_suffix("").as_posix()
    return any(inside == room or inside.startswith(room + "/") for room in rooms)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names, or nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def words_of(identifier: str) -> list[str]:
    """The words of snake_case, camelCase and kebab-case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


@cache
def tracked() -> list[Path]:
    """Every file that is, or would be, committed; without git, every file that no build made."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, check=False)
        if listed.returncode == 0:
            names = listed.stdout.decode().split("\0")
            return sorted(ROOT / name for name in names if name and (ROOT / name).is_file())
    tops = (path for path in ROOT.iterdir() if not path.name.startswith(".venv") and path.name not in _MADE)
    below = (file for top in tops for file in ([top] if top.is_file() else top.rglob("*")) if file.is_file())
    return sorted(file for file in below if not set(file.relative_to(ROOT).parts) & set(_MADE))


def tracked_text() -> Iterator[tuple[Path, str]]:
    """Tracked files that are text, with their text; what builds make is another test's business."""
    for path in tracked():
        if set(path.relative_to(ROOT).parts) & set(_MADE):
            continue
        raw = path.read_bytes()
        if b"\0" not in raw[:8192]:
            yield path, raw.decode("utf-8", "replace")


def report(offences: list[str], rule: str) -> None:
    """Fail with one line an offence and the rule they break."""
    assert not offences, f"{rule}\n  " + "\n  ".join(offences)
