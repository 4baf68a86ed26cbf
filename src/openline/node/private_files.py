"""Files that only the node's user may read: keys, tokens, passwords' hashes."""

import os
from pathlib import Path

from openline.errors import BadSetting


def write_private(path: Path, data: bytes) -> None:
    """A new file with mode 0600 from its first byte, synced with its folder. Raises `FileExistsError`."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def replace_private(path: Path, data: bytes) -> None:
    """Put a private file in place of the one that is there, whole or not at all, synced with its folder."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)  # of a command that was cut short
    write_private(aside, data)
    os.replace(aside, path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names in a folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def refuse_readable_by_others(path: Path, field: str) -> None:
    """Raise `BadSetting` when anybody but the owner may read a secret."""
    if path.stat().st_mode & 0o077:
        message = f"{field}: {path.name} may be read by others; run: chmod 600 {path}"
        raise BadSetting(
            message, remedy="A secret that others could read may be known: think of making a new one.", field=field
        )
