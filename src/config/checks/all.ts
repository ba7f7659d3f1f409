import type { Problem } from '../../errors/problem.js';

/** Every check that looks at more than one place of the document. */
export function crossProblems(_document: unknown): readonly Problem[] {
  return [];
}
