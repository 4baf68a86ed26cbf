"""`openline demo`: look at a scenario live, or check it headless."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from openline.cli.say import note, out, progress, table
from openline.cli.serve import node_says, refuse_port, until_told
from openline.errors import PortTaken, Refused
from openline.kernels.warm import will_be_quick

STAY_S = 24 * 3600.0  # how long after the story those who stay go on being reported, while somebody looks


def play_demo(scenario_name: str, check: bool, keep: Path | None, speed: float | None, port: int) -> int:
    """0 when the demo was looked at, or checked and found as the scenario says."""
    from openline.node.played import scenario as scenarios

    if keep is not None and not check:
        raise Refused("--out", str(keep), "only together with --check")
    if speed is not None and not 0.1 <= speed <= 1000:
        raise Refused("--speed", speed, "0.1 to 1000 times real time")
    refuse_port(port)
    scenario = scenarios.load(scenario_name)
    if not check:
        try:
            asyncio.run(_look(scenario, speed or scenario.speed, port))
        except PortTaken as taken:
            remedy = "--port 0 takes a free one; from a checkout: make demo ARGS='--port 0'. It may be another demo that runs."
            raise PortTaken(taken.message, remedy=remedy) from None
        return 0
    with tempfile.TemporaryDirectory(prefix="openline-check-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_check(scenario, folder, keep is not None))


async def _look(scenario: Any, speed: float, port: int) -> None:
    from openline.node.played.demo import ADMINISTRATOR, PASSWORD, Demo

    minutes = (scenario.end_ns - scenario.start_ns) / 60e9
    note(f"{scenario.title}: {minutes:.0f} minutes of story in {minutes / speed:.1f}, through real feeds into a real node.")
    async with Demo(scenario, speed, port, node_says(will_be_quick())) as demo:
        out(f"Console: {demo.url}   sign in as {ADMINISTRATOR} with the password: {PASSWORD}")
        if demo.counterpart_url:
            out(f"The counterpart's console, {scenario.counterpart_party}: {demo.counterpart_url}   the same name and password")
        note("Everything is an EXERCISE. Notification is not permission and guarantees nothing. Ctrl-C ends the demo.")
        await until_told(_told(demo))


async def _told(demo: Any) -> None:
    playing = asyncio.create_task(demo.play(STAY_S))
    try:
        await _follow(demo, playing)
        playing.result()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def _follow(demo: Any, playing: asyncio.Task[Any]) -> None:
    """Say what a person who watches needs: links as they are made, and that the story is over."""
    shown, over = 0, False
    while not playing.done():
        await asyncio.wait((playing,), timeout=0.5)
        for to, link in demo.links[shown:]:
            out(f"Guest link for the {to}, as somebody without an account opens it: {link}")
        shown = len(demo.links)
        if not over and demo.clock.now_ns() >= demo.scenario.end_ns:
            over = True
            note("The story is told; whoever stayed goes on being reported, at the pace of the world. Ctrl-C ends the demo.")


async def _check(scenario: Any, folder: Path, kept: bool) -> int:
    """Play, print, export, verify, replay, compare."""
    from openline.node.played.demo_check import checked

    minutes = (scenario.end_ns - scenario.start_ns) / 60e9
    note(f"{scenario.title}: {minutes:.0f} minutes of story, played as fast as it goes into a node of its own")
    says = (lambda _: None) if will_be_quick() else note
    with progress() as moved:
        result = await checked(scenario, folder, moved, says)
    table(*findings_table(result["findings"]))
    for line in result["said"]:
        out(line)
    out(f"bundle    {'GOOD' if result['good'] else 'BAD'}: exported and verified")
    if kept:
        out(f"written   {result['bundle']}")
        out(f"written   {result['findings_file']}")
    for wrong in result["wrong"]:
        out(f"WRONG     {wrong}")
    out(f"{'WRONG' if result['wrong'] else 'GOOD '}     {_ending(result['wrong'])} ({result['seconds']:.0f} s)")
    return 1 if result["wrong"] else 0


def _ending(wrong: list[str]) -> str:
    return f"{len(wrong)} things are not as the scenario says" if wrong else "everything is as the scenario says"


def findings_table(findings: list[dict[str, Any]]) -> tuple[tuple[str, ...], list[tuple[object, ...]], str]:
    """Columns, rows and title, narrow enough for 80 columns: what is the same in every row stands in the title."""
    days, zones = {f["time"][:10] for f in findings}, {f["zone"] for f in findings}
    one_day, one_zone = len(days) == 1, len(zones) == 1
    title = f"{len(findings)} findings" + (f", zone {zones.copy().pop()}" if one_zone else "")
    title += f", {days.copy().pop()}, times in UTC" if one_day else ", times in UTC"
    columns = ("time", "mover", *(() if one_zone else ("zone",)), "ring", "event", "certainty", "deepest m")
    rows: list[tuple[object, ...]] = []
    for f in findings:
        deepest_m = f.get("deepest_m") or f.get("depth_m")  # of an entry 0, of an approach nothing
        shown = f"{deepest_m:,.0f}" if deepest_m else ""
        when = f["time"][11:21] if one_day else f["time"][:21]
        rows.append((when, f["mover"], *(() if one_zone else (f["zone"],)), f["ring"], f["event"], f["certainty"], shown))
    return columns, rows, title
