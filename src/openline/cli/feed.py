"""`openline feed …`."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from openline.cli.say import as_json as print_json
from openline.cli.say import out, table
from openline.errors import Refused
from openline.feeds.report import Refusal, Report

SHOWN = 10


def list_feeds(node: Path, as_json: bool) -> None:
    """Feeds of the running node."""
    from openline.node.doors.control import call

    feeds = call(node, {"do": "state"})["feeds"]
    if as_json:
        print_json(feeds)
        return
    rows = [(f["source"], f["kind"], f["state"], f["since"], f["reports"], f["refused"], f["why"] or "") for f in feeds]
    table(("feed", "kind", "state", "since", "reports", "refused", "why"), rows)
    for one in feeds:
        for refusal in one["refusals"][-3:]:
            out(f"{one['source']}: refused {refusal['field']} {refusal['value']}; accepted: {refusal['accepted']}")


def read_file(file: Path, kind: str, as_json: bool) -> int:
    """Decode a file as a feed would. 1 when it gave no report."""
    found = list(_decoded(file, kind))
    reports = [one for one in found if isinstance(one, Report)]
    refusals = [one for one in found if isinstance(one, Refusal)]
    movers = Counter(one.mover for one in reports)
    if as_json:
        shown: list[Any] = [msgspec.to_builtins(one) for one in refusals[:SHOWN]]
        print_json({"reports": len(reports), "movers": len(movers), "refused": len(refusals), "refusals": shown})
        return 0 if reports else 1
    out(f"{len(reports)} reports of {len(movers)} movers; {len(refusals)} refused")
    if movers:
        table(("mover", "reports"), movers.most_common(SHOWN))
    for one in refusals[:SHOWN]:
        out(f"refused {one.position or ''}: {one.field} {one.value}; accepted: {one.accepted}")
    return 0 if reports else 1


def _decoded(file: Path, kind: str) -> Any:
    from openline.feeds import KINDS, decoder
    from openline.feeds.framing import frame
    from openline.node.archive import HEARD_NS, read_tracks
    from openline.node.places import read

    if not kind:
        for piece in read_tracks(file, {}, lambda _: None, "FILE"):
            yield from piece
        return
    if kind not in KINDS:
        raise Refused("--kind", kind, ", ".join(KINDS))
    data = read(file, "FILE")
    reader = decoder(kind, file.name)
    yield from reader.receive(data if kind in ("sbs", "ndjson", "csv") else frame(data), HEARD_NS)
    yield from reader.finish(HEARD_NS)
