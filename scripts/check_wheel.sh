#!/usr/bin/env bash
# A wheel is built, and a second one from the source distribution without Node.js; the first is installed with no index, and with no
# network where the machine lets us cut it, into an empty virtual environment, where `openline` must answer and the console be found.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh
VENV=${OPENLINE_VENV:-.venv}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
PYTHON=$(cd "$VENV/bin" && pwd)/python

step "a wheel and a source distribution"
build() { # what hatchling says matters only when it fails
  local log=$WORK/build.log
  "$PYTHON" -m hatchling build "$@" > "$log" 2>&1 || { cat "$log" >&2; stop "no wheel came of it"; }
}
build --target wheel --target sdist --directory "$WORK/dist"

step "the same wheel out of the source distribution, without Node.js"
mkdir "$WORK/sdist"
tar -xzf "$WORK"/dist/*.tar.gz -C "$WORK/sdist" --strip-components 1
(
  cd "$WORK/sdist"
  export PATH=/usr/bin:/bin
  mkdir "$WORK/bin" && for name in npm node; do printf '#!/bin/sh\nexit 127\n' > "$WORK/bin/$name"; done # found, and useless
  chmod +x "$WORK"/bin/*
  PATH="$WORK/bin:$PATH" build --target wheel --directory "$WORK/again"
)
names() { "$PYTHON" -m zipfile --list "$1" | awk 'NR > 1 {print $1}' | sort; }
diff <(names "$WORK"/dist/*.whl) <(names "$WORK"/again/*.whl) >&2 || stop "the wheel built from the source distribution holds other files"

house=$VENV/wheelhouse
want=$(sha256sum < requirements/run.txt)
if [ "$(cat "$house/.stamp" 2> /dev/null)" != "$want" ]; then
  step "the runtime's wheels, kept in $house (150 MB)"
  rm -rf "$house"
  "$PYTHON" -m pip download --quiet --require-hashes --only-binary :all: --dest "$house" --requirement requirements/run.txt
  echo "$want" > "$house/.stamp"
fi

step "installed offline in an empty place"
"$PYTHON" -m venv "$WORK/clean"
cut=()
if unshare --net --map-root-user true 2> /dev/null; then cut=(unshare --net --map-root-user); else loud "the network cannot be cut here: --no-index alone"; fi
env -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS "${cut[@]}" \
  "$WORK/clean/bin/python" -m pip install --quiet --no-index --find-links "$house" --disable-pip-version-check "$WORK"/dist/*.whl
cd "$WORK" # away from src/
version=$(env -i PATH=/nonexistent HOME="$WORK" "${cut[@]/#unshare//usr/bin/unshare}" "$WORK/clean/bin/openline" --version)
step "$version answers"
env -i PATH=/nonexistent HOME="$WORK" "$WORK/clean/bin/python" - << 'PY' || stop "the wheel lacks something"
import importlib.resources as resources
import sys

package = resources.files("openline")
wanted = {
    "the console": package / "console" / "assets" / "index.html",
    "the licences of the console's parts": package / "console" / "assets" / "licences.txt",
    "the basemap": package / "console" / "basemap" / "world.pmtiles",
    "the mark that it is typed": package / "py.typed",
    "the words of the line's messages": package / "line" / "templates" / "words.toml",
    "the templates of the line's messages": package / "line" / "templates" / "warning.relay.1.toml",
}
missing = [f"{what} ({path})" for what, path in wanted.items() if not path.is_file()]
sys.exit("missing in the wheel: " + "; ".join(missing) if missing else 0)
PY
ls -l "$WORK"/dist/*.whl | awk '{printf "        %.1f MB %s\n", $5 / 1e6, $NF}' | sed "s#$WORK/dist/##" >&2
