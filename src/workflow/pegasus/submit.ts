import { CrossflockError } from '../../errors/crossflock-error.js';
import type { RunResult } from '../../ports/host.js';
import type { PlannedWorkflow, SubmittedRun } from '../../ports/workflow-pool.js';
import { RUNS_FOLDER } from '../commands.js';
import { commandFailed, type SubmitterContainer } from '../submitter-container.js';
import * as commands from './commands.js';
import { runDirectoryOf } from './plan-output.js';
import { readPlannedRun, recordOf } from './record.js';

const ASK_MS = 20_000;
/** Pegasus plans some hundred jobs a second; a matrix from iRODS is fetched as well. */
const PLAN_MS = 30 * 60_000;
const SAID_LINES = 12;

/**
 * Has the program plan and submit, and registers the run. Once the program runs, nothing interrupts
 * it: it would go on in its container, and nobody would know of its run.
 */
export async function submitPlanned(
  container: SubmitterContainer,
  wanted: PlannedWorkflow,
  signal: AbortSignal,
): Promise<SubmittedRun> {
  signal.throwIfAborted();
  const { directory, program, jobs } = wanted;
  const words = [String(jobs), ...wanted.arguments];
  const result = await container.run(commands.plan(directory, program, words), {
    timeoutMs: PLAN_MS,
  });
  if (result.exitCode !== 0) throw planFailed(wanted, result);
  const run = runDirectoryOf(result.stdout, directory) ?? runDirectoryOf(result.stderr, directory);
  if (run === undefined) throw noDirectory(wanted, result);
  return registerRun(container, wanted, run);
}

async function registerRun(
  container: SubmitterContainer,
  wanted: PlannedWorkflow,
  directory: string,
): Promise<SubmittedRun> {
  const options = { timeoutMs: ASK_MS };
  const planned = readPlannedRun(await container.must(commands.look(directory), options));
  const record = recordOf(wanted, planned);
  const runId = String(record['id']);
  const folder = commands.makeRunsFolder(RUNS_FOLDER);
  const made = await container.runAsRoot(folder, options);
  if (made.exitCode !== 0) throw commandFailed(folder, made);
  const links = { runs: RUNS_FOLDER, runId, ...planned, outputs: wanted.outputs };
  const stdin = `${JSON.stringify(record, undefined, 2)}\n`;
  await container.must(commands.register(links), { ...options, stdin });
  const runDir = `${RUNS_FOLDER}/${runId}`;
  return { runId, runDir, dagmanCluster: planned.dagmanCluster };
}

function planFailed({ directory, program }: PlannedWorkflow, result: RunResult): CrossflockError {
  const said = lastLines(`${result.stdout}\n${result.stderr}`);
  const reason = said.at(-1) ?? `exit code ${result.exitCode}`;
  return new CrossflockError(`${program} in ${directory} failed: ${reason}`, {
    code: result.exitCode === 126 || result.exitCode === 127 ? 'refused' : 'command-failed',
    hint: 'does the image of the submitter have OSG-KINC and Pegasus, as scidas/kinc-submitter has? see docs/recipes.md',
    cause: said.join('\n'),
  });
}

function noDirectory({ program }: PlannedWorkflow, result: RunResult): CrossflockError {
  const said = lastLines(`${result.stdout}\n${result.stderr}`);
  return new CrossflockError(
    `${program} printed no line with pegasus-status, which names the run's directory`,
    {
      code: 'unexpected',
      hint: 'does it call pegasus-plan --submit? its last words are in the details',
      cause: said.join('\n'),
    },
  );
}

function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-SAID_LINES);
}
