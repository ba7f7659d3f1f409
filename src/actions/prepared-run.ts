import type { Plan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import type { RunRecord } from '../workflow/run-record.js';
import type { ActionContext } from './context.js';
import type { Executors } from './pool-ready.js';

export interface RunRequest {
  readonly plan: Plan;
  /** Folder of the configuration file. */
  readonly folder: string;
  /** Least duration of a job, for measuring the pool rather than the payload; KINC's only. */
  readonly minJobSeconds?: number | undefined;
}

/** A pool that answers, with the CPUs of all its executors. */
export interface ReadyPool {
  readonly pool: WorkflowPool;
  readonly executors: Executors;
  readonly slots: number;
}

/** What a recipe has read and checked, ready to be submitted. */
export interface PreparedRun {
  /** What its jobs side by side are called: `similarity job`. */
  readonly unit: string;
  /** Stages the files and submits; interrupted before the submission, nothing is left behind. */
  readonly start: (pool: ReadyPool) => Promise<RunRecord>;
}

/**
 * Reads and checks the input of a recipe before the pool is asked for anything; undefined, with
 * every problem said, when it cannot be used.
 */
export type PrepareRun = (
  context: ActionContext,
  request: RunRequest,
) => Promise<PreparedRun | undefined>;
