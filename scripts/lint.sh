#!/usr/bin/env bash
# What can be known without running anything: style, types, import contracts. `make lint` adds the house rules of tests/house.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh
BIN=${OPENLINE_VENV:-.venv}/bin

step "ruff"
"$BIN/ruff" check --quiet .
step "types (mypy --strict)"
"$BIN/mypy"
step "import contracts"
"$BIN/lint-imports" --no-cache > build.lint.log 2>&1 || { cat build.lint.log >&2; rm -f build.lint.log; stop "an import contract is broken"; }
rm -f build.lint.log
if [ -d web/node_modules ]; then
  step "the console's types"
  (cd web && ../scripts/npm.sh run --silent check)
fi
