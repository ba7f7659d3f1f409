import { fileURLToPath } from 'node:url';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { DEFAULT_WORKLOAD, labConfiguration } from '../lab/configuration.js';
import type { ActionContext } from './context.js';
import { filesOf, presentLab, readAccess, type LabOptions } from './lab-common.js';

export interface LabConfigOptions extends LabOptions {
  readonly executorCpus?: number;
  /** MB. */
  readonly executorMem?: number;
  readonly json: boolean;
}

/** The demo's matrix, two folders up from here in the sources and in the build. */
const GEM = fileURLToPath(new URL('../../data/golub-gem.txt.gz', import.meta.url));

/**
 * `crossflock lab config`: the configuration of a lab, ready for every other command, and nothing
 * else, so that it can be sent to a file. With `--json` it is in the summary.
 */
export async function labConfig(
  context: ActionContext,
  { name, json, ...options }: LabConfigOptions,
): Promise<ExitCode> {
  const lab = await presentLab(context, name);
  const files = filesOf(context, name);
  if ((await readAccess(context, files)) === undefined) {
    throw new CrossflockError(`the keys of lab ${name} are not in ${files.folder}`, {
      code: 'not-found',
      hint: 'crossflock lab up makes new ones; a lab belongs to the user who made it',
    });
  }
  const { executorCpus = DEFAULT_WORKLOAD.executorCpus } = options;
  const { executorMem = DEFAULT_WORKLOAD.executorMem } = options;
  const configuration = labConfiguration(lab, files, { gem: GEM, executorCpus, executorMem });
  if (json) {
    const message = `the configuration of lab ${name}`;
    context.reporter.emit({ type: 'summary', ok: true, message, data: { configuration } });
  } else {
    const lines = JSON.stringify(configuration, undefined, 2).split('\n');
    context.reporter.emit({ type: 'report', lines });
  }
  return EXIT.ok;
}
