#!/usr/bin/env bash
# Every variant of the models in model/, checked to the last state by Spin, beside what must come out (model/variants.txt).
# docs/model.md says what they mean. It fails if one variant comes out differently.
#
#   scripts/model.sh [NAME...]     these variants only; no name: all
#
# What is made goes to build/model/NAME; where a variant failed, its steps are in build/model/NAME/*.steps.
# OPENLINE_APT=0 never installs Debian packages.   MODEL_MB=3500 the memory one variant may take.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/say.sh

HERE=$PWD
OUT=$HERE/build/model
DEPTH_MAX=300000
total=0

have_spin() {
  command -v spin > /dev/null && command -v gcc > /dev/null && return
  if [ "${OPENLINE_APT:-1}" != 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    step "apt-get install spin gcc libc6-dev"
    apt-get update -q > /dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends spin gcc libc6-dev > /dev/null 2>&1 || true
  fi
  command -v spin > /dev/null && command -v gcc > /dev/null || stop "Spin and a C compiler are needed. As root: apt-get install spin gcc libc6-dev"
}

# One run of the verifier: asked (safety or liveness), expected, model, switches... Sets `came`, `states`, `spent` (seconds of processor time).
verify() {
  local asked=$1 expected=$2 model=$3
  shift 3
  local flags=() level=-O1 build run
  [ "$expected" = holds ] || level=-O0 # most mutants fail at once: compiling would be the longer part
  if [ "$asked" = safety ]; then build=(-DSAFETY -DNOCLAIM) run=(); else build=(-DNFAIR=4) run=(-a -f -A); fi
  cp "$HERE/model/$model.pml" "$asked.pml"
  spin "$@" -a "$asked.pml" > "$asked.spin" 2>&1 || { cat "$asked.spin" >&2; stop "$name: Spin refuses the model"; }
  gcc "$level" -w "${build[@]}" -DMEMLIM="${MODEL_MB:-3500}" -o "$asked.pan" pan.c || stop "$name: the verifier does not compile"
  local TIMEFORMAT='%U %S'
  { time nice -n 10 "./$asked.pan" -m"$DEPTH_MAX" "${run[@]}" > "$asked.out" 2>&1; } 2> "$asked.time" || true
  spent=$(awk '{printf "%.1f", $1 + $2}' "$asked.time")
  total=$(awk "BEGIN {print $total + $spent}")
  states=$(awk '/states, stored/ {print $1; exit}' "$asked.out")
  came=$(sed -nE 's/.*assertion violated .*\b(I[0-9]+|FALSE_ALARM|REACHED)\)* \(at depth.*/\1/p; s/.*acceptance cycle.*/I12/p' "$asked.out" | head -n 1)
  if [ -z "$came" ]; then
    came=unfinished
    if grep -q 'errors: 0' "$asked.out" && ! grep -qE 'not completed|depth too small|MEMLIM|out of memory' "$asked.out"; then came=holds; fi
  fi
  if [ -f "$asked.pml.trail" ]; then spin "$@" -t -p -g "$asked.pml" > "$asked.steps" 2>&1 || true; fi
  rm -f pan.* "$asked.pan" _spin_nvr.tmp
}

row() { printf '| %-23s | %-11s | %-10s | %17s | %7s | %-15s | %-7s | %s |\n' "$@"; }

one_variant() {
  local switches=() word came='' states='' spent='' safe=- ends=- counts=() seconds=() ok=ok
  for word in $4; do switches+=("-D$word"); done
  rm -rf "${OUT:?}/$1" && mkdir -p "$OUT/$1" && cd "$OUT/$1"
  local name=$1
  if [ "$5" != - ]; then verify safety "$5" "$3" "${switches[@]}"; safe=$came counts+=("$states") seconds+=("$spent"); fi
  if [ "$6" != - ]; then verify liveness "$6" "$3" "${switches[@]}"; ends=$came counts+=("$states") seconds+=("$spent"); fi
  cd "$HERE"
  [ "$safe/$ends" = "$5/$6" ] || ok=DIFFERS
  row "$name" "$safe" "$ends" "$(IFS=+; echo "${counts[*]}")" "$(IFS=+; echo "${seconds[*]}")" "$5 / $6" "$ok" "$2"
  [ "$ok" = ok ]
}

main() {
  have_spin
  local name model switches safe ends what wrong=0 count=0 started=$SECONDS
  row variant safety liveness states seconds expected ok 'what it is'
  row --- --- --- ---: ---: --- --- ---
  while IFS='|' read -r name model switches safe ends what; do
    name=${name// /} model=${model// /} safe=${safe// /} ends=${ends// /}
    if [[ -z $name || $name == \#* ]]; then continue; fi
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    count=$((count + 1))
    one_variant "$name" "${what# }" "$model" "$switches" "$safe" "$ends" || wrong=$((wrong + 1))
  done < model/variants.txt
  [ $count -gt 0 ] || stop "no such variant; model/variants.txt lists them"
  step "$count variants, $wrong not as expected; $((SECONDS - started)) s, the verifiers computed for ${total%.*} s"
  [ $wrong = 0 ]
}

main "$@"
