import type { Problem } from '../../errors/problem.js';
import { eachString, formatPath } from '../paths.js';
import { show } from '../show.js';

/** A value to be filled in: `<ssh-pubkey>` as the whole text, or as a word in it. */
export const PLACEHOLDER = /^<[^<>]+>$|<[A-Za-z][A-Za-z0-9_-]*>/;

/** Placeholders that were left in the document. */
export function placeholderProblems(document: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  eachString(document, (text, path) => {
    const found = PLACEHOLDER.exec(text)?.[0];
    if (found === undefined) return;
    problems.push({
      severity: 'incomplete',
      path: formatPath(path),
      value: show(text),
      message: 'is a placeholder that was left in',
      fix: `write what ${found} stands for`,
    });
  });
  return problems;
}
