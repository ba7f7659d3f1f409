import type { Reporter, ReportEvent } from '../../ports/reporter.js';
import type { Redactor } from '../../util/redact.js';
import type { Suspendable } from './suspendable.js';

/** One JSON object per line and event, each with `time` (ISO, UTC). The format of `--json`. */
export class JsonReporter implements Reporter, Suspendable {
  readonly #write: (line: string) => void;
  readonly #now: () => Date;
  readonly #redactor: Redactor;

  constructor(write: (line: string) => void, now: () => Date, redactor: Redactor) {
    this.#write = write;
    this.#now = now;
    this.#redactor = redactor;
  }

  emit(event: ReportEvent): void {
    const line = { time: this.#now().toISOString(), ...this.#redactor.deep(event) };
    this.#write(`${JSON.stringify(line)}\n`);
  }

  /** Nobody is asked where a program reads: there is nothing to hold still for. */
  suspend<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
