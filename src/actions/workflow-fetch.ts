import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import { collectAndReport } from './workflow-collect.js';
import { openRun } from './workflow-read.js';
import type { WatchOptions } from './workflow-watch.js';

/**
 * `workflow fetch`: collects the results of a run that has ended, the latest where none is named.
 * @throws CrossflockError `refused` where it goes on
 */
export async function fetchRun(context: ActionContext, options: WatchOptions): Promise<ExitCode> {
  const read = await openRun(context, options);
  if (read === undefined) return EXIT.usage;
  const { record, monitor } = read;
  if (monitor.end === undefined) {
    throw new CrossflockError(`run ${record.id} has not ended yet`, {
      code: 'refused',
      hint: `crossflock workflow watch ${record.id} follows it and fetches its results at its end`,
    });
  }
  return collectAndReport(context, { ...read, out: options.out });
}
