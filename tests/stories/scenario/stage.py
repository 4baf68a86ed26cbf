"""A scenario driven through the flow without a node, and the findings it makes in the words of `openline audit`."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from openline.clock import NS_PER_S, to_rfc3339
from openline.flow import Output, Rules, State, step
from openline.flow.state import FeedRules
from openline.inbox import Act, Bytes, Tick
from openline.node.played.feeds import acts_of
from openline.node.played.frames import by_second
from openline.node.played.scenario import Scenario
from openline.watch.finding import Finding

ROOT = Path(__file__).resolve().parents[3]
FILES = ROOT / "src" / "openline" / "node" / "scenarios"
ORACLE = ROOT / "tests" / "stories" / "oracle_at_tanf.py"


def oracle(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The oracle run as its users run it."""
    return subprocess.run([sys.executable, str(ORACLE), *arguments], capture_output=True, text=True, timeout=60, check=False)


def flow_outputs(scenario: Scenario) -> tuple[State, list[Output]]:
    """Everything the flow says of a scenario, second by second."""
    state = State()
    rules = Rules(
        party=scenario.node_party,
        feeds=tuple(FeedRules(feed.id, feed.kind, mover_class=_class_of(scenario, feed.id)) for feed in scenario.feeds),
    )
    outputs: list[Output] = []
    seq = iter(range(1, 10_000_000))
    acts = acts_of(scenario)
    first = Act(next(seq), scenario.start_ns, "node", "node", "node.rules", msgspec.to_builtins(rules))
    outputs += step(state, [first], scenario.start_ns)
    for second_ns, frames in by_second(scenario):
        given: list[Any] = []
        while acts and acts[0].at_ns <= second_ns:
            act = acts.pop(0)
            given.append(Act(next(seq), second_ns, act.who, act.role, act.name, act.body))
        given += [Bytes(next(seq), frame.source, frame.at_ns, frame.data) for frame in frames]
        outputs += step(state, [*given, Tick(next(seq), second_ns)], second_ns)
    return state, outputs


def _class_of(scenario: Scenario, feed_id: str) -> str:
    """The class that `Stage.feed_rows` gives phones, which state none."""
    kind = scenario.feed(feed_id).kind
    return "vehicle" if kind == "osmand" else "unknown"


def finding_rows(outputs: list[Output]) -> list[dict[str, Any]]:
    """Findings as rows of an audit, every revision in order."""
    return [_row(output.thing) for output in outputs if output.kind == "finding"]


def _row(finding: Finding) -> dict[str, Any]:
    row = {
        name: getattr(finding, name)
        for name in ("id", "mover", "zone", "ring", "event", "certainty", "depth_m", "deepest_m", "to_boundary_s")
    }
    return row | {"time": to_rfc3339(finding.at_ns), "lat": finding.lat_deg, "lon": finding.lon_deg}


def after_s(scenario: Scenario, seconds: float) -> int:
    """An instant of the scenario."""
    return scenario.start_ns + round(seconds * NS_PER_S)
