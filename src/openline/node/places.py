"""Files and directories that a command was given: refused with their path, before any work begins."""

import os
from pathlib import Path

from openline.errors import BadPath

THERE = "Name another place, or move what lies there away."


def read(path: Path, option: str) -> bytes:
    """The bytes of a file. Raises `BadPath`; `option` is what the path was given as: --zones, or FILE."""
    refuse_unreadable(path, option)
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadPath(f"{option}: {path} cannot be read: {error.strerror}.") from None


def refuse_unreadable(path: Path, option: str) -> None:
    """Raise `BadPath` unless a file is there that can be opened."""
    if not path.exists():
        raise BadPath(f"{option}: there is no file {path}.", remedy="Check the path.")
    if path.is_dir():
        raise BadPath(f"{option}: {path} is a directory.", remedy="Name a file in it.")
    if not os.access(path, os.R_OK):
        raise BadPath(f"{option}: {path} may not be read by this user.", remedy=f"Let this user read {path}.")


def refuse_unwritable(path: Path, option: str, over: bool = True) -> None:
    """Raise `BadPath` unless something can be made at `path`; with `over`, a file that lies there may be written over."""
    folder = path.absolute().parent
    if path.is_dir() or (path.exists() and not over):
        what = "a directory" if path.is_dir() else "a file"
        raise BadPath(f"{option}: {path} is there already, {what}.", remedy=THERE)
    if not folder.is_dir():
        raise BadPath(f"{option}: {path} cannot be written: there is no directory {folder}.", remedy=f"Run: mkdir -p {folder}")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise BadPath(f"{option}: {path} cannot be written by this user.", remedy="Name a place where this user may write.")
