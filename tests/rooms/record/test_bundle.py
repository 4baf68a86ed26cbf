"""record.bundle: what is exported holds, in whole and in part, and says what it holds."""

import json
from pathlib import Path

import pytest

from openline import seal
from openline.record import bundle, keys, standalone_verify
from openline.record.note import cosign
from openline.record.policy import plain_policy
from openline.record.verify import verify_bundle
from tests.rooms.record.judged import TINY, agreed, resigned
from tests.rooms.record.made import (
    ROOT,
    WITNESS,
    InMemory,
    bundle_of,
    filled,
    finding,
)


def test_a_bundle_of_everything_holds_and_says_what_it_holds(files):
    verdict = verify_bundle(files, root_key=seal.sha256(ROOT.public).hex())
    assert verdict.good
    assert (verdict.party, verdict.entries_count, verdict.objects_count, verdict.redacted_count) == ("a.example", 8, 5, 1)
    assert verdict.remarks == ()
    assert agreed(files) is None


def test_without_a_fingerprint_the_verdict_says_what_is_still_to_do(files):
    assert "compare its fingerprint" in verify_bundle(files).remarks[0]


def test_another_root_key_than_the_one_read_out_is_refused(files):
    fault = verify_bundle(files, root_key="0" * 64).fault
    assert fault is not None
    assert fault.file == "keys/manifest"


def test_a_bundle_of_some_entries_holds_by_the_hashes_of_the_others(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        for number in range(60):
            store.commit([finding(100 + number)])
        for keep in (
            lambda one: one.index % 3 == 0,
            lambda one: 20 <= one.index < 50,
            lambda one: False,
            lambda one: one.index > 66,
        ):
            some = bundle_of(store, keep=keep)
            assert agreed(some) is None
            verdict = verify_bundle(some)
            assert verdict.entries_count == sum(1 for one in store.entries() if keep(one) or one.kind == "redaction")
            assert verdict.root == store.root.hex()


def test_a_bundle_of_a_time_holds(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        some = bundle_of(store, first=3, end=6)
    assert agreed(some) is None
    assert verify_bundle(some).entries_count == 4  # and the redaction


def test_objects_may_stay_at_home(tmp_path: Path):
    with filled(tmp_path / "r.db") as store:
        some = bundle_of(store, withhold=lambda one, place: one.kind == "finding")
    assert agreed(some) is None
    verdict = verify_bundle(some)
    assert (verdict.objects_count, verdict.redacted_count, verdict.withheld_count) == (4, 1, 1)


def test_many_packs_are_one_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle, "ENTRIES_PER_PACK", 4)
    monkeypatch.setattr(bundle, "OBJECTS_BYTES_PER_PACK", 300)
    with filled(tmp_path / "r.db") as store:
        store.commit([finding(100 + number) for number in range(30)])
        made = bundle_of(store, keep=lambda one: one.index % 5 != 1)
    assert sum(name.startswith("entries/") for name in made) > 5
    assert sum(name.startswith("objects/") for name in made) > 5
    assert agreed(made) is None
    pack = sorted(name for name in made if name.startswith("entries/"))[3]
    second = made[pack].index(b"\n") + 1
    changed = made[pack][: second + 20] + b"?" + made[pack][second + 21 :]
    index = json.loads(made[pack].splitlines()[1])["x"]["number"] - 100 + 8
    assert agreed({**made, pack: changed}) == (pack, second, index)


def test_a_second_signature_against_quantum_computers_is_checked_too(tmp_path: Path):
    with filled(tmp_path / "r.db", quantum=seal.QuantumSigner(b"q" * 32)) as store:
        made = resigned(bundle_of(store), {"verify.py": TINY})
    assert made["policy.txt"].count(b"log ") == 2
    assert agreed(made) is None
    note = made["log/checkpoint"]
    for place in (len(note) - 20, len(note) - 3000):
        changed = note[:place] + (b"A" if note[place : place + 1] != b"A" else b"B") + note[place + 1 :]
        assert agreed(resigned(made, {"log/checkpoint": changed})) == ("log/checkpoint", None, None)


def test_a_policy_of_the_readers_own_is_obeyed(tmp_path: Path):
    witness = keys.PublicKey("w", "witness", "ed25519", WITNESS.public)
    with filled(tmp_path / "r.db") as store:
        made = resigned(bundle_of(store), {"verify.py": TINY})
        log = plain_policy([store.key]).splitlines()[0]
    vkey = f"b.example/w+{seal.note_key_id('b.example/w', 4, witness.pub).hex()}+{seal.b64(bytes([4]) + witness.pub)}"
    policy = f"{log}\nwitness B {vkey}\nquorum B\n".encode()
    assert verify_bundle(made, policy=policy).fault is not None
    text = made["log/checkpoint"].decode()
    line = cosign(text.split("\n\n")[0] + "\n", "b.example/w", WITNESS, 1_795_330_606)
    cosigned = resigned(made, {"log/checkpoint": (text + line).encode()})
    verdict = verify_bundle(cosigned, policy=policy)
    assert verdict.witnesses == (("B", 1_795_330_606),)
    report = standalone_verify.Check(InMemory(cosigned), None, policy).run()  # type: ignore[arg-type]
    assert report["witnesses"] == ["B"]
