"""record.witness: what is cosigned continues what was cosigned before, and what contradicts it is proof."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline import seal
from openline.errors import BadRecord, Refused
from openline.record import tree, witness
from openline.record.note import Checkpoint, Key, parse_note, sign_checkpoint, signature_line, verified_by
from openline.record.witness import AddCheckpoint, Held, Log, asking, decide, read_add, read_cosignatures, read_size, write_add
from tests.rooms.record.made import LOG, ORIGIN, WITNESS

quick = settings(max_examples=150, deadline=None)
KEYS = Log(ORIGIN, (Key(ORIGIN, seal.NOTE_ED25519, LOG.public),))
COSIGNER = Key("b.example/openline/witness", seal.NOTE_COSIGNATURE, WITNESS.public)
NOW_S = 1_795_330_606
SOFA = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
).encode()
"""The example of c2sp.org/tlog-witness."""


class Grown:
    """A log of `size` entries; two of different `name` agree in their first `shared` entries."""

    def __init__(self, size: int, name: str = "", shared: int = 0) -> None:
        self.leaves = [tree.leaf_hash(f"{n}{name if n >= shared else ''}".encode()) for n in range(size)]

    def root(self, size: int) -> bytes:
        return tree.root_of(self.leaves[:size])

    def note(self, size: int, signer: seal.Signer = LOG) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, size, self.root(size)), signer)

    def node(self, level: int, index: int) -> bytes:
        return tree.root_of(self.leaves[index << level : (index + 1) << level])

    def ask(self, old: int, size: int) -> AddCheckpoint:
        return asking(old, self.note(size), self.node)


def held(log: Grown, size: int) -> Held:
    """What a witness keeps that cosigned the log at a size."""
    return Held(size, log.root(size), log.note(size))


def answered(asked: AddCheckpoint, of: Held, log: Log | None = KEYS) -> tuple[int, Held | None]:
    decision = decide(asked, log, of)
    return decision.status, decision.keep


def test_the_published_request_reads_as_it_was_meant():
    asked = read_add(SOFA)
    assert (asked.old, len(asked.proof), asked.note.split("\n")[1]) == (20852014, 4, "20852163")
    assert write_add(asked) == SOFA


@quick
@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63), st.integers(0, 9))
def test_a_request_reads_back_as_it_was(old, proof, size):
    asked = AddCheckpoint(old, tuple(proof), Grown(size).note(size))
    assert read_add(write_add(asked)) == asked


@quick
@given(st.binary(max_size=300) | st.tuples(st.integers(0, len(SOFA) - 1), st.binary(max_size=2)).map(
    lambda cut: SOFA[: cut[0]] + cut[1] + SOFA[cut[0] + 1 :]
))  # fmt: skip
def test_no_bytes_do_more_than_be_refused(data):
    try:
        asked = read_add(data)
    except Refused:
        return
    assert write_add(asked) == data
    assert decide(asked, KEYS, Held()).status in (400, 404)


@quick
@given(st.integers(0, 400), st.integers(0, 255))
def test_any_changed_byte_of_a_request_is_never_cosigned_as_it_was(place, byte):
    log = Grown(7)
    data = write_add(log.ask(3, 7))
    place %= len(data)
    spoilt = data[:place] + bytes([byte if byte != data[place] else byte ^ 1]) + data[place + 1 :]
    try:
        asked = read_add(spoilt)
    except Refused:
        return
    assert decide(asked, KEYS, held(log, 3)).status != 200


@quick
@given(st.integers(0, 40), st.integers(0, 40))
def test_what_continues_is_cosigned_and_kept(old, more):
    log = Grown(old + more)
    before = held(log, old) if old else Held()
    decision = decide(log.ask(old, old + more), KEYS, before)
    assert decision.status == 200
    assert decision.keep == held(log, old + more)
    line = witness.cosignature(decision, "b.example", WITNESS, NOW_S)
    assert read_cosignatures(line.encode(), log.note(old + more), [COSIGNER]) == [(COSIGNER, NOW_S, line)]


@quick
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 29))
def test_what_does_not_continue_is_never_cosigned(old, more, shared):
    log, other = Grown(old), Grown(old + more, "other", min(shared, old - 1))
    decision = decide(other.ask(old, old + more), KEYS, held(log, old))
    assert (decision.status, decision.keep) == (422, None)
    assert decision.evidence == (log.note(old), other.note(old + more))
    assert not decision.proved


def test_two_trees_of_one_size_are_proof_and_nothing_more_is_cosigned():
    log, other = Grown(9), Grown(9, "other")
    decision = decide(other.ask(5, 5), KEYS, held(log, 5))
    assert (decision.status, decision.proved, decision.evidence) == (422, True, (log.note(5), other.note(5)))
    assert decision.keep == Held(5, log.root(5), log.note(5), forked=True)
    assert decide(log.ask(5, 9), KEYS, decision.keep).status == 422


def test_proof_of_a_fork_is_kept_whatever_size_it_was_asked_from():
    log, other = Grown(9), Grown(9, "other")
    decision = decide(other.ask(0, 5), KEYS, held(log, 5))
    assert (decision.status, decision.body, decision.proved) == (409, b"5\n", True)
    assert decision.keep is not None
    assert decision.keep.forked


def test_a_wrong_proof_by_anybody_stops_no_log():
    log = Grown(9)
    asked = AddCheckpoint(5, (b"x" * 32,), log.note(9))
    assert answered(asked, held(log, 5)) == (422, None)
    assert decide(log.ask(5, 9), KEYS, held(log, 5)).status == 200


def test_another_size_than_is_held_is_answered_with_the_size_held():
    log = Grown(9)
    decision = decide(log.ask(3, 9), KEYS, held(log, 5))
    assert (decision.status, decision.body, decision.media) == (409, b"5\n", "text/x.tlog.size")
    assert read_size(decision.body) == 5


def test_the_same_checkpoint_is_cosigned_again():
    log = Grown(9)
    assert decide(log.ask(9, 9), KEYS, held(log, 9)).status == 200


@pytest.mark.parametrize(
    ("asked", "log", "status"),
    [
        (AddCheckpoint(0, (), Grown(3).note(3)), None, 404),
        (AddCheckpoint(0, (), Grown(3).note(3)), Log("b.example/openline/log/1", KEYS.keys), 404),
        (AddCheckpoint(0, (), Grown(3).note(3, WITNESS)), KEYS, 403),
        (AddCheckpoint(0, (), Grown(3).note(3)), Log(ORIGIN, ()), 403),
        (AddCheckpoint(4, (), Grown(3).note(3)), KEYS, 400),
        (AddCheckpoint(0, (), "no note"), KEYS, 400),
        (AddCheckpoint(0, (), "\ud800"), KEYS, 400),
        (AddCheckpoint(0, (b"x" * 32,), Grown(3).note(3)), KEYS, 422),
        (AddCheckpoint(0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, b"x" * 32), LOG)), KEYS, 422),
        (AddCheckpoint(0, (), Grown(0).note(0)), KEYS, 200),
    ],
)
def test_each_fault_has_its_answer(asked, log, status):
    assert decide(asked, log, Held()).status == status


def test_a_wrong_signature_of_a_known_key_is_refused():
    right, other = Grown(3).note(3), Grown(3, "other").note(3)
    note = right.partition("\n\n")[0] + "\n\n" + other.partition("\n\n")[2]
    assert decide(AddCheckpoint(0, (), note), KEYS, Held()).status == 403


def test_lines_of_keys_nobody_knows_are_not_kept():
    log = Grown(3)
    stranger = signature_line("spam.example", b"abcd", b"x" * 64)
    decision = decide(AddCheckpoint(0, (), log.note(3) + stranger), KEYS, Held())
    assert decision.keep == held(log, 3)


def test_a_witness_that_holds_more_than_we_have_says_that_we_were_put_back():
    with pytest.raises(Refused, match="put back"):
        Grown(9).ask(10, 9)


def test_our_own_request_is_one_a_witness_cosigns():
    log = Grown(21)
    assert decide(read_add(write_add(log.ask(13, 21))), KEYS, held(log, 13)).status == 200


def cosigned(log: Grown, size: int, signer: seal.Signer = WITNESS, name: str = "b.example", **changes: Any) -> str:
    decision = decide(log.ask(0, size), KEYS, Held())
    return witness.cosignature(decision, name, signer, changes.get("time_s", NOW_S))


def test_cosignatures_of_others_are_passed_over_and_wrong_ones_are_not():
    log = Grown(5)
    stranger, ours = cosigned(log, 5, LOG, "c.example"), cosigned(log, 5)
    assert [time_s for _, time_s, _ in read_cosignatures((stranger + ours).encode(), log.note(5), [COSIGNER])] == [NOW_S]
    with pytest.raises(BadRecord):
        read_cosignatures(ours.encode(), log.note(4), [COSIGNER])
    with pytest.raises(BadRecord):
        read_cosignatures((ours + cosigned(log, 5, time_s=NOW_S + 1)).encode(), log.note(5), [COSIGNER])


@pytest.mark.parametrize("answer", [b"", b"\n", b"no line\n", b"\xff\n", "— b.example AAAA\n".encode(), b"no newline"])
def test_what_is_no_cosignature_is_refused(answer):
    with pytest.raises(Refused):
        read_cosignatures(answer, Grown(5).note(5), [COSIGNER])


@pytest.mark.parametrize(
    "answer", [b"", b"5", b"05\n", b"-1\n", b"5\n\n", b" 5\n", b"9223372036854775808\n", "\u0665\n".encode()]
)
def test_what_is_no_size_is_refused(answer):
    with pytest.raises(Refused):
        read_size(answer)


def test_what_is_cosigned_verifies_as_a_note():
    log = Grown(5)
    note = parse_note((log.note(5) + cosigned(log, 5)).encode())
    assert [key for key, _ in verified_by(note, [KEYS.keys[0], COSIGNER])] == [KEYS.keys[0], COSIGNER]


@pytest.mark.parametrize(
    ("origin", "is_its"),
    [
        ("a.example/openline/log/1", True),
        ("a.example/openline/log/12", True),
        ("a.example/openline/log/0", False),
        ("a.example/openline/log/01", False),
        ("a.example/openline/log/", False),
        ("a.example/openline/log/1\n", False),
        ("b.a.example/openline/log/1", False),
    ],
)
def test_a_log_is_named_after_its_party(origin, is_its):
    assert witness.is_log_of("a.example", origin) == is_its
