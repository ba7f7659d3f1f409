import type { Plan } from '../plan/types.js';
import { readGem } from '../workflow/gem/read.js';
import type { GemFacts, GemProfile } from '../workflow/gem/types.js';
import { countWords } from '../workflow/gem/words.js';
import { checkFit } from '../workflow/recipes/kinc.js';
import type { ActionContext } from './context.js';

export interface CheckedMatrix {
  readonly gemPath: string;
  readonly facts: GemFacts;
  readonly profile: GemProfile;
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
  const read = await readGem(gem, workflow, signal);
  for (const problem of read.problems) reporter.emit({ type: 'problem', problem });
  if (!read.ok) {
    refuse(`${gem} cannot be used: ${countWords(read.errors, read.warnings)}`);
    return;
  }
  const misfits = checkFit(workflow, read.facts);
  for (const problem of misfits) reporter.emit({ type: 'problem', problem });
  if (misfits.length > 0) {
    refuse(`${gem} does not fit the options`);
    return;
  }
  const { facts, profile } = read;
  const { genes, samples, pairs } = facts;
  reporter.emit({
    type: 'notice',
    level: 'info',
    message: `${gem}: ${genes} genes × ${samples} samples, ${pairs} pairs`,
  });
  return { gemPath: gem, facts, profile };
}
