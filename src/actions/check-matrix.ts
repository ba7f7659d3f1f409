import type { Plan } from '../plan/types.js';
import { readGem } from '../workflow/gem/read.js';
import type { GemFacts } from '../workflow/gem/types.js';
import { checkFit } from '../workflow/recipes/kinc.js';
import type { ActionContext } from './context.js';

export interface CheckedMatrix {
  readonly gemPath: string;
  readonly facts: GemFacts;
}

/**
 * Reads all of the expression matrix before anything is submitted; undefined, with every problem
 * said, when it cannot be used.
 */
export async function checkMatrix(
  { reporter, signal }: ActionContext,
  workflow: Plan['workflow'],
): Promise<CheckedMatrix | undefined> {
  const refuse = (message: string): undefined => {
    reporter.emit({ type: 'summary', ok: false, message: `${message}; nothing was submitted` });
    return undefined;
  };
  const { gem } = workflow;
  if (gem === undefined) {
    refuse('no expression matrix is given: write workflow.gem, or give --gem FILE');
    return;
  }
  const read = await readGem(gem, workflow.naValue, signal);
  if (!read.ok) {
    for (const problem of read.problems) reporter.emit({ type: 'problem', problem });
    const more = read.problemCount - read.problems.length;
    const shown = more > 0 ? `, the first ${read.problems.length} are shown` : '';
    const s = read.problemCount === 1 ? '' : 's';
    refuse(`${gem} cannot be used: ${read.problemCount} problem${s}${shown}`);
    return;
  }
  const misfits = checkFit(workflow, read.facts);
  for (const problem of misfits) reporter.emit({ type: 'problem', problem });
  if (misfits.length > 0) {
    refuse(`${gem} does not fit the options`);
    return;
  }
  const { genes, samples, pairs } = read.facts;
  reporter.emit({
    type: 'notice',
    level: 'info',
    message: `${gem}: ${genes} genes × ${samples} samples, ${pairs} pairs`,
  });
  return { gemPath: gem, facts: read.facts };
}
