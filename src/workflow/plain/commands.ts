import { RUNS_FOLDER, whileWanted } from '../commands.js';

/**
 * Commands for a submitter that has none of crossflock's own. They print pieces of files, each after
 * a line `@<name> <bytes>`; the texts of the shell are constant.
 */

const PIECES = [
  'size() { if [ -e "$1" ]; then wc -c <"$1"; else echo 0; fi; }',
  'piece() {',
  '  [ "$4" -gt "$3" ] || return 0',
  '  printf "@%s %s\\n" "$1" "$(($4 - $3))"; tail -c "+$(($3 + 1))" "$2" | head -c "$(($4 - $3))"',
  '}',
];

/**
 * Prints the run's logs as `@nodes` and `@dagman`, with `@retried` and its time in seconds between
 * the tries of a run; with `follow` until DAGMan has ended.
 */
export function eventLogs(runId: string, follow: boolean): string[] {
  const script = [
    'cd -- "$1/$2" || exit 1',
    ...PIECES,
    'log=workflow.dag.nodes.log; dagman=workflow.dag.dagman.log; n=0; d=0',
    'for old in "$log".[0-9][0-9][0-9]; do',
    '  [ -e "$old" ] || continue',
    '  piece nodes "$old" 0 "$(size "$old")"; printf "@retried %s\\n" "$(date -r "$old" +%s)"',
    'done',
    'while :; do',
    // DAGMan's log first: once it says that DAGMan ended, the nodes' log is complete.
    '  ds=$(size "$dagman"); ns=$(size "$log")',
    '  piece nodes "$log" "$n" "$ns"; piece dagman "$dagman" "$d" "$ds"; n=$ns; d=$ds',
    '  [ "$3" = follow ] || exit 0',
    '  case $(head -c "$ds" "$dagman" 2>/dev/null | grep -E "^(000|005|009) " | tail -n 1) in',
    '    005*|009*) exit 0;;',
    '  esac',
    '  sleep 1',
    'done',
  ].join('\n');
  const shell = ['sh', '-c', script, 'sh', RUNS_FOLDER, runId];
  return follow ? whileWanted([...shell, 'follow']) : [...shell, 'once'];
}

/** Prints of each run `@run`, its run.json, then `@dagman` and `@out`, the ends of its logs. */
export function glances(): string[] {
  const script = [
    'cd -- "$1" 2>/dev/null || exit 0',
    ...PIECES,
    'for run in */run.json; do',
    '  [ -e "$run" ] || continue',
    '  run=${run%/run.json}; piece run "$run/run.json" 0 "$(size "$run/run.json")"',
    '  log=$run/workflow.dag.dagman.log; piece dagman "$log" 0 "$(size "$log")"',
    '  out=$run/workflow.dag.dagman.out; bytes=$(size "$out"); from=$((bytes - 65536))',
    '  [ "$from" -gt 0 ] || from=0',
    '  piece out "$out" "$from" "$bytes"',
    'done',
  ].join('\n');
  return ['sh', '-c', script, 'sh', RUNS_FOLDER];
}
