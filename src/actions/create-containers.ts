import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps, type PipelineResult } from '../pipeline/run-steps.js';
import type { Plan } from '../plan/types.js';
import { AppsRollout, type RolloutOptions } from './apps-rollout.js';
import { appRows, APP_COLUMNS } from './app-table.js';
import type { ActionContext } from './context.js';
import { flockSteps } from './peers-flock.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, networkSteps, type MemberFailures } from './network-steps.js';
import { marathonsStep, type ClusterFailures } from './platform-steps.js';
import { poolKeyStep } from './pool-key-step.js';
import { networkMembers } from './reach.js';

export interface CreateContainersOptions extends RolloutOptions {
  /** Path of the configuration file. */
  readonly config: string;
  readonly dryRun: boolean;
}

/**
 * `create-containers`: from a configuration to running containers. Compares before it acts, so that
 * a second run changes nothing; `--dry-run` stops before the first change.
 */
export async function createContainers(
  context: ActionContext,
  options: CreateContainersOptions,
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config);
  if (plan === undefined) return EXIT.usage;
  refuseNothing(plan, options.config);
  const network = networkDriver(plan.network);
  const members = networkMembers(context, plan);
  const failures: ClusterFailures = new Map();
  const unreached: MemberFailures = new Map();
  const rollout = new AppsRollout(context, plan, { ...options, network, failures });
  const result = await runSteps(
    [
      ...networkSteps(network, members, unreached),
      poolKeyStep(context, plan, unreached),
      marathonsStep(context, plan, { failures, unreached, network }),
      rollout.step(),
      ...flockSteps(context, plan, { isMade: true }),
    ],
    { ...context, dryRun: options.dryRun },
  );
  if (options.dryRun) return dryRunSummary(context, result, failures.size);
  return summary(context, plan, { result, rollout });
}

function refuseNothing({ apps }: Plan, config: string): void {
  if (apps.length > 0) return;
  throw new CrossflockError(`${config} has no containers to start`, {
    code: 'invalid-input',
    hint: 'write a submitter and executors for it under "containers"; down removes what is running',
  });
}

function dryRunSummary(context: ActionContext, result: PipelineResult, unasked: number): ExitCode {
  if (result.failure !== undefined) return failed(context, result.failure);
  const message =
    result.changes === 0
      ? 'all is as wanted, nothing would change'
      : `${count(result.changes, 'change')} to make, nothing was changed`;
  const ok = unasked === 0;
  const known = ok ? message : `${message}; ${count(unasked, 'cluster')} could not be asked`;
  context.reporter.emit({ type: 'summary', ok, message: known, data: { changes: result.changes } });
  return ok ? EXIT.ok : EXIT.failed;
}

function summary(
  context: ActionContext,
  plan: Plan,
  { result, rollout }: { result: PipelineResult; rollout: AppsRollout },
): ExitCode {
  const rows = appRows(plan, rollout.states);
  // Also after a failure or Ctrl-C: what is there is what the reader needs to know.
  if (rollout.states.size > 0) {
    context.reporter.emit({ type: 'table', title: '', columns: APP_COLUMNS, rows });
  }
  if (result.failure !== undefined) return failed(context, result.failure);
  const running = count(plan.apps.length, 'container');
  const message =
    result.changes === 0
      ? `nothing to change: ${running} on ${count(plan.clusters.length, 'cluster')} as wanted`
      : `${running} on ${count(plan.clusters.length, 'cluster')}, ${count(result.changes, 'change')} made`;
  context.reporter.emit({ type: 'summary', ok: true, message, data: { changes: result.changes } });
  return EXIT.ok;
}

function failed(context: ActionContext, failure: NonNullable<PipelineResult['failure']>): ExitCode {
  const { error, step } = failure;
  const message =
    error.code === 'aborted'
      ? 'interrupted: what was asked for so far goes on; run the same command again to go on'
      : `failed at ${step}; run the same command again once that is mended`;
  context.reporter.emit({ type: 'summary', ok: false, message, data: { failedStep: step } });
  return exitCodeFor(error.code);
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
