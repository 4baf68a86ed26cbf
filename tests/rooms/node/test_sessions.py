"""Sessions over a restart: who was signed in still is, and whoever was ended stays out."""

import asyncio
from pathlib import Path

import pytest

from openline.errors import NotSignedIn, RecordStopped
from openline.node.doors.sessions import Session, Sessions
from openline.record.store import Store
from tests.rooms.node.doors import PASSWORD, Doors
from tests.rooms.node.real_doors import RealDoors, add_people
from tests.stories.desk import Story

HOUR_S = 3_600.0


@pytest.fixture
def doors() -> Doors:
    return Doors()


def login(doors: Doors, name: str = "operator") -> str:
    return asyncio.run(doors.shell.doorkeeper.login(name, PASSWORD, "10.0.0.1"))[0]


def restarted(doors: Doors, away_s: float = 10.0, tick_ns: int = 5) -> Doors:
    """The node again, with what was kept; the monotonic clock of a machine that was started anew begins elsewhere."""
    doors.clock.later(away_s)
    again = Doors(before=doors)
    keeper = again.shell.doorkeeper
    keeper.sessions, keeper._tick_ns = Sessions(15.0, 12.0), lambda: tick_ns
    keeper.sessions.restore(again.operators.sessions(), keeper.users.get, doors.clock.ns // 1_000, tick_ns)
    return again


def session(doors: Doors, token: str) -> Session:
    return doors.shell.doorkeeper.session(token)


def out(doors: Doors, token: str) -> bool:
    try:
        session(doors, token)
    except NotSignedIn:
        return True
    return False


def test_a_restart_signs_nobody_out(doors: Doors) -> None:
    token = login(doors)
    after = restarted(doors)

    assert (session(after, token).name, session(after, token).role) == ("operator", "operator")
    after.shell.doorkeeper.acts(session(after, token), "operator")


def test_what_is_kept_does_not_let_anybody_in_who_reads_it(doors: Doors) -> None:
    token = login(doors)
    (kept,) = doors.operators.sessions()

    assert token.encode() not in kept.hash
    assert out(restarted(doors), kept.hash.decode("latin-1"))


def test_signing_out_lasts(doors: Doors) -> None:
    token, other = login(doors), login(doors)
    asyncio.run(doors.shell.doorkeeper.logout(token))
    after = restarted(doors)

    assert (out(after, token), out(after, other)) == (True, False)


@pytest.mark.parametrize("change", [{"locked": True}, {"role": "viewer"}])
def test_a_change_of_a_person_ends_his_sessions_for_good(doors: Doors, change: dict[str, object]) -> None:
    token, other = login(doors), login(doors, "viewer")
    asyncio.run(doors.shell.doorkeeper.change("operator", 1, "administrator", "administrator", **change))  # type: ignore[arg-type]
    after = restarted(doors)

    assert (out(after, token), out(after, other)) == (True, False)


def test_a_new_password_ends_sessions_for_good(doors: Doors) -> None:
    token = login(doors)
    asyncio.run(doors.shell.doorkeeper.set_password("operator", "an entirely new one", 1, "administrator", "administrator"))

    assert out(restarted(doors), token)


def test_a_kept_session_of_an_older_password_or_role_is_not_taken_up(doors: Doors) -> None:
    """As after a copy of the session alone was put back."""
    token = login(doors)
    kept = doors.operators.sessions()
    asyncio.run(doors.shell.doorkeeper.set_password("operator", "an entirely new one", 1, "administrator", "administrator"))
    asyncio.run(doors.operators.keep_sessions(kept, ()))
    after = restarted(doors)

    assert out(after, token)
    asyncio.run(after.shell.doorkeeper.keep())
    assert doors.operators.sessions() == []


def test_the_time_while_the_node_was_off_counts(doors: Doors) -> None:
    token = login(doors)
    after = restarted(doors, 11.9 * HOUR_S)

    assert not out(after, token)
    assert out(restarted(after, 0.2 * HOUR_S), token)


def test_idling_goes_on_while_the_node_is_off(doors: Doors) -> None:
    token = login(doors)
    after = restarted(doors, 16 * 60.0)

    with pytest.raises(NotSignedIn) as idle:
        after.shell.doorkeeper.acts(session(after, token), "operator")

    assert idle.value.facts["idle"] is True


def test_an_act_is_kept_when_the_minute_is_over(doors: Doors) -> None:
    token = login(doors)
    doors.clock.later(14 * 60.0)
    doors.shell.doorkeeper.acts(session(doors, token), "operator")
    asyncio.run(doors.shell.doorkeeper.keep())
    after = restarted(doors, 14 * 60.0)

    after.shell.doorkeeper.acts(session(after, token), "operator")


def test_a_clock_that_was_set_back_lengthens_no_session(doors: Doors) -> None:
    token = login(doors)
    after = restarted(doors, -48 * HOUR_S)

    assert session(after, token).until_ns == 5 + 12 * 3_600 * 1_000_000_000


def test_whoever_cannot_be_kept_is_not_signed_in(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped(*_: object) -> None:
        raise RecordStopped

    monkeypatch.setattr(doors.operators, "keep_sessions", stopped)
    with pytest.raises(RecordStopped):
        login(doors)

    assert len(doors.shell.doorkeeper.sessions) == 0


def test_a_person_locked_out_while_he_signs_in_is_not_signed_in(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = doors.shell.doorkeeper
    keep = doors.operators.keep_sessions

    async def slow(*what: object) -> None:
        await keep(*what)  # type: ignore[arg-type]
        if what[0]:
            await keeper.change("operator", 1, "administrator", "administrator", locked=True)

    monkeypatch.setattr(doors.operators, "keep_sessions", slow)
    with pytest.raises(NotSignedIn):
        login(doors)
    asyncio.run(keeper.keep())

    assert doors.operators.sessions() == []


def test_with_a_real_record_a_browser_goes_on_after_a_restart_and_nothing_of_it_is_in_the_log(tmp_path: Path) -> None:
    cookies: dict[str, str] = {}

    async def first(story: Story) -> int:
        add_people(story)
        real = RealDoors(story)
        async with real.client() as client:
            status = await real.sign_in(client)
            cookies.update(client.cookies)
        return status

    async def second(story: Story) -> list[int]:
        async with RealDoors(story).client() as client:
            client.cookies.update(cookies)
            answers = [
                await client.get("/api/v1/session"),
                await client.post("/api/v1/logout"),
                await client.get("/api/v1/session"),
            ]
        return [answer.status_code for answer in answers]

    async def third(story: Story) -> int:
        async with RealDoors(story).client() as client:
            client.cookies.update(cookies)
            return (await client.get("/api/v1/session")).status_code

    story = Story(tmp_path)

    assert story.tell(first) == 200
    with Store.open(story.path(), None, read_only=True) as store:
        (kept,) = store.sessions()
        assert store.fsck().good
        log = [entry.header for entry in store.entries()] + [
            body for entry in store.entries() for body in store.objects_of(entry)
        ]
    assert not any(kept.hash in part for part in log)
    assert story.tell(second) == [200, 200, 401]
    assert story.tell(third) == 401
