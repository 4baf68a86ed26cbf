#!/usr/bin/env bash
# Compiles requirements/*.txt: every version pinned, every file hashed, no index named. `make lock` keeps what is pinned and adds
# what is missing; `UPGRADE=1 make lock` takes the newest of everything. Look at the diff, and at docs/decisions/0002.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PIP_CONSTRAINT PIP_REQUIREMENT PIP_USER PIP_TARGET PIP_PREFIX
compile() {
  local out=$1 source=$2
  echo "lock: $out"
  .venv/bin/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-header ${UPGRADE:+--upgrade} \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o "requirements/$out" "$source"
}
compile run.txt pyproject.toml
compile build.txt requirements/build.in
compile apprise.txt requirements/apprise.in
compile dev.txt requirements/dev.in
compile node.txt requirements/node.in
# These are wanted for the files they carry, so what they depend on is neither resolved nor installed.
carried() {
  local work name
  echo "lock: $1.txt"
  work=$(mktemp -d)
  .venv/bin/pip download --quiet --no-deps --only-binary :all: -d "$work" -r "requirements/$1.in"
  for name in $(grep -o '^[a-z].*==.*' "requirements/$1.in"); do
    echo "$name \\"
    .venv/bin/pip hash "$work/$(echo "${name%%==*}" | tr - _)"-*.whl | sed -n 's/^--hash/    --hash/p'
  done > "requirements/$1.txt"
  rm -rf "$work"
}
carried traffic
carried basemap
