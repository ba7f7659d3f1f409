import { PassThrough } from 'node:stream';

import type { CrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { ExecutorAnswer } from '../ports/workflow-pool.js';
import { optional } from '../util/optional.js';
import { POOLS_COMMAND, watchPools } from './commands.js';
import { type Ad, numberOf, textOf } from './htcondor/fields.js';
import { JsonObjectStream } from './htcondor/json-objects.js';
import { missingCommand, type SubmitterContainer } from './submitter-container.js';

/** Until the submitter is asked again after it went away. */
const LOOK_AGAIN_MS = 5000;

export interface Asking {
  readonly addresses: readonly string[];
  readonly onAnswer: (answer: ExecutorAnswer) => void;
}

/**
 * Lets the submitter ask the executors' pools until `signal` fires, across its restarts.
 * @throws CrossflockError `refused` where its image cannot do that
 */
export async function askExecutors(
  container: SubmitterContainer,
  clock: Clock,
  asking: Asking,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const missing = await askUntilInterrupted(container, asking, signal);
    if (missing !== undefined) throw missing;
    try {
      await clock.sleep(LOOK_AGAIN_MS, signal);
    } catch {
      return;
    }
  }
}

async function askUntilInterrupted(
  container: SubmitterContainer,
  { addresses, onAnswer }: Asking,
  signal: AbortSignal,
): Promise<CrossflockError | undefined> {
  const stream = new JsonObjectStream((piece) => {
    const answer = piece.ok ? answerOf(piece.value) : undefined;
    if (answer !== undefined) onAnswer(answer);
  });
  // Stays open for as long as we listen; its end is what ends the asking in the container.
  const stdin = new PassThrough();
  try {
    const result = await container.run(watchPools(addresses), {
      stdin,
      signal,
      onStdout: (chunk) => {
        stream.push(chunk);
      },
    });
    return missingCommand(POOLS_COMMAND, result);
  } catch {
    // What is wrong with the submitter is told by whoever follows the run.
    return undefined;
  } finally {
    stdin.destroy();
  }
}

function answerOf(ad: Ad): ExecutorAnswer | undefined {
  const address = textOf(ad, 'address');
  return address === undefined
    ? undefined
    : { address, ...optional('slots', numberOf(ad, 'cpus')) };
}
