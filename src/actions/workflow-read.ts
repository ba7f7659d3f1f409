import { findRun } from '../workflow/start.js';
import { readRun } from '../workflow/watch.js';
import type { RunMonitor } from '../workflow/monitor/run-monitor.js';
import type { RunRecord } from '../workflow/run-record.js';
import type { ActionContext } from './context.js';
import { type Executors, executorsOf } from './pool-ready.js';
import { openWorkflow, type OpenWorkflow, type WorkflowOptions } from './workflow-choice.js';

/** A run as it is now. */
export interface ReadRun extends OpenWorkflow {
  readonly record: RunRecord;
  readonly monitor: RunMonitor;
  readonly executors: Executors;
}

/**
 * The run that is named, or the latest, with all its events up to now; undefined, with everything
 * said, where the configuration is no good. Changes nothing.
 */
export async function openRun(
  context: ActionContext,
  options: WorkflowOptions,
): Promise<ReadRun | undefined> {
  const open = await openWorkflow(context, options);
  if (open === undefined) return undefined;
  const { plan, pool } = open;
  const record = await findRun(pool, options.run, context.signal);
  const monitor = await readRun(pool, record, context.signal);
  return { plan, pool, record, monitor, executors: executorsOf(plan) };
}
