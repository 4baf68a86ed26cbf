"""A read-back is compared at both ends, and by a judge: the word of whoever asked for it is not enough."""

from pathlib import Path
from typing import Any

import pytest

from openline import seal
from openline.flow.talk import Talk
from openline.line import conversation
from openline.line import message as messages
from openline.line.templates import pack, sending
from openline.line.templates.template import read_back_params
from openline.node.shown.lines import talk_view
from tests.stories import two_nodes
from tests.stories.liar import LIAR
from tests.stories.liar_stage import Stage, tell
from tests.stories.two_nodes import Two, warning

NINE_KM_1E7 = 810_000


def hazard(stage: Stage) -> dict[str, Any]:
    """A hazard of the liar's, as its template writes it."""
    template = pack.shipped().newest("hazard.keep_clear")
    assert template is not None
    now_us = stage.desk.clock.now_us
    params: dict[str, Any] = {
        "issuer_party": LIAR,
        "area_lat_1e7": 335_000_000,
        "area_lon_1e7": 386_000_000,
        "radius_m": 5_000,
        "floor_datum": "not_stated",
        "ceiling_datum": "unlimited",
        "start_us": now_us,
        "end_us": now_us + 7_200_000_000,
    }
    return {
        "type": "hazard.keep_clear",
        "marker": template.marker,
        "precedence": "immediate",
        "params": params,
        "text": sending.texts_to_send(template, params, "immediate", "en", ("en",)).text,
        "answers": list(template.answers),
        "readback": list(read_back_params(template, params)),
        "tpl": {"hash": seal.b64(template.hash), "id": template.id, "ver": template.version},
    }


async def read_back(stage: Stage, off_1e7: int) -> tuple[Talk, dict[str, Any]]:
    """The desk reads the liar's hazard back, its place so far off; its talk, and how the liar refers to the read-back."""
    await stage.liar.call([stage.liar.says(0, **hazard(stage))])
    await stage.until(lambda: bool(stage.line.talks), "it came")
    talk = stage.desk.talk
    fields = {name: talk.said["params"][name] for name in talk.conversation.readback}
    await stage.desk.says(talk, "understood", fields=fields | {"area_lat_1e7": fields["area_lat_1e7"] + off_1e7})
    await stage.liar.pull()
    payload = stage.liar.have[0][-1]
    assert messages.read_message(payload).params["slot.tolerance_m"] == 500
    seq = messages.read_message(payload).seq
    return talk, {"from": stage.desk.party, "lane": 0, "seq": seq, "hash": seal.b64(messages.hash_of(payload))}


async def found(stage: Stage, talk: Talk, re: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The liar says what it found; what the desk shows."""
    said = {"message_text": talk.id, **params}
    frame = stage.liar.says(
        0, type="understood.result", marker="INFORMATION", re=re, conv=talk.id, answers=[], params=said, text={"en": "agrees"}
    )
    await stage.liar.call([frame])
    await stage.until(lambda: talk.found == said, "the result came")
    return talk_view(stage.line, talk, stage.desk.clock.now_us)


@pytest.mark.parametrize(
    "says",
    [{"result": "agrees"}, {"result": "agrees", "offset_m": 9_000, "tolerance_m": 20_000}, {"result": "agrees", "offset_m": 3}],
)
def test_their_word_that_a_place_9_km_off_agrees_confirms_nothing_here(tmp_path: Path, says: dict[str, Any]) -> None:
    async def story(stage: Stage) -> None:
        talk, re = await read_back(stage, NINE_KM_1E7)
        shown = await found(stage, talk, re, **says)
        assert talk.conversation.states["read_back"] == "differs"
        assert conversation.five(talk.conversation)["understood"] is None
        assert shown["headline"] == "differs"
        assert shown["result"]["outcome"] == "differs"
        assert shown["result"]["against"].startswith("they say it agrees; here it is 8,98")
        assert shown["result"]["tolerance_m"] == 500
        assert talk.chain is not None
        assert "understood" not in {hop.grade for hop in talk.chain.hops}
        assert any("they say it agrees; here it is 8,98" in one for one in stage.evidence())
        assert "they say it agrees" in stage.line.why

    tell(tmp_path, story)


def test_a_read_back_that_agrees_at_both_ends_is_understood(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        talk, re = await read_back(stage, 0)
        shown = await found(stage, talk, re, result="agrees", offset_m=0, tolerance_m=500)
        assert shown["headline"] == "understood"
        assert shown["result"]["against"] is None
        assert not stage.evidence()

    tell(tmp_path, story)


def test_one_that_agrees_here_and_not_there_is_confirmed_nowhere_and_both_are_shown(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        talk, re = await read_back(stage, 0)
        shown = await found(stage, talk, re, result="differs", fields="radius_m")
        assert shown["headline"] == "differs"
        assert shown["result"]["outcome"] == "differs"
        assert shown["result"]["against"] == "they say it differs; here it agrees"

    tell(tmp_path, story)


def test_two_honest_ends_come_to_the_same(tmp_path: Path) -> None:
    async def story(two: Two) -> None:
        ours = await two.south.send("warning.relay", warning(two.clock), "flash")
        theirs = await two.heard(ours)
        fields = {name: theirs.said["params"][name] for name in theirs.conversation.readback}
        await two.north.says(theirs, "understood", fields=fields | {"mover_lat_1e7": fields["mover_lat_1e7"] + 30_000})
        await two.until(lambda: two.north.state(theirs, "read_back") == "agrees", "agreed")
        await two.north.says(theirs, "understood", fields=fields | {"mover_lat_1e7": fields["mover_lat_1e7"] + 60_000})
        await two.until(lambda: two.north.state(theirs, "read_back") == "differs", "differs")
        assert two.south.state(ours, "read_back") == "differs"
        assert theirs.against == ""

    two_nodes.tell(tmp_path, story)
