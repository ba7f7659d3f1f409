import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { toCrossflockError } from '../errors/crossflock-error.js';
import type { RunSummary } from '../ports/run-summary.js';
import { renderScatter } from '../report/photos/scatter-page.js';
import { PHOTOS_RESULT, readPhotoResult } from '../workflow/photos/photo-result.js';
import type { ActionContext } from './context.js';

/** Luminance over the years, beside the results of `photodemo`. */
const SCATTER_FILE = 'scatter.html';

/** Writes the scatter plot of a `photodemo` run whose result is here; none the worse for one less. */
export async function writePhotoPage(
  { host, reporter, signal }: ActionContext,
  { workflow, runId, results }: RunSummary,
): Promise<readonly string[]> {
  const isHere = results.files.some(({ name }) => name === PHOTOS_RESULT);
  if (workflow !== 'photodemo' || !isHere) return [];
  const page = join(results.folder, SCATTER_FILE);
  try {
    const result = readPhotoResult(await readFile(join(results.folder, PHOTOS_RESULT), 'utf8'));
    if (result === undefined) return [];
    await host.put(renderScatter(runId, result), page, 0o644);
    return [`scatter     ${page}`];
  } catch (error) {
    signal.throwIfAborted();
    const message = `the scatter plot could not be written: ${toCrossflockError(error).message}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
    return [];
  }
}
