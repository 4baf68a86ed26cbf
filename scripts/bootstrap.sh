#!/usr/bin/env bash
# Everything a fresh machine lacks, made once and found again: a virtual environment from pinned, hashed versions, the console built
# from web/, a browser for the browser tests. Quick and silent when nothing changed.
#
#   scripts/bootstrap.sh PART...      run · dev · web · browser · traffic
#
# OPENLINE_VENV=DIR  another place than .venv        PYTHON=python3.12   another interpreter (3.11 or newer)
# OPENLINE_APT=0     never install Debian packages   OPENLINE_FORCE=1    do every step again
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh

VENV=${OPENLINE_VENV:-.venv}
STAMPS=$VENV/.stamps
ASSETS=src/openline/console/assets

# Where packages come from is the machine's affair (index, links, proxy, certificates); how they are put here is ours.
for name in $(compgen -e); do
  case $name in
    PIP_INDEX_URL | PIP_EXTRA_INDEX_URL | PIP_FIND_LINKS | PIP_NO_INDEX | PIP_CERT | PIP_CLIENT_CERT | PIP_PROXY | PIP_TRUSTED_HOST) ;;
    PIP_TIMEOUT | PIP_DEFAULT_TIMEOUT | PIP_RETRIES | PIP_CACHE_DIR | PIP_NO_CACHE_DIR | PIP_CONFIG_FILE | PIP_KEYRING_PROVIDER) ;;
    PIP_* | PYTHONHOME | PYTHONPATH | PYTHONOPTIMIZE | NODE_ENV | NODE_OPTIONS) unset "$name" ;;
  esac
done
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

main() {
  if command -v flock > /dev/null; then # two `make`s in one tree take turns
    exec 9> "${VENV}.lock"
    flock -n 9 || { step "waiting for another set-up in this tree"; flock 9; }
  fi
  local part
  for part in "$@"; do
    case $part in
      run) have_venv; have_packages run build; have_openline ;;
      dev) have_venv; have_packages run build dev; have_openline ;;
      web) have_venv; have_console ;;
      browser) have_browser ;;
      traffic) have_venv; have_samples ;;
      *) stop "no such part: $part (run, dev, web, browser, traffic)" ;;
    esac
  done
}

# ── stamps: a step is done when its inputs hash to what they hashed to when it was last done ──
hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
fresh() { [ -z "${OPENLINE_FORCE:-}" ] && [ "$(cat "$STAMPS/$1" 2> /dev/null)" = "$2" ]; }
stamp() { mkdir -p "$STAMPS" && echo "$2" > "$STAMPS/$1"; }

# ── Debian ──
may_apt() { [ "${OPENLINE_APT:-1}" != 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }
apt_install() {
  may_apt || return 1
  step "apt-get install $*"
  [ -n "${apt_updated:-}" ] || apt-get update -q > /dev/null 2>&1 || true
  apt_updated=1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" > "$LOG" 2>&1 || { tail -n 5 "$LOG" >&2; return 1; }
}

# ── Python ──
python_here() {
  local name
  for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" > /dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
      echo "$name"
      return
    fi
  done
  stop "Python 3.11 or newer is needed. On Debian 12: apt-get install python3 python3-venv"
}

have_venv() {
  [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import pip' 2> /dev/null && return
  local python
  python=$(python_here)
  step "a virtual environment in $VENV ($("$python" --version))"
  if ! "$python" -c 'import venv, ensurepip' 2> /dev/null; then
    apt_install python3-venv || apt_install "$(basename "$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')")-venv" \
      || stop "this Python cannot make virtual environments. As root: apt-get install python3-venv    then run make again"
  fi
  "$python" -m venv "$VENV" || stop "could not make $VENV"
}

pip_install() { "$VENV/bin/python" -m pip install --require-hashes --progress-bar off "$@"; }

have_packages() {
  local name files=() want
  for name in "$@"; do files+=("requirements/$name.txt"); done
  want=$(hash_of "${files[@]}")
  fresh "packages-$*" "$want" && return
  local args=() count
  for name in "${files[@]}"; do args+=(-r "$name"); done
  count=$(grep -hc '^[a-zA-Z].*==' "${files[@]}" | paste -sd+ | sed 's/$//' | { read -r sum; echo $((sum)); })
  step "$count pinned packages, each checked against its hash (a few minutes the first time)"
  if ! pip_install "${args[@]}" > >(show_pip "$count") 2> "$LOG"; then
    if grep -qi 'gcc\|compiler\|Python.h' "$LOG" && apt_install build-essential python3-dev; then
      step "once more, now with a compiler"
      pip_install "${args[@]}" > >(show_pip "$count") || stop "the packages could not be installed"
    else
      tail -n 15 "$LOG" >&2
      stop "the packages could not be installed; pip's own words are above"
    fi
  fi
  stamp "packages-$*" "$want"
}

have_openline() {
  local want
  want=$(hash_of pyproject.toml hatch_build.py)
  fresh openline "$want" && [ -x "$VENV/bin/openline" ] && return
  step "openline itself, editable"
  "$VENV/bin/python" -m pip install --quiet --no-deps --no-index --no-build-isolation -e . || stop "openline could not be installed"
  stamp openline "$want"
}

have_samples() {
  local want
  want=$(hash_of requirements/traffic.txt)
  fresh traffic "$want" && return
  step "recorded ADS-B samples (27 MB)"
  if pip_install --quiet --no-deps -r requirements/traffic.txt; then stamp traffic "$want"; else loud "the samples could not be had: what needs them is skipped"; fi
}

# ── Node.js, only to build the console ──
have_node() {
  scripts/npm.sh --found && return
  local want
  want=$(hash_of requirements/node.txt)
  fresh node "$want" && return
  step "Node.js from requirements/node.txt, since this machine has none that is new enough (60 MB)"
  pip_install --quiet -r requirements/node.txt || stop "Node.js could not be had; install Node.js 20.19 or newer and run make again"
  stamp node "$want"
}

web_hash() {
  find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

have_node_modules() {
  local want
  want=$(hash_of web/package-lock.json)
  fresh node_modules "$want" && [ -d web/node_modules ] && return
  step "the console's packages (npm ci)"
  (cd web && ../scripts/npm.sh ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error) > "$LOG" 2>&1 \
    || { tail -n 15 "$LOG" >&2; stop "npm ci failed in web/"; }
  stamp node_modules "$want"
}

have_console() {
  [ -f web/package.json ] || { loud "web/ is not here: the console is not built"; return; }
  local want
  want=$(web_hash)
  fresh web "$want" && [ -f "$ASSETS/index.html" ] && [ -f "$ASSETS/licences.txt" ] && return
  have_node
  have_node_modules
  step "the console (npm run build)"
  (cd web && ../scripts/npm.sh run build) > "$LOG" 2>&1 || { tail -n 30 "$LOG" >&2; stop "the console could not be built"; }
  [ -f "$ASSETS/index.html" ] || stop "the build left no $ASSETS/index.html"
  "$VENV/bin/python" scripts/console_licences.py || stop "the console would carry what may not be carried"
  stamp web "$want"
}

# ── a browser for the browser tests ──
have_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do command -v "$name" > /dev/null && return; done
  apt_install chromium fonts-dejavu-core && return
  loud "no Chromium here: THE BROWSER TESTS WILL BE SKIPPED. As root: apt-get install chromium"
}

LOG=$(mktemp)
trap 'rm -f "$LOG"' EXIT
main "$@"
