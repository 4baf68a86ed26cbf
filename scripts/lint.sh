#!/usr/bin/env bash
# What can be known without running anything: style, types, import contracts. All of it is said before it fails.
# `make lint` adds the house rules of tests/house.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh
BIN=${OPENLINE_VENV:-.venv}/bin
failed=()

step "ruff"
"$BIN/ruff" check --quiet --output-format concise . || failed+=(ruff)
step "types (mypy --strict)"
"$BIN/mypy" --no-error-summary || failed+=(types)
step "import contracts"
said=$("$BIN/lint-imports" --no-cache 2>&1) || { sed -n '/^Broken contracts/,$p' <<< "$said"; failed+=("import contracts"); }
if [ -d web/node_modules ]; then
  step "the console's types"
  (cd web && ../scripts/npm.sh run --silent check) || failed+=("the console's types")
fi
[ ${#failed[@]} = 0 ] || stop "not clean: $(IFS=,; echo "${failed[*]}")"
