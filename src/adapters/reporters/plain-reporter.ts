import type { Reporter, ReportEvent, WorkflowSnapshot } from '../../ports/reporter.js';
import type { Redactor } from '../../util/redact.js';
import { eventLines } from './lines.js';
import type { Paint } from './paint.js';
import { ProgressPace } from './progress-pace.js';
import { PlannedChanges } from './planned-changes.js';
import type { Suspendable } from './suspendable.js';

/** Of the progress lines of a workflow. */
const PACE = { stateMs: 1000, countMs: 30_000, stillMs: 300_000 };

/** Lines for a log, a pipe or a terminal without cursor movement; failures go to standard error. */
export class PlainReporter implements Reporter, Suspendable {
  readonly #write: (line: string) => void;
  readonly #writeError: (line: string) => void;
  readonly #now: () => Date;
  readonly #redactor: Redactor;
  readonly #paint: Paint;
  readonly #planned = new PlannedChanges();
  /** Events that came while the view held still, with how many times it is asked to. */
  readonly #held: ReportEvent[] = [];
  #suspended = 0;
  readonly #pace = new ProgressPace(PACE);

  constructor(
    output: { write: (line: string) => void; writeError: (line: string) => void },
    options: { now: () => Date; redactor: Redactor; paint: Paint },
  ) {
    this.#write = output.write;
    this.#writeError = output.writeError;
    this.#now = options.now;
    this.#redactor = options.redactor;
    this.#paint = options.paint;
  }

  emit(event: ReportEvent): void {
    if (this.#suspended > 0) this.#held.push(event);
    else this.#show(event);
  }

  async suspend<T>(work: () => Promise<T>): Promise<T> {
    this.#suspended += 1;
    try {
      return await work();
    } finally {
      this.#suspended -= 1;
      if (this.#suspended === 0)
        this.#held.splice(0).forEach((event) => {
          this.#show(event);
        });
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #show(event: ReportEvent): void {
    if (event.type === 'workflow-progress' && !this.#isDue(event.snapshot)) return;
    const failed = event.type === 'failed' || event.type === 'step-failed';
    const write = failed ? this.#writeError : this.#write;
    for (const shown of this.#planned.filter(event)) {
      for (const line of eventLines(shown, this.#paint)) {
        write(`${this.#redactor.text(line)}\n`);
      }
    }
  }

  #isDue(snapshot: WorkflowSnapshot): boolean {
    return this.#pace.isDue(snapshot, this.#now().getTime());
  }
}
