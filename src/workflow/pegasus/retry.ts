import { CrossflockError } from '../../errors/crossflock-error.js';
import type { RetriedRun, RunOverview } from '../../ports/workflow-pool.js';
import { RUNS_FOLDER } from '../commands.js';
import type { RunRecord } from '../run-record.js';
import { nodesOf } from '../run-shape.js';
import { commandFailed, missingCommand, type SubmitterContainer } from '../submitter-container.js';
import * as commands from './commands.js';
import { pegasusOf, readPlannedRun } from './record.js';

const RERUN_MS = 10 * 60_000;

/**
 * Goes on with a run that Pegasus planned, from its rescue DAG, by Pegasus' own `pegasus-run`, as
 * OSG-KINC's README says. What a job left is not looked at: that is `pegasus-exitcode`'s business.
 */
export async function retryPlanned(
  container: SubmitterContainer,
  run: {
    readonly record: RunRecord;
    readonly state: RunOverview['state'] | undefined;
  },
  signal: AbortSignal,
): Promise<RetriedRun> {
  const { record, state } = run;
  const planned = pegasusOf(record);
  if (planned === undefined) throw nothing(record.id, 'its run.json does not say where Pegasus is');
  if (state === 'succeeded') throw nothing(record.id, 'all of its jobs are done');
  if (state !== 'failed' && state !== 'removed') {
    throw new CrossflockError(
      `run '${record.id}' is not over: stop it first, or wait for its end`,
      {
        code: 'refused',
      },
    );
  }
  signal.throwIfAborted();
  const argv = commands.rerun({ runs: RUNS_FOLDER, runId: record.id, ...planned });
  const result = await container.run(argv, { timeoutMs: RERUN_MS });
  if (result.exitCode === commands.NO_RESCUE) {
    throw nothing(record.id, `DAGMan left no rescue DAG in ${planned.directory}`);
  }
  if (result.exitCode !== 0) {
    throw missingCommand('pegasus-run', result) ?? commandFailed(['pegasus-run'], result);
  }
  const { dagmanCluster } = readPlannedRun(await container.must(commands.look(planned.directory)));
  const stdin = `${JSON.stringify({ ...record.details, dagman_cluster: dagmanCluster }, undefined, 2)}\n`;
  await container.must(commands.record(RUNS_FOLDER, record.id), { stdin });
  const done = Number(/^done (\d+)$/m.exec(result.stdout)?.[1] ?? 0);
  return { runId: record.id, done, again: nodesOf(record.shape).length - done, damaged: {} };
}

function nothing(runId: string, why: string): CrossflockError {
  return new CrossflockError(`run '${runId}' has nothing to retry: ${why}`, { code: 'refused' });
}
