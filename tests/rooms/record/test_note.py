"""record.note: the C2SP formats, read as strictly as they are written."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import note, tree
from openline.record.note import Checkpoint, Key

quick = settings(max_examples=150, deadline=None)

NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note, which signed-note describes."""

SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of c2sp.org/tlog-cosignature."""

POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
"""The example of c2sp.org/signed-note: its text holds an empty line."""

LOG = seal.Signer(b"l" * 32)
WITNESS = seal.Signer(b"w" * 32)
QUANTUM = seal.QuantumSigner(b"q" * 32)
ORIGIN = "a.example/openline/log/1"
LOG_KEY = Key(ORIGIN, seal.NOTE_ED25519, LOG.public)
WITNESS_KEY = Key("b.example/openline/witness", seal.NOTE_COSIGNATURE, WITNESS.public)
QUANTUM_KEY = Key(ORIGIN, seal.NOTE_MLDSA44, QUANTUM.public)
HEAD = Checkpoint(ORIGIN, 5, tree.leaf_hash(b"x"))
SIGNED = note.sign_checkpoint(HEAD, LOG)


def test_a_note_somebody_else_signed_verifies():
    read = note.parse_note(NEUMANN_NOTE.encode())
    assert [key.name for key, _ in note.verified_by(read, [note.parse_vkey(NEUMANN)])] == ["PeterNeumann"]


def test_the_published_checkpoint_reads_as_it_was_meant():
    read = note.parse_note(SOFA.encode())
    head = note.parse_checkpoint(read.text)
    assert (head.origin, head.size, head.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert head.text == read.text
    assert [(line.name, line.key_id.hex()) for line in read.signatures] == [
        ("example.com/behind-the-sofa", "033de0ae"),
        ("witness.example.com/w1", "8d66cf3f"),
    ]
    assert struct.unpack_from(">Q", read.signatures[1].data)[0] == 1679315147


def test_the_published_poem_keeps_its_empty_line():
    read = note.parse_note(POEM.encode())
    assert read.text.count("\n") == 4
    assert read.text.endswith("sera.\n")


def test_our_checkpoint_is_exactly_the_format():
    assert f"{ORIGIN}\n5\n{seal.b64(HEAD.root)}\n\n— {ORIGIN} {SIGNED.split(' ')[-1]}" == SIGNED
    assert note.verified_by(note.parse_note(SIGNED.encode()), [LOG_KEY]) == [(LOG_KEY, 0)]


def test_a_witness_signs_with_its_own_time():
    whole = SIGNED + note.cosign(HEAD.text, WITNESS_KEY.name, WITNESS, 1_795_330_606)
    found = note.verified_by(note.parse_note(whole.encode()), [LOG_KEY, WITNESS_KEY])
    assert found == [(LOG_KEY, 0), (WITNESS_KEY, 1_795_330_606)]


def test_a_cosignature_covers_the_bytes_of_the_standard():
    assert note.cosigned_bytes(HEAD.text, 1679315147) == b"cosignature/v1\ntime 1679315147\n" + HEAD.text.encode()


def test_a_witness_whose_time_was_changed_is_noticed():
    line = note.cosign(HEAD.text, WITNESS_KEY.name, WITNESS, 1000)
    data = seal.from_b64(line.split(" ")[2].strip())
    moved = note.signature_line(WITNESS_KEY.name, data[:4], struct.pack(">Q", 1001) + data[12:])
    with pytest.raises(BadRecord, match="is not good"):
        note.verified_by(note.parse_note((SIGNED + moved).encode()), [WITNESS_KEY])


def test_a_checkpoint_can_carry_a_second_signature_against_quantum_computers():
    whole = note.sign_checkpoint(HEAD, LOG, QUANTUM)
    read = note.parse_note(whole.encode())
    assert note.verified_by(read, [LOG_KEY, QUANTUM_KEY]) == [(LOG_KEY, 0), (QUANTUM_KEY, 0)]
    other = note.parse_note(whole.replace("\n5\n", "\n6\n").encode())
    with pytest.raises(BadRecord):
        note.verified_by(other, [QUANTUM_KEY])


def test_lines_of_unknown_keys_are_passed_over():
    stranger = note.signature_line("stranger.example", b"abcd", b"whatever")
    assert note.verified_by(note.parse_note((SIGNED + stranger).encode()), [LOG_KEY]) == [(LOG_KEY, 0)]
    assert note.verified_by(note.parse_note(SIGNED.encode()), [WITNESS_KEY]) == []


def test_a_wrong_line_of_a_known_key_refuses_the_note():
    with pytest.raises(BadRecord, match="is not good"):
        note.verified_by(note.parse_note(SIGNED.replace("\n5\n", "\n6\n").encode()), [LOG_KEY])


def test_a_key_that_signs_twice_refuses_the_note():
    twice = SIGNED + SIGNED.split("\n\n")[1]
    with pytest.raises(BadRecord, match="twice"):
        note.verified_by(note.parse_note(twice.encode()), [LOG_KEY])


def test_a_signature_too_short_for_its_time_refuses_the_note():
    short = note.signature_line(WITNESS_KEY.name, WITNESS_KEY.key_id, b"1234567")
    with pytest.raises(BadRecord, match="too short"):
        note.verified_by(note.parse_note((SIGNED + short).encode()), [WITNESS_KEY])


# The malformed notes that another reader was found to accept, and their like.
@pytest.mark.parametrize(
    "broken",
    [
        SIGNED.replace("\n\n", "\njunk\n"),
        SIGNED.replace("\n\n", "\n \n"),
        SIGNED.replace("\n", "\r\n"),
        SIGNED.replace("\n\n", "\n\t\n"),
        SIGNED[:-1],
        SIGNED + "\n",
        SIGNED + "— \n",
        SIGNED.replace("— ", "- "),
        SIGNED.replace("— ", "—  "),
        SIGNED.replace("— a", "— +a"),
        SIGNED.replace("— ", "— \u00a0"),
        SIGNED.replace("=\n", "\n"),
        "",
        "\n\n",
        SIGNED.split("\n\n")[0],
        "a\n\n" + "— a AAAAAAA=\n" * 65,
        "a\n\n— a AAAAAA==\n",
        "a\n\n— a QUJDRA==\n",
    ],
)
def test_a_note_nobody_would_write_is_refused(broken):
    with pytest.raises(Refused):
        note.parse_note(broken.encode())


def test_a_note_that_is_no_utf_8_or_too_long_is_refused():
    with pytest.raises(Refused):
        note.parse_note(SIGNED.encode() + b"\xff\n")
    with pytest.raises(Refused):
        note.parse_note(b"a" * (note.NOTE_BYTES_MAX + 1))


@pytest.mark.parametrize("size", ["0300", " 300", "3_00", "+300", "٣٠٠", "-1", "", "1e3", "9" * 20, str(2**63)])
def test_a_size_that_is_not_written_as_a_size_is_refused(size):
    with pytest.raises(Refused):
        note.parse_checkpoint(f"{ORIGIN}\n{size}\n{seal.b64(HEAD.root)}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n5\n{seal.b64(HEAD.root)}",
        f"{ORIGIN}\n5\n\n",
        f"\n5\n{seal.b64(HEAD.root)}\n",
        f"{ORIGIN}\n5\n{seal.b64(HEAD.root)}\n\n",
        f"{ORIGIN}\n5\n{seal.b64(HEAD.root[:31])}\n",
        f"{ORIGIN}\x855\n{seal.b64(HEAD.root)}\n",
        f"{ORIGIN}\n5\n{HEAD.root.hex()}\n",
    ],
)
def test_a_checkpoint_nobody_would_write_is_refused(text):
    with pytest.raises(Refused):
        note.parse_checkpoint(text)


def test_extension_lines_of_other_logs_are_read_and_kept():
    head = note.parse_checkpoint(HEAD.text + "extra\n")
    assert head.extensions == ("extra",)
    assert head.text == HEAD.text + "extra\n"


@quick
@given(st.text(), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_what_reads_as_a_checkpoint_is_written_the_same(origin, size, root):
    text = Checkpoint(origin, size, root).text
    try:
        head = note.parse_checkpoint(text)
    except Refused:
        return
    assert head.text == text


@quick
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_refused(data):
    for reader in (note.parse_note, lambda one: note.parse_checkpoint(one.decode("latin-1"))):
        try:
            reader(data)
        except Refused:
            pass


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        "a+00000000+AAAA",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN.replace("Peter", "Paul"),
        NEUMANN[:-4],
        "a+12345678+Bw==",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_a_verifier_key_that_does_not_name_itself_is_refused(vkey):
    with pytest.raises(Refused):
        note.parse_vkey(vkey)


@pytest.mark.parametrize("key", [LOG_KEY, WITNESS_KEY, QUANTUM_KEY])
def test_verifier_keys_come_back(key):
    assert note.parse_vkey(key.vkey) == key
