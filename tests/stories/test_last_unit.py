"""A guest link as the receipt of the last unit: two real nodes, and somebody with a browser and no login (R46, R86)."""

import asyncio
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from openline.errors import NotThere, Refused
from openline.flow.talk import Talk
from openline.line import custody, custody_words
from openline.line.notice import TRIES_MAX, LengthQuestion, Notice
from openline.node.doors import guest
from tests.stories.two_nodes import SOUTH, Desk, Two, check, tell, warning

UNIT = "2nd platoon"


class Page(NamedTuple):
    status: int
    text: str


class Guest:
    """Somebody with a telephone and the link, over real HTTP."""

    def __init__(self, link: str) -> None:
        self.link = link

    def _ask(self, link: str, data: bytes | None) -> Page:
        try:
            with urllib.request.urlopen(link, data, timeout=20) as answer:
                return Page(answer.status, answer.read().decode())
        except urllib.error.HTTPError as wrong:
            return Page(wrong.code, wrong.read().decode())

    async def look(self, link: str = "") -> Page:
        return await asyncio.to_thread(self._ask, link or self.link, None)

    async def post(self, step: str, link: str = "", **fields: str) -> Page:
        data = urllib.parse.urlencode({"step": step, **fields}).encode()
        return await asyncio.to_thread(self._ask, link or self.link, data)

    async def answer(self, right: dict[str, str], **more: str) -> Page:
        await self.post("open")
        return await self.post("answer", **{"name": "Sgt Haddad", "role": "platoon leader", **right, **more})


async def link_of(desk: Desk, talk: Talk, unit: str = UNIT, minutes: float = 30, **more: str) -> tuple[Guest, Notice]:
    """A link that the officer of a desk makes for a unit."""
    body: dict[str, Any] = {"party": desk.line().party, "talk": talk.id, "unit": unit, "to": unit, "over": "radio"}
    shell = desk.node.shell
    assert shell is not None
    said = await guest.make(shell, desk.officer, "operator", body | {"valid_minutes": minutes, **more}, desk.node.url)
    return Guest(said["said"]["link"]), desk.node.loop.world.notices[said["said"]["id"]]


def right(notice: Notice) -> dict[str, str]:
    """What agrees."""
    found: dict[str, str] = {}
    for question in notice.questions:
        if isinstance(question, LengthQuestion):
            found |= {question.field: f"{question.length_m / 1000:g}", f"{question.field}_unit": "km"}
        else:
            found[question.field] = question.right
    return found


def headline(desk: Desk, talk: Talk) -> str:
    assert talk.chain is not None
    return custody_words.headline(talk.chain, desk.party, desk.clock.now_us)


def status(talk: Talk) -> str:
    assert talk.chain is not None
    return custody.status(talk.chain)


async def sent(two: Two) -> tuple[Talk, Talk]:
    ours = await two.south.send("warning.relay", warning(two.clock), "immediate")
    return ours, await two.heard(ours)


def tried(desk: Desk) -> list[str]:
    """Refused uses of links that its record holds."""
    return [body["why"] for body in desk.bodies("act") if body.get("why") and body.get("notice")]


def test_custody_reaches_the_last_unit_on_both_boards_by_a_guest_link(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        someone, notice = await link_of(two.north, theirs)
        assert [question.field for question in notice.questions] == ["asked_choice", "distance_m", "side_choice"]
        assert "REQUEST" not in (await someone.look()).text  # a messenger that previews a link is told nothing
        shown = (await someone.post("open")).text
        assert "REQUEST: Please pass this warning" in shown
        assert UNIT in shown
        assert headline(two.south, ours).startswith("mover not warned")
        asked = (await someone.post("ask")).text
        assert "Your role there" in asked
        assert "REQUEST: Please" not in asked

        said = await someone.post("answer", name="Sgt Haddad", role="platoon leader", did="stopped", **right(notice))
        assert said.status == 200
        await two.until(lambda: two.south.state(ours, "acted") == "reported", "the south knows")
        for desk, talk in ((two.south, ours), (two.north, theirs)):
            assert status(talk) == "told"
            assert re.search(
                r"unit 2nd platoon told \d\d:\d\dZ by a guest link, says Sgt Haddad, platoon leader, by guest link; "
                r"reported: stopped",
                headline(desk, talk),
            )
        assert two.south.state(ours, "seen") == "not seen"  # nothing follows from anything

        again = await someone.answer(right(notice))
        assert again.status == 409
        assert "This link works once. It was answered at" in again.text
        assert tried(two.north) == ["the link is read_back", "the link is read_back"]
        assert [hop.grade for hop in ours.chain.hops] == ["stored", "passed_on", "understood", "acted"]  # type: ignore[union-attr]

    tell(tmp_path, story)


def test_an_answer_that_differs_passes_nothing_on(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        someone, notice = await link_of(two.north, theirs)
        said = await someone.answer(right(notice) | {"asked_choice": "call"})
        assert "does not agree with the notice: what you are asked to do" in said.text
        await two.later(1)
        assert status(theirs) == "not warned"
        assert two.south.state(ours, "passed_on") == "not passed on"
        assert headline(two.north, theirs).startswith("mover not warned")

    tell(tmp_path, story)


def test_a_link_for_our_own_message_enters_our_own_chain_alone(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        someone, notice = await link_of(two.south, ours, "convoy 7")
        await someone.answer(right(notice))
        assert status(ours) == "told"
        assert status(theirs) == "not warned"
        assert "unit convoy 7 told" in headline(two.south, ours)

    tell(tmp_path, story)


def test_a_link_that_is_over_says_so_and_takes_nothing(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        late, soon = await link_of(two.north, theirs, minutes=1)
        revoked, taken = await link_of(two.north, theirs)
        withdrawn, third = await link_of(two.north, theirs)
        await two.north.act("notice.revoke", notice=taken.id, reason="wrong unit")
        await two.later(61)
        for someone, notice, says in ((late, soon, "has run out"), (revoked, taken, "was taken back")):
            assert says in (await someone.look()).text
            said = await someone.answer(right(notice))
            assert (said.status, says in said.text) == (409, True)
        await two.south.says(ours, "withdrawal", why="over")
        await two.until(lambda: two.north.state(theirs, "life") == "withdrawn", "withdrawn")
        said = await withdrawn.answer(right(third))
        assert (said.status, "holds no more" in said.text) == (409, True)
        assert status(theirs) == "not warned"
        assert {"the link is expired", "the link is revoked"} < {*tried(two.north)}
        with pytest.raises(Refused):
            await link_of(two.north, theirs)

    tell(tmp_path, story)


def test_a_link_with_a_wrong_seal_opens_nothing_and_a_flood_is_not_recorded(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        _, theirs = await sent(two)
        someone, notice = await link_of(two.north, theirs)
        other, _ = await link_of(two.north, theirs, "3rd platoon")
        half = len(someone.link) - 22
        for link in (someone.link[:half], someone.link[:half] + other.link[half:]):
            said = await someone.look(link)
            assert (said.status, "A part of this link is missing or was changed" in said.text) == (403, True)
            assert (await someone.post("open", link)).status == 403
        assert notice.state == "made"
        assert (await someone.look(someone.link[: half - 5])).status == 404
        for _ in range(TRIES_MAX + 5):
            await someone.look(someone.link[:half])
        assert len(tried(two.north)) == TRIES_MAX
        flood = [await someone.look() for _ in range(80)]
        assert {page.status for page in flood} == {200, 429}
        assert "Too many requests" in next(page.text for page in flood if page.status == 429)

    tell(tmp_path, story)


def test_what_is_no_answer_is_refused_in_words(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        _, theirs = await sent(two)
        someone, notice = await link_of(two.north, theirs)
        await someone.post("open")
        huge = await someone.post("answer", **right(notice), name="x" * 70_000, role="r")
        assert (huge.status, "too large" in huge.text) == (413, True)
        hidden = await someone.post("answer", **right(notice), name="\u202e\u2066", role="leader")
        assert (hidden.status, "U+202E" in hidden.text) == (422, True)
        long = await someone.post("answer", **right(notice), name="Sami", role="r" * 300)
        assert long.status == 422
        strange = await someone.post("answer", **right(notice), name="Sami", role="leader", did="flew")
        assert strange.status == 422
        assert len(tried(two.north)) == 2
        arabic = await someone.post("answer", **right(notice), name="سامي حداد", role="قائد الفصيلة")
        assert arabic.status == 200
        assert "سامي حداد, قائد الفصيلة, by guest link" in headline(two.north, theirs)

    tell(tmp_path, story)


def test_a_link_is_made_for_a_message_that_is_carried_and_in_a_language_that_has_a_text(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours, theirs = await sent(two)
        with pytest.raises(Refused) as wrong:
            await link_of(two.north, theirs, language="ar")
        assert wrong.value.field == "language"
        asked = await two.south.send("check", check(1, two.clock))
        with pytest.raises(Refused):
            await link_of(two.south, asked)
        with pytest.raises(Refused):
            await link_of(two.south, ours, unit="")
        shell = two.north.node.shell
        assert shell is not None
        nobody = {"talk": "no", "party": SOUTH, "to": "u", "over": "o"}
        with pytest.raises(NotThere):
            await guest.make(shell, "x", "operator", nobody, "http://x")

    tell(tmp_path, story)
