# shellcheck shell=bash
# One line for each thing done, with how long it took. What the sub-commands print
# goes to a log file and is shown only when something failed.
#
# Needs: LOGS (folder for the logs).

# Microseconds since the epoch. The decimal sign of EPOCHREALTIME follows the locale.
now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# Seconds with one decimal since START (from now_us).
seconds_since() {
  local tenths=$((($(now_us) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

# Inside a step: what was done (the words after the title), and what a person can try
# when it failed. The last note counts; hints add up.
note() { printf '%s' "$*" >"$STEP_NOTE"; }
hint() { printf '%s\n' "$*" >>"$STEP_HINT"; }

# step TITLE COMMAND [ARGUMENT…]
#
# Runs COMMAND in a subshell with errexit and its output in a log, then prints
# "TITLE: <note> (<seconds> s)". A failure shows the end of the log and the hints, and
# is returned. Never call it in a condition: bash switches errexit off there, in the
# subshell too. Use `attempt` where a failure is an answer.
step() {
  local title=$1 start status
  shift
  local slug=${title//[^A-Za-z0-9]/-}
  local log="$LOGS/$slug.log"
  start=$(now_us)
  : >"$log"
  : >"$log.note"
  : >"$log.hint"
  _progress "$title …"
  set +e
  (
    # The lock (fd 9) belongs to the script alone: a daemon started in here would keep it.
    exec 9>&-
    STEP_NOTE="$log.note" STEP_HINT="$log.hint"
    set -e
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  _clear_progress
  if ((status == 0)); then
    say "$title: $(_note_or "$log" "done") ($(seconds_since "$start") s)"
  else
    _report_failure "$title" "$log" "$(seconds_since "$start")" "$status"
  fi
  rm -f "$log.note" "$log.hint"
  return "$status"
}

# attempt VARIABLE COMMAND [ARGUMENT…]: runs COMMAND in a subshell and puts its exit
# status in VARIABLE; errexit stays on inside.
attempt() {
  local -n _result=$1
  shift
  set +e
  (
    set -e
    "$@"
  )
  # shellcheck disable=SC2034 # a name reference: the caller reads it
  _result=$?
  set -e
}

_note_or() {
  local text
  text=$(cat "$1.note")
  printf '%s' "${text:-$2}"
}

_report_failure() {
  local title=$1 log=$2 seconds=$3 status=$4
  complain "$title: failed with exit status $status after $seconds s"
  if [[ -s $log ]]; then
    complain "  the end of ${log#"$ROOT/"}:"
    tail -n "${STEP_TAIL:-25}" "$log" | sed 's/^/  | /' >&2
  fi
  sed 's/^/  try: /' "$log.hint" >&2
}

# A line that the result overwrites, for a person at a terminal only. Steps that run
# side by side would overwrite each other's: they set STEP_PARALLEL.
_progress() {
  if [[ -t 1 && -z ${STEP_PARALLEL:-} ]]; then printf '\r\033[K%s' "$*"; fi
}
_clear_progress() { _progress ''; }
