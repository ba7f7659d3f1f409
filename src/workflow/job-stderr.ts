import type { WorkflowPool } from '../ports/workflow-pool.js';
import { recipeOf } from './recipes/index.js';
import type { RunRecord } from './run-record.js';

const STDERR_LINES = 12;

/** The last try of a node. */
export interface LastTry {
  readonly node: string;
  /** Jobs submitted for it so far. */
  readonly tries: number;
  /** Number of the last one in the names of its logs. */
  readonly lastLog: number;
}

/** Gives the end of what a job wrote to its standard error, in lines without blank ones. */
export function stderrReader(
  pool: WorkflowPool,
  record: RunRecord,
  signal: AbortSignal,
): (last: LastTry) => Promise<readonly string[]> {
  const read = (name: string): Promise<string | undefined> =>
    pool.readRunFile(record.id, name, signal);
  const tail = (name: string): Promise<string | undefined> =>
    pool.tailRunFile(record.id, name, signal);
  const elsewhere = recipeOf(record.workflow).stderr?.({ read, tail });
  return async (last) => {
    const lines =
      elsewhere === undefined
        ? ((await tail(`logs/${last.node}.${last.lastLog}.err`)) ?? '').split('\n')
        : await elsewhere(last);
    return lines
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-STDERR_LINES);
  };
}
