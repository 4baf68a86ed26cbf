"""Frames for browsers: in order, bounded, resumable, and of what is only a number the newest."""

import asyncio
from typing import Any

import msgspec

from openline.node.shown.events import Frame, Hub, Subscription


def alarm(seq: int, id: str, **more: Any) -> dict[str, Any]:
    return {"seq": seq, "type": "alarm", "data": {"id": id, **more}}


def told(one: Subscription, name: str) -> list[Any]:
    """A value of what the waiting frames tell."""
    return [msgspec.json.decode(frame.text)["data"][name] for frame in one.ready(10)]


def test_frames_come_in_the_order_they_were_said() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    for seq in range(3):
        hub.say(alarm(seq, "a"))

    assert [frame["seq"] for frame in one.ready(10)] == [0, 1, 2]


def test_of_numbers_that_wait_only_the_newest_is_sent() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    for depth_m in range(20):
        hub.say(alarm(5, "a", depth_m=depth_m), keep=False)
        hub.say(alarm(5, "b", depth_m=depth_m), keep=False)

    assert told(one, "depth_m") == [19, 19]


def test_a_number_never_overtakes_what_was_recorded_before_it() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    hub.say(alarm(4, "a", state="unacknowledged"), keep=False)
    hub.say(alarm(5, "a", state="acknowledged"))
    hub.say(alarm(5, "a", state="acknowledged", depth_m=3), keep=False)

    assert told(one, "state") == ["acknowledged", "acknowledged"]


def test_a_browser_that_reads_nothing_is_told_to_resync_and_holds_no_more_than_the_limit() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    for seq in range(35):
        hub.say(alarm(seq, str(seq)))
    waiting = one.ready(100)

    assert waiting[0]["type"] == "resync"
    assert len(waiting) <= 10


def test_numbers_alone_never_make_a_slow_browser_resync() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    for _ in range(1_000):
        hub.say(alarm(1, "a"), keep=False)

    assert [frame["type"] for frame in one.ready(10)] == ["alarm"]


def test_ready_gives_no_more_than_asked_and_the_rest_comes_after_it() -> None:
    hub = Hub(10)
    one = hub.subscribe(-1)
    for seq in range(5):
        hub.say(alarm(seq, "a"))
    first = [frame["seq"] for frame in one.ready(2)]

    assert (first, asyncio.run(anext(one))["seq"]) == ([0, 1], 2)  # type: ignore[arg-type]


def test_a_frame_keeps_its_json_and_not_what_it_was_made_of() -> None:
    frame = Frame(alarm(1, "a"))

    assert frame.text == '{"seq":1,"type":"alarm","data":{"id":"a"}}'
    assert "data" not in frame
