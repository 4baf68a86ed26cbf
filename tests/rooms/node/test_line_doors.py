"""What a counterpart may ask, and what of its bytes enters the inbox."""

from hypothesis import given
from hypothesis import strategies as st

from openline.flow.line import EVIDENCE_MAX, Line
from openline.line import message as messages
from openline.line import receipt as receipts
from openline.line.message import FIRST, Message, hash_of, write_message
from openline.node.line.limits import Allowance, Bucket
from openline.node.line.taking import Checked, Screen, Screened, lane_of, sort_out, still_in_force
from openline.node.line.wire import NotTaken
from openline.record.envelope import wrap
from scripts.line_vectors import NORTH, SIGNERS, SOUTH, T0_US, known

# ── buckets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 50)), max_size=60))
def test_no_more_goes_than_the_burst_and_the_average(asked: list[tuple[float, int]]) -> None:
    clock = Time()
    bucket = Bucket(10.0, 25.0, clock)
    gone = 0
    for pause_s, count in asked:
        clock.now_s += pause_s
        taken = bucket.take(count)
        assert 0 <= taken <= count
        gone += taken
    assert gone <= 25 + 10 * clock.now_s + 1e-6


def test_a_flood_in_one_lane_takes_nothing_from_another() -> None:
    allowance = Allowance(Time())
    for lane in (1, 2):
        while allowance.lanes[lane].take():
            pass
    assert allowance.lanes[0].take()
    assert allowance.hellos.take()


# ── what enters the inbox ────────────────────────────────────────────────────────────────────────────────────────────


def chain(count: int, lane: int = 1) -> list[bytes]:
    """Payloads of the south, in order."""
    made: list[bytes] = []
    for seq in range(1, count + 1):
        prev = hash_of(made[-1]) if made else FIRST
        made.append(write_message(_said(lane, seq, prev)))
    return made


def _said(lane: int, seq: int, prev: bytes, **changes: object) -> Message:
    fields: dict[str, object] = {
        "at_us": T0_US,
        "type": "status",
        "conv": f"{SOUTH}/1",
        "marker": "INFORMATION",
        "text": {"en": "All is well."},
    }
    return Message(from_=SOUTH, to=NORTH, lane=lane, seq=seq, prev=prev, **{**fields, **changes})  # type: ignore[arg-type]


def checked(payload: bytes) -> Checked:
    data = wrap(messages.PAYLOAD_TYPE, payload, [SIGNERS[SOUTH]["line"]])
    return Checked("message", data, messages.read_message(payload), hash_of(payload))


def receipt(lane: int, upto: int, digest: bytes) -> Checked:
    made = receipts.Receipt(from_=SOUTH, to=NORTH, lane=lane, upto=upto, hash=digest, origin="o", size=1, at_us=1)
    data = wrap(receipts.PAYLOAD_TYPE, receipts.write_receipt(made), [SIGNERS[SOUTH]["line"]])
    return Checked("receipt", data, made)


def line() -> Line:
    return Line(NORTH, known(SOUTH, NORTH))


def screen(held: Line, *frames: Checked, seen: set[bytes] | None = None) -> Screened:
    return Screen(held, set() if seen is None else seen).screen(frames)


def take(held: Line, *payloads: bytes) -> None:
    for payload in payloads:
        message = messages.read_message(payload)
        assert held.lanes.into[message.lane].take(message, hash_of(payload)) == "applied"


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 4))
def test_whatever_is_sent_again_or_too_early_enters_once_and_in_order(order: list[int], taken: int) -> None:
    payloads = chain(6)
    held = line()
    take(held, *payloads[:taken])
    found = screen(held, *(checked(payloads[i]) for i in order))
    entered = [data for _, data in found.frames]
    due = [checked(payload).data for payload in payloads[taken:]]
    assert entered == due[: len(entered)]
    assert bool(found.again) == any(i < taken for i in order) or found.again
    assert not found.refused


def test_what_contradicts_enters_as_evidence_so_often_and_no_bytes_twice() -> None:
    held = line()
    first = chain(1)[0]
    take(held, first)
    lies = [checked(write_message(_said(1, 1, FIRST, at_us=T0_US + n))) for n in range(1, 6)]
    seen: set[bytes] = set()
    assert len(screen(held, *lies[:3], *lies[:3], seen=seen).frames) == 3
    again = screen(held, *lies, seen=seen)
    assert len(again.frames) == 2
    assert [one.field for one in again.refused] == ["fork"] * 3
    held.evidence[1] = EVIDENCE_MAX
    assert not screen(held, *lies).frames


def test_a_receipt_that_says_nothing_new_is_not_recorded_again() -> None:
    held = line()
    held.lanes.out[1].unheard = False
    payload = held.lanes.out[1].queue(
        at_us=T0_US, type="status", conv=f"{NORTH}/1", marker="INFORMATION", text={"en": "All is well."}
    )
    good = receipt(1, 1, hash_of(payload))
    found = screen(held, good)
    assert [kind for kind, _ in found.frames] == ["receipt"]
    assert isinstance(good.said, receipts.Receipt)
    assert held.lanes.out[1].received(good.said) == "advanced"
    known_already = screen(held, good)
    assert not known_already.frames
    assert known_already.receipted == {1: 1}
    assert [kind for kind, _ in screen(held, receipt(1, 2, b"x" * 32), receipt(1, 1, b"x" * 32)).frames] == ["receipt"] * 2


def test_while_a_counterpart_shows_an_older_state_nothing_new_enters_its_lane() -> None:
    held = line()
    payloads = chain(2)
    take(held, payloads[0])
    held.lanes.into[1].held = True
    found = screen(held, checked(payloads[0]), checked(payloads[1]))
    assert not found.frames
    assert [one.field for one in found.refused] == ["held"]
    assert found.again == {1}


def test_each_lane_is_taken_up_to_its_own_measure() -> None:
    clock = Time()
    lanes = tuple(Bucket(1.0, burst, clock) for burst in (5.0, 2.0, 2.0))
    texts = [checked(payload).data.decode() for lane in (0, 1) for payload in chain(4, lane)]
    found = sort_out(line(), texts, (), lanes)
    assert [one.said.lane for one in found.checked] == [0, 0, 0, 0, 1, 1]
    assert [(one.field, one.lane, one.seq) for one in found.refused] == [("rate", 1, 3), ("rate", 1, 4)]


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_frame_that_is_refused(text: str) -> None:
    found = sort_out(line(), [text], [text])
    assert not found.checked
    assert len(found.refused) == 2
    assert lane_of(text) is None


def test_a_key_that_is_not_in_force_when_envelopes_enter_signs_none_of_them() -> None:
    keyid = SIGNERS[SOUTH]["line"].verifier.fingerprint
    said = Message(from_=SOUTH, to=NORTH, lane=1, seq=1, prev=FIRST)
    refused: list[NotTaken] = []
    held = [Checked("message", b"", said, b"", keyid), Checked("message", b"", said, b"", "0" * 64)]

    assert still_in_force(line(), held, refused) == held[:1]
    assert [(one.field, one.lane, one.seq) for one in refused] == [("keyid", 1, 1)]
