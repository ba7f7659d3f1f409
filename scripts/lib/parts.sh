# shellcheck shell=bash
# The parts of scripts/test: each runs whatever became of those before it, and all of
# them stand in a table at the end.

# One element a part: name, result, seconds; and where the vitest reports are.
PARTS=()
PARTS_REPORTS="$LOGS/vitest"
PARTS_STATUS=0

parts_begin() {
  rm -rf "$PARTS_REPORTS"
  mkdir -p "$PARTS_REPORTS"
}

_part_add() { PARTS+=("$(printf '%-12s %-8s %8s' "$1" "$2" "$3")"); }

# part NAME COMMAND [ARGUMENT…]: a check; its output matters only when it fails.
part() {
  local name=$1 start status
  shift
  start=$(now_us)
  attempt status step "$name" "$@"
  if ((status == 0)); then
    _part_add "$name" passed "$(seconds_since "$start")"
  else
    PARTS_STATUS=1
    _part_add "$name" failed "$(seconds_since "$start")"
  fi
}

# part_vitest PROJECT: its output is for the reader, test by test.
part_vitest() {
  local project=$1 start status result=passed
  start=$(now_us)
  say "$project: vitest run --project $project"
  attempt status _vitest run --project "$project" --reporter=default --reporter=json \
    "--outputFile.json=$PARTS_REPORTS/$project.json"
  if ((status != 0)); then
    PARTS_STATUS=1
    result=failed
  fi
  _part_add "$project" "$result" "$(seconds_since "$start")"
}

# part_vitest_skipped PROJECT REASON: names every test that does not run.
part_vitest_skipped() {
  local project=$1 reason=$2 list="$PARTS_REPORTS/$1.skipped.json" status
  say "$project: skipped: $reason"
  attempt status _vitest list --project "$project" "--json=$list"
  if ((status != 0)); then
    part_failed "$project" 'its tests could not be listed'
    return
  fi
  node scripts/lib/vitest-counts.mjs --names "$list"
  _part_add "$project" skipped 0.0
}

# part_failed NAME REASON: a part that could not run.
part_failed() {
  complain "$1: failed: $2"
  PARTS_STATUS=1
  _part_add "$1" failed 0.0
}

# part_skipped NAME REASON: a check that has nothing to run with.
part_skipped() {
  say "$1: skipped: $2"
  _part_add "$1" skipped 0.0
}

# The table, then the one line that sums up the tests. Returns 1 if anything failed.
parts_summary() {
  say ''
  printf '%-12s %-8s %8s\n' part result seconds
  printf '%s\n' "${PARTS[@]}"
  say ''
  local reports=()
  shopt -s nullglob
  reports=("$PARTS_REPORTS"/*.json)
  shopt -u nullglob
  node scripts/lib/vitest-counts.mjs "${reports[@]}"
  return "$PARTS_STATUS"
}

_vitest() { node node_modules/vitest/vitest.mjs "$@" 9>&- </dev/null; }
