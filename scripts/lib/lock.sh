# shellcheck shell=bash
# Two runs in one folder would build over each other: the second waits for the first.

# Takes the lock of this folder on descriptor 9, for as long as the script runs. A
# script started by one that holds the lock (a test of the demo) goes on without it.
lock_folder() {
  if [[ ${CROSSFLOCK_LOCK_HELD:-} == "$ROOT" ]]; then return; fi
  exec 9>>"$STATE/lock"
  if ! flock -n 9; then
    say "lock: $(_lock_holder) is at work in this folder; waiting until it is done"
    flock 9
  fi
  printf '%s (process %s)\n' "$(basename "$0")" "$$" >"$STATE/lock"
  export CROSSFLOCK_LOCK_HELD=$ROOT
}

_lock_holder() {
  local holder
  holder=$(cat "$STATE/lock")
  printf '%s' "${holder:-another run}"
}
