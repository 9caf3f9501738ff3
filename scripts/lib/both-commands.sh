#!/bin/sh
# Runs both commands of the README in the checkout that is the working directory, as a person would, and looks at what they leave.
# $1: quiet, or busy for a program that keeps each processor busy meanwhile. For scripts/bare-machine.mjs.
set -u
how=$1
checkout=$(pwd)
mkdir -p .cache
log=$checkout/.cache/start.log
stamp=$checkout/.cache/stamp
touch "$stamp"

say() { printf '== %s: %s\n' "$how" "$*"; }
fail() {
  say "FAILED: $*"
  exit 1
}

busy=
if [ "$how" = busy ]; then
  for _ in $(seq "$(nproc)"); do
    (while :; do :; done) &
    busy="$busy $!"
  done
fi
trap 'kill $busy 2>/dev/null' EXIT

# Processes that npm start started; the brackets keep grep from finding itself.
left() { grep -lsa -e 'start[.]mjs' -e "$checkout/[.]run/" /proc/[0-9]*/cmdline; }
# Fails when they do not end: 600 looks are two minutes on a quiet machine.
none_left() {
  looks=0
  while [ -n "$(left)" ]; do
    [ $looks -lt 600 ] || fail "still runs: $(left | tr '\n' ' ')"
    looks=$((looks + 1))
    sleep 0.2
  done
}

# Starts everything, and waits until nodes are seen.
start() {
  rm -f "$log"
  npm start >"$log" 2>&1 &
  npm=$!
  until grep -qsE '^[0-9]+ nodes: [1-9]' "$log"; do
    kill -0 "$npm" 2>/dev/null || {
      cat "$log"
      fail 'npm start ended by itself'
    }
    sleep 0.5
  done
  cat "$log"
}

say 'npm start'
start
say 'npm start a second time, while it runs'
npm start >"$log.2" 2>&1 && fail 'two of them run'
grep -q "runs as process [0-9]" "$log.2" || {
  cat "$log.2"
  fail 'it does not say which process runs'
}
say 'SIGTERM'
kill -TERM "$npm"
wait "$npm"
none_left

say 'kill -9, and again'
start
kill -9 "$npm"
none_left
start
kill -9 $(grep -lsa 'start[.]mjs' /proc/[0-9]*/cmdline | cut -d/ -f3)
start
kill -TERM "$npm"
wait "$npm"
none_left

say 'npm test'
npm test || fail 'npm test'

say 'what was written outside the checkout'
written=$(find / -xdev -newer "$stamp" ! -type d ! -path "$checkout/*" ! -path "$HOME/.npm/*" 2>/dev/null; find /tmp -mindepth 1 -maxdepth 1)
[ -z "$written" ] || fail "was written: $written"
say 'passed'
