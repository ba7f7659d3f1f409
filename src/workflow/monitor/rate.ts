/** Completions looked back on: enough to be steady, few enough to follow a change of speed. */
const WINDOW = 50;

/** How fast jobs finish now: the last `WINDOW` of them, or all since the first one started. */
export class CompletionRate {
  /** Times of the last completions, as a ring. */
  readonly #times: number[] = [];
  #count = 0;
  #startedAt: number | undefined;

  /** A job started; only the first one counts. */
  started(at: number): void {
    this.#startedAt ??= at;
  }

  finished(at: number): void {
    this.#times[this.#count % WINDOW] = at;
    this.#count += 1;
  }

  /** Completions that the rate is counted from. */
  get samples(): number {
    return Math.min(this.#count, WINDOW);
  }

  /** Jobs per minute up to `now` (epoch milliseconds); undefined before the second completion. */
  perMinute(now: number): number | undefined {
    if (this.#count < 2 || this.#startedAt === undefined) return undefined;
    const full = this.#count >= WINDOW;
    // The ring's next place holds the oldest time; it opens the window and is not in it.
    const from = full ? (this.#times[this.#count % WINDOW] as number) : this.#startedAt;
    const finished = full ? WINDOW - 1 : this.#count;
    const elapsed = now - from;
    return elapsed <= 0 ? undefined : (finished * 60_000) / elapsed;
  }
}
