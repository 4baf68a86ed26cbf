"""The program a bundle carries: it runs alone, with and without `cryptography`, and its pure Ed25519 is Ed25519."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.record import standalone_verify as alone
from openline.record.store.exporting import standalone
from openline.record.store.folder import verify_path, write_folder, write_zip
from tests.rooms.record.made import ROOT, filled, order


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same bundle as a folder and as a zip."""
    place = tmp_path_factory.mktemp("bundles")
    with filled(place / "record.db", quantum=seal.QuantumSigner(b"q" * 32)) as store:
        write_folder(place / "bundle", store.bundle(order()))
        write_zip(place / "bundle.zip", store.bundle(order()))
    return place


def run(*arguments: str, without: Path | None = None) -> tuple[int, str]:
    """The program in a process of its own; `without` is a folder whose `cryptography` cannot be imported."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    if without is not None:
        (without / "cryptography").mkdir(exist_ok=True)
        (without / "cryptography" / "__init__.py").write_text("raise ImportError\n")
        environment["PYTHONPATH"] = str(without)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_it_imports_nothing_of_ours_and_little_else():
    tree = ast.parse(standalone())
    names = {
        one.names[0].name if isinstance(one, ast.Import) else one.module
        for one in ast.walk(tree)
        if isinstance(one, (ast.Import, ast.ImportFrom))
    }
    outside = {str(name).split(".")[0] for name in names} - sys.stdlib_module_names
    assert outside == {"cryptography"}


def test_in_its_folder_it_needs_no_argument(place):
    code, text = run(str(place / "bundle" / "verify.py"))
    assert code == 0
    assert text.startswith("GOOD: 8 entries of a.example")
    assert "Compare its 64 digits" in text


def test_it_reads_zips_and_says_json(place):
    fingerprint = seal.sha256(ROOT.public).hex()
    code, text = run(str(place / "bundle/verify.py"), str(place / "bundle.zip"), "--root", fingerprint, "--json")
    report = json.loads(text)
    assert (code, report["good"], report["compared"], report["root_key"]) == (0, True, True, fingerprint)


def test_it_works_without_cryptography_and_says_so(place, tmp_path):
    code, text = run(str(place / "bundle" / "verify.py"), without=tmp_path)
    assert code == 0
    assert "this file alone" in text
    assert "1 ML-DSA signatures could not be checked" in text


def test_without_cryptography_a_changed_byte_is_found_all_the_same(place, tmp_path):
    data = bytearray((place / "bundle.zip").read_bytes())
    where = data.index(b"alarm.acknowledge")
    data[where] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    code, text = run(str(place / "bundle/verify.py"), str(tmp_path / "changed.zip"), "--json", without=tmp_path)
    report = json.loads(text)
    assert (code, report["file"], report["entry"]) == (1, "entries/000000000000.jsonl", 2)


def test_a_wrong_fingerprint_is_bad_and_a_missing_file_is_unreadable(place, tmp_path):
    program = str(place / "bundle/verify.py")
    assert run(program, "--root", "0" * 64)[0] == 1
    assert run(program, str(tmp_path / "nothing.zip"))[0] == 2
    assert run(program, "--help")[0] == 2
    assert run(program, "--policy", str(tmp_path / "nothing"))[0] == 2


def test_a_policy_of_the_readers_own_is_obeyed(place, tmp_path):
    (tmp_path / "policy").write_text("quorum none\n")
    code, text = run(str(place / "bundle/verify.py"), "--policy", str(tmp_path / "policy"))
    assert code == 1
    assert "none of the policy's logs" in text


def test_a_link_in_the_folder_is_refused_by_both(place, tmp_path):
    with filled(tmp_path / "record.db") as store:
        write_folder(tmp_path / "bundle", store.bundle(order()))
    os.symlink("/etc/passwd", tmp_path / "bundle" / "objects" / "link")
    code, text = run(str(tmp_path / "bundle" / "verify.py"))
    fault = verify_path(tmp_path / "bundle").fault
    assert code == 1
    assert "objects/link" in text
    assert fault is not None
    assert fault.file == "objects/link"


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=60), st.integers(0, 511))
def test_the_plain_ed25519_agrees_with_the_library(seed, data, bit):
    signer = seal.Signer(seed)
    signature = bytearray(signer.sign(data))
    assert alone.ed25519_plain(signer.public, bytes(signature), data)
    signature[bit // 8] ^= 1 << bit % 8
    assert not alone.ed25519_plain(signer.public, bytes(signature), data)


def test_the_plain_ed25519_refuses_the_other_form_of_a_signature():
    """S + L verifies where S is not compared with the group order; then two byte strings would be one signature."""
    signer = seal.Signer(b"k" * 32)
    signature = signer.sign(b"x")
    s = int.from_bytes(signature[32:], "little") + alone.ORDER
    assert not alone.ed25519_plain(signer.public, signature[:32] + s.to_bytes(32, "little"), b"x")


@pytest.mark.parametrize("public", [b"\xff" * 32, b"\x02" + bytes(31), bytes(31) + b"\x80"])
def test_the_plain_ed25519_takes_no_bytes_for_a_key(public):
    assert not alone.ed25519_plain(public, bytes(64), b"x")


def test_the_plain_ed25519_takes_no_short_signature():
    assert not alone.ed25519_plain(seal.Signer(b"k" * 32).public, b"", b"x")
