"""What this node stored and cannot use is shown to people and due to be seen; what the other cannot use is shown, too."""

from pathlib import Path
from typing import Any

import pytest

from openline.cli import line as commands
from openline.console.pages import line as page
from openline.errors import Refused
from openline.line import receipt as receipts
from openline.line.message import hash_of
from openline.node.shown.lines import LineViews
from openline.record.envelope import wrap
from tests.stories.liar import LIAR
from tests.stories.liar_stage import Stage, tell
from tests.stories.test_line_read_back import hazard
from tests.stories.two_nodes import warning

FLASH = {"type": "question", "marker": "QUESTION", "precedence": "flash", "text": {"en": "Do you hold fire?"}, "params": {}}


def shown(stage: Stage) -> dict[str, Any]:
    """The line as every screen has it."""
    return next(one for one in LineViews().whole(stage.desk.node.loop.world.lines, stage.desk.clock()) if one["party"] == LIAR)


def listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: dict[str, Any], name: str) -> list[str]:
    """What `line list` and `line show` say."""
    monkeypatch.setattr(commands, "call", lambda node, body: {"lines": [line]})
    commands.list_lines(Path(), False)
    commands.show_talk(Path(), name, False)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("more", "why"), [({"newkey": "x"}, "newkey: only the keys"), ({"type": "order.now"}, "type: a type of version 1")]
)
def test_what_cannot_be_used_is_shown_with_its_words_and_due_to_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: dict[str, Any], why: str
) -> None:
    async def story(stage: Stage) -> None:
        await stage.liar.call([stage.liar.says(0, **{**FLASH, **more})])
        await stage.until(lambda: bool(stage.line.talks), "it is shown")
        talk = stage.desk.talk
        line = shown(stage)
        (one,) = line["unusable"]
        assert one["says"].startswith(f"1 message stored that this node cannot use (lane 0, number 1: {why}")
        assert one["says"].endswith("ask them on the other path")
        assert (talk.said["text"], talk.conversation.precedence) == ({"en": "Do you hold fire?"}, "flash")
        assert talk.chain is None
        assert (talk.conversation.answers, talk.conversation.readback, talk.spoken) == ((), (), ())

        said = "\n".join(listed(monkeypatch, capsys, line, talk.id))
        assert f"NOT USABLE: 1 message stored that this node cannot use (lane 0, number 1: {why}" in said
        assert f"THIS NODE CANNOT USE IT: {why}" in said
        text = str(page.section([line]))
        assert "1 message stored that this node cannot use" in text
        assert "THIS NODE CANNOT USE IT" in text

        stage.desk.clock.move(3_600)
        await stage.desk.node.loop.settle()
        assert any(key.startswith("seen") for key in talk.raised)
        await stage.desk.says(talk, "seen")
        assert [(m.type, m.re.seq) for m in await stage.liar.pull() if m.re is not None] == [("seen", 1)]
        assert shown(stage)["unusable"] == []
        await stage.urgent_goes()

    tell(tmp_path, story)


def test_words_that_cannot_be_shown_as_they_stand_are_cleaned_and_nothing_else_is_believed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        odd: dict[str, Any] = {"text": {"en": "Safe \u202e now", "EN!": "x"}, "free": "Go\u2067 on", "params": 3}
        odd |= {"precedence": 7, "conv": "other/1"}
        second_odd = {"text": "no object", "free": 5}
        frames = [stage.liar.says(lane, **{**FLASH, **one}) for lane, one in enumerate((odd, second_odd))]
        await stage.liar.call(frames)
        await stage.until(lambda: len(stage.line.talks) == 2, "both are shown")
        first, second = stage.line.talks.values()
        assert first.said["text"] == {"en": "Safe  now"}
        assert first.said["free"] == "Go on"
        assert first.id == f"{LIAR}/1+0.1"
        assert first.conversation.precedence == "flash"
        assert second.said["text"] == {}

    tell(tmp_path, story)


def test_a_sender_shows_that_the_other_node_cannot_use_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        talk = await stage.desk.send("warning.relay", warning(stage.desk.clock), "flash")
        await liar.pull()
        made = receipts.Receipt(
            from_=LIAR,
            to=stage.desk.party,
            lane=0,
            upto=1,
            hash=hash_of(liar.have[0][-1]),
            origin=f"{LIAR}/openline/log/1",
            size=1,
            at_us=1,
            refused=(receipts.Unused(1, "tpl: one that is known"),),
        )
        given = wrap(receipts.PAYLOAD_TYPE, receipts.write_receipt(made), [liar.signers["line"]]).decode()
        await liar.call(given=[given])
        await stage.until(lambda: bool(talk.unused), "it is known")
        said = "\n".join(listed(monkeypatch, capsys, shown(stage), talk.id))
        assert "NOT USABLE THERE: tpl: one that is known" in said
        assert "THEIR NODE CANNOT USE IT: tpl: one that is known" in said
        assert "THEIR NODE CANNOT USE IT" in str(page.section([shown(stage)]))

    tell(tmp_path, story)


def test_a_frame_of_a_later_version_is_a_state_of_the_line_until_it_can_be_taken(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.says(0, **FLASH)])
        later = liar.signed(liar.body(0, **FLASH) | {"v": 2})
        for _ in range(3):
            await liar.call([later])
        await stage.until(lambda: stage.line.state == "later version", "it is said")
        assert f"{LIAR} speaks a later version of the line: lane 0 number 2 cannot be taken" in stage.line.why
        assert "it needs later software" in stage.line.why

        def recorded() -> int:
            return sum(one["state"] == "later version" for one in stage.desk.bodies("line"))

        await stage.until(lambda: recorded() == 1, "it is recorded")
        await stage.until(lambda: "later version" in shown(stage)["state"], "it is shown")

        await liar.call([liar.says(0, **FLASH)])
        await stage.until(lambda: stage.line.state == "up", "it was taken in this version")
        assert recorded() == 1

    tell(tmp_path, story)


def test_nobody_else_says_which_version_a_counterpart_speaks(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        liar = stage.liar
        await liar.call([liar.signed(liar.body(0, **FLASH) | {"v": 2}, liar.signers["log"])])
        await stage.urgent_goes()
        assert stage.line.state == "up"

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("change", "verdict", "loud"),
    [
        ({}, "same", "checked: written again here from the template, the same"),
        ({"readback": []}, "differs", "DIFFERS FROM ITS TEMPLATE: not what its template says: readback"),
        ({"answers": []}, "differs", "DIFFERS FROM ITS TEMPLATE: not what its template says: answers"),
        ({"marker": "INFORMATION"}, "differs", "DIFFERS FROM ITS TEMPLATE: not what its template says: marker"),
        ({"text": {"he": "x"}}, "not checked", "NOT CHECKED against a template"),
    ],
)
def test_whether_a_text_is_what_its_template_says_is_in_every_view(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    verdict: str,
    loud: str,
) -> None:
    async def story(stage: Stage) -> None:
        await stage.liar.call([stage.liar.says(0, **{**hazard(stage), **change})])
        await stage.until(lambda: bool(stage.line.talks), "it came")
        talk = stage.desk.talk
        assert talk.checked is not None
        assert talk.checked.verdict == verdict
        said = "\n".join(listed(monkeypatch, capsys, shown(stage), talk.id))
        assert loud in said
        words = {"same": "Checked: written", "differs": "DIFFERS FROM ITS TEMPLATE", "not checked": "NOT CHECKED"}
        assert words[verdict] in str(page.section([shown(stage)]))

    tell(tmp_path, story)


def test_an_instruction_is_a_request_unless_a_grant_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story(stage: Stage) -> None:
        order = {**FLASH, "marker": "INSTRUCTION"}
        await stage.liar.call([stage.liar.says(0, **order)])
        await stage.until(lambda: len(stage.line.talks) == 1, "it came")
        first = stage.desk.talk
        said = "\n".join(listed(monkeypatch, capsys, shown(stage), first.id))
        assert said.count("they have no right to instruct us: shown as a request") == 2
        assert "they have no right to instruct us: shown as a request" in str(page.section([shown(stage)]))

        with pytest.raises(Refused):
            await stage.desk.act("line.grant", "administrator", to=LIAR, granted=True, reason=" ")
        await stage.desk.act("line.grant", "administrator", to=LIAR, granted=True, reason="agreement of 3 May, article 4")
        await stage.liar.call([stage.liar.says(0, **order)])
        await stage.until(lambda: len(stage.line.talks) == 2, "it came")
        assert stage.desk.talk.marks == ()
        assert first.marks != ()
        assert stage.desk.bodies("line")[-1]["why"] == "agreement of 3 May, article 4"
        assert shown(stage)["instructs"] is True

    tell(tmp_path, story)


def test_free_words_count_with_the_text_at_both_ends(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        many = " ".join(["word"] * 300)
        with pytest.raises(Refused) as refused:
            await stage.desk.send("warning.relay", warning(stage.desk.clock), "flash", free=many)
        assert refused.value.field == "free"
        assert not stage.line.talks
        await stage.desk.send("warning.relay", warning(stage.desk.clock), "priority", free=many)
        await stage.liar.call([stage.liar.says(0, **FLASH, free=many), stage.liar.says(0, **FLASH, free="few words")])
        await stage.until(lambda: len(stage.line.talks) == 3, "both came")
        _, long, short = stage.line.talks.values()
        assert long.marks == ("TOO LONG for FLASH: 304 words with their own; 200 are allowed",)
        assert short.marks == ()

    tell(tmp_path, story)
