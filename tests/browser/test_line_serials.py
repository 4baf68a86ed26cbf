"""A notice that is missing, before two real nodes: the reader's box says so, the issuer's officer sends it again (R8)."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from openline.line import lanes
from openline.line.message import Message, write_message
from openline.record.entry import canonical
from tests.browser.conftest import Seat
from tests.browser.desks import NOW_US, Two, open_talk, row

pytestmark = pytest.mark.browser


def zone(two: Two) -> dict[str, Any]:
    params: dict[str, Any] = {
        "zone_text": "Tanf",
        "edition_number": 1,
        "issuer_party": two.parties["north"],
        "change_choice": "new",
    }
    params |= {"centre_lat_1e7": 335_000_000, "centre_lon_1e7": 386_000_000, "radius_m": 55_000, "floor_cm": 0}
    params |= {"floor_datum": "agl", "ceiling_datum": "unlimited", "start_us": NOW_US + 14_400_000_000, "applies_text": "all"}
    return params | {"asked_choice": "stay_out", "contact_text": "+000 111"}


def lose(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The south signs its notice of this number so that no reader can use it."""

    def written(message: Message) -> bytes:
        payload = write_message(message)
        if message.params.get("serial_number") != number or message.type != "zone.notice":
            return payload
        return canonical(json.loads(payload) | {"tpl": None}, "made")

    monkeypatch.setattr(lanes, "write_message", written)


def test_r8_a_missing_notice_is_shown_asked_for_and_sent_again(two: Two, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    given = two.day.demo.node.loop.world.lines[two.parties["south"]].serials.given
    lost = given + 2
    lose(monkeypatch, lost)
    for _ in range(3):
        two.ask("routine", "zone.notice", params=zone(two))
    reader, issuer = seat("north"), seat("south")
    two.second()
    two.day.there(two.day.demo.line_settled())
    gap = reader.locator(".instrument .missing", has_text="their notice number")
    expect(gap).to_contain_text(f"MISSING: their notice number {lost}.")
    expect(gap).to_contain_text("Our node asked for it in north-desk/")

    question = next(name for name, talk in reversed(two.talks("south").items()) if talk.conversation.type == "question")
    expect(row(issuer, question)).to_contain_text("A notice is missing: send it again?")
    open_talk(issuer, question).get_by_role("button", name=f"Send notice {lost} again").click()
    two.day.there(two.day.demo.line_settled())
    two.second()
    expect(gap).to_have_count(0)


def test_r8_the_issuer_reads_by_when_an_officer_states_it_and_when_to_telephone(two: Two, seat: Seat) -> None:
    name = two.ask("routine", "zone.notice", params=zone(two))
    talk = open_talk(seat("south"), name)
    expect(talk).to_contain_text("an officer has to state by")
    expect(talk).to_contain_text("then telephone them at")


def test_the_number_of_a_notice_is_not_typed(seat: Seat) -> None:
    page = seat("south")
    page.get_by_role("button", name="New message").click()
    page.get_by_label("What to say").select_option("zone.notice")
    expect(page.get_by_label("Number of the notice")).to_have_count(0)
