import type { Problem } from '../errors/problem.js';

/**
 * What may be done with a configuration: `ready` to deploy; `incomplete`: fine, but placeholders or
 * secrets are to be filled in first; `unusable`.
 */
export type Verdict = 'ready' | 'incomplete' | 'unusable';

export function verdictOf(problems: readonly Problem[]): Verdict {
  if (problems.some(({ severity }) => severity === 'error')) return 'unusable';
  return problems.some(({ severity }) => severity === 'incomplete') ? 'incomplete' : 'ready';
}
