import type { ActionContext } from '../actions/context.js';
import { toCrossflockError } from '../errors/crossflock-error.js';
import { exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { errorView } from '../pipeline/run-steps.js';
import { version } from './version.js';
import { createContext, type Edge, type GlobalFlags } from './context.js';

/**
 * Runs one action in a context of its own and turns whatever it throws into one readable message
 * and an exit code.
 */
export async function perform(
  edge: Edge,
  flags: GlobalFlags,
  action: (context: ActionContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const context = createContext(edge, flags);
  const { command } = flags;
  if (command !== undefined) {
    context.reporter.emit({ type: 'started', command, version: version() });
  }
  try {
    return await action(context);
  } catch (thrown) {
    const error = toCrossflockError(thrown);
    context.reporter.emit({ type: 'failed', error: errorView(error) });
    if (flags.debug) edge.stderr.write(`${stackOf(error)}\n`);
    return exitCodeFor(error.code);
  } finally {
    await context.reporter.close();
    await context.hosts.close();
    await context.host.close();
  }
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
