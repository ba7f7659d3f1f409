/**
 * What a run of Pegasus needs of a submitter: a shell and the usual tools, so that it works in any
 * image that has Pegasus. The texts of the shell are constant; everything else is an argument.
 */

/**
 * Runs the program that plans and submits, as the original's tutorial does:
 * `source /etc/profile; cd DIRECTORY; PROGRAM ARGUMENT…`.
 */
export function plan(directory: string, program: string, args: readonly string[]): string[] {
  const script = 'source /etc/profile; cd -- "$1" || exit 1; shift; exec "$@"';
  const shell = ['/bin/bash', '-c', script, 'bash', directory];
  return ['env', 'USER=condor_pool', ...shell, program, ...args];
}

/**
 * Prints of a run's directory, a line each: the time (ISO 8601), the directory, the name of the DAG
 * file and the submission of its last DAGMan job in DAGMan's log (empty without one); then the DAG.
 */
export function look(directory: string): string[] {
  const script = [
    'cd -- "$1" && set -- *-0.dag && [ -f "$1" ] || { echo "no DAG file in $PWD" >&2; exit 1; }',
    '[ $# -eq 1 ] || { echo "several DAG files in $PWD: $*" >&2; exit 1; }',
    'date -u +%Y-%m-%dT%H:%M:%SZ; printf "%s\\n%s\\n" "$PWD" "$1"',
    'printf "%s\\n" "$(grep "^000 (" "$1.dagman.log" 2>/dev/null | tail -n 1)"',
    'cat -- "$1"',
  ].join('\n');
  return ['sh', '-c', script, 'sh', directory];
}

/** As root: the folder of all runs, for the pool's user. */
export function makeRunsFolder(runs: string): string[] {
  const script = '[ -d "$1" ] || { mkdir -p -- "$1" && chown condor_pool "$1"; }';
  return ['sh', '-c', script, 'sh', runs];
}

export interface Registration {
  /** Folder of all runs. */
  readonly runs: string;
  readonly runId: string;
  /** Pegasus' directory of the run. */
  readonly directory: string;
  /** Name of the DAG file there. */
  readonly dag: string;
  /** Folder of the outputs, relative to the directory. */
  readonly outputs: string;
}

/**
 * Makes the folder of a run with links to Pegasus' files under the names that every run has, and
 * writes standard input to its `run.json`. A link may point to what does not exist yet.
 */
export function register({ runs, runId, directory, dag, outputs }: Registration): string[] {
  const script = [
    'set -e; umask 022; cd -- "$1"; mkdir -- "$2"; cd -- "$2"',
    'ln -s -- "$3" pegasus; ln -s -- "pegasus/$5" results; ln -s -- "pegasus/$4" workflow.dag',
    'for name in nodes.log dagman.log dagman.out metrics; do',
    '  ln -s -- "pegasus/$4.$name" "workflow.dag.$name"',
    'done',
    WRITE_RECORD,
  ].join('\n');
  return ['sh', '-c', script, 'sh', runs, runId, directory, dag, outputs];
}

/** Writes standard input to the run's `run.json`. */
export function record(runs: string, runId: string): string[] {
  return ['sh', '-c', `set -e; cd -- "$1/$2"\n${WRITE_RECORD}`, 'sh', runs, runId];
}

const WRITE_RECORD = 'cat > .run.json.part; mv -f .run.json.part run.json';

/** Exit code of `rerun` without a rescue DAG. */
export const NO_RESCUE = 64;

/**
 * Goes on from the last rescue DAG, with `pegasus-run`. DAGMan begins the log of its nodes anew, so
 * what it says of the tries before is put aside. The last line says how many nodes are done.
 */
export function rerun({ runs, runId, directory, dag }: Omit<Registration, 'outputs'>): string[] {
  const script = [
    'cd -- "$1/$2" || exit 1',
    'rescue=$(ls "$3/$4".rescue[0-9][0-9][0-9] 2>/dev/null | tail -n 1)',
    `[ -n "$rescue" ] || exit ${NO_RESCUE}`,
    'number=$(printf %03d "$(ls | grep -c "^workflow[.]dag[.]nodes[.]log[.]")")',
    'log="$3/$4.nodes.log"; if [ -e "$log" ]; then mv -- "$log" "$log.$number"; fi',
    // The profile may look at the arguments of the shell.
    'directory=$3; dag=$4; set --; source /etc/profile',
    'if ! pegasus-run "$directory"; then',
    '  [ ! -e "$log.$number" ] || [ -e "$log" ] || mv -- "$log.$number" "$log"; exit 1',
    'fi',
    'ln -s -- "pegasus/$dag.nodes.log.$number" "workflow.dag.nodes.log.$number"',
    'printf "done %s\\n" "$(grep -c "^DONE " "$rescue")"',
  ].join('\n');
  const shell = ['/bin/bash', '-c', script, 'bash', runs, runId, directory, dag];
  return ['env', 'USER=condor_pool', ...shell];
}
