"""Who is told when: a function of the policy, what is missing, since when, and now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.line import escalation as rules
from openline.line.escalation import SEVERITIES, US_PER_S, Path, Policy, Step

NAMES = ("mail", "radio", "hook", "pager")
DAY_US = 86_400 * US_PER_S
MIDNIGHT_US = 20_000 * DAY_US
SEVERITY = st.sampled_from(SEVERITIES)
WHAT = st.sampled_from(("receipt", "seen", "no_reply", "down", "passed_on_at_start"))


@st.composite
def policies(draw, quiet: bool = True):
    hours = st.sampled_from(("", "22:00-06:00", "08:30-17:00")) if quiet else st.just("")
    paths = tuple(Path(name, severities=tuple(draw(st.sets(SEVERITY, min_size=1))), quiet=draw(hours)) for name in NAMES)
    afters = sorted(draw(st.sets(st.integers(0, 1_500), min_size=1, max_size=5)))
    named = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple)
    return Policy(tuple(Step(after_s, draw(named)) for after_s in afters), paths)


def offered(policy: Policy, severity: str) -> set[str]:
    return {one.name for one in policy.paths if severity in one.severities}


MOMENTS = st.integers(0, 3 * 1_500).map(lambda seconds: MIDNIGHT_US + seconds * US_PER_S)


@given(policies(), WHAT, SEVERITY, MOMENTS)
def test_the_same_question_has_the_same_answer(policy, what, severity, now_us):
    asked = [rules.due(policy, what, severity, MIDNIGHT_US, now_us) for _ in range(2)]
    assert asked[0] == asked[1]


@given(policies(), WHAT, SEVERITY, MOMENTS)
def test_nobody_is_told_before_the_step_or_of_what_is_not_for_that_path(policy, what, severity, now_us):
    found = rules.due(policy, what, severity, MIDNIGHT_US, now_us)
    if found is not None:
        assert found.late_s >= 0
        assert set(found.paths) <= offered(policy, severity)
        at_once = what in rules.AT_ONCE  # the wait for a reply was the step
        assert at_once or MIDNIGHT_US + policy.steps[found.step].after_s * US_PER_S <= now_us


@given(policies(), WHAT, MOMENTS)
def test_what_is_critical_keeps_to_no_silence_hours(policy, what, now_us):
    loud = Policy(policy.steps, tuple(Path(one.name, severities=one.severities) for one in policy.paths))
    with_hours = rules.due(policy, what, "critical", MIDNIGHT_US, now_us)
    assert with_hours == rules.due(loud, what, "critical", MIDNIGHT_US, now_us)


@given(policies(), WHAT, SEVERITY, MOMENTS)
def test_a_path_in_its_silence_hours_is_told_of_nothing_less(policy, what, severity, now_us):
    found = rules.due(policy, what, severity, MIDNIGHT_US, now_us)
    for name in () if found is None or severity == "critical" else found.paths:
        assert not rules.silent(policy.path(name).quiet, now_us)


@given(policies(quiet=False), SEVERITY, MOMENTS)
def test_the_step_due_now_is_the_last_that_was_reached_and_has_a_path(policy, severity, now_us):
    found = rules.due(policy, "seen", severity, MIDNIGHT_US, now_us)
    reached = [
        index
        for index, step in enumerate(policy.steps)
        if MIDNIGHT_US + step.after_s * US_PER_S <= now_us and set(step.paths) & offered(policy, severity)
    ]
    assert ([] if found is None else [*found.earlier, found.step]) == reached


@given(policies(quiet=False), WHAT, SEVERITY, st.integers(0, 2_000))
def test_a_node_that_was_off_takes_the_step_that_one_that_watched_has_reached(policy, what, severity, after_s):
    """One that looks each second, and one that looks once: the same step now, and what one missed the other took."""
    taken: list[int] = []
    for second in range(after_s + 1):
        found = rules.due(policy, what, severity, MIDNIGHT_US, MIDNIGHT_US + second * US_PER_S)
        if found is not None and (not taken or found.step != taken[-1]):
            taken.append(found.step)
    once = rules.due(policy, what, severity, MIDNIGHT_US, MIDNIGHT_US + after_s * US_PER_S)
    assert taken == ([] if once is None else [*once.earlier, once.step])


@given(policies(quiet=False), SEVERITY, MOMENTS)
def test_what_nobody_replies_to_goes_to_every_path_at_once(policy, severity, now_us):
    found = rules.due(policy, "no_reply", severity, MIDNIGHT_US, now_us)
    named = {name for step in policy.steps for name in step.paths} & offered(policy, severity)
    assert set(found.paths if found else ()) == named


@given(policies(), WHAT, SEVERITY, MOMENTS)
def test_a_message_is_held_and_not_dropped_by_silence_hours(policy, what, severity, now_us):
    """Whatever the hours: once they are over, the last step reached has its paths."""
    if rules.due(policy, what, severity, MIDNIGHT_US, now_us) is None:
        return
    morning_us = MIDNIGHT_US + DAY_US + 7 * 3_600 * US_PER_S  # within none of the hours
    assert rules.due(policy, what, severity, MIDNIGHT_US, morning_us).paths


@given(policies(), WHAT, SEVERITY, st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES), MOMENTS)
def test_the_path_instead_is_another_that_was_not_tried(policy, what, severity, tried, failed, now_us):
    other = rules.instead(policy, what, severity, failed, tried, now_us)
    left = offered(policy, severity) - tried - {failed}
    assert (other in left) if left else other is None


@given(policies(), WHAT, SEVERITY, MOMENTS)
def test_every_path_is_tried_before_nobody_is_left(policy, what, severity, now_us):
    first = rules.due(policy, what, severity, MIDNIGHT_US, now_us)
    if first is None or not first.paths:
        return
    tried: set[str] = set()
    failed: str | None = first.paths[0]
    while failed is not None:
        tried.add(failed)
        failed = rules.instead(policy, what, severity, failed, tried, now_us)
    assert tried == offered(policy, severity)


@pytest.mark.parametrize(
    ("quiet", "at", "is_silent"),
    [
        ("22:00-06:00", "21:59", False),
        ("22:00-06:00", "22:00", True),
        ("22:00-06:00", "00:00", True),
        ("22:00-06:00", "05:59", True),
        ("22:00-06:00", "06:00", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "13:00", False),
        ("12:00-12:00", "12:00", False),
        ("", "03:00", False),
        ("at night", "03:00", False),
    ],
)
def test_silence_hours_are_a_part_of_the_day_in_utc(quiet, at, is_silent):
    hour, minute = (int(part) for part in at.split(":"))
    assert rules.silent(quiet, MIDNIGHT_US + (hour * 60 + minute) * 60 * US_PER_S) == is_silent


def test_the_hash_of_a_policy_changes_with_it():
    policy = Policy((Step(0, ("mail",)),), (Path("mail"),))
    assert policy.hash == Policy((Step(0, ("mail",)),), (Path("mail"),)).hash
    assert policy.hash != Policy((Step(1, ("mail",)),), (Path("mail"),)).hash


def test_how_grave_something_is_follows_its_precedence():
    assert rules.severity_of("receipt", "flash") == "critical"
    assert rules.severity_of("receipt", "priority") == "warning"
    assert rules.severity_of("receipt", "routine") == "advisory"
    assert rules.severity_of("passed_on_before_start", "routine") == "warning"
    assert rules.severity_of("passed_on_at_start", "routine") == "critical"
    assert rules.severity_of("fork") == "critical"
    assert rules.severity_of("down") == "warning"


def test_pauses_between_tries_grow_and_end_growing():
    pauses = [rules.pause_s(tries) for tries in range(1, 10)]
    assert pauses == sorted(pauses)
    assert pauses[0] == rules.BACK_OFF_S[0]
    assert pauses[-1] == rules.BACK_OFF_S[-1]
