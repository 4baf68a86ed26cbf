"""What the check of a played day says of its line where nothing was said over it."""

from pathlib import Path

from openline.node.played.line_check import convicted, statuses_wrong


def test_two_empty_boards_are_no_agreement() -> None:
    assert statuses_wrong([], []) == ["the day's message was not sent"]


def test_boards_that_differ_are_named() -> None:
    assert "[('m', 'yes')] here, [] there" in statuses_wrong([("m", "yes")], [])[0]


def test_boards_that_agree_are_nothing_wrong() -> None:
    assert statuses_wrong([("m", "yes")], [("m", "yes")]) == []


def test_a_bundle_without_a_message_convicts_nobody_and_raises_nothing(tmp_path: Path) -> None:
    bundle = tmp_path / "a.zip"
    bundle.write_bytes(b"no message")

    assert not convicted(bundle)
