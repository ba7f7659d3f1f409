import { resolve } from 'node:path';

import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { readGem } from '../workflow/gem/read.js';
import type { GemUse } from '../workflow/gem/types.js';
import { countWords, gemLines } from '../workflow/gem/words.js';
import type { ActionContext } from './context.js';

export interface GemLintOptions extends GemUse {
  /** Path of the expression matrix, plain or gzip. */
  readonly file: string;
}

/** `crossflock gem lint`: everything about an expression matrix, without a pool. */
export async function gemLint(
  { reporter, signal }: ActionContext,
  { file, ...use }: GemLintOptions,
): Promise<ExitCode> {
  const read = await readGem(resolve(file), use, signal);
  for (const problem of read.problems) reporter.emit({ type: 'problem', problem });
  const { ok, errors, warnings } = read;
  const counted = countWords(errors, warnings);
  if (!ok) {
    const message = `${file} cannot be used: ${counted}`;
    reporter.emit({ type: 'summary', ok, message, data: { errors, warnings } });
    return EXIT.usage;
  }
  const { facts, profile } = read;
  reporter.emit({ type: 'report', lines: gemLines(facts, profile) });
  reporter.emit({
    type: 'summary',
    ok,
    message: `${file} can be used${counted === '' ? '' : `: ${counted}`}`,
    data: { errors, warnings, gem: { ...facts, ...profile } },
  });
  return EXIT.ok;
}
