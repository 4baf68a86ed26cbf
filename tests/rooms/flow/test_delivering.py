"""Who is told of what is due outside the console: each once, in steps, until somebody acknowledges or it is settled."""

import msgspec
import pytest

from openline.flow import delivering, escalations
from openline.line import escalation as rules
from openline.line.escalation import Path, Policy, Step
from openline.record.entry import canonical
from tests.rooms.flow.desk_told import HOOK, MAIL, NORTH, POLICY, RADIO, Told, keys, queued, whats


def receipt_due(told: Told) -> list[dict]:
    """A FLASH warning whose receipt is missing after 30 s."""
    told.send()
    told.at(29)
    return told.at(30)


def test_nothing_is_told_before_something_is_due() -> None:
    told = Told()
    told.send()
    assert told.watch(29) == []


def test_the_first_step_goes_when_it_is_due_and_once() -> None:
    told = Told()
    said = receipt_due(told)
    assert whats(said) == ["began", "queued"]
    assert keys(said) == ["e1/0/mail"]
    assert said[0]["policy"] == POLICY.hash
    assert told.watch(89) == []


def test_each_step_has_its_time_from_when_it_was_due() -> None:
    told = Told()
    receipt_due(told)
    assert keys(told.watch(90)) == ["e1/1/radio"]
    later = told.watch(300)  # seen is due at 120 s, no reply at 120 s and 300 s
    assert "e1/2/hook" not in keys(later)
    assert "e1/2/hook" in keys(told.watch(330))


def test_every_entry_can_be_recorded() -> None:
    told = Told()
    for one in [*receipt_due(told), *told.watch(700)]:
        canonical(one, "delivery")


def test_a_node_that_was_off_takes_the_step_due_now_and_names_those_it_missed() -> None:
    told = Told()
    told.send()
    said = told.at(30 + 299)
    first = [one for one in said if one.get("escalation") == "e1"]
    assert whats(first) == ["began", "late", "queued"]
    assert first[1]["steps"] == [0]
    assert first[2]["key"] == "e1/1/radio"
    assert "This message is late by 3 min 59 s" in first[2]["text"]


def test_what_nobody_replies_to_goes_to_every_path_at_2_5_and_10_minutes() -> None:
    """R87."""
    told = Told()
    told.send()
    told.watch(119)
    for after_s in (120, 300, 600):
        said = told.watch(after_s)
        number = next(one["escalation"] for one in said if one.get("due") == "no_reply" and one["what"] == "began")
        assert {f"{number}/0/mail", f"{number}/0/radio", f"{number}/0/hook"} <= set(keys(said))


def test_acknowledging_stops_it_and_answers_nothing() -> None:
    told = Told()
    talk = told.send()
    told.at(30)
    said = told.act("line.acknowledge", to=NORTH, talk=talk)
    assert whats(said) == ["acknowledged", "not needed"]
    assert told.watch(119) == []
    assert told.line.talks[talk].conversation.states["reply"] == "no reply yet"


def test_what_is_due_after_an_acknowledgement_is_told_all_the_same() -> None:
    told = Told()
    talk = told.send()
    told.at(30)
    told.act("line.acknowledge", to=NORTH, talk=talk)
    assert {one["due"] for one in told.watch(120) if one["what"] == "began"} == {"seen", "no_reply"}


def test_an_acknowledgement_runs_out_while_its_cause_stands() -> None:
    told = Told(rules.Policy(POLICY.steps, POLICY.paths, again_s=60))
    told.line.link = "down"
    told.at(0)
    told.at(60)
    assert whats(told.act("escalation.acknowledge", escalation="e1")) == ["acknowledged", "not needed"]
    assert told.at(119) == []
    said = told.at(120)
    assert whats(said) == ["again", "queued"]
    assert keys(said) == ["e1.2/0/mail"]


def test_a_line_that_is_down_for_a_moment_tells_nobody() -> None:
    told = Told()
    told.link("down")
    assert told.watch(59) == []
    told.link("up")
    assert told.watch(200) == []


def test_a_line_that_stays_silent_is_told_of_and_settled_when_it_is_back() -> None:
    told = Told()
    told.link("silent")
    told.at(0)
    said = told.at(60)
    assert keys(said) == ["e1/0/mail"]
    assert "the line is silent" in queued(said)[0]["subject"]
    told.link("up")
    assert whats(told.at(61)) == ["settled", "not needed"]


def test_a_line_that_flaps_goes_on_where_it_was() -> None:
    told = Told()
    told.link("down")
    told.at(0)
    assert keys(told.at(60)) == ["e1/0/mail"]
    told.link("up")
    told.at(61)
    told.link("down")
    told.at(62)
    assert whats(told.at(122)) == ["came back", "queued"]
    assert told.at(123) == []


def test_a_fork_is_told_of_at_once_and_as_the_gravest() -> None:
    told = Told()
    told.tell(f"line:{NORTH}", "fork", "two checkpoints of one size")
    said = told.at(1)
    assert keys(said) == ["e1/0/mail"]
    assert said[0]["severity"] == "critical"


def test_a_clock_that_was_set_is_told_of() -> None:
    told = Told()
    told.tell("clock:jump", "jumped", "this machine's clock went forward by 3600.0 s")
    said = told.at(1)
    assert keys(said) == ["e1/0/mail"]
    assert "went forward by 3600.0 s" in queued(said)[0]["text"]
    assert whats(told.at(3_700)) == ["settled", "not needed"]


# ── what became of it ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_that_was_taken_is_not_sent_again() -> None:
    told = Told()
    (message,) = queued(receipt_due(told))
    assert whats(told.result(message, "accepted")) == ["accepted"]
    assert told.watch(89) == []


def test_what_failed_for_now_is_tried_again_after_growing_pauses_and_then_gives_way_to_the_next_path() -> None:
    told = Told(rules.Policy((Step(0, ("mail",)),), (MAIL, RADIO)))
    told.line.link = "down"
    told.at(0)
    (message,) = queued(told.at(60))
    tried_s = [60]
    for attempt in range(1, 4):
        assert whats(told.result(message, "failed for now")) == ["failed for now"]
        message = queued(told.watch(tried_s[-1] + rules.pause_s(attempt)))[-1]
        tried_s.append(told.now_s)
        tried_s[-1] -= told.now_s - (tried_s[-2] + rules.pause_s(attempt))
        assert message["attempt"] == attempt + 1
        assert not message["repeat"]
    told.result(message, "failed for now")
    said = told.at(tried_s[-1] + 1)
    assert keys(said) == ["e1/0/radio"]
    assert said[0]["instead_of"] == "mail"


def test_what_nobody_knows_of_is_sent_again_with_the_same_key_and_says_so() -> None:
    told = Told()
    (message,) = queued(receipt_due(told))
    told.result(message, "unknown", "the node ended while it was being sent")
    (again,) = queued(told.at(40))
    assert again["key"] == message["key"]
    assert again["subject"] == f"(repeat) {message['subject']}"
    assert again["repeat"]


def test_a_path_that_failed_for_good_gives_way_at_once_and_when_none_is_left_it_is_said() -> None:
    told = Told(rules.Policy((Step(0, ("mail",)),), (MAIL, RADIO)))
    told.line.link = "down"
    told.at(0)
    (message,) = queued(told.at(60))
    told.result(message, "failed for good", "it answered 410")
    (other,) = queued(told.at(61))
    assert (other["path"], other["instead_of"]) == ("radio", "mail")
    assert whats(told.result(other, "failed for good")) == ["failed for good", "nobody reached"]
    assert told.watch(200) == []


def test_an_answer_to_an_earlier_try_changes_nothing() -> None:
    told = Told()
    (message,) = queued(receipt_due(told))
    told.result(message, "unknown")
    (again,) = queued(told.at(40))
    assert told.result(message, "failed for good") == []
    assert whats(told.result(again, "accepted")) == ["accepted"]
    assert told.result(again, "failed for now") == []


def test_a_call_that_was_under_way_when_it_was_acknowledged_is_still_told_of() -> None:
    told = Told()
    talk = told.send()
    (message,) = queued(told.at(30))
    told.act("line.acknowledge", to=NORTH, talk=talk)
    assert whats(told.result(message, "accepted")) == ["accepted"]
    assert told.watch(60) == []


def test_a_result_of_which_nobody_knows_the_message_is_said_and_ends_its_row() -> None:
    told = Told()
    (said,) = told.tell("delivery:e9/0/mail#1", "unknown", "the node ended while it was being sent")
    assert (said["what"], said["key"]) == ("unknown", "e9/0/mail")


# ── many ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_more_than_a_person_reads_goes_together_and_nothing_is_left_out() -> None:
    told = Told(rules.Policy((Step(0, ("mail",)),), (MAIL,)))
    talks = [told.send() for _ in range(25)]
    told.said()
    said = told.at(30)
    assert len(queued(said)) == escalations.PER_MINUTE_MAX
    *single, together = queued(said)
    assert together["covers"] == 25 - len(single)
    assert whats(said).count("began") == 25
    assert "16 further things are due" in together["text"]
    assert told.watch(31) == []
    names = {name for one in told.state.escalations.deliveries.values() for name in one.covers}
    assert {name.split(" ")[1] for name in names} == set(talks)


def test_together_gives_way_to_the_next_path_for_each_thing() -> None:
    told = Told(rules.Policy((Step(0, ("mail",)),), (MAIL, RADIO)))
    for _ in range(12):
        told.send()
    together = queued(told.at(30))[-1]
    told.result(together, "failed for good")
    assert sum(one.get("covers", 1) for one in queued(told.at(31))) == together["covers"]


def test_an_exercise_is_never_told_together_with_what_is_none() -> None:
    told = Told(rules.Policy((Step(0, ("mail",)),), (MAIL,)))
    for exercise in (False, True):
        told.state.rules = rules_with(told, exercise)
        for _ in range(8):
            told.send()
    told.state.rules = rules_with(told, False)
    said = queued(told.at(30)) + queued(told.at(61))
    assert any(one.get("covers", 1) > 1 for one in said)
    running, deliveries = told.state.escalations.running, told.state.escalations.deliveries
    for one in said:
        assert {running[name].item.exercise for name in deliveries[one["key"]].covers} == {one["exercise"]}
        assert one["exercise"] == ("EXERCISE" in one["subject"])
        assert one["exercise"] == ("EXERCISE EXERCISE EXERCISE" in one["text"])


def rules_with(told: Told, exercise: bool):
    return msgspec.structs.replace(told.rules, line=msgspec.structs.replace(told.rules.line, exercise=exercise))


def test_more_at_once_than_anybody_can_follow_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "RUNNING_MAX", 3)
    told = Told()
    for _ in range(5):
        told.send()
    said = told.at(30)
    assert whats(said).count("began") == 3
    assert next(one for one in said if one["what"] == "limit")["counted"] == {"critical": 2}


def test_what_is_over_is_forgotten() -> None:
    told = Told()
    told.link("down")
    told.at(0)
    (message,) = queued(told.at(60))
    told.result(message, "accepted")
    told.link("up")
    told.at(61)
    told.at(61 + 601)
    assert not told.state.escalations.running
    assert not told.state.escalations.deliveries


# ── what it says, and to whom ────────────────────────────────────────────────────────────────────────────────────────


def test_a_path_is_told_only_of_what_is_for_it() -> None:
    grave = Path("pager", to="commander", severities=("critical",))
    told = Told(Policy((Step(0, ("mail", "pager")),), (MAIL, grave)))
    told.send("routine")
    assert keys(told.at(900)) == ["e1/0/mail"]
    told.send("flash")
    assert keys(told.at(960))[:2] == ["e2/0/mail", "e2/0/pager"]


def test_silence_hours_hold_a_message_until_they_are_over() -> None:
    night = Path("mail", to="duty officer", quiet="12:00-13:00")
    told = Told(Policy((Step(0, ("mail",)),), (night,)))
    told.link("down")
    told.at(0)
    assert whats(told.at(60)) == ["began"]
    assert told.at(3_599) == []
    assert keys(told.at(3_600)) == ["e1/0/mail"]


def test_silence_hours_of_a_later_step_do_not_bring_back_an_earlier_one() -> None:
    evening = Path("radio", to="supervisor", quiet="12:10-13:00")
    told = Told(Policy((Step(0, ("mail",)), Step(300, ("radio",))), (MAIL, evening)))
    told.link("down")
    told.at(0)
    assert keys(told.at(400)) == ["e1/1/radio"]  # the node was off, and the first step is late
    assert told.at(660) == []


def test_the_text_says_what_is_missing_since_when_where_and_what_to_do() -> None:
    told = Told()
    talk = told.send()
    text = queued(told.at(30))[0]["text"]
    for part in (
        "CRITICAL: the counterpart's node has not confirmed that it stored the message.",
        "Since 12:00Z, line north.example~south.example.",
        f"Our message {talk}: FLASH warning relay",
        "What to do: Look whether the line is up.",
        "Telephone: +000 111.",
        "acknowledge it at the console; that is no answer to the counterpart",
        "to: duty officer. Number e1/0/mail, step 1 of 3.",
        "Notification is not permission. It neither adds nor removes legal protection, and it guarantees nothing.",
    ):
        assert part in text


def test_no_coordinates_leave_unless_the_path_may_carry_them() -> None:
    open_path = Path("hook", to="facilitator", places=True)
    told = Told(Policy((Step(0, ("mail", "hook")),), (MAIL, open_path)))
    told.send()
    texts = {one["path"]: one["text"] for one in queued(told.at(30))}
    assert "33.50700, 38.61800" in texts["hook"]
    assert "33.5" not in texts["mail"]


def test_an_exercise_is_marked_above_and_below() -> None:
    told = Told(exercise=True)
    told.send()
    (message,) = queued(told.at(30))
    assert message["subject"].startswith("EXERCISE: ")
    assert message["text"].startswith("EXERCISE EXERCISE EXERCISE\n")
    assert message["text"].endswith("\nEXERCISE EXERCISE EXERCISE")
    told.result(message, "unknown")
    assert queued(told.at(40))[0]["subject"].startswith("EXERCISE: (repeat) ")


def test_a_policy_that_was_changed_does_not_change_what_runs() -> None:
    told = Told()
    receipt_due(told)
    told.state.rules = Told(Policy((Step(0, ("hook",)),), (HOOK,))).rules
    assert keys(told.watch(90)) == ["e1/1/radio"]


def test_a_path_can_be_tried_by_an_administrator() -> None:
    night = Path("pager", to="commander", severities=("critical",), quiet="00:00-23:59")
    told = Told(Policy((), (night, RADIO)))
    assert told.act("path.try", "administrator", path="pager") == []
    said = told.at(1)
    assert keys(said) == ["e1/0/pager"]
    assert "a trial of the path" in queued(said)[0]["text"]
    assert told.act("path.try", "administrator", path="pager")[0]["act"] == "path.try"
    assert whats(told.act("escalation.acknowledge", escalation="e1")) == ["acknowledged", "not needed"]
    told.at(2)
    told.act("path.try", "administrator", path="pager")
    assert keys(told.at(3)) == ["e2/0/pager"]


def test_what_does_not_run_cannot_be_acknowledged() -> None:
    told = Told()
    assert told.act("escalation.acknowledge", escalation="e7")[0]["code"] == "T-214"


def test_without_steps_nobody_is_told() -> None:
    told = Told(Policy())
    told.send()
    told.link("down")
    assert told.at(10_000) == []
