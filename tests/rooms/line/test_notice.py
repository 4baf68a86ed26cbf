"""A guest notice as a table of states: what may follow what, and what a read-back must say."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.clock import NS_PER_S
from openline.errors import OpenlineError, OutOfTurn, Refused
from openline.line import notice as notices
from openline.line.notice import QUIET, TABLE, Notice
from openline.units import LENGTH_UNITS_M

T0 = 1_495_099_800 * NS_PER_S
MINUTE = 60 * NS_PER_S
RIGHT = {"distance": "55", "distance_unit": "km", "until": "noon"}
STEPS = ("notice.open", "notice.answer", "notice.confirm", "notice.revoke")


def body(**more: Any) -> dict[str, Any]:
    return {
        "notice": "n-1", "zone": "z", "zone_version": 3, "zone_name": "Tanf", "to": "Driver 1", "over": "sms",
        "valid_minutes": 30, "text": "Call on 121.5.", "words": ["Stay out."], "outline": [[[33.5, 38.6], [33.6, 38.7]]],
        "questions": [
            {"type": "length", "field": "distance", "length_m": 55_000.0},
            {"type": "choice", "field": "until", "right": "noon",
             "choices": [{"id": "noon", "says": "12:00"}, {"id": "six", "says": "18:00"}]},
        ], **more,
    }  # fmt: skip


def make(**more: Any) -> Notice:
    return notices.make(body(**more), "amal", T0)


def step(notice: Notice, name: str, at_min: float = 1, **more: Any) -> Notice:
    given = {"name": "Sami", "read_back": RIGHT, "reason": "called", **more}
    return notices.step(notice, name, given, "amal", T0 + round(at_min * MINUTE))


def opened() -> Notice:
    return step(make(), "notice.open")


def test_a_right_read_back_is_confirmed_by_a_person():
    notice = opened()
    states = [notice.state]
    for name in ("notice.answer", "notice.confirm"):
        notice = step(notice, name)
        states.append(notice.state)

    assert states == ["opened", "read_back", "confirmed"]


def test_a_wrong_read_back_names_the_fields_that_differ():
    notice = step(opened(), "notice.answer", read_back={**RIGHT, "distance": "45", "until": "six"})

    assert (notice.state, notice.differs) == ("mismatch", ("distance", "until"))


def test_a_field_nobody_read_back_differs():
    assert step(opened(), "notice.answer", read_back={"until": "noon"}).differs == ("distance",)


def test_a_mismatch_cannot_be_confirmed_away():
    wrong = step(opened(), "notice.answer", read_back={})

    with pytest.raises(OutOfTurn):
        step(wrong, "notice.confirm")


def test_an_answer_is_given_once():
    answered = step(opened(), "notice.answer", read_back={})

    with pytest.raises(OutOfTurn):
        step(answered, "notice.answer")


def test_nobody_answers_what_he_has_not_opened():
    with pytest.raises(OutOfTurn):
        step(make(), "notice.answer")


def test_opening_twice_keeps_the_first_moment():
    assert step(opened(), "notice.open", at_min=5).opened_ns == T0 + MINUTE


def test_silence_expires_red_and_stays_red():
    over = notices.expired(opened(), T0 + 30 * MINUTE)

    assert over is not None
    assert (over.state, notices.red(over)) == ("expired", True)


def test_an_answered_notice_does_not_expire():
    assert notices.expired(step(opened(), "notice.answer"), T0 + 31 * MINUTE) is None


def test_an_answer_after_the_time_is_refused_even_if_nobody_has_noticed_the_time():
    with pytest.raises(OutOfTurn):
        step(opened(), "notice.answer", at_min=30)


@pytest.mark.parametrize("state", [state for state in TABLE if state != "revoked"])
def test_every_state_but_revoked_can_be_revoked_with_a_reason(state):
    import msgspec

    assert step(msgspec.structs.replace(make(), state=state), "notice.revoke").state == "revoked"


def test_revoking_needs_a_reason():
    with pytest.raises(Refused):
        step(make(), "notice.revoke", reason="  ")


def test_the_view_never_gives_the_right_answers_away():
    shown = repr(notices.view(make()))

    assert [word for word in ("55000", "noon", "questions") if word in shown] == []


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([RIGHT, {}]), st.floats(0, 40)), max_size=8))
def test_whatever_happens_the_state_is_one_of_the_table_and_red_means_nobody_read_it_back(events):
    notice = make()
    for name, read_back, at_min in events:
        before = notice.state
        try:
            notice = step(notice, name, at_min, read_back=read_back)
        except OpenlineError:
            continue
        assert notice.state in TABLE[before].values()
    assert notices.red(notice) == (notice.state not in QUIET)
    if notice.state in ("read_back", "confirmed"):
        assert notices.differing(notice.questions, notice.read_back) == ()


@given(st.floats(1, 1e6), st.sampled_from(sorted(LENGTH_UNITS_M)))
def test_a_length_read_back_in_any_unit_is_the_same_length(length_m, unit):
    notice = make(questions=[{"type": "length", "field": "distance", "length_m": length_m}])
    said = {"distance": f"{length_m / LENGTH_UNITS_M[unit]:.6f}"[:12], "distance_unit": unit}
    typed_m = notices.length_m(said["distance"], unit)

    if typed_m is not None and abs(typed_m - length_m) < 0.01 * length_m:
        assert notices.differing(notice.questions, said) == ()


@pytest.mark.parametrize(
    ("typed", "unit", "right"),
    [
        ("55", "km", True), ("55.0", "km", True), ("34", "statute_mi", True), ("30", "nmi", True), ("55,0", "km", True),
        ("٥٥", "km", True), ("55000", "m", True), (" 55 ", "km", True), ("55 000", "m", True),
        ("34", "nmi", False), ("34", "km", False), ("54", "statute_mi", False), ("5.5", "km", False), ("-55", "km", False),
        ("1,000", "km", False), ("55", "", False), ("55", "mile", False), ("", "km", False), ("nan", "km", False),
        ("inf", "km", False), ("5e4", "m", False), ("0x37", "km", False), ("55²", "km", False), ("9" * 40, "km", False),
    ],
)  # fmt: skip
def test_a_typed_length_is_right_only_with_its_unit(typed, unit, right):
    assert (
        step(opened(), "notice.answer", read_back={**RIGHT, "distance": typed, "distance_unit": unit}).differs == ()
    ) is right


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("valid_minutes", 0), ("valid_minutes", float("nan")), ("valid_minutes", 20_000), ("to", ""), ("to", "x" * 81),
        ("over", " "), ("text", "x" * 2_001), ("questions", []), ("zone_version", "3"), ("colour", "red"),
        ("questions", [{"type": "length", "field": "d", "length_m": 0.0}]),
        ("questions", [{"type": "length", "field": "d", "length_m": float("nan")}]),
        ("questions", [{"type": "length", "field": "d", "length_m": 1.0, "tolerance": 0.5}]),
        ("questions", [{"type": "choice", "field": "d", "right": "c", "choices": [{"id": "a", "says": "a"}] * 2}]),
        ("questions", [{"type": "length", "field": "d", "length_m": 1.0}] * 2),
        ("outline", [[[0.0, 0.0]] * 1_001]),
    ],
)  # fmt: skip
def test_a_notice_that_cannot_be_is_refused_with_its_field(field, value):
    with pytest.raises(Refused):
        make(**{field: value})


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.text(max_size=5) | st.integers() | st.lists(st.integers(), max_size=2))
)
def test_no_body_whatever_is_more_than_refused(junk):
    for name in STEPS:
        try:
            notices.step(opened(), name, junk, "amal", T0 + MINUTE)
        except OpenlineError:
            continue
