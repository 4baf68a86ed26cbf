#!/usr/bin/env bash
# What `make test` and CI run, in the order that fails fastest. pytest comes last, so that its closing line is the last line.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh
BIN=${OPENLINE_VENV:-.venv}/bin

scripts/lint.sh
scripts/check_wheel.sh
if [ -d web/test ]; then
  step "the console's own tests"
  (cd web && ../scripts/npm.sh run --silent test)
fi
# Playwright keeps an event loop running in its process, in which no other test could start one: browsers get processes of their own.
BROWSERS=(tests/browser tests/rooms/node/test_pages_browser.py)
for one in "${BROWSERS[@]}"; do
  step "in a real browser: $one"
  "$BIN/python" -m pytest -q "$one"
done
step "tests, two at a time"
"$BIN/python" -m pytest -q -n 2 --dist loadfile "${BROWSERS[@]/#/--ignore=}" "$@"
