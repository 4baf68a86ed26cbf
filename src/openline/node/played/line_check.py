"""The line of a day, looked at from both ends: the counterpart's record, what both say of who is warned, the two bundles
judged, and a tampered copy of each, which must be convicted.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from openline.clock import NS_PER_US
from openline.flow.talk import Talk
from openline.line import custody, custody_words
from openline.line.judge_words import verdict as in_words
from openline.node.exporting import export_bundle, judge_paths, verify_path
from openline.node.played.demo import Demo
from openline.node.replaying import replay_record
from openline.node.running import Node

Moved = Callable[[str, int, int], None]
MARK: Final = b'"k":"msg.'  # stands in the header of every message's entry


def both_ends(demo: Demo, ours: Path, moved: Moved) -> tuple[list[str], list[str]]:
    """(what is said, what is wrong); nothing where the day has no counterpart. `ours` is our own bundle."""
    other = demo.counterpart
    if other is None:
        return [], []
    home = demo.folder / "counterpart"
    theirs = ours.with_name(f"{demo.scenario.id}-{demo.scenario.counterpart_party}.zip")
    theirs.unlink(missing_ok=True)
    scope = f"scenario {demo.scenario.id}"
    made = export_bundle(home, theirs, 0, None, scope, partial(moved, "exporting the counterpart's record"))
    found = verify_path(theirs, root_key=made["root_key"])
    said = [f"line      {sentence}" for sentence in sentences(demo.node)]
    said.append(f"bundle    {'GOOD' if found.good else 'BAD'}: the counterpart's, exported and verified")
    wrong = [] if found.good else [f"the counterpart's record does not verify: {found.fault.says() if found.fault else ''}"]
    replayed = replay_record(home, partial(moved, "replaying the counterpart's record"))
    if not replayed["same"]:
        wrong.append(f"the counterpart's record does not replay: entry {replayed['entry']}: {replayed['what']}")
    wrong += statuses_wrong(status_of(demo.node), status_of(other))
    for node in (demo.node, other):
        if not node.store.cosignatures():
            wrong.append(f"nobody cosigned the log of {node.loop.rules.party}")
    if not wrong:
        judged = judge_paths(ours, theirs)
        said.append(f"judged    {in_words(judged)}")
        wrong += [f"the two records contradict each other: {in_words(judged)}"] if judged.contradicted else []
        wrong += [f"a tampered copy of {one.name} was taken for good" for one in (ours, theirs) if not convicted(one)]
        said.append("tampered  a copy of each record with one bit changed is refused")
    return said, wrong


def statuses_wrong(here: list[tuple[str, str]], there: list[tuple[str, str]]) -> list[str]:
    """What is wrong with what both ends say of who is warned. Two empty boards agree on nothing: the day has a message."""
    if not here:
        return ["the day's message was not sent"]
    return [f"the two ends differ on who is warned: {here} here, {there} there"] if here != there else []


def convicted(bundle: Path) -> bool:
    """Whether a copy with one bit of a message's entry changed fails. A bundle that holds no message convicts nobody."""
    data = bytearray(bundle.read_bytes())
    at = data.find(MARK)
    if at < 0:
        return False
    data[at + len(MARK)] ^= 1
    copy = bundle.with_suffix(".tampered.zip")
    try:
        copy.write_bytes(data)
        return not verify_path(copy).good
    finally:
        copy.unlink(missing_ok=True)


def status_of(node: Node) -> list[tuple[str, str]]:
    """Every message that is passed on to units, and how far they are warned."""
    return sorted((talk.id, custody.status(talk.chain)) for talk in carried(node) if talk.chain is not None)


def carried(node: Node) -> list[Talk]:
    """Every message of a node's lines that is passed on to units."""
    return [talk for line in node.loop.world.lines.values() for talk in line.talks.values() if talk.chain is not None]


def sentences(node: Node) -> list[str]:
    """What a node's custody board says of each."""
    now_us = node.loop.now_ns() // NS_PER_US
    own = node.loop.rules.party
    return [
        f"{talk.id}: {custody_words.headline(talk.chain, own, now_us, talk.timers)}"
        for talk in carried(node)
        if talk.chain is not None
    ]
