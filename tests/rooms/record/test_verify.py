"""record.verify and the stand-alone verifier: both find one changed byte, and what a dishonest exporter tries."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.record import bundle, keys
from openline.record.entry import canonical
from openline.record.envelope import unwrap, wrap
from openline.record.verdict import Verdict
from tests.rooms.record.judged import ENTRIES, OBJECTS, agreed, lines, mangled, resigned, said, with_entries
from tests.rooms.record.made import (
    ANN,
    KEYS,
    LINE,
    LOG,
    ROOT,
    T0_US,
    bundle_of,
    entropy,
    filled,
    key_manifest,
)


def test_any_one_byte_that_changes_in_any_file_is_found_in_that_file_by_both(files):
    """Every byte of every file; the bit that changes goes round with the offset."""
    for name, data in files.items():
        for place in range(len(data)):
            changed = bytearray(data)
            changed[place] ^= 1 << place % 8
            found = agreed({**files, name: bytes(changed)})
            assert found is not None
            assert found[0] == name


def test_a_changed_header_is_named_by_its_number_and_offset(files):
    name = "entries/000000000000.jsonl"
    offsets = [0]
    for line in files[name].splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for index, offset in enumerate(offsets[:-1]):
        changed = bytearray(files[name])
        changed[offset + 30] ^= 1
        assert agreed({**files, name: bytes(changed)}) == (name, offset, index)


def test_a_changed_object_is_named_by_the_entry_it_belongs_to(files):
    name = "objects/000000.jsonl"
    offset = files[name].index(b"\n") + 1
    changed = bytearray(files[name])
    changed[offset + 80] ^= 1
    assert agreed({**files, name: bytes(changed)}) == (name, offset, 3)


def test_files_that_are_missing_added_cut_or_emptied_are_named(files):
    for name, data in files.items():
        assert agreed({one: d for one, d in files.items() if one != name}) == (name, None, None)
        assert (agreed({**files, name: data[:-1]}) or ("",))[0] == name or not data
        assert (agreed({**files, name: data + b"\n"}) or ("",))[0] == name
    assert agreed({**files, "extra.txt": b""}) == ("extra.txt", None, None)


@pytest.mark.parametrize(
    "name",
    ["../escape", "/etc/passwd", "a/../b", ".hidden", "a//b", "a/", "a\\b", "C:x", "x" * 200, "é", "a\n", "a b", "a/b/c/d/e"],
)
def test_names_that_lead_elsewhere_are_refused(files, name):
    assert agreed({**files, name: b""}) == (name, None, None)


def test_files_in_another_order_are_refused(files):
    turned = dict(reversed(files.items()))
    assert agreed(turned) == (bundle.MANIFEST, None, None)


def test_a_rewritten_entry_changes_the_root(files):
    headers = lines(files, ENTRIES)
    headers[2] = headers[2].replace(b"alarm.acknowledge", b"alarm.something")
    assert agreed(with_entries(files, headers)) == ("log/checkpoint", None, None)


def test_entries_in_another_order_change_the_root(files):
    headers = lines(files, ENTRIES)
    headers[1], headers[2] = headers[2], headers[1]
    found = agreed(with_entries(files, headers))
    assert found is not None
    assert found[0] == "log/checkpoint"


def test_an_entry_left_out_without_a_gap_is_noticed(files):
    assert agreed(with_entries(files, lines(files, ENTRIES)[:-1])) == ("log/gaps.jsonl", None, None)


def test_a_header_that_is_not_canonical_is_named(files):
    headers = lines(files, ENTRIES)
    headers[2] = headers[2].replace(b'"ex":false', b'"ex": false')
    offset = len(headers[0]) + len(headers[1])
    assert agreed(with_entries(files, headers)) == (ENTRIES, offset, 2)


def test_an_entry_of_another_party_is_named(files):
    headers = lines(files, ENTRIES)
    headers[0] = headers[0].replace(b'"party":"a.example"', b'"party":"b.example"')
    assert agreed(with_entries(files, headers)) == (ENTRIES, 0, 0)


def test_a_missing_object_that_nothing_excuses_is_named(files):
    rest = lines(files, OBJECTS)
    assert agreed(resigned(files, {OBJECTS: b"".join(rest[:-1])})) == (OBJECTS, None, 6)
    assert agreed(resigned(files, {OBJECTS: b"".join(rest[1:])})) == (OBJECTS, 0, 0)


def test_an_object_too_many_is_named(files):
    rest = lines(files, OBJECTS)
    assert agreed(resigned(files, {OBJECTS: b"".join([*rest, rest[0]])})) == (OBJECTS, len(files[OBJECTS]), None)


def test_a_redaction_that_no_entry_says_is_named(files):
    absent = json.loads(files["absent.jsonl"])
    claim = canonical({**absent, "entry": 3}) + b"\n"
    assert agreed(resigned(files, {"absent.jsonl": claim})) == ("absent.jsonl", None, 1)


def test_an_absence_that_concerns_nothing_is_named(files):
    claim = canonical({"c": seal.b64(b"x" * 32), "why": "withheld"}) + b"\n"
    assert agreed(resigned(files, {"absent.jsonl": files["absent.jsonl"] + claim})) == ("absent.jsonl", None, None)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"1",
        b'{"c":"","why":"withheld"}',
        b'{"why":"withheld"}',
        b'{"c":1,"why":"lost"}',
        b"\xff",
        b'{"c":[],"entry":1,"why":"redacted"}',
    ],
)
def test_a_line_that_is_no_absence_is_named(files, line):
    offset = len(files["absent.jsonl"])
    assert agreed(resigned(files, {"absent.jsonl": files["absent.jsonl"] + line + b"\n"})) == ("absent.jsonl", offset, None)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b'{"end":1,"first":1,"hashes":[]}',
        b'{"end":2,"first":0,"hashes":[]}',
        b'{"end":99,"first":0,"hashes":[]}',
        b'{"end":"1","first":0,"hashes":[]}',
        b'{"end":1,"first":0,"hashes":7}',
        b'{"end":1,"first":-1,"hashes":["AAAA"]}',
        b'{"end":true,"first":0,"hashes":["AAAA"]}',
        b'{"end":1,"first":0,"hashes":["AAAA"]}',
        b'{"end":1,"first":0,"hashes":[7]}',
        b"nonsense",
    ],
)
def test_a_line_that_is_no_gap_is_named(files, line):
    assert agreed(resigned(files, {"log/gaps.jsonl": line + b"\n"})) == ("log/gaps.jsonl", 0, None)


def test_a_gap_over_entries_that_are_there_is_refused(files):
    line = canonical({"end": 8, "first": 7, "hashes": [seal.b64(b"x" * 32)]}) + b"\n"
    found = agreed(resigned(files, {"log/gaps.jsonl": line}))
    assert found is not None


@pytest.mark.parametrize(
    ("change", "file"),
    [
        ({"size": 7}, "log/checkpoint"),
        ({"root": "AAAA"}, "log/checkpoint"),
        ({"origin": "b.example/openline/log/1"}, "log/checkpoint"),
        ({"party": "b.example"}, bundle.MANIFEST),
        ({"entries": 7}, "log/gaps.jsonl"),
        ({"entries": "8"}, bundle.MANIFEST),
        ({"entries": True}, bundle.MANIFEST),
        ({"size": -1}, bundle.MANIFEST),
        ({"v": 2}, bundle.MANIFEST),
        ({"v": True}, bundle.MANIFEST),
        ({"more": 1}, bundle.MANIFEST),
        ({"files": {}}, bundle.MANIFEST),
        ({"files": [1]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": 1, "sha256": ""}]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": "a", "sha256": 1}]}, bundle.MANIFEST),
        ({"files": [{"n": 1, "name": "a", "sha256": seal.b64(b"x" * 32)}] * 2}, bundle.MANIFEST),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(files, change, file):
    found = agreed(said(files, change))
    assert found is not None
    assert found[0] == file


def test_only_the_line_key_signs_a_bundle(files):
    for signer in (LOG, ROOT, seal.Signer(b"x" * 32)):
        assert agreed(resigned(files, {}, signer)) == (bundle.MANIFEST, None, None)


def test_a_checkpoint_by_another_log_key_is_refused_even_with_a_policy_for_it(files, tmp_path: Path):
    other = seal.Signer(b"o" * 32)
    with filled(tmp_path / "r.db", signer=other) as store:
        made = bundle_of(store)
    assert agreed(made) == ("log/checkpoint", None, None)


def test_keys_of_another_party_are_refused(files):
    other = keys.make_manifest(key_manifest(party="b.example"), ROOT)
    assert agreed(resigned(files, {"keys/manifest": other})) == (bundle.MANIFEST, None, None)


def test_a_policy_that_is_none_is_named(files):
    assert agreed(resigned(files, {"policy.txt": b"quorum maybe\n"})) == ("policy.txt", None, None)


def test_the_report_is_for_people_and_says_what_it_cannot_say(files):
    text = files["REPORT.txt"].decode()
    assert "a.example" in text
    assert "Notification is not permission and guarantees nothing." in text
    assert "cannot say that what an" in text


def test_a_bundle_is_the_same_bytes_each_time(tmp_path: Path):
    bundles = []
    for name in ("one", "two"):
        with filled(tmp_path / name, entropy()) as store:
            bundles.append(bundle_of(store))
    assert bundles[0] == bundles[1]


def test_a_verdict_is_good_only_without_a_fault():
    assert Verdict(fault=None).good
    assert base64.b64decode(seal.b64(KEYS)) == KEYS
    assert (ANN.role, T0_US) == ("supervisor", 1_795_330_606_000_000)


ODD: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        2**53 - 1,
        2**60,
        1.5,
        "",
        "x",
        "x" * 300,
        "AAAA",
        "é",
        "\x00",
        [],
        {},
        [[]],
        [1],
        {"a": 1},
        "none",
    ]
)
LINES = {"log/gaps.jsonl", "absent.jsonl", ENTRIES, OBJECTS}


def loose(value: object) -> bytes:
    """JSON as our writers write it, even of what they would refuse."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["keys/manifest", "manifest", *sorted(LINES)]),
    row=st.integers(0, 50),
    place=st.integers(0, 60),
    odd=ODD,
)
def test_both_judge_any_mangled_document_alike(partial, name, row, place, odd):
    """Signed by the right key, so only its shape speaks against it: neither stumbles, and they agree."""
    if name == "keys/manifest":
        payload = json.loads(unwrap(partial[name], keys.PAYLOAD_TYPE, name).payload)
        made = resigned(partial, {name: wrap(keys.PAYLOAD_TYPE, loose(mangled(payload, place, odd)), [ROOT])})
    elif name == "manifest":
        payload = json.loads(unwrap(partial[bundle.MANIFEST], bundle.PAYLOAD_TYPE, name).payload)
        made = {**partial, bundle.MANIFEST: wrap(bundle.PAYLOAD_TYPE, loose(mangled(payload, place, odd)), [LINE])}
    else:
        rows = lines(partial, name)
        rows[row % len(rows)] = loose(mangled(json.loads(rows[row % len(rows)]), place, odd)) + b"\n"
        made = with_entries(partial, rows) if name == ENTRIES else resigned(partial, {name: b"".join(rows)})
    agreed(made)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["keys/manifest", "policy.txt", "log/checkpoint", "MANIFEST.json", *sorted(LINES)]),
    data=st.binary(max_size=60)
    | st.sampled_from([b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000 + b"\n", b"[" * 100_000 + b"\n"]),
)
def test_both_judge_any_bytes_alike(partial, name, data):
    assert agreed({**partial, name: data} if name == bundle.MANIFEST else resigned(partial, {name: data})) is not None
