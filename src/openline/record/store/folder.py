"""Bundles on disk: written as one zip or as a folder, and read from either without trusting what lies there."""

import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from openline.errors import BadRecord, BadSetting
from openline.record.opened import Opened
from openline.record.store.disk import sync_folder
from openline.record.verdict import Fault, Verdict
from openline.record.verify import FILE_BYTES_MAX, verify_bundle, verify_zip
from openline.record.zipped import ZippedFiles, zip_parts


def write_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """One zip, complete under its name or not there at all. Raises `BadSetting` when the name is taken."""
    if path.exists():
        raise BadSetting(f"{path.name} is there already; choose another name.", path=str(path))
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("xb") as out:
            for part in zip_parts(files):
                out.write(part)
            out.flush()
            os.fsync(out.fileno())
        os.link(aside, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise BadSetting(f"{path.name} is there already; choose another name.", path=str(path)) from None
    finally:
        aside.unlink(missing_ok=True)


def write_folder(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """A folder that must not be there yet. MANIFEST.json is written last: without it the folder is no bundle."""
    try:
        path.mkdir()
    except FileExistsError:
        raise BadSetting(f"{path.name} is there already; choose another name.", path=str(path)) from None
    for name, data in files:
        place = path / name
        place.parent.mkdir(exist_ok=True)
        with place.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    for place in (path, *(one for one in path.iterdir() if one.is_dir())):
        sync_folder(place)


class FolderFiles(Mapping[str, bytes]):
    """The files of a folder, sorted by name. Raises `BadRecord` for links, devices, or a file larger than a bundle's may be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = sorted(self._walk(path))

    def _walk(self, folder: Path) -> Iterator[str]:
        for place, folders, files in os.walk(folder):
            for one in folders + files:
                full = Path(place) / one
                name = full.relative_to(folder).as_posix()
                if full.is_symlink() or not (full.is_dir() or full.is_file()):
                    raise BadRecord("links and devices are not allowed in a bundle", name=name)
                if one in files:
                    yield name

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        with (self._path / name).open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise BadRecord("the file is too large", name=name)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def verify_path(path: Path, *, root_key: str | None = None, policy: bytes | None = None) -> Verdict:
    """Verify a bundle on disk, folder or zip. Raises `BadSetting` when there is nothing to read."""
    if path.is_dir():
        try:
            files = FolderFiles(path)
        except BadRecord as bad:
            return Verdict(fault=Fault(file=str(bad.facts["name"]), what=bad.message))
        return verify_bundle(files, root_key=root_key, policy=policy)
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return verify_zip(b"", root_key=root_key, policy=policy)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return verify_zip(memoryview(mapped), root_key=root_key, policy=policy)
    except OSError as error:
        raise BadSetting(f"The bundle {path.name} cannot be read: {error.strerror}.", path=str(path)) from None


def open_bundle(path: Path) -> Opened:
    """A bundle on disk that `verify_path` accepted, to be read."""
    if path.is_dir():
        return Opened(FolderFiles(path))
    with path.open("rb") as file:
        return Opened(ZippedFiles(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))))
