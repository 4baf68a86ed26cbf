"""`openline export`, `verify`, `replay`: the record as evidence."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, progress
from openline.errors import Refused
from openline.record.verdict import NOT_COMPARED, Fault, Verdict


def run_export(folder: Path, place: Path, first: int, end: int | None, scope: str, as_json: bool) -> None:
    """Write a bundle from a node's record, whether or not the node runs; a running node records that it was made."""
    from openline.node.exporting import export_bundle

    if first < 0:
        raise Refused("--first", first, "0 or more")
    if end is not None and end <= first:
        raise Refused("--end", end, f"a number above --first, which is {first}")
    with progress(as_json) as moved:
        made = export_bundle(folder, place, first, end, scope, lambda done, of: moved("exporting", done, of))
    if as_json:
        print_json(made)
        return
    out(f"{place}: entries {first} to {made['end'] - 1} of {made['size']}, {made['bytes'] / 1e6:.1f} MB")
    out(f"  root key to read to the other side: {made['root_key']}")
    own = "unzip it and run python3 verify.py there" if place.suffix == ".zip" else f"python3 {place}/verify.py"
    out(f"  verify with: openline verify {place}   or, without Openline: {own}")


def run_verify(bundles: list[Path], roots: list[str], as_json: bool) -> int:
    """0 when every bundle holds and two of them do not contradict each other, else 1.

    Raises what the words typed are wrong in: no fingerprint, no bundle.
    """
    from openline.node.exporting import refuse_no_bundle

    fingerprints = [one for one in map(_fingerprint, roots) if one]
    for path in bundles:
        refuse_no_bundle(path)
    said: list[dict[str, Any]] = []
    for path in bundles:
        verdict = _verified(path, fingerprints)
        said.append(_plain(path, verdict))
        if as_json:
            continue
        if verdict.fault is not None:
            out(f"BAD   {path}\n      {verdict.fault.says()}")
            continue
        out(f"GOOD  {path}")
        counts = f"{verdict.entries_count} of {verdict.size} entries, {verdict.objects_count} objects"
        out(f"      {verdict.party}, log {verdict.origin}: {counts}")
        out(f"      root key {verdict.root_key}" + (", as you were told" if fingerprints else ""))
        for remark in verdict.remarks:
            out(f"      note: {remark}" + (", then give it here with --root" if remark == NOT_COMPARED else ""))
    good = all(one["good"] for one in said)
    if len(bundles) == 2:
        return _judge(bundles, said, as_json) if good else _unjudged(said, as_json)
    if as_json:
        print_json(said)
    return 0 if good else 1


def _verified(path: Path, fingerprints: list[str]) -> Verdict:
    """The verdict on one bundle; with several fingerprints, its root key must be one of them."""
    from openline.node.exporting import verify_path

    if len(fingerprints) < 2:
        return verify_path(path, root_key=next(iter(fingerprints), None))
    verdict = verify_path(path)
    if verdict.good and verdict.root_key not in fingerprints:
        what = f"the root key is {verdict.root_key}, expected one of the {len(fingerprints)} you were told"
        return Verdict(fault=Fault(file="keys/manifest", what=what))
    return msgspec.structs.replace(verdict, remarks=tuple(one for one in verdict.remarks if one != NOT_COMPARED))


def _judge(bundles: list[Path], said: list[dict[str, Any]], as_json: bool) -> int:
    """Two bundles that hold, against each other."""
    from openline.line.judge_words import lines
    from openline.node.exporting import judge_paths

    judged = judge_paths(*bundles)
    if as_json:
        print_json({"bundles": said, "judged": msgspec.to_builtins(judged)})
    else:
        out("")
        for line in lines(judged):
            out(line)
    return 1 if judged.contradicted else 0


def _unjudged(said: list[dict[str, Any]], as_json: bool) -> int:
    if as_json:
        print_json({"bundles": said, "judged": None})
    else:
        out("\nThe two are not held against each other: what does not hold is no evidence.")
    return 1


def _fingerprint(root: str) -> str:
    """A fingerprint as it was typed, in groups or not. Raises `Refused`."""
    plain = root.replace(" ", "").replace(":", "").lower()
    if root and not re.fullmatch("[0-9a-f]{64}", plain):
        remedy = "Ask the party to read the whole fingerprint out again; `openline export` and `openline init` print it."
        raise Refused("--root", root, "a fingerprint: 64 hexadecimal digits, in groups or not", remedy=remedy)
    return plain


def _plain(path: Path, verdict: Verdict) -> dict[str, Any]:
    return {
        "bundle": str(path),
        "good": verdict.good,
        "fault": verdict.fault.says() if verdict.fault else None,
        "party": verdict.party,
        "origin": verdict.origin,
        "size": verdict.size,
        "root": verdict.root,
        "root_key": verdict.root_key,
        "entries": verdict.entries_count,
        "objects": verdict.objects_count,
        "redacted": verdict.redacted_count,
        "withheld": verdict.withheld_count,
        "remarks": list(verdict.remarks),
    }


def run_replay(folder: Path, as_json: bool) -> int:
    """0 when everything the record says followed from its inputs follows again."""
    from openline.node.replaying import replay_record

    with progress(as_json) as moved:
        result = replay_record(folder, lambda done, of: moved("replaying", done, of))
    if as_json:
        print_json(result)
        return 0 if result["same"] else 1
    out(f"{result['batches']} batches and {result['inputs']} inputs stepped again:")
    out(f"{result['outputs']} outputs, {result['findings']} of them findings.")
    others = [one for one in result["recorded_by"] if one != result["software"]]
    if others:
        out(f"Recorded by openline {', '.join(others)}; this is {result['software']}. Other software may find other things.")
    if result["same"]:
        out(f"Every output is byte for byte the recorded one. SHA-256 of the findings: {result['sha256']}")
        return 0
    out(f"DIFFERS first at entry {result['entry']}: {result['what']}")
    note(json.dumps(result, ensure_ascii=False))
    return 1
