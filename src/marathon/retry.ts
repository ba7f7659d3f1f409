import pRetry from 'p-retry';

import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';

import { refusalOf } from './refusal.js';
import { abortReason } from './transport.js';

/** How often and how patiently a request is repeated. Times in milliseconds. */
export interface RetryPolicy {
  /** Repetitions after the first attempt. */
  readonly retries: number;
  readonly minTimeout: number;
  readonly maxTimeout: number;
  readonly factor: number;
}

/** About 40 s in all with the jitter: what a Marathon needs to restart or to elect a leader. */
export const DEFAULT_RETRY: RetryPolicy = {
  retries: 8,
  minTimeout: 250,
  maxTimeout: 8000,
  factor: 2,
};

export interface RetryHooks {
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((error: CrossflockError, delayMs: number) => void) | undefined;
}

/**
 * Repeats `work` while it throws something retryable, with jittered exponential back-off. A lock is
 * left to the caller, who knows whose deployment it is. Throws the last error.
 */
export async function withRetries<T>(
  work: (attempt: number) => Promise<T>,
  hooks: RetryHooks,
): Promise<T> {
  const { signal } = hooks;
  try {
    return await pRetry(work, {
      ...hooks.policy,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => isWorthRetrying(error),
      onFailedAttempt: ({ error, retryDelay, retriesLeft }) => {
        if (retriesLeft > 0 && isWorthRetrying(error)) {
          hooks.onRetry?.(toCrossflockError(error), retryDelay);
        }
      },
    });
  } catch (error) {
    if (signal?.aborted === true) throw abortReason(signal);
    throw toCrossflockError(error);
  }
}

function isWorthRetrying(error: Error): boolean {
  return error instanceof CrossflockError && error.retryable && refusalOf(error)?.kind !== 'locked';
}
