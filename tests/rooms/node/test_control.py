"""The local socket: commands of this machine's user reach the running node; nobody else's do."""

import asyncio
import json
import socket
import stat
from pathlib import Path

import pytest

from openline.errors import AlreadyRunning, BadPath, BadSetting, NotAllowed, NotRunning, OpenlineError, OutOfTurn, Refused
from openline.node.doors import commands, control
from openline.node.doors.control import Control, ask
from tests.rooms.node.doors import PASSWORD, Doors
from tests.rooms.node.fake_desk import TANF


@pytest.fixture
def doors():
    return Doors()


def talk(doors, folder: Path, *requests, raw: bytes = b""):
    """Start a control socket, ask, stop; the answers or errors in order, or the raw lines."""

    async def run():
        served = Control(folder, commands.handlers(doors.shell, lambda: "https://line.example:8470"))
        await served.start()
        try:
            return await _asked(folder, requests) if not raw else await _raw(served.path, raw)
        finally:
            await served.stop()

    return asyncio.run(run())


async def _asked(folder, requests):
    answers = []
    for request in requests:
        try:
            answers.append([said async for said in ask(folder, request)][-1][1])
        except OpenlineError as error:
            answers.append(error)
    return answers


async def _raw(path, raw):
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(raw)
    writer.write_eof()
    data = await reader.read()
    writer.close()
    return [json.loads(line) for line in data.splitlines()]


def test_an_act_goes_through_the_running_node_with_the_callers_name(doors, tmp_path):
    doors.desk.raise_alarm()
    (said,) = talk(doors, tmp_path, {"do": "act", "act": "alarm.acknowledge", "alarm": "a-1"})

    assert said["said"]["alarm"]["state"] == "acknowledged"
    assert doors.desk.entries[-1]["who"].endswith("@cli")


def test_a_refusal_arrives_as_the_error_it_is(doors, tmp_path):
    doors.desk.raise_alarm(state="acknowledged")
    refused, conflict, unknown = talk(
        doors,
        tmp_path,
        {"do": "act", "act": "alarm.destroy"},
        {"do": "act", "act": "alarm.acknowledge", "alarm": "a-1"},
        {"do": "launch"},
    )

    assert [type(one) for one in (refused, conflict, unknown)] == [Refused, OutOfTurn, Refused]
    assert refused.facts["field"] == "act"
    assert "user.add" in unknown.facts["accepted"]


def test_people_are_added_changed_and_listed(doors, tmp_path):
    added, _, changed, listed = talk(
        doors,
        tmp_path,
        {"do": "user.add", "name": "Rana", "role": "operator", "password": PASSWORD},
        {"do": "user.password", "name": "Rana", "password": PASSWORD + "2"},
        {"do": "user.change", "name": "Rana", "role": "supervisor", "locked": True},
        {"do": "users"},
    )

    assert (added["role"], changed["role"], changed["locked"]) == ("operator", "supervisor", True)
    assert next(row for row in listed if row["name"] == "Rana") == changed
    assert [says["event"] for _, _, says in doors.operators.entries] == ["added", "password", "changed"]


def test_no_hash_and_no_password_comes_back(doors, tmp_path):
    answers = talk(doors, tmp_path, {"do": "users"}, {"do": "user.add", "name": "Rana", "role": "x", "password": PASSWORD})

    assert [word for word in (PASSWORD, "quick:") if word in repr(answers)] == []


def test_a_notice_made_by_command_carries_the_nodes_own_address(doors, tmp_path):
    (said,) = talk(
        doors, tmp_path, {"do": "act", "act": "notice.make", "zone": TANF.id, "to": "Driver", "over": "sms", "valid_minutes": 5}
    )

    assert said["said"]["link"].startswith("https://line.example:8470/g/")


@pytest.mark.parametrize(
    "raw", [b"\n", b"x\n", b"[]\n", b"{}\n", b'{"do":1}\n', b"\xff\n", b"[" * 10_000 + b"\n", b'{"do":"act"}\n']
)
def test_what_is_no_request_is_refused_and_the_next_is_answered(doors, tmp_path, raw):
    first, second = talk(doors, tmp_path, raw=raw + b'{"do":"health"}\n')

    assert first["error"]["code"] == "T-201"
    assert second["ok"]["status"] == "watching"


def test_progress_comes_before_the_answer(doors, tmp_path):
    async def slow(body, caller, progress):
        for done in (1, 2):
            await progress({"done": done})
        return "made"

    async def run():
        served = Control(tmp_path, {"export": slow})
        await served.start()
        try:
            return [said async for said in ask(tmp_path, {"do": "export"})]
        finally:
            await served.stop()

    assert asyncio.run(run()) == [("progress", {"done": 1}), ("progress", {"done": 2}), ("ok", "made")]


def test_the_socket_lies_where_only_its_user_comes(doors, tmp_path):
    async def run():
        served = Control(tmp_path, {})
        await served.start()
        modes = stat.S_IMODE(served.path.parent.stat().st_mode), stat.S_IMODE(served.path.stat().st_mode)
        await served.stop()
        return modes, served.path.exists()

    assert asyncio.run(run()) == ((0o700, 0o600), False)


def test_a_folder_others_may_enter_is_refused(tmp_path):
    (tmp_path / control.FOLDER).mkdir(mode=0o755)

    with pytest.raises(BadSetting, match="entered by others") as refused:
        asyncio.run(Control(tmp_path, {}).start())

    assert refused.value.remedy == f"Run: chmod 700 {tmp_path / control.FOLDER}"


def test_another_user_is_refused(monkeypatch):
    ours, theirs = socket.socketpair()
    monkeypatch.setattr("os.getuid", lambda: 12_345)
    monkeypatch.setattr("struct.unpack", lambda *_: (1, 54_321, 1))

    with pytest.raises(NotAllowed):
        control._caller(ours)
    ours.close()
    theirs.close()


def test_a_dead_nodes_socket_is_replaced_and_a_living_ones_is_not(doors, tmp_path):
    async def run():
        (tmp_path / control.FOLDER).mkdir(mode=0o700)
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(control.socket_path(tmp_path)))
        dead.close()
        first, second = Control(tmp_path, {}), Control(tmp_path, {})
        await first.start()
        try:
            with pytest.raises(AlreadyRunning):
                await second.start()
        finally:
            await first.stop()

    asyncio.run(run())


def test_without_a_node_the_command_says_so(tmp_path):
    with pytest.raises(NotRunning, match="No node answers"):
        control.call(tmp_path, {"do": "health"})


def test_a_path_too_long_for_a_socket_is_named(tmp_path):
    with pytest.raises(BadSetting, match="too long"):
        control.socket_path(tmp_path / ("x" * 120))


def test_a_directory_that_is_not_there_is_not_called_a_node_that_does_not_run(tmp_path):
    with pytest.raises(BadPath, match="no such directory") as refused:
        control.call(tmp_path / "nowhere", {"do": "health"})

    assert "--node" in refused.value.remedy


def test_what_to_do_comes_through_the_socket_with_the_error(doors, tmp_path):
    add = {"do": "user.add", "name": "Rana", "role": "operator", "password": PASSWORD}
    _, again = talk(doors, tmp_path, add, add)

    assert "openline user" in again.remedy
    assert "Reload" not in again.remedy
