"""docs/spec/line.md: its example is true, its tables are the code's, and the vectors are what the script makes of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from openline import seal
from openline.errors import Refused
from openline.line import card, hello, lanes, message, receipt, spoken
from openline.line.counterpart import meet
from openline.line.message import MARKERS, read_message, usable
from openline.line.precedence import PRECEDENCES
from openline.line.receipt import read_receipt
from openline.line.types import PERSON, TYPES, Kind
from openline.record import note, witness
from openline.record.envelope import signed_by, unwrap
from scripts import line_vectors
from scripts.line_vectors import LINE, NEXT_LINE, NORTH, SIGNERS, SOUTH, known

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "spec" / "line.md").read_text(encoding="utf-8")
FLAT = " ".join(PAGE.split())
VECTORS = ROOT / "tests" / "vectors" / "line"


def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def opened(one: dict[str, str], kind: str, party: str) -> bytes:
    """The payload of a vector's envelope, verified."""
    envelope = unwrap(one["envelope"].encode(), kind, "vector")
    signed_by(envelope, [SIGNERS[party]["line"].public], "vector")
    assert (envelope.payload.decode(), seal.sha256(envelope.payload).hex()) == (one["payload"], one["sha256"])
    return envelope.payload


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_example_is_the_first_message_of_the_vectors():
    shown = re.findall(r"```json\n(.*?)\n```", PAGE)
    first = vector("message")["messages"][0]
    assert shown == [first["payload"], first["envelope"]]
    assert f"`{first['sha256']}`" in PAGE
    assert usable(read_message(opened(first, message.PAYLOAD_TYPE, SOUTH))) is None


def test_the_keys_of_a_message_are_those_of_the_table():
    table = PAGE.split("| key | holds |")[1].split("\n\n")[0]
    named = {key for row in re.findall(r"^\| ((?:`\w+` ?)+)\|", table, re.MULTILINE) for key in re.findall(r"\w+", row)}
    assert named == set(json.loads(vector("message")["messages"][0]["payload"]))


def rows_of_types() -> dict[str, tuple[str, str, set[str]]]:
    """Type → lanes, re, the words in `must have`."""
    table = PAGE.split("| type | lane | re | must have | says |")[1].split("\n\n")[0]
    found = {}
    for types, lane, re_, must in re.findall(r"^\| ([^|]*`) \| ([\d ]+) \| (\w+) \| ([^|]*)\|", table, re.MULTILINE):
        for type_ in re.findall(r"`([^`]+)`", types):
            found[type_] = (lane, re_, set(re.findall(r"\w+(?:\.\w+)?", must)) - {"slot", "slots"})
    return found


def test_the_table_names_every_type():
    assert set(rows_of_types()) == set(TYPES)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_table_says_what_a_type_must_have(name):
    kind: Kind = TYPES[name]
    lane, re_, must = rows_of_types()[name]
    assert lane == " ".join(map(str, kind.lanes))
    assert re_ == {"nothing": "null"}.get(kind.re, kind.re)
    person = PERSON.keys() <= kind.slots.keys()
    slots = {slot for slot in kind.slots if not (person and slot in PERSON)} | {
        word for of in kind.words.values() for word in of
    }
    assert must == slots | ({"P"} if person else set()) | ({"tpl"} if kind.template else set()) | (
        {"answers"} if name == "question" else set()
    )


@pytest.mark.parametrize(
    "said",
    [
        f"at most {message.PAYLOAD_BYTES_MAX:,} bytes",
        f"at most {message.ANSWERS_COUNT_MAX} different words",
        f"at most {message.READBACK_COUNT_MAX} different names",
        f"at most {message.PARAMS_COUNT_MAX} words",
        f"at most {message.LANGUAGES_COUNT_MAX} of 1 to {message.TEXT_CHARS_MAX:,} characters",
        f"at most {message.FREE_CHARS_MAX:,} characters",
        f"of the last {receipt.REFUSED_WITHIN:,} messages to `upto`",
        f"at most the newest {receipt.REFUSED_COUNT_MAX}",
        f"1 to {message.WHY_CHARS_MAX} characters",
        f"Hashes of the newest {lanes.COMPARED_MAX:,} messages",
        f"{hello.ASKED_BYTES} fresh random bytes",
        f"read as {spoken.WORDS_COUNT} words",
        " ".join(MARKERS),
        "`flash`, `immediate`, `priority` or `routine`",
        message.PAYLOAD_TYPE,
        receipt.PAYLOAD_TYPE,
        hello.PAYLOAD_TYPE,
    ],
)
def test_the_limits_are_those_of_the_code(said):
    assert said in FLAT


def test_the_precedences_are_those_of_the_page():
    assert PRECEDENCES == ("flash", "immediate", "priority", "routine")


def test_the_shape_of_a_hello_is_the_pages():
    shown = re.findall(r"^\{\"v\":1,\"line\".*\}$", PAGE, re.MULTILINE)[0]
    keys = set(json.loads(vector("hello")["request"]["payload"])) - {"v"}
    assert all(f'"{key}"' in shown for key in keys)
    assert {*re.findall(r'"(\w+)"', shown)} - {"v", "have", "sent", "upto", "hash", "seq", "0", "1", "2"} == keys


# ── The vectors ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_vectors_are_what_the_script_makes():
    made = line_vectors.made()
    assert {path.name for path in VECTORS.glob("*.json")} == set(made)
    for name, text in made.items():
        assert (VECTORS / name).read_text(encoding="utf-8") == text, f"{name}: python -m scripts.line_vectors"


def test_the_messages_of_the_vectors_are_of_use():
    for one, party in zip(vector("message")["messages"], (SOUTH, SOUTH, NORTH), strict=True):
        assert usable(read_message(opened(one, message.PAYLOAD_TYPE, party))) is None


@pytest.mark.parametrize("payload", vector("message")["not_of_this_protocol"])
def test_what_is_not_of_this_protocol_is_refused(payload):
    with pytest.raises(Refused):
        read_message(payload.encode())


@pytest.mark.parametrize("payload", vector("message")["stored_and_refused"])
def test_what_is_of_no_use_has_its_place_and_says_why(payload):
    read = read_message(payload.encode())
    assert (read.line, read.seq) == (LINE, 1)
    assert usable(read) is not None


def test_the_receipts_of_the_vectors_are_receipts():
    for one in vector("receipt")["receipts"]:
        read = read_receipt(opened(one, receipt.PAYLOAD_TYPE, NORTH))
        assert read.hash.hex() == vector("message")["messages"][0]["sha256"]


def test_the_hellos_of_the_vectors_answer_each_other():
    vectors = vector("hello")
    asked = hello.read_hello(opened(vectors["request"], hello.PAYLOAD_TYPE, SOUTH))
    answer = hello.read_hello(opened(vectors["answer"], hello.PAYLOAD_TYPE, NORTH))
    assert hello.answers(asked, answer)
    assert hello.clock_offset_us(answer, vectors["heard_us"]) == (vectors["offset_us"], vectors["delay_us"])


def test_the_cards_of_the_vectors_introduce_their_parties():
    for one in vector("card")["cards"]:
        party = meet("east.example", card.read_card(one["card"].encode()))
        assert (party.fingerprint, " ".join(spoken.spoken(party.fingerprint))) == (one["fingerprint"], one["spoken"])
    south = known(SOUTH, NORTH).put(vector("card")["second_manifest"].encode())
    assert south.key_for(NEXT_LINE.verifier.fingerprint) == NEXT_LINE.public


def test_the_forks_of_the_vectors_are_forks():
    forks = vector("forks")
    for name, outcome in (("same_number", "fork_seq"), ("does_not_follow", "fork_prev")):
        into = lanes.LaneIn(SOUTH, NORTH, 0)
        payloads = [opened(one, message.PAYLOAD_TYPE, SOUTH) for one in forks[name]]
        taken = [into.take(read_message(one), message.hash_of(one)) for one in payloads]
        assert taken == ["applied", outcome]
    first, second = forks["manifests"]
    south = known(SOUTH, NORTH)
    assert (south.standing(first.encode()), south.standing(second.encode())) == ("same", "fork")


def test_the_witness_of_the_vectors_cosigns_one_of_two_checkpoints():
    forks = vector("forks")
    log = known(SOUTH, NORTH).log(f"{SOUTH}/openline/log/1")
    asked = witness.read_add(forks["add_checkpoint"].encode())
    cosigned = witness.decide(asked, log, witness.Held())
    assert cosigned.keep is not None
    second = witness.decide(witness.AddCheckpoint(1, (), forks["checkpoints"][1]), log, cosigned.keep)
    assert (cosigned.status, second.status, second.proved) == (200, 422, True)
    key = known(NORTH, SOUTH).witness_keys()
    assert len(witness.read_cosignatures(forks["cosignature"].encode(), forks["checkpoints"][0], key)) == 1
    assert note.parse_note(forks["checkpoints"][0].encode()).text.startswith(f"{SOUTH}/openline/log/1\n1\n")
