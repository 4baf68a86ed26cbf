"""A judge computes a read-back from the messages: it agrees only where they say so."""

from typing import Any

import pytest

from openline.flow.comparing import between_m
from openline.line.judge import judge
from openline.line.judge_said import Judgement
from openline.line.message import Ref, Template, hash_of
from openline.line.readback import compare, read_params, result_params, tolerance
from openline.line.templates.template import read_back_params
from tests.rooms.line.said import HAZARD, the
from tests.rooms.line.two_parties import NORTH, PERSON, SOUTH, contradicted, deliver, pair

KEEP_CLEAR = the("hazard.keep_clear")
ASKED = read_back_params(KEEP_CLEAR, HAZARD)


def said_of(off_1e7: int, *, named: Template | None = None, most_m: int | None = 500, **result: object) -> Judgement:
    """South's hazard is read back so far off by north, and south says what it found."""
    south, north = pair()
    tpl = named or Template(KEEP_CLEAR.id, KEEP_CLEAR.version, KEEP_CLEAR.hash)
    about: dict[str, Any] = {"type": "hazard.keep_clear", "tpl": tpl, "params": HAZARD, "readback": ASKED, "conv": f"{SOUTH}/1"}
    deliver(south, north, **about)
    fields = {name: HAZARD[name] for name in ASKED}
    read = read_params({**fields, "area_lat_1e7": fields["area_lat_1e7"] + off_1e7}, {}, most_m)
    re = Ref(SOUTH, 0, 1, hash_of(south.sent[0][0]))
    deliver(north, south, type="understood", re=re, params={**PERSON, **read}, conv=f"{SOUTH}/1")
    re = Ref(NORTH, 0, 1, hash_of(north.sent[0][0]))
    deliver(south, north, type="understood.result", re=re, params=result, conv=f"{SOUTH}/1")
    return judge(south.bundle(), north.bundle(), between_m)


def words(judged: Judgement) -> str:
    """What is said of the result."""
    return next(one.says for one in judged.statements if one.type == "understood.result")


def test_what_agrees_is_said_to_agree():
    judged = said_of(0, result="agrees", offset_m=0, tolerance_m=500)
    assert words(judged) == "the read-back agrees"
    assert contradicted(judged) == []


@pytest.mark.parametrize("more", [{}, {"offset_m": 9_000, "tolerance_m": 20_000}])
@pytest.mark.parametrize("most_m", [500, None])
def test_a_place_9_km_off_does_not_agree_whatever_its_asker_says(more, most_m):
    judged = said_of(810_000, most_m=most_m, result="agrees", **more)
    assert words(judged).startswith("they say it agrees; here it is 8,98")
    assert contradicted(judged) == [("message", SOUTH, 2)]


def test_what_cannot_be_computed_is_not_said_to_agree():
    judged = said_of(0, named=Template(KEEP_CLEAR.id, KEEP_CLEAR.version, bytes(32)), result="agrees")
    assert words(judged) == "says that it agrees; not computed here: there is no such template here"
    assert contradicted(judged) == []


def test_the_smaller_tolerance_counts():
    fields = read_params({name: HAZARD[name] for name in ASKED} | {"area_lat_1e7": HAZARD["area_lat_1e7"] + 30_000}, {}, 300)
    result = compare(KEEP_CLEAR, HAZARD, ASKED, fields, between_m, tolerance(500, fields))
    assert result_params(result, "south.example/1")["tolerance_m"] == 300
    assert result.outcome == "differs"
