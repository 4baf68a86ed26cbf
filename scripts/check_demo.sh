#!/usr/bin/env bash
# `make demo CHECK=1`: a day played headless into a real node, then compared with what a program without Openline computes of it.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh
BIN=${OPENLINE_VENV:-.venv}/bin
scenario=${1:-at-tanf}
out=${2:-}
kept=$out
if [ -z "$out" ]; then
  out=$(mktemp -d)
  trap 'rm -rf "$out"' EXIT
fi
"$BIN/openline" demo "$scenario" --check --out "$out"
file=$scenario
[ -f "$file" ] || file=src/openline/node/scenarios/$scenario.toml
step "the same day computed by the test suite's oracle, which imports nothing of Openline"
"$BIN/python" tests/stories/oracle_at_tanf.py "$file" --compare "$out/findings.ndjson"
[ -n "$kept" ] || step "what was written is removed again; OUT=DIR keeps it"
