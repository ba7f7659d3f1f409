import { deferred, type Deferred } from '../../../util/deferred.js';

/**
 * Bounds the sessions that are open on one connection at a time. sshd permits 10 (`MaxSessions`);
 * two are left for ending commands that are to end.
 */
export class SessionSlots {
  #limit: number;
  #used = 0;
  readonly #waiting: Deferred<undefined>[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Waits for a free slot; rejects with the signal's reason when it fires before. */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#used < this.#limit) {
      this.#used += 1;
      return;
    }
    const turn = deferred<undefined>();
    this.#waiting.push(turn);
    const onAbort = (): void => {
      const index = this.#waiting.indexOf(turn);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      turn.reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  give(): void {
    this.#used -= 1;
    if (this.#used >= this.#limit) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#used += 1;
    next.resolve(undefined);
  }

  /** The server refused one of those that are counted: from now on no more than the others. */
  lower(): void {
    this.#limit = Math.min(this.#limit, Math.max(1, this.#used - 1));
  }
}
