"""record.store.folder: bundles on disk are whole or absent, and read without trust."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openline.errors import BadSetting
from openline.record.store import folder
from openline.record.store.folder import FolderFiles, verify_path, write_folder, write_zip
from tests.rooms.record.made import filled, order


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with filled(tmp_path_factory.mktemp("record") / "record.db") as store:
        return dict(store.bundle(order()))


def test_a_folder_and_a_zip_are_the_same_bundle(files, tmp_path: Path):
    write_folder(tmp_path / "bundle", files.items())
    write_zip(tmp_path / "bundle.zip", files.items())
    assert verify_path(tmp_path / "bundle").good
    assert verify_path(tmp_path / "bundle") == verify_path(tmp_path / "bundle.zip")
    assert dict(FolderFiles(tmp_path / "bundle")) == files


def test_nothing_is_overwritten(files, tmp_path: Path):
    (tmp_path / "bundle.zip").write_text("mine")
    (tmp_path / "bundle").mkdir()
    with pytest.raises(BadSetting):
        write_zip(tmp_path / "bundle.zip", files.items())
    with pytest.raises(BadSetting):
        write_folder(tmp_path / "bundle", files.items())
    assert (tmp_path / "bundle.zip").read_text() == "mine"


def test_an_export_that_fails_leaves_no_half_bundle(files, tmp_path: Path):
    def failing() -> Iterator[tuple[str, bytes]]:
        yield from list(files.items())[:3]
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write_zip(tmp_path / "bundle.zip", failing())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="no space"):
        write_folder(tmp_path / "bundle", failing())
    assert not verify_path(tmp_path / "bundle").good


def test_what_is_not_there_cannot_be_read(tmp_path: Path):
    with pytest.raises(BadSetting):
        verify_path(tmp_path / "nothing")


def test_an_empty_file_is_no_bundle(tmp_path: Path):
    (tmp_path / "empty.zip").touch()
    assert not verify_path(tmp_path / "empty.zip").good


def test_a_device_in_a_folder_is_refused(files, tmp_path: Path):
    write_folder(tmp_path / "bundle", files.items())
    os.mkfifo(tmp_path / "bundle" / "pipe")
    fault = verify_path(tmp_path / "bundle").fault
    assert fault is not None
    assert fault.file == "pipe"


def test_a_file_too_large_is_refused(files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_folder(tmp_path / "bundle", files.items())
    monkeypatch.setattr(folder, "FILE_BYTES_MAX", 500)
    fault = verify_path(tmp_path / "bundle").fault
    assert fault is not None
    assert "too large" in fault.what
