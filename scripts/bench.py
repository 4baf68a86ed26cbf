"""Run the benchmarks of bench/, one after another, and print what each says: `bench.py [NAME...]`.

A benchmark is a file bench/NAME.py that prints JSON on its standard output and talks, if it must, on the other. Names that
start with an underscore are parts, not benchmarks. Numbers belong to their machine: compare within one run.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def benchmarks() -> dict[str, Path]:
    """Name → file."""
    return {path.stem: path for path in sorted((ROOT / "bench").glob("*.py")) if not path.stem.startswith("_")}


def run(name: str, path: Path) -> bool:
    """Run one, show its JSON; whether it ended well and printed JSON."""
    print(f"▸ {name}", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    if done.returncode != 0:
        print(f"!! {name} failed ({done.returncode})", file=sys.stderr)
        return False
    try:
        for line in done.stdout.splitlines():
            json.loads(line)
    except ValueError:
        try:
            json.loads(done.stdout)
        except ValueError:
            print(f"!! {name} printed something that is not JSON", file=sys.stderr)
            return False
    return True


def main(names: list[str]) -> int:
    """Exit code: 0 when every benchmark asked for ended well."""
    known = benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        print(f"not in bench/: {', '.join(unknown) or 'any benchmark'}; there: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    results = [run(name, known[name]) for name in names or known]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
