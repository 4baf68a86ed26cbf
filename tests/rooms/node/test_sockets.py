"""The two sockets of a browser, over the wire: order, resuming, pings, slow readers, and who is let in."""

import struct
from contextlib import ExitStack

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from openline.node.doors import sockets
from openline.node.settings import Listen
from tests.rooms.node.doors import Doors, quick_limits
from tests.rooms.node.living import living


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Frames and pings ten times as often."""
    monkeypatch.setattr(sockets, "FRAME_S", 0.05)
    monkeypatch.setattr(sockets, "PING_S", 0.2)


@pytest.fixture(scope="module")
def server():
    with living(Doors(real_time=True, listen=Listen(port=0), limits=quick_limits(logins_per_min=600.0))) as running:
        yield running


@pytest.fixture
def node(server):
    """The one server, its desk as new."""
    server.there(server.doors.desk.forget)
    return server


def hear(socket):
    return msgspec.json.decode(socket.recv(timeout=5))


def hear_until(socket, kind):
    """The next frame of one type."""
    while True:
        frame = hear(socket)
        if frame["type"] == kind:
            return frame


def test_an_alarm_reaches_every_open_screen(node):
    with node.browser("/ws/events") as one, node.browser("/ws/events") as two:
        node.there(node.doors.desk.raise_alarm)

        assert [hear_until(socket, "alarm")["data"]["id"] for socket in (one, two)] == ["a-1", "a-1"]


def test_an_alarm_is_on_the_screen_at_once_and_not_at_the_next_ping(node, monkeypatch):
    monkeypatch.setattr(sockets, "PING_S", 600.0)
    with node.browser("/ws/events?after=-1") as socket:
        node.there(node.doors.desk.raise_alarm, "before")  # wakes it, so that it is listening by now
        hear_until(socket, "alarm")
        node.there(node.doors.desk.raise_alarm, "now")

        assert hear(socket)["data"]["id"] == "now"


def test_a_browser_resumes_where_it_stopped(node):
    for number in range(5):
        node.there(node.doors.desk.raise_alarm, f"a-{number}")
    with node.browser("/ws/events?after=2") as socket:
        assert [hear(socket)["seq"] for _ in range(2)] == [3, 4]


def test_without_after_only_what_comes_is_sent(node):
    node.there(node.doors.desk.raise_alarm, "old")
    with node.browser("/ws/events") as socket:
        assert hear(socket)["type"] == "ping"


def test_the_link_says_that_it_lives(node):
    with node.browser("/ws/events") as socket:
        assert hear_until(socket, "ping")["data"]["now"].endswith("Z")


def test_a_queue_that_is_full_becomes_one_resync(node):
    def flood():
        for number in range(500):
            node.doors.desk.raise_alarm(f"a-{number}")

    with node.browser("/ws/events") as socket:
        hear_until(socket, "ping")
        node.there(flood)

        assert hear_until(socket, "resync")["type"] == "resync"


def closed_with(socket):
    """The code the node closes with, after whatever it still sends."""
    try:
        while True:
            socket.recv(timeout=5)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


@pytest.mark.parametrize("path", ["/ws/events", "/ws/tracks"])
def test_a_stranger_is_told_401_before_the_socket_opens(node, path):
    with pytest.raises(InvalidStatus) as refused:
        node.browser(path, role=None)

    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("path", ["/ws/events", "/ws/tracks"])
def test_another_sites_page_cannot_listen(node, path):
    with pytest.raises(InvalidStatus) as refused:
        node.browser(path, origin="http://evil.example")

    assert refused.value.response.status_code == 403


def test_a_foreign_name_that_points_here_opens_no_socket(node):
    with node.unread("/ws/events", host="evil.example") as one:
        assert one.recv(65_536).startswith(b"HTTP/1.1 403 ")


def test_a_session_that_ends_takes_its_sockets_with_it(node):
    with node.browser("/ws/events") as socket:
        hear_until(socket, "ping")
        node.there(node.doors.shell.doorkeeper.sessions.close_person, "operator")

        assert closed_with(socket) == 4401


@pytest.mark.parametrize("after", ["x", "1e3", "-", "9" * 30, "²"])
def test_an_after_that_is_no_number_is_refused(node, after):
    with node.browser(f"/ws/events?after={after}") as socket:
        assert closed_with(socket) == 4400


def test_tracks_come_as_names_and_then_as_bytes(node):
    node.doors.desk.movers.update({"icao:4ca7b3": {}, "phone:truck": {}})
    with node.browser("/ws/tracks") as socket:
        names, frame = msgspec.json.decode(socket.recv(timeout=5)), socket.recv(timeout=5)

    assert names["names"]["1"]["mover"] == "phone:truck"
    assert struct.unpack_from("<II", frame) == (0x314B4C4F, 2)


def test_names_are_sent_again_only_when_they_changed(node):
    node.doors.desk.movers.update({"a": {}})
    with node.browser("/ws/tracks") as socket:
        kinds = [type(socket.recv(timeout=5)) for _ in range(4)]

    assert kinds == [str, bytes, bytes, bytes]


def test_a_view_narrows_the_frames(node):
    node.doors.desk.movers.update({"a": {}, "b": {}, "c": {}})
    with node.browser("/ws/tracks") as socket:
        socket.recv(timeout=5)
        socket.send('{"view":[38,33,39,34]}')
        counts = {struct.unpack_from("<II", socket.recv(timeout=5))[1] for _ in range(10)}

    assert 1 in counts


@pytest.mark.parametrize(
    "message",
    [
        "", "x", "[]", "{}", "null", '{"view":1}', '{"view":[1,2,3]}', '{"view":[1,2,3,"4"]}', '{"view":[0,50,1,40]}',
        '{"view":[true,1,2,3]}', '{"view":[0,-91,1,2]}', "[" * 500, '{"view":[0,NaN,1,2]}', "x" * 2_000, b"\x00\x01",
    ],
)  # fmt: skip
def test_a_message_that_is_no_view_closes_the_socket_and_nothing_else(node, message):
    with node.browser("/ws/tracks") as socket, node.browser("/ws/events") as other:
        socket.send(message)

        assert closed_with(socket) == 4400
        assert hear_until(other, "ping")


def test_a_message_too_large_for_any_browser_closes_the_socket(node):
    with node.browser("/ws/events") as socket:
        socket.send("x" * 10_000)

        assert closed_with(socket) == 1009


def test_more_browsers_than_the_limit_are_told_to_come_back():
    few = Doors(real_time=True, listen=Listen(port=0), limits=quick_limits(sockets_max=4))
    with living(few) as node, ExitStack() as held:
        for _ in range(4):
            held.enter_context(node.browser("/ws/events"))
        fifth = held.enter_context(node.browser("/ws/events"))

        assert closed_with(fifth) == 1013


def test_a_browser_that_reads_nothing_delays_nobody_and_is_cut_off(node, monkeypatch):
    monkeypatch.setattr(sockets, "STALL_S", 0.5)
    node.doors.desk.movers.update({f"m{number}": {} for number in range(100_000)})
    stuck = node.unread("/ws/tracks")
    with node.browser("/ws/events") as other:
        hear_until(other, "ping")
        node.there(node.doors.desk.raise_alarm)
        hear_until(other, "alarm")
        while node.doors.shell.counters.get("openline_sockets", socket="tracks"):
            hear_until(other, "ping")
    assert node.doors.shell.counters.get("openline_sockets", socket="tracks") == 0
    stuck.close()


def test_closing_browsers_leaves_nothing_behind(node):
    for _ in range(3):
        with node.browser("/ws/events") as socket:
            hear_until(socket, "ping")
    with node.browser("/ws/events") as last:
        hear_until(last, "ping")
        hear_until(last, "ping")

        assert node.doors.shell.counters.get("openline_sockets", socket="events") == 1
