"""A log under a new name: what it admits, what it hides, and what it says otherwise than it signed."""

from types import SimpleNamespace
from typing import Any

from openline.line.judge_epochs import Seen, judged
from openline.line.judge_said import Evidence

WHERE = Evidence("north.example", "a checkpoint")
ROOTS = {5: b"r" * 32, 9: b"s" * 32}


def record(*says: dict[str, Any], origin: str = "south.example/openline/log/2", left_out: bool = False) -> Any:
    bodies = {"log": [SimpleNamespace(index=20 + i, says=one) for i, one in enumerate(says)]}
    head = SimpleNamespace(origin=origin)
    return SimpleNamespace(
        party="south.example",
        opened=SimpleNamespace(head=head),
        bodies=bodies,
        lacks=lambda kind: left_out,
        at=lambda entry, says: Evidence("south.example", says, entry),
    )


def admits(size: int, before: int = 1, name: int = 2) -> dict[str, Any]:
    log = "south.example/openline/log/"
    return {"before": f"{log}{before}", "name": f"{log}{name}", "size": size}


def seen(size: int, root: bytes, epoch: int = 1) -> Seen:
    return Seen(f"south.example/openline/log/{epoch}", size, root, WHERE)


def grades(owner: Any, *heads: Seen) -> list[str]:
    return [one.grade for one in judged(owner, heads, ROOTS)]


def test_a_new_name_without_a_word_contradicts_what_was_signed_under_the_old_one() -> None:
    assert grades(record(), seen(5, ROOTS[5])) == ["contradicted"]


def test_where_the_word_may_be_left_out_it_cannot_be_told() -> None:
    assert grades(record(left_out=True), seen(5, ROOTS[5])) == ["untold"]


def test_what_stood_before_the_stop_must_be_what_was_signed() -> None:
    assert grades(record(admits(9)), seen(5, ROOTS[5]), seen(9, ROOTS[9])) == []
    assert grades(record(admits(9)), seen(5, b"x" * 32)) == ["contradicted"]


def test_what_came_after_the_stop_is_lost_and_admitted() -> None:
    (found,) = judged(record(admits(9)), [seen(12, b"x" * 32)], ROOTS)
    assert found.grade == "untold"
    assert "12 entries" in found.says


def test_names_follow_each_other_and_none_is_passed_over() -> None:
    owner = record(admits(5), admits(9, 2, 3), origin="south.example/openline/log/3")
    assert grades(owner, seen(12, b"x" * 32), seen(12, b"y" * 32, 2)) == ["untold", "untold"]
    alone = record(admits(9, 2, 3), origin="south.example/openline/log/3")
    assert grades(alone, seen(12, b"x" * 32)) == ["contradicted"]
