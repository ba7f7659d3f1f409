import { posix } from 'node:path';

import { CrossflockError } from '../errors/crossflock-error.js';
import { QUEUE_ATTRIBUTES } from './htcondor/queue.js';

/** User that owns the workflow in the submitter, as in the original's images. */
const POOL_USER = 'condor_pool';
/** Submits a run of any recipe by its specification. */
export const SUBMIT_SPEC_COMMAND = 'crossflock-submit';
export const SUBMIT_COMMAND = '/home/condor_pool/OSG-KINC/submit';
export const RUNS_FOLDER = '/var/lib/crossflock/runs';

/** Which container is the submitter: labels that every app of a deployment carries. */
export interface SubmitterLabels {
  readonly deployment: string;
}

/** Prints the id of each running container with these labels, one a line. */
export function findSubmitter(labels: SubmitterLabels): string[] {
  const wanted = [`crossflock.deployment=${labels.deployment}`, 'crossflock.role=submitter'];
  return ['docker', 'ps', '--quiet', ...wanted.flatMap((label) => ['--filter', `label=${label}`])];
}

/** Runs `argv` in the container as the pool's user. `interactive` passes standard input on. */
export function inSubmitter(
  container: string,
  argv: readonly string[],
  interactive = false,
): string[] {
  const flags = interactive ? ['--interactive'] : [];
  return ['docker', 'exec', ...flags, '--user', POOL_USER, container, ...argv];
}

/** Runs `argv` in the container as root, who alone may change what belongs to HTCondor. */
export function asRootInSubmitter(container: string, argv: readonly string[]): string[] {
  return ['docker', 'exec', '--user', 'root', container, ...argv];
}

/** Prints the name of the image that the container was made of. */
export function imageOf(container: string): string[] {
  return ['docker', 'container', 'inspect', '--format', '{{.Config.Image}}', container];
}

/**
 * Writes standard input to a file called `name` in a new folder and prints the path. The shell text
 * is constant; the name is its argument.
 */
export function stageFile(name: string): string[] {
  const script =
    'set -e; d=$(mktemp -d /tmp/crossflock-stage.XXXXXX); cat > "$d/$1"; printf "%s\\n" "$d/$1"';
  return ['sh', '-c', script, 'sh', checkedName(name)];
}

/** Unpacks the tar archive on standard input into a new folder called `name` and prints its path. */
export function stageFolder(name: string): string[] {
  const script = [
    'set -e; d=$(mktemp -d /tmp/crossflock-stage.XXXXXX)/$1; mkdir "$d"',
    'tar --extract --no-same-owner --no-same-permissions --file - --directory "$d"',
    'printf "%s\\n" "$d"',
  ].join('; ');
  return ['sh', '-c', script, 'sh', checkedName(name)];
}

export const TRY_COMMAND = 'crossflock-try';

/** Removes the folder that `stageFile` or `stageFolder` made; refuses any other path. */
export function unstageFile(path: string): string[] {
  const folder = posix.dirname(path);
  if (!/^\/tmp\/crossflock-stage\.[A-Za-z0-9]+$/.test(folder)) {
    throw new CrossflockError(`${path} is not a staged file`, { code: 'unexpected' });
  }
  return ['rm', '-r', '--', folder];
}

/**
 * Submits the description on standard input in a folder of its own with a link to the staged file,
 * waits for its jobs, at most `seconds`, and prints each line of JSON that they printed, behind
 * `<file>:`. Jobs that are left are removed, and so is the folder.
 */
export function calibrate(stagedGem: string, seconds: number): string[] {
  const script = [
    'folder=$(mktemp -d /tmp/crossflock-calibrate.XXXXXX) && cd "$folder" || exit 1',
    'trap \'[ -z "$jobs" ] || condor_rm "${jobs%%.*}" >/dev/null 2>&1; rm -rf "$folder"\' EXIT',
    "trap 'exit 143' HUP INT TERM",
    'cat > jobs.sub; ln "$1" gem 2>/dev/null || cp "$1" gem || exit 1',
    'jobs=$(condor_submit -terse jobs.sub) || exit 1',
    'condor_wait -wait "$2" log >/dev/null 2>&1',
    "grep -H '^{' out.* 2>/dev/null || true",
  ].join('\n');
  return ['sh', '-c', script, 'sh', stagedGem, String(seconds)];
}

/**
 * Prints the run's events, one a line, until it has ended or standard input is closed.
 * @param known how many events of each log, from its beginning, are to be left out
 */
export function followRun(runId: string, known: ReadonlyMap<string, number> = new Map()): string[] {
  const from = [...known].map(([log, count]) => `${log}=${count}`).join(',');
  const options = from === '' ? [] : ['--from', from];
  return whileWanted(['crossflock-events', '--follow', ...options, checkedName(runId)]);
}

export const POOLS_COMMAND = 'crossflock-pools';

/** Prints what the pools at these addresses offer, every 15 s, until standard input is closed. */
export function watchPools(addresses: readonly string[]): string[] {
  return whileWanted([POOLS_COMMAND, addresses.join(',')]);
}

/**
 * `argv` until it ends or standard input is closed. Docker does not end a command in a container
 * when its client dies, but it closes the command's standard input: this is how a reader in the
 * container ends with us, even after a `kill -9`.
 */
export function whileWanted(argv: readonly string[]): string[] {
  const script = [
    'exec 3<&0',
    '"$@" & command=$!',
    '(read -r _ <&3; kill "$command") >/dev/null 2>&1 & watcher=$!',
    'wait "$command"; status=$?',
    'kill "$watcher" 2>/dev/null',
    'exit "$status"',
  ].join('\n');
  return ['sh', '-c', script, 'sh', ...argv];
}

/** Prints the run's events up to now, one a line. */
export function readEvents(runId: string): string[] {
  return ['crossflock-events', checkedName(runId)];
}

export const RUNS_COMMAND = 'crossflock-runs';

/** Prints every run at a glance, one JSON object a line, the newest first. */
export function overview(): string[] {
  return [RUNS_COMMAND];
}

/** Prints `<seconds since 1970> TAB <run id>/run.json` of each run: when it was submitted. */
export function listRuns(): string[] {
  const depth = ['-mindepth', '2', '-maxdepth', '2'];
  return ['find', RUNS_FOLDER, ...depth, '-name', 'run.json', '-printf', '%T@\\t%P\\n'];
}

/** Prints the end of a file, at most `bytes` of it. */
export function readEnd(runId: string, name: string, bytes: number): string[] {
  return ['tail', '--bytes', String(bytes), '--', runPath(runId, name)];
}

export function readFile(runId: string, name: string): string[] {
  return ['cat', '--', runPath(runId, name)];
}

/** Packs the files of a folder whose names, each with a NUL behind it, are standard input. */
export function packFiles(runId: string, folder: string): string[] {
  const from = ['--null', '--verbatim-files-from', '--files-from', '-'];
  const files = ['--directory', runPath(runId, folder), '--dereference', '--no-recursion', ...from];
  return ['tar', '--create', '--format=gnu', '--file', '-', ...files];
}

/** Writes standard input to a file of the run, in one step. */
export function writeFile(runId: string, name: string): string[] {
  const script = 'cat > "$1.part" && mv "$1.part" "$1"';
  return ['sh', '-c', script, 'sh', runPath(runId, name)];
}

/** Prints `<bytes> TAB <name>` of each file in a folder of the run. */
export function listFiles(runId: string, folder: string): string[] {
  const path = runPath(runId, folder);
  // `-H`: the folder may be a link.
  return ['find', '-H', path, '-maxdepth', '1', '-type', 'f', '-printf', '%s\\t%f\\n'];
}

/** Asks the executor pool at `address` for its slots. */
export function slotsOf(address: string): string[] {
  const wanted = 'Name,Cpus,TotalSlotCpus,PartitionableSlot';
  return ['condor_status', '-pool', address, '-json', '-attributes', wanted];
}

/** The queue of the submitter, without asking for any job. */
export function queueTotals(): string[] {
  return ['condor_q', '-totals'];
}

/** Prints `$CondorVersion: 23.9.6 … $` and the platform. */
export function htcondorVersion(): string[] {
  return ['condor_version'];
}

/** Prints the jobs of a DAG that are in the queue. */
export function queueOf(dagmanCluster: number): string[] {
  const attributes = QUEUE_ATTRIBUTES.join(',');
  const own = `DAGManJobId == ${dagmanCluster}`;
  return ['condor_q', '-json', '-constraint', own, '-attributes', attributes];
}

/** Asks the executor pool at `address` what its slots have in all. */
export function resourcesAt(address: string): string[] {
  const wanted = 'Name,TotalSlotCpus,TotalSlotMemory,PartitionableSlot';
  return ['condor_status', '-pool', address, '-json', '-attributes', wanted];
}

/** HTCondor's own analysis of one job against the executor pool at `address`. */
export function explainJob(job: string, address: string): string[] {
  return ['condor_q', '-better-analyze', job, '-pool', address];
}

export const RETRY_COMMAND = 'crossflock-retry';

/** Runs what is missing of a run that is over. */
export function retryRun(runId: string): string[] {
  return [RETRY_COMMAND, checkedName(runId), '--json'];
}

/** Holds, releases or removes DAGMan and its jobs. */
export function steer(verb: 'hold' | 'release' | 'rm', dagmanCluster: number): string[] {
  const own = `ClusterId == ${dagmanCluster}`;
  // Removing DAGMan takes its jobs along (its OtherJobRemoveRequirements); holding does not.
  const all = verb === 'rm' ? own : `${own} || DAGManJobId == ${dagmanCluster}`;
  return [`condor_${verb}`, '-constraint', all];
}

/**
 * Waits until DAGMan has ended, which is when it has written its rescue DAG; at most `seconds`.
 * @param log its log in the run's folder
 */
export function waitForDagman(
  { runId, log }: { readonly runId: string; readonly log: string },
  dagmanCluster: number,
  seconds: number,
): string[] {
  return ['condor_wait', '-wait', String(seconds), runPath(runId, log), String(dagmanCluster)];
}

function runPath(runId: string, name: string): string {
  const parts = name.split('/');
  return posix.join(RUNS_FOLDER, checkedName(runId), ...parts.map(checkedName));
}

/** A file or run name that cannot leave its folder nor be taken for an option. */
function checkedName(name: string): string {
  if (/^[^/\0-][^/\0]*$/.test(name) && name !== '.' && name !== '..') return name;
  throw new CrossflockError(`${JSON.stringify(name)} is not a name of a run or a file`, {
    code: 'invalid-input',
  });
}
