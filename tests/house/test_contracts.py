"""The import contracts of pyproject.toml bite: each planted offence breaks the contract meant for it, honest imports none."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT

UPSTREAM = "Imports point upstream only, and the list of rooms is exhaustive"
WORLD = "Only node and record.store touch the world"
COMPILER = "Only kernels._jit imports the compiler"
SEAL = "Only seal imports cryptography, hashing and password hashing"
ALONE = "record and line import no aircraft room"

OFFENCES = [
    ("tracks/__init__.py", "import openline.watch", UPSTREAM),
    ("feeds/sbs.py", "from openline.zones import __doc__", UPSTREAM),
    ("console/views.py", "import openline.node", UPSTREAM),
    ("ladder/rungs.py", "import openline.line", UPSTREAM),
    ("kernels/near.py", "import openline.tracks", UPSTREAM),
    ("utils.py", "", UPSTREAM),
    ("watch/breach.py", "import time", WORLD),
    ("watch/silence.py", "def f() -> None:\n    import random", WORLD),
    ("feeds/sbs.py", "import socket", WORLD),
    ("ladder/rungs.py", "import asyncio", WORLD),
    ("record/tree.py", "import os", WORLD),
    ("account/dossier.py", "from pathlib import Path", WORLD),
    ("utm/ed269.py", "import httpx2", WORLD),
    ("zones/book.py", "import logging", WORLD),
    ("cli/zone.py", "import sqlite3", WORLD),
    ("watch/breach.py", "from numba import njit", COMPILER),
    ("kernels/near.py", "import numba", COMPILER),
    ("record/tree.py", "import hashlib", SEAL),
    ("node/login.py", "import argon2", SEAL),
    ("record/tree.py", "import openline.feeds", ALONE),
    ("line/words.py", "import openline.zones", ALONE),
]

HONEST = {
    "node/loop.py": "import asyncio, os, time, socket\nimport openline.console, openline.record",
    "record/store.py": "import sqlite3, threading, sqlalchemy",
    "kernels/_jit.py": "import numba, os",
    "seal.py": "import hashlib, cryptography, argon2",
    "cli/demo.py": "import openline.node, asyncio, pathlib",
    "watch/breach.py": "import openline.kernels, openline.tracks, openline.zones",
    "clock.py": "import openline.errors",
}


def lint(home: Path) -> str:
    """What import-linter says of the small package in `home`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"]
    environment = {"PYTHONPATH": str(home / "src"), "PATH": ""}
    run = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).partition("Contracts\n")[2] or run.stdout + run.stderr  # without the banner


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """A package with every room, empty, under the contracts of this project."""
    package = tmp_path / "src" / "openline"
    for room in (*ROOMS, "cli"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
    for name in ("__init__", "clock", "units", "inbox", "errors", "flow", "seal"):
        (package / f"{name}.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def plant(home: Path, file: str, line: str) -> None:
    (home / "src" / "openline" / file).write_text(line + "\n", encoding="utf-8")


@pytest.mark.parametrize(("file", "line", "contract"), OFFENCES)
def test_a_planted_offence_breaks_the_contract_meant_for_it(rooms, file, line, contract):
    plant(rooms, file, line)
    said = lint(rooms)
    broken = set(re.findall(r"^(.+) BROKEN$", said, re.MULTILINE))
    assert contract in broken, said
    assert broken <= {contract, UPSTREAM}, said


def test_honest_imports_break_no_contract(rooms):
    for file, line in HONEST.items():
        plant(rooms, file, line)
    said = lint(rooms)
    assert "5 kept, 0 broken" in said, said


def test_the_project_keeps_its_contracts():
    said = lint(ROOT)
    assert "0 broken" in said, said
