/**
 * One piece of work that several wait for. Each may stop waiting on its own; when nobody waits any
 * more, the work itself is aborted.
 */
export class SharedAttempt<T> {
  readonly work: Promise<T>;
  readonly #abort = new AbortController();
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.work = work(this.#abort.signal);
    // Everybody may have gone before it fails.
    this.work.catch(() => undefined);
  }

  async join(signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) {
      // Stays for good: never counted down.
      this.#waiting += 1;
      return this.work;
    }
    signal.throwIfAborted();
    this.#waiting += 1;
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => {
      left.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.work, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.cancel();
    }
  }

  get cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  /** For everybody. */
  cancel(): void {
    this.#abort.abort();
  }
}
