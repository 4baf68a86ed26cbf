"""record.zipped: one zip is right, and any other that holds the same files is not."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import BadRecord
from openline.record import bundle, standalone_verify, zipped
from openline.record.verify import verify_zip
from openline.record.zipped import ZippedFiles, zip_parts

Found = tuple[str, int | None, int | None]


@pytest.fixture(scope="module")
def whole(files: dict[str, bytes]) -> bytes:
    return b"".join(zip_parts(files.items()))


def alone(place: Path) -> Found | None:
    """What the stand-alone verifier says."""
    try:
        standalone_verify.Check(standalone_verify.Zip(str(place)), None, None).run()
    except standalone_verify.Bad as bad:
        return bad.file, bad.offset, bad.index
    return None


@pytest.fixture
def agreed(tmp_path: Path) -> Callable[[bytes], Found | None]:
    """What both verifiers say of a zip; they must say the same."""

    def both(data: bytes) -> Found | None:
        fault = verify_zip(data).fault
        found = None if fault is None else (fault.file, fault.offset, fault.index)
        place = tmp_path / "bundle.zip"
        place.write_bytes(data)
        assert alone(place) == found
        return found

    return both


def made_by_zipfile(files: dict[str, bytes], how: int = zipfile.ZIP_STORED, **info: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            one = zipfile.ZipInfo(name)
            one.compress_type = how
            for field, value in info.items():
                setattr(one, field, value)
            archive.writestr(one, data)
    return out.getvalue()


def test_a_bundle_in_a_zip_holds(whole, agreed):
    assert agreed(whole) is None


def test_any_zip_program_reads_it(files, whole):
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_any_one_byte_around_the_files_that_changes_is_found_where_it_is(files, whole, agreed):
    """Local headers, names, directory, end: both name the zip and, once they can be followed, the very byte."""
    inside = ZippedFiles(whole)
    content = set()
    for name in inside:
        content |= set(range(inside.offset_of(name), inside.offset_of(name) + len(inside[name])))
    frame = [place for place in range(len(whole)) if place not in content]
    exact = 0
    for place in frame:
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        found = agreed(bytes(changed))
        assert found is not None
        exact += found[:2] == ("(zip)", place)
    assert exact > 0.7 * len(frame)


def test_a_byte_of_a_file_that_changes_is_named_in_the_file(whole, agreed):
    inside = ZippedFiles(whole)
    for name in inside:
        if inside[name]:
            place = inside.offset_of(name) + len(inside[name]) // 2
            changed = whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]
            found = agreed(changed)
            assert found is not None
            assert found[0] == name


@pytest.mark.parametrize("cut", [1, 10, 22, 23, 100, 1000, 5000])
def test_a_zip_cut_short_is_refused(whole, agreed, cut):
    assert agreed(whole[:-cut]) is not None


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"not a zip", bytes(100)])
def test_what_is_no_bundle_is_refused(agreed, data):
    assert agreed(data) is not None


def test_bytes_before_between_and_after_are_refused(whole, agreed):
    middle = ZippedFiles(whole).offset_of("policy.txt") - 40
    assert agreed(b"#!/bin/sh\n" + whole) is not None
    assert agreed(whole[:middle] + b"\0" + whole[middle:]) is not None
    assert agreed(whole + b"\0") == ("(zip)", len(whole), None)
    assert agreed(whole + whole) is not None


def test_a_compressed_zip_is_refused_so_nothing_can_unpack_to_more_than_it_is(agreed):
    bomb = made_by_zipfile({"keys/manifest": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert agreed(bomb) == ("(zip)", 8, None)


@pytest.mark.parametrize("info", [{"external_attr": 0o120777 << 16}, {"create_system": 0}, {"flag_bits": 0x800}])
def test_links_and_other_zips_of_the_same_files_are_refused(files, agreed, info):
    assert agreed(made_by_zipfile(files, **info)) is not None


@pytest.mark.parametrize("name", ["../up", "/abs", "a/../../b", "a\\b", ".x", ""])
def test_names_that_lead_elsewhere_are_refused(agreed, name):
    found = agreed(made_by_zipfile({name: b"x"}))
    assert found is not None
    assert found[0] in ("(zip)", name)


def test_a_name_that_comes_twice_is_refused(files, whole, agreed):
    first = ZippedFiles(whole)
    end = first.offset_of("policy.txt") - 30 - len("policy.txt")
    found = agreed(whole[:end] + whole)
    assert found is not None
    assert found[:2] == ("(zip)", end)


def test_a_zip_that_would_grow_past_what_a_plain_zip_can_be_is_not_written(files, whole, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zipped, "BYTES_MAX", len(whole))
    assert b"".join(zip_parts(files.items())) == whole
    monkeypatch.setattr(zipped, "BYTES_MAX", len(whole) - 1)
    with pytest.raises(BadRecord, match="too large"):
        list(zip_parts(files.items()))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zipped, "FILES_COUNT_MAX", 3)
    with pytest.raises(BadRecord):
        list(zip_parts((f"objects/{i}", b"") for i in range(4)))
    whole = made_by_zipfile({})
    assert len(ZippedFiles(whole)) == 0


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_verdict(data):
    assert not verify_zip(data).good
    assert not verify_zip(b"PK\x03\x04" + data).good


def test_the_manifest_comes_last(files, whole):
    assert list(ZippedFiles(whole))[-1] == bundle.MANIFEST
