"""What waits for the loop: in order, in batches that do not take long, with room asked for and never dropped."""

import asyncio

from openline.errors import RecordStopped
from openline.node import waiting
from openline.node.waiting import BYTES_PER_BATCH_MAX, BYTES_WAITING_MAX, INPUTS_PER_BATCH_MAX, Waiting, heard, pieces


def test_pieces_are_the_same_bytes_in_sizes_a_batch_takes() -> None:
    data = bytes(range(256)) * 10_000
    parts = list(pieces(data))

    assert b"".join(parts) == data
    assert max(map(len, parts)) <= BYTES_PER_BATCH_MAX


def test_no_bytes_are_one_piece_so_that_their_sender_gets_an_answer() -> None:
    assert list(pieces(b"")) == [b""]


def test_a_batch_ends_at_its_bytes_and_what_is_left_comes_next() -> None:
    queue = Waiting()
    for n in range(3):
        queue.put(heard("s", bytes([n])), BYTES_PER_BATCH_MAX)

    assert [len(queue.take()) for _ in range(4)] == [1, 1, 1, 0]


def test_a_batch_ends_at_its_inputs() -> None:
    queue = Waiting()
    for _ in range(INPUTS_PER_BATCH_MAX + 1):
        queue.put(heard("s", b"x"), 1)

    assert [len(queue.take()), len(queue.take())] == [INPUTS_PER_BATCH_MAX, 1]


def test_what_must_be_first_is_first() -> None:
    queue = Waiting()
    queue.put(heard("second", b""), 0)
    queue.put(heard("first", b""), 0, first=True)

    assert [item.make(1, 1).source for item in queue.take()] == ["first", "second"]  # type: ignore[union-attr]


def test_a_sender_waits_while_too_much_waits_and_goes_on_when_it_was_taken() -> None:
    async def story() -> list[str]:
        queue, told = Waiting(), []
        queue.put(heard("s", b""), BYTES_WAITING_MAX + 1)

        async def sender() -> None:
            await queue.room()
            told.append("room")

        task = asyncio.create_task(sender())
        await asyncio.sleep(0)
        told.append("full")
        queue.take()
        await task
        return told

    assert asyncio.run(story()) == ["full", "room"]


def test_when_the_record_stops_whoever_waits_is_told_and_nobody_waits_for_room() -> None:
    async def story() -> object:
        queue = Waiting()
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        queue.put(heard("s", b""), BYTES_WAITING_MAX + 1, answer)
        queue.fail(RecordStopped("gone"))
        await queue.room()
        return answer.exception()

    assert isinstance(asyncio.run(story()), RecordStopped)


def test_bytes_are_heard_when_they_were_and_else_when_they_are_taken() -> None:
    assert waiting.heard("s", b"", 5)(1, 9).heard_ns == 5  # type: ignore[union-attr]
    assert waiting.heard("s", b"")(1, 9).heard_ns == 9  # type: ignore[union-attr]
