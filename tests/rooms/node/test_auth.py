"""Signing in: who gets a session, what is recorded, what is never recorded, and when a session ends."""

import asyncio
import json
import threading

import pytest

from openline.errors import NotAllowed, NotSignedIn, RecordStopped, Refused, TooOften
from openline.node.doors.auth import WAITING_MAX, Argon2
from openline.node.doors.sessions import SESSIONS_PER_PERSON_MAX, Sessions
from openline.node.settings import Auth
from tests.rooms.node.doors import PASSWORD, Doors, entropy

MIN_NS = 60 * 1_000_000_000


@pytest.fixture
def doors():
    return Doors()


def login(doors: Doors, name: str = "operator", password: str = PASSWORD, address: str = "10.0.0.1"):
    return asyncio.run(doors.shell.doorkeeper.login(name, password, address))


def refused(doors: Doors, name: str = "operator", password: str = "wrong", address: str = "10.0.0.1") -> None:
    with pytest.raises(NotSignedIn):
        login(doors, name, password, address)


def test_the_right_password_opens_a_session_of_the_persons_role(doors):
    _, session = login(doors)

    assert (session.name, session.role) == ("operator", "operator")


def test_a_sign_in_is_recorded_before_it_is_answered(doors):
    doors.desk.stopped = True

    with pytest.raises(RecordStopped):
        login(doors)

    assert len(doors.shell.doorkeeper.sessions) == 0


def test_every_attempt_is_recorded_with_its_outcome(doors):
    refused(doors)
    login(doors)

    assert [entry["says"]["event"] for entry in doors.desk.entries] == ["refused", "in"]


def test_a_refused_sign_in_says_who_was_claimed_and_from_where(doors):
    refused(doors)
    refused(doors, name="nobody here", address="10.0.0.2")
    (known, unknown) = doors.desk.entries

    assert (known["who"], known["role"], known["says"]["address"]) == ("operator", "none", "10.0.0.1")
    assert (unknown["who"], unknown["role"], unknown["says"]["address"]) == ("unknown", "none", "10.0.0.2")
    assert unknown["says"]["name_chars"] == 11


def test_a_locked_out_person_who_tries_is_recorded_by_name(doors):
    asyncio.run(doors.shell.doorkeeper.change("operator", 0, "administrator", "administrator", locked=True))
    refused(doors, password=PASSWORD)

    assert (doors.desk.entries[-1]["who"], doors.desk.entries[-1]["says"]["locked_out"]) == ("operator", True)


def test_an_attempt_on_a_locked_name_is_recorded_too(doors):
    for _ in range(5):
        refused(doors)
    with pytest.raises(TooOften):
        login(doors)

    assert [entry["says"]["why"] for entry in doors.desk.entries[-2:]] == ["name or password", "locked"]


def test_no_password_and_no_unknown_name_is_ever_recorded(doors):
    refused(doors, name="my secret pass phrase", password="hunter2 hunter2")
    refused(doors, password="another wrong secret")

    written = json.dumps(doors.desk.entries)

    assert [word for word in ("hunter2", "my secret pass phrase", "another wrong secret") if word in written] == []


def test_the_token_is_kept_only_as_a_hash(doors):
    token, _ = login(doors)

    assert token not in repr(vars(doors.shell.doorkeeper.sessions))


def test_an_unknown_name_is_refused_in_the_same_words_as_a_wrong_password(doors):
    with pytest.raises(NotSignedIn) as unknown:
        login(doors, name="nobody")
    with pytest.raises(NotSignedIn) as wrong:
        login(doors, password="wrong")

    assert unknown.value.message == wrong.value.message


def test_a_name_nobody_has_costs_a_password_check_too():
    doors = Doors()
    keeper = doors.shell.doorkeeper
    seen: list[str] = []
    keeper._hasher.verify = lambda hashed, password: seen.append(hashed) or False  # type: ignore[attr-defined]

    refused(doors, name="nobody")

    assert len(seen) == 1


def test_five_failures_lock_the_name_for_that_address_even_with_the_right_password(doors):
    for _ in range(5):
        refused(doors)

    with pytest.raises(TooOften):
        login(doors)


def test_a_stranger_cannot_lock_an_operator_out_from_elsewhere(doors):
    for _ in range(5):
        refused(doors, address="10.0.0.66")

    assert login(doors, address="10.0.0.1")[1].name == "operator"


def test_each_further_failure_doubles_the_lock(doors):
    for _ in range(5):
        refused(doors)
    doors.clock.later(31)
    refused(doors)
    doors.clock.later(31)

    with pytest.raises(TooOften) as locked:
        login(doors)

    assert locked.value.facts["wait_s"] == pytest.approx(29)


def test_a_right_password_forgets_earlier_failures(doors):
    for _ in range(4):
        refused(doors)
    login(doors)
    refused(doors)

    assert login(doors)[1].name == "operator"


def test_one_address_may_try_ten_times_a_minute_whatever_the_names(doors):
    for number in range(10):
        refused(doors, name=f"nobody{number}")

    with pytest.raises(TooOften):
        login(doors, name="nobody10")


def test_a_locked_out_person_cannot_sign_in(doors):
    asyncio.run(doors.shell.doorkeeper.change("operator", 0, "administrator", "administrator", locked=True))

    refused(doors, password=PASSWORD)


def test_a_change_of_a_person_ends_his_sessions(doors):
    token, _ = login(doors)

    asyncio.run(doors.shell.doorkeeper.change("operator", 0, "administrator", "administrator", role="viewer"))

    with pytest.raises(NotSignedIn):
        doors.shell.doorkeeper.session(token)


def test_a_new_password_is_the_one_that_counts(doors):
    keeper = doors.shell.doorkeeper
    asyncio.run(keeper.set_password("operator", "an entirely new one", 1, "administrator", "administrator"))

    assert login(doors, password="an entirely new one")[1].name == "operator"


def test_the_last_administrator_cannot_be_taken_away(doors):
    with pytest.raises(NotAllowed):
        asyncio.run(doors.shell.doorkeeper.change("administrator", 0, "x", "administrator", role="viewer"))


@pytest.mark.parametrize("password", ["short", "operator2", "aaaaaaaaaaaaaaaa", "x" * 300])
def test_a_poor_password_is_refused_without_repeating_it(doors, password):
    with pytest.raises(Refused) as no:
        asyncio.run(doors.shell.doorkeeper.add("operator2", "operator", password, 0, "administrator", "administrator"))

    assert password not in no.value.message


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\nb", "../etc", "<b>", "\u202eevil"])
def test_a_name_that_is_no_name_is_refused(doors, name):
    with pytest.raises(Refused):
        asyncio.run(doors.shell.doorkeeper.add(name, "operator", PASSWORD, 0, "administrator", "administrator"))


def test_two_people_added_at_once_under_one_name_are_one(doors):
    keeper = doors.shell.doorkeeper

    async def both() -> list[object]:
        adding = [keeper.add("Ámal", "operator", PASSWORD, 0, "administrator", "administrator") for _ in range(2)]
        return list(await asyncio.gather(*adding, return_exceptions=True))

    assert sum(isinstance(one, Exception) for one in asyncio.run(both())) == 1


def test_a_session_that_idles_may_look_but_not_act():
    sessions = Sessions(idle_min=15, session_h=12)
    session = sessions.open("token", "operator", "operator", now_ns=0)

    assert sessions.get("token", 16 * MIN_NS) is session
    with pytest.raises(NotSignedIn):
        sessions.act(session, 16 * MIN_NS)


def test_acting_keeps_a_session_alive_but_not_past_its_life():
    sessions = Sessions(idle_min=15, session_h=12)
    session = sessions.open("token", "operator", "operator", now_ns=0)
    for minute in range(10, 720, 10):
        sessions.act(session, minute * MIN_NS)

    assert sessions.get("token", 719 * MIN_NS) is session
    assert sessions.get("token", 720 * MIN_NS) is None


def test_a_person_with_too_many_sessions_loses_the_oldest():
    sessions = Sessions(idle_min=15, session_h=12)
    for number in range(SESSIONS_PER_PERSON_MAX + 1):
        sessions.open(f"token{number}", "operator", "operator", now_ns=number)

    assert sessions.get("token0", 100) is None
    assert sessions.get("token1", 100) is not None


def test_argon2_knows_the_password_it_hashed_and_no_other():
    hasher = Argon2(entropy())
    hashed = hasher.hash(PASSWORD)

    assert hasher.verify(hashed, PASSWORD)
    assert not hasher.verify(hashed, PASSWORD + " ")


def test_no_more_passwords_are_checked_at_once_than_the_setting_allows():
    doors = Doors(auth=Auth(hash_threads=2))
    keeper = doors.shell.doorkeeper
    at_once, most, gate = [0], [0], threading.Lock()
    both = threading.Barrier(2, timeout=5)

    def verify(hashed: str, password: str) -> bool:
        with gate:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        both.wait()  # goes on only when two are here: fewer would break it, more would show in `most`
        with gate:
            at_once[0] -= 1
        return True

    keeper._hasher.verify = verify  # type: ignore[method-assign]

    async def six() -> None:
        await asyncio.gather(*(keeper.login("operator", PASSWORD, f"10.0.0.{number}") for number in range(6)))

    asyncio.run(six())

    assert most[0] == 2


def test_more_sign_ins_than_can_wait_are_told_to_come_back():
    doors = Doors()
    keeper = doors.shell.doorkeeper
    go = threading.Event()
    keeper._hasher.verify = lambda hashed, password: go.wait(5)  # type: ignore[method-assign]

    async def crowd() -> list[object]:
        trying = [asyncio.ensure_future(keeper.login("operator", PASSWORD, f"10.0.1.{n}")) for n in range(WAITING_MAX + 1)]
        await asyncio.wait(trying, return_when=asyncio.FIRST_COMPLETED)
        go.set()
        return list(await asyncio.gather(*trying, return_exceptions=True))

    assert [type(one) for one in asyncio.run(crowd()) if isinstance(one, Exception)] == [TooOften]
