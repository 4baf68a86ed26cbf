"""The line on the page of alarms as text: how it is, the other path, and who is not warned."""

from typing import Any

from openline.console.pages.alarms import page


def line(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "party": "north-desk",
        "state": "up",
        "since": "S",
        "why": "",
        "stopped": None,
        "waiting": 0,
        "other_paths": [],
    }
    return given | {"stated_path": None, "talks": []} | more


def talk(**more: Any) -> dict[str, Any]:
    chain = {"status": "not warned", "headline": "mover not warned; last confirmed hop: nobody; unit unknown", "closed": None}
    given = {"id": "south-desk/1", "ours": True, "precedence": "flash", "queued": "Q1", "headline": "received, not seen"}
    return given | {"due": [], "states": {"life": "stored"}, "text": {"en": "REQUEST: pass it"}, "custody": chain} | more


def told(*lines: dict[str, Any]) -> str:
    return page({"node": {}, "lines": list(lines)}, "now")


def test_where_there_is_no_line_nothing_is_said_of_one() -> None:
    assert "<h2>Line</h2>" not in told()


def test_a_line_says_its_state_and_its_other_path() -> None:
    text = told(line(other_paths=["telephone +000 111", "radio 123.450 MHz"]))
    assert "<p>north-desk: up since S. Other path: telephone +000 111; radio 123.450 MHz.</p>" in text


def test_that_no_other_path_was_entered_is_said_with_how_to_enter_it() -> None:
    assert "Other path: NONE ENTERED. An administrator enters it: openline line path north-desk" in told(line())


def test_what_they_say_of_themselves_is_marked_as_their_word() -> None:
    assert "Other path: +000 222 (as they say, T)." in told(line(stated_path={"text": "+000 222", "at": "T"}))


def test_a_line_that_is_down_or_stopped_is_an_alert() -> None:
    assert '<p class="bad" role="alert">north-desk: down since S (refused).' in told(line(state="down", why="refused"))
    assert "NOTHING IS SIGNED: put back." in told(line(state="put back", stopped="put back"))


def test_a_notice_that_is_missing_is_an_alert() -> None:
    text = told(line(notices={"missing": [{"number": 17}, {"number": 19}]}))
    assert '<p class="bad" role="alert">north-desk: up since S. MISSING: their notices number 17, 19.' in text


def test_who_is_not_warned_stands_first_and_in_capitals() -> None:
    other = talk(id="south-desk/2", queued="Q2", custody=None, text={"en": "QUESTION: is it staffed"})
    text = told(line(talks=[talk(), other]))
    assert text.index("MOVER NOT WARNED; last confirmed hop") < text.index("QUESTION: is it staffed")
    assert '<tr class="alarm-critical">' in text


def test_what_was_taken_back_is_no_alarm_any_more() -> None:
    assert "MOVER NOT WARNED" not in told(line(talks=[talk(states={"life": "withdrawn"})]))


def test_what_is_due_is_said_with_its_unit_and_since_when() -> None:
    due = [{"what": "passed_on_at_start", "unit": "2nd company", "since": "T", "acknowledged_by": None}]
    assert "passed on at start (2nd company) since T" in told(line(talks=[talk(due=due)]))


def test_of_very_many_messages_the_rest_is_counted() -> None:
    many = [talk(id=f"south-desk/{n}", queued=f"Q{n:03}") for n in range(60)]
    assert "And 10 older ones: they are in the record." in told(line(talks=many))
