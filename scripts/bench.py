"""Run the benchmarks of bench/, one after another, and print what each says: `bench.py [NAME...]`.

A benchmark is a file bench/NAME.py that prints lines of JSON on its standard output, each with at least `name`, `value` and
`unit`, and talks on the other. Names that start with an underscore are parts, not benchmarks. The lines are passed on as they
come. The end is a table, and bench/out.json: a list of {name, value, unit, peer, peer_value, ratio} of this run, where `ratio`
is value over peer_value and the last three are null without a peer. Numbers belong to their machine: compare within one run.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
OUT: Final = ROOT / "bench" / "out.json"
FIELDS: Final = ("name", "value", "unit", "peer", "peer_value", "ratio")
WITHIN_S: Final = 900.0  # one benchmark; the longest takes about four minutes on two quiet processors

Row = dict[str, Any]


def benchmarks() -> dict[str, Path]:
    """Name → file."""
    return {path.stem: path for path in sorted((ROOT / "bench").glob("*.py")) if not path.stem.startswith("_")}


def taken(line: str) -> Row:
    """The six fields of a benchmark's line; ValueError where it is no such line."""
    said = json.loads(line)
    if not isinstance(said, dict) or any(said.get(field) is None for field in FIELDS[:3]):
        raise ValueError(line)
    return {field: said.get(field) for field in FIELDS}


def run(name: str, path: Path) -> tuple[bool, list[Row]]:
    """Run one and show its lines; whether it ended well and said only JSON, and its rows."""
    print(f"▸ {name}", file=sys.stderr, flush=True)
    process = subprocess.Popen([sys.executable, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    # As Ctrl-C does, so that it stops the node it started.
    late = threading.Timer(WITHIN_S, process.send_signal, [signal.SIGINT])
    late.start()
    rows, well = [], True
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            try:
                rows.append(taken(line))
            except ValueError:
                print(f"!! {name}: not a line of JSON with {', '.join(FIELDS[:3])}", file=sys.stderr)
                well = False
    finally:
        code = process.wait()
        late.cancel()
    if code != 0:
        print(f"!! {name} failed ({code})", file=sys.stderr)
    return well and code == 0 and bool(rows), rows


def table(rows: list[Row]) -> str:
    """One line a row: name, value, unit, and what it is compared with."""
    width = max(len(row["name"]) for row in rows)
    lines = []
    for row in rows:
        line = f"{row['name']:<{width}}  {row['value']:>12,.2f} {row['unit']:<10}"
        if row["peer"]:
            line += f" {row['ratio']:>8,.2f} x {row['peer']} ({row['peer_value']:,.2f})"
        lines.append(line.rstrip())
    return "\n".join(lines)


def main(names: list[str]) -> int:
    """Exit code: 0 when every benchmark asked for ended well."""
    known = benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        print(f"not in bench/: {', '.join(unknown) or 'any benchmark'}; there: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    failed = []
    for name in names or known:
        well, said = run(name, known[name])
        rows += said
        if not well:
            failed.append(name)
        OUT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if rows:
        print(f"\n{table(rows)}\n", file=sys.stderr)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load of the last minute {load:.2f}; bench/out.json is written", file=sys.stderr)
    if failed:
        print(f"!! did not end well: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
