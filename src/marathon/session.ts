import { CrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';

import type { MarathonClient } from './client.js';
import type { Watch } from './watch.js';

/** What everything done to one Marathon in one go shares. */
export interface Session {
  readonly client: MarathonClient;
  readonly clock: Clock;
  readonly watch: Watch;
  /** Fires at the deadline and when the person stops it. */
  readonly signal: AbortSignal;
  /** Override deployments that hold an app. */
  readonly force: boolean;
  readonly onProgress: (progress: Progress) => void;
}

/** News for the person who waits: lower case, one line. */
export interface Progress {
  /** Absent where it is about the Marathon as a whole. */
  readonly appId?: string;
  readonly message: string;
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Forgets the deadline; must be called in the end. */
  cancel(): void;
}

/** A signal that fires `ms` from now with a `timeout` error as its reason. */
export function startDeadline(clock: Clock, ms: number): Deadline {
  const fired = new AbortController();
  const cancelled = new AbortController();
  clock.sleep(ms, cancelled.signal).then(
    () => {
      fired.abort(
        new CrossflockError(`the deadline of ${ms / 1000} s has passed`, { code: 'timeout' }),
      );
    },
    () => undefined,
  );
  return {
    signal: fired.signal,
    cancel: () => {
      cancelled.abort();
    },
  };
}
