import { PassThrough } from 'node:stream';

import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { FollowHandlers } from '../ports/workflow-pool.js';
import { EVENTS_COMMAND, ownSource, plainSource } from './event-source.js';
import { type Ad, textOf } from './htcondor/fields.js';
import { commandFailed, missingCommand, type SubmitterContainer } from './submitter-container.js';

/** How long the submitter may be gone before following gives up. The workflow does not end by it. */
const GONE_DEADLINE_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 1000;

const SUBMISSION = 'SubmitEvent';
/** Events of `DAGMan`'s own log after which no more come. */
const ENDINGS: ReadonlySet<string> = new Set(['JobTerminatedEvent', 'JobAbortedEvent']);

/**
 * Follows one run across restarts of the submitter. It goes on after the events already told, which
 * are counted per log because only within a log the order is fixed.
 */
export class RunFollower {
  readonly #container: SubmitterContainer;
  readonly #clock: Clock;
  readonly #runId: string;
  readonly #handlers: FollowHandlers;
  /** Events told so far, by log. */
  readonly #told = new Map<string, number>();
  #ended = false;
  #source = ownSource;

  constructor(
    container: SubmitterContainer,
    clock: Clock,
    run: { readonly id: string; readonly handlers: FollowHandlers },
  ) {
    this.#container = container;
    this.#clock = clock;
    this.#runId = run.id;
    this.#handlers = run.handlers;
  }

  /** Resolves when the run has ended. Throws `aborted`, `command-failed`, `unavailable`. */
  async follow(signal: AbortSignal): Promise<void> {
    let goneSince: number | undefined;
    for (;;) {
      const before = this.#count();
      const problem = await this.#readOnce(signal);
      if (this.#ended) return;
      if (problem !== undefined && !problem.retryable) throw problem;
      if (goneSince === undefined || this.#count() > before) {
        goneSince = this.#clock.monotonicMs();
        this.#handlers.onInterruption(problem?.message ?? 'the stream of events ended early');
      } else if (this.#clock.monotonicMs() - goneSince > GONE_DEADLINE_MS) {
        throw new CrossflockError(
          `the submitter has been gone for ${GONE_DEADLINE_MS / 60_000} minutes`,
          {
            code: 'unavailable',
            cause: problem,
            hint: 'the workflow is kept; run create-containers, then run-kinc --attach',
          },
        );
      }
      await this.#clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  async #readOnce(signal: AbortSignal): Promise<CrossflockError | undefined> {
    const { argv, stream } = this.#source({
      runId: this.#runId,
      follow: true,
      onEvent: (event) => {
        this.#take(event);
      },
      onDamage: this.#handlers.onDamage,
      told: new Map(this.#told),
      now: this.#clock.now(),
    });
    // Stays open for as long as we read; its end is what ends the reader in the container.
    const stdin = new PassThrough();
    try {
      const result = await this.#container.run(argv, {
        stdin,
        signal,
        onStdout: (chunk) => {
          stream.push(chunk);
        },
      });
      if (result.exitCode === 0) return undefined;
      // 143: the container stops and ends its processes first.
      if (result.exitCode === 143) return retryable('the submitter is stopping');
      if (this.#source === ownSource && missingCommand(EVENTS_COMMAND, result) !== undefined) {
        this.#source = plainSource;
        return await this.#readOnce(signal);
      }
      return commandFailed([EVENTS_COMMAND, this.#runId], result);
    } catch (error) {
      return toCrossflockError(error);
    } finally {
      stdin.destroy();
    }
  }

  #take(event: Ad): void {
    const log = textOf(event, 'Log') ?? '';
    this.#told.set(log, (this.#told.get(log) ?? 0) + 1);
    this.#handlers.onEvent(event);
    const kind = textOf(event, 'MyType') ?? '';
    // A run that is tried again has a new DAGMan job in the same log.
    if (log === 'dagman' && (kind === SUBMISSION || ENDINGS.has(kind))) {
      this.#ended = kind !== SUBMISSION;
    }
  }

  #count(): number {
    return [...this.#told.values()].reduce((sum, count) => sum + count, 0);
  }
}

function retryable(message: string): CrossflockError {
  return new CrossflockError(message, { code: 'unavailable', retryable: true });
}
