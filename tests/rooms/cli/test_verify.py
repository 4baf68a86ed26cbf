"""`openline verify`: 0 good, 1 bad, 2 where what was typed is no fingerprint or no bundle; said once."""

from pathlib import Path

import pytest

from tests.rooms.cli.conftest import Command


@pytest.fixture
def bundle(openline: Command, node: Path, tmp_path: Path) -> Path:
    place = tmp_path / "x.zip"
    openline("export", place, "--node", node)
    return place


def root_key(openline: Command, bundle: Path) -> str:
    return next(line.split()[2] for line in openline("verify", bundle).out.splitlines() if "root key" in line)


@pytest.mark.parametrize("typed", ["00aa", "x" * 64, "a" * 63, "a" * 128])
def test_what_is_no_fingerprint_is_not_a_bad_bundle(openline: Command, bundle: Path, typed: str) -> None:
    said = openline("verify", bundle, "--root", typed)

    assert said.code == 2
    assert "a fingerprint: 64 hexadecimal digits" in said.err
    assert "BAD" not in said.out + said.err


def test_another_fingerprint_is_a_bad_bundle(openline: Command, bundle: Path) -> None:
    said = openline("verify", bundle, "--root", "00" * 32)

    assert said.code == 1
    assert said.out.startswith("BAD")


def test_a_fingerprint_may_be_typed_as_it_is_read_out(openline: Command, bundle: Path) -> None:
    key = root_key(openline, bundle)
    groups = " ".join(key[at : at + 4] for at in range(0, 64, 4)).upper()

    assert openline("verify", bundle, "--root", groups).code == 0
    assert openline("verify", bundle, "--root", groups.replace(" ", ":")).code == 0


def test_that_the_root_key_was_not_compared_is_said_once(openline: Command, bundle: Path) -> None:
    assert openline("verify", bundle).out.count("compare") == 1


@pytest.mark.parametrize("at", [0, 1, 2, 3, 30, -1, -22])
def test_a_bundle_with_a_changed_byte_is_bad_wherever_it_is(openline: Command, bundle: Path, at: int) -> None:
    data = bytearray(bundle.read_bytes())
    data[at] ^= 0x20
    bundle.write_bytes(data)
    said = openline("verify", bundle)

    assert said.code == 1
    assert said.out.startswith("BAD")


def test_half_a_bundle_is_bad(openline: Command, bundle: Path) -> None:
    data = bundle.read_bytes()
    bundle.write_bytes(data[: len(data) // 2])

    assert openline("verify", bundle).code == 1


def test_a_folder_without_its_manifest_is_bad(openline: Command, node: Path, tmp_path: Path) -> None:
    openline("export", tmp_path / "folder", "--node", node)
    (tmp_path / "folder" / "MANIFEST.json").unlink()

    assert openline("verify", tmp_path / "folder").code == 1
