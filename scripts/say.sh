# How the scripts speak: one line a step, with the seconds since the start. Sourced, not run.

say_started=${say_started:-$SECONDS}
if [ -t 2 ]; then bold=$'\e[1m' red=$'\e[31;1m' plain=$'\e[0m'; else bold='' red='' plain=''; fi

step() { printf '%s▸ %3d s  %s%s\n' "$bold" $((SECONDS - say_started)) "$*" "$plain" >&2; }
loud() { printf '%s!! %s%s\n' "$red" "$*" "$plain" >&2; }
stop() {
  printf '%sstopped: %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

# pip's own words, shortened to a count.
show_pip() {
  awk -v of="$1" '/^Collecting /{n++; printf "        %3d of %d  %s\n", n, of, $2; fflush()} /^Installing collected/{print "        installing"; fflush()}' >&2
}
