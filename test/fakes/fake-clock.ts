import type { Clock } from '../../src/ports/clock.js';

interface Sleeper {
  readonly dueMs: number;
  /** Sleepers due at the same moment wake in the order in which they fell asleep. */
  readonly order: number;
  wake(): void;
}

/**
 * A clock that stands still until `advance` is called. Sleepers wake in the order of their times,
 * each with the clock at its own time, and what a woken one does (short of real I/O) is done before
 * the next one wakes: a loop that sleeps again is woken again within the same `advance`.
 */
export class FakeClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #order = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<() => void>();

  /** `start` is the wall clock at the beginning; it moves with the monotonic clock. */
  constructor(start = '2026-01-02T03:04:05.678Z') {
    this.#startMs = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** How many `sleep` calls are pending. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Milliseconds from now to each pending wake-up, earliest first. */
  get pendingMs(): readonly number[] {
    return [...this.#sleepers].map(({ dueMs }) => dueMs - this.#elapsedMs).sort((a, b) => a - b);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortError());
        return;
      }
      const sleeper: Sleeper = {
        dueMs: this.#elapsedMs + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        this.#changed();
        reject(abortError());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
      this.#changed();
    });
  }

  /** Moves the time forward by `ms` milliseconds, waking everybody who is due on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    for (;;) {
      await settle();
      const next = this.#earliest();
      if (next === undefined || next.dueMs > endMs) break;
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      this.#sleepers.delete(next);
      this.#changed();
      next.wake();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, endMs);
    await settle();
  }

  /**
   * Resolves once somebody sleeps with exactly `ms` milliseconds to go; at once where that is so
   * already. For code that reaches its sleep through real I/O: no test has to guess when.
   */
  async untilSleepOf(ms: number): Promise<void> {
    await this.until(() => this.pendingMs.includes(ms));
  }

  /** Resolves once `condition` holds, looked at whenever somebody falls asleep or wakes. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!condition()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  #earliest(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (first === undefined || isBefore(sleeper, first)) first = sleeper;
    }
    return first;
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs;
}

function abortError(): Error {
  return new DOMException('This operation was aborted', 'AbortError');
}

/** Lets everything that is ready run: promise reactions, then one turn of the event loop. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
