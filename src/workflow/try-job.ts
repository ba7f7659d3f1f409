import type { TriedJob } from '../ports/workflow-pool.js';
import { TRY_COMMAND } from './commands.js';
import { missingCommand, type SubmitterContainer } from './submitter-container.js';

/** A little more than the command itself allows the job. */
const TRY_MS = 11 * 60_000;

/** Runs the job of a specification's `test`, whatever its exit code. */
export async function tryJob(
  container: SubmitterContainer,
  stagedSpec: string,
  signal: AbortSignal,
): Promise<TriedJob> {
  const argv = [TRY_COMMAND, stagedSpec];
  const result = await container.run(argv, { signal, timeoutMs: TRY_MS });
  const missing = missingCommand(TRY_COMMAND, result);
  if (missing !== undefined) throw missing;
  const { exitCode, stdout, stderr } = result;
  return { exitCode, stdout, stderr };
}
