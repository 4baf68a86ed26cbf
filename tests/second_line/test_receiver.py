"""The second implementation reads what ours writes, takes it over a bad link, and its receipts are good to us."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.line.card import write_card
from openline.line.hello import PAYLOAD_TYPE as HELLO_TYPE
from openline.line.message import PAYLOAD_TYPE, read_message, usable
from openline.record.entry import canonical
from openline.record.envelope import wrap
from scripts.line_vectors import NORTH, SEEDS, SIGNERS, SOUTH, T0_US, card_of
from tests.rooms.line.side import Side
from tests.second_line.receiver import Lane, Receiver, Wrong

VECTORS = Path(__file__).parents[1] / "vectors" / "line"
ROOT = Path(__file__).parents[2]
quick = settings(max_examples=150, deadline=None)


def vector(name: str) -> Any:
    """What one file of vectors holds."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def receiver(own: str = NORTH, party: str = SOUTH) -> Receiver:
    """The second implementation as `own`, introduced to `party`."""
    return Receiver(own, SEEDS[own]["line"], write_card(card_of(party)), lambda: T0_US)


def test_it_is_short_and_shares_nothing_with_ours():
    text = (Path(__file__).parent / "receiver.py").read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert [line for line in text.splitlines() if "import" in line and ("openline" in line or "tests" in line)] == []


# ── Vectors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_takes_the_messages_of_the_vectors():
    north = receiver()
    taken = [north.take(one["envelope"].encode()) for one in vector("message")["messages"][:2]]
    assert taken == ["stored", "stored"]
    assert [digest.hex() for digest in north.lanes[0].hashes] == [one["sha256"] for one in vector("message")["messages"][:2]]
    south = receiver(SOUTH, NORTH)
    assert south.take(vector("message")["messages"][2]["envelope"].encode()) == "stored"


def enveloped(payload: str) -> bytes:
    return wrap(PAYLOAD_TYPE, payload.encode(), [SIGNERS[SOUTH]["line"]])


@pytest.mark.parametrize("place", range(len(vector("message")["not_of_this_protocol"])))
def test_neither_stores_what_is_not_of_this_protocol(place):
    payload = vector("message")["not_of_this_protocol"][place]
    with pytest.raises(Wrong):
        receiver().take(enveloped(payload))
    assert verdict_of_ours(payload.encode()) == "not stored"


@pytest.mark.parametrize("place", range(len(vector("message")["stored_and_refused"])))
def test_both_store_and_refuse_what_is_of_no_use(place):
    payload = vector("message")["stored_and_refused"][place]
    north = receiver()
    assert north.take(enveloped(payload)) == "refused"
    assert [one["seq"] for lane in north.lanes for one in lane.refused] == [1]
    assert verdict_of_ours(payload.encode()) == "refused"


def test_it_keeps_the_forks_of_the_vectors():
    for name, outcome in (("same_number", "fork"), ("does_not_follow", "fork")):
        north = receiver()
        first, second = vector("forks")[name]
        assert [north.take(first["envelope"].encode()), north.take(second["envelope"].encode())] == ["stored", outcome]
        assert north.forks == [second["envelope"].encode()]


def test_it_follows_a_manifest_and_its_revocation():
    north = receiver()
    north.party.put(vector("card")["second_manifest"].encode())
    for one in vector("message")["messages"][:2]:
        north.take(one["envelope"].encode())
    third = json.loads(vector("message")["messages"][1]["payload"])
    third |= {"seq": 3, "prev": json.loads(vector("message")["messages"][1]["payload"])["prev"]}
    with pytest.raises(Wrong, match="keyid"):
        north.take(wrap(PAYLOAD_TYPE, canonical(third), [SIGNERS[SOUTH]["line"]]))


def test_it_answers_the_hello_of_the_vectors():
    north = receiver()
    status, answer = north.hello(vector("hello")["request"]["envelope"].encode())
    assert status == 200
    assert json.loads(answer)["payloadType"] == HELLO_TYPE


# ── The same verdict ─────────────────────────────────────────────────────────────────────────────────────────────────


def verdict_of_ours(payload: bytes) -> str:
    try:
        read = read_message(payload)
    except Refused:
        return "not stored"
    if (read.from_, read.to) != (SOUTH, NORTH):
        return "not stored"
    return "stored" if usable(read) is None else "refused"


def verdict_of_theirs(payload: bytes) -> str:
    try:
        return receiver().take(wrap(PAYLOAD_TYPE, payload, [SIGNERS[SOUTH]["line"]]))
    except Wrong:
        return "not stored"


KEYS = sorted(json.loads(vector("message")["messages"][0]["payload"]))
TEXTS = (
    "",
    "keys",
    "seen",
    "answer",
    "flash",
    "ANSWER",
    "zone.notice",
    "south.example",
    "north.example/3",
    "a\u202eb",
    "a\x01b",
)
SLOTS = ("en", "EN", "who", "role", "at_us", "answer", "within_m", "zh-Hant")
VALUES = (
    st.sampled_from([None, True, False, *range(-5, 5), *TEXTS])
    | st.lists(st.sampled_from(["yes", "no", "within_m", "Yes", 1]), max_size=3)
    | st.dictionaries(st.sampled_from(SLOTS), st.sampled_from(["", "x", 1, None, "yes"]))
)


@quick
@given(st.sampled_from([0, 1, 2]), st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=3))
def test_both_judge_every_payload_alike(which, changes):
    body = json.loads(vector("message")["messages"][which]["payload"])
    if which == 2:
        body |= {"from": SOUTH, "to": NORTH, "re": {**body["re"], "from": NORTH}}
    body |= {"seq": 1, "prev": "A" * 43 + "=", **changes}
    payload = canonical(body)
    theirs, ours = verdict_of_theirs(payload), verdict_of_ours(payload)
    if ours in ("stored", "refused") and (body["seq"], body["prev"]) != (1, "A" * 43 + "="):
        assert theirs in ("gap", "fork")
    else:
        assert theirs == ours


@quick
@given(st.binary(max_size=200))
def test_no_bytes_do_more_to_it_than_be_refused(data):
    with pytest.raises(Wrong):
        receiver().take(data)


# ── Over a bad link ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_takes_what_ours_sends_over_a_bad_link():
    """Our node calls; half of what is sent or answered is lost, some comes twice, and either node is started again."""
    chance, south, north = Random(4), Side(SOUTH), receiver()
    hello(south, north)
    for _ in range(300):
        if chance.random() < 0.3 and south.lanes.out[0].stopped is None:
            south.queue(chance.choice([0, 0, 1, 2]))
        what = chance.random()
        if what < 0.04:
            south.start()
        elif what < 0.08:
            north.start()
        elif what < 0.2 or not south.ours:
            hello(south, north, chance.random() < 0.5)
        else:
            exchange(south, north, chance)
    heal(south, north)


def hello(south: Side, north: Receiver, answered: bool = True) -> None:
    for _ in range(2):
        status, answer = north.hello(south.say_hello())
        if answered:
            south.heard_hello(status, answer)


def exchange(south: Side, north: Receiver, chance: Random) -> None:
    session, asked = south.ours, south.ask(skip=chance.choice([0, 0, 2]))
    if chance.random() < 0.8:
        status, answer = north.frames(asked)
        if chance.random() < 0.2:
            status, answer = north.frames(asked)
        if chance.random() < 0.8:
            south.heard_frames(status, answer, session)


def heal(south: Side, north: Receiver) -> None:
    hello(south, north)
    for _ in range(100):
        south.heard_frames(*north.frames(south.ask()), south.ours)
    assert [[one.decode() for one in lane.stored] for lane in north.lanes] == south.kept.sent
    assert sum(map(len, south.kept.sent)) > 30
    assert [out.upto for out in south.lanes.out] == [out.next - 1 for out in south.lanes.out]
    assert (north.forks, south.findings) == ([], [])
    assert {"differs", "ahead"} & set(south.received) == set()


def test_it_pulls_what_ours_has_over_a_bad_link():
    """It calls: a party that cannot be reached pulls, and gives its receipts with the next request."""
    chance, south, north = Random(5), Side(SOUTH), receiver()
    for _ in range(300):
        if chance.random() < 0.3 and south.lanes.out[0].stopped is None:
            south.queue(chance.choice([0, 0, 1, 2]))
        what = chance.random()
        if what < 0.04:
            south.start()
        elif what < 0.08:
            north.start()
        elif what < 0.2 or not north.ours:
            pull_hello(south, north)
        else:
            pull(south, north, chance.random() < 0.7)
    for _ in range(2):
        pull_hello(south, north)
    for _ in range(100):
        pull(south, north, True)
    assert [[one.decode() for one in lane.stored] for lane in north.lanes] == south.kept.sent
    assert sum(map(len, south.kept.sent)) > 30
    assert [out.upto for out in south.lanes.out] == [out.next - 1 for out in south.lanes.out]


def pull_hello(south: Side, north: Receiver) -> None:
    status, answer = south.hello(north.say_hello())
    assert status == 200
    north.heard_hello(answer)


def pull(south: Side, north: Receiver, answered: bool) -> None:
    status, answer = south.frames(north.ask(3))
    if status == 409:
        north.ours = b""
    elif answered:
        north.take_answer(answer)


def test_what_is_not_well_signed_is_refused_and_nothing_stops():
    south, north = Side(SOUTH), receiver()
    hello(south, north)
    south.queue(0)
    asked = json.loads(south.ask())
    spoilt = [asked["frames"][0].replace("a", "b", 1), 7, "", *asked["frames"]]
    status, answer = north.frames(json.dumps({**asked, "frames": spoilt}).encode())
    assert (status, len(json.loads(answer)["refused"])) == (200, 3)
    south.heard_frames(status, answer, south.ours)
    assert south.lanes.out[0].upto == 1


def test_a_sender_that_was_put_back_is_told_and_its_lane_is_held():
    south, north = Side(SOUTH), receiver()
    hello(south, north)
    south.queue(0)
    south.queue(0)
    south.heard_frames(*north.frames(south.ask()), south.ours)
    south.put_back(3)
    hello(south, north)
    assert {one.found for one in south.findings} == {"we_were_put_back"}
    assert [lane.held for lane in north.lanes] == [False] * 3
    north.heard_hello(south.hello(north.say_hello())[1])
    assert [lane.held for lane in north.lanes] == [True, False, False]


def test_a_receiver_that_was_put_back_gets_it_again():
    south, north = Side(SOUTH), receiver()
    hello(south, north)
    for _ in range(3):
        south.queue(0)
    south.heard_frames(*north.frames(south.ask()), south.ours)
    north.lanes[0] = Lane()
    north.start()
    hello(south, north)
    assert {one.found for one in south.findings} == {"they_were_put_back"}
    south.heard_frames(*north.frames(south.ask()), south.ours)
    assert len(north.lanes[0].stored) == 3
