"""`openline demo --check`: the scenario in steps, its findings, its record exported, verified and replayed, its promises
compared.
"""

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from openline.clock import NS_PER_S
from openline.flow import Output
from openline.node.audit import EVENTS, finding_line, order
from openline.node.exporting import export_bundle, verify_path
from openline.node.played.demo import Demo
from openline.node.played.line_check import both_ends
from openline.node.played.motion import Scenario
from openline.node.played.says import Closest, broken
from openline.node.replaying import replay_record
from openline.watch.finding import Finding

Moved = Callable[[str, int, int], None]


async def checked(scenario: Scenario, folder: Path, moved: Moved, say: Callable[[str], None]) -> dict[str, Any]:
    """Findings, what was said of them, and everything that is not as it should be. `say` is told what the node says."""
    began_s = time.monotonic()
    last: dict[str, Finding] = {}
    closest = Closest(scenario)

    def hear(outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output.thing, Finding):
                last[output.thing.id] = output.thing
        closest.look(demo.node.loop.world)
        played_s = (demo.clock.now_ns() - scenario.start_ns) // NS_PER_S
        moved("seconds of the story played", int(played_s), int((scenario.end_ns - scenario.start_ns) // NS_PER_S))

    bundle = folder / f"{scenario.id}.zip"
    bundle.unlink(missing_ok=True)
    wrong: list[str] = []
    async with Demo(scenario, None, 0, say) as demo:
        demo.node.loop.hear = hear
        played = await demo.play()
        wrong += [f"act refused: {why}" for why in demo.refused] + [f"phone refused: {why}" for why in played.refused]
        wrong += feeds_wrong(scenario, demo)
        home = demo.folder / "node"
        exporting = partial(moved, "exporting the record")
        made = await asyncio.to_thread(export_bundle, home, bundle, 0, None, f"scenario {scenario.id}", exporting)
        replayed = await asyncio.to_thread(replay_record, home, partial(moved, "replaying the record"))
        line_said, line_wrong = await asyncio.to_thread(both_ends, demo, bundle, moved)
    findings = sorted((f for f in last.values() if f.event in EVENTS), key=order)
    lines = [finding_line(finding) for finding in findings]
    findings_file = folder / "findings.ndjson"
    findings_file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    moved("verifying the bundle", 0, 0)
    verdict = await asyncio.to_thread(verify_path, bundle, root_key=made["root_key"])
    if not verdict.good:
        wrong.append(f"the exported record does not verify: {verdict.fault.says() if verdict.fault else ''}")
    if not replayed["same"]:
        wrong.append(f"the record does not replay: entry {replayed['entry']}: {replayed['what']}")
    wrong += line_wrong
    promises, unkept = broken(scenario, lines, closest)
    averted, revised = len(last) - len(findings), replayed["findings"] - len(last)
    above = [f"the {len(findings)} above as first said", f"{revised} later and better statements of them"]
    above += [f"{averted} averted approaches"] if averted else []
    again = f"replayed  {replayed['findings']} entries of findings in the record, each byte for byte the same:\n"
    again += f"          {', '.join(above)}"
    said = [*promises, *line_said, again if replayed["same"] else ""]
    return {
        "findings": lines,
        "findings_file": str(findings_file),
        "bundle": str(bundle),
        "good": verdict.good,
        "wrong": wrong + unkept,
        "said": [line for line in said if line],
        "seconds": round(time.monotonic() - began_s, 1),
    }


def feeds_wrong(scenario: Scenario, demo: Demo) -> list[str]:
    """Feeds that refused something no line of the scenario spoils, or refused nothing where one does."""
    spoilt = {one.feed for one in scenario.spoilt}
    wrong = []
    for name, feed in demo.node.loop.world.feeds.items():
        if feed.refused and name not in spoilt:
            wrong.append(f"feed {name} refused {feed.refused}: {feed.refusals[-1].field} {feed.refusals[-1].value}")
        if not feed.refused and name in spoilt:
            wrong.append(f"feed {name} took a line the scenario spoils")
    return wrong
