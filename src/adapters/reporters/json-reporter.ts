import type { Reporter, ReportEvent } from '../../ports/reporter.js';
import type { Redactor } from '../../util/redact.js';
import { ProgressPace } from './progress-pace.js';
import type { Suspendable } from './suspendable.js';

const PACE = { stateMs: 2000, countMs: 2000, stillMs: 60_000 };

type Progress = Extract<ReportEvent, { type: 'workflow-progress' }>;

/**
 * One JSON object per line and event, each with `time` (ISO, UTC). The format of `--json`. Of the
 * snapshots of a workflow only some are written, and always the last one.
 */
export class JsonReporter implements Reporter, Suspendable {
  readonly #write: (line: string) => void;
  readonly #now: () => Date;
  readonly #redactor: Redactor;
  readonly #pace = new ProgressPace(PACE);
  #held: Progress | undefined;

  constructor(write: (line: string) => void, now: () => Date, redactor: Redactor) {
    this.#write = write;
    this.#now = now;
    this.#redactor = redactor;
  }

  emit(event: ReportEvent): void {
    if (event.type === 'workflow-progress') {
      this.#held = event;
      if (!this.#pace.isDue(event.snapshot, this.#now().getTime())) return;
      this.#flush();
      return;
    }
    // What happens to the workflow meanwhile does not end it.
    if (event.type !== 'workflow-event') this.#flush();
    this.#put(event);
  }

  /** Nobody is asked where a program reads: there is nothing to hold still for. */
  suspend<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  close(): Promise<void> {
    this.#flush();
    return Promise.resolve();
  }

  #flush(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#put(held);
  }

  #put(event: ReportEvent): void {
    const line = { time: this.#now().toISOString(), ...this.#redactor.deep(event) };
    this.#write(`${JSON.stringify(line)}\n`);
  }
}
