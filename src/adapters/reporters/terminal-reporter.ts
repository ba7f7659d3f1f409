import { Listr } from 'listr2';
import ora, { type Ora } from 'ora';
import type { Reporter, ReportEvent } from '../../ports/reporter.js';
import { deferred, type Deferred } from '../../util/deferred.js';
import type { Redactor } from '../../util/redact.js';
import { ansiPaint, changeLine, eventLines, finishedLine } from './lines.js';
import { PlannedChanges } from './planned-changes.js';
import { progressView } from './progress.js';
import type { Suspendable } from './suspendable.js';

interface LiveStep {
  readonly title: string;
  readonly end: Deferred<undefined>;
  readonly drawn: Promise<unknown>;
  readonly task: { title: string | undefined; output: string };
}

/** Of a terminal that does not tell. */
const COLUMNS = 80;
/** The spinner, the space after it, and the last column, in which some terminals wrap. */
const SPINNER_COLUMNS = 3;
/** After these nothing more happens to the workflow that is being watched. */
const ENDINGS: ReadonlySet<ReportEvent['type']> = new Set(['summary', 'failed', 'table', 'report']);

/**
 * The view for a terminal: listr2 draws the running step, ora the running workflow, finished things
 * stay as lines. Events are drawn strictly one after the other, since both redraw in place.
 */
export class TerminalReporter implements Reporter, Suspendable {
  readonly #stream: NodeJS.WriteStream;
  readonly #redactor: Redactor;
  readonly #planned = new PlannedChanges();
  #tail: Promise<void> = Promise.resolve();
  #step: LiveStep | undefined;
  #spinner: Ora | undefined;

  constructor(stream: NodeJS.WriteStream, redactor: Redactor) {
    this.#stream = stream;
    this.#redactor = redactor;
  }

  emit(event: ReportEvent): void {
    for (const shown of this.#planned.filter(this.#redactor.deep(event))) {
      this.#tail = this.#tail.then(() => this.#draw(shown));
    }
  }

  suspend<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(() => this.#whileStill(work));
    this.#tail = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async close(): Promise<void> {
    await this.#tail;
    this.#spinner?.stop();
    this.#step?.end.resolve(undefined);
    await this.#step?.drawn;
  }

  /** What is drawn in place goes away for the time, and comes back as it was. */
  async #whileStill<T>(work: () => Promise<T>): Promise<T> {
    const { step, spinner } = { step: this.#step, spinner: this.#spinner };
    const output = step?.task.output;
    spinner?.stop();
    step?.end.resolve(undefined);
    await step?.drawn;
    try {
      return await work();
    } finally {
      if (step !== undefined) {
        this.#step = await startStep(step.title);
        if (output !== undefined && output !== '') this.#step.task.output = output;
      }
      spinner?.start();
    }
  }

  async #draw(event: ReportEvent): Promise<void> {
    switch (event.type) {
      case 'step-started':
        this.#step = await startStep(event.title);
        return;
      case 'step-progress':
        if (this.#step !== undefined) this.#step.task.output = event.message;
        return;
      case 'change':
        if (this.#step === undefined) this.#print(event);
        else this.#step.task.output = changeLine(event.change, event.state);
        return;
      case 'step-finished':
      case 'step-failed':
        await this.#endStep(event);
        return;
      case 'workflow-progress':
        this.#progress(event);
        return;
      default:
        this.#print(event);
    }
  }

  async #endStep(event: Extract<ReportEvent, { type: 'step-finished' | 'step-failed' }>) {
    const live = this.#step;
    this.#step = undefined;
    live?.end.resolve(undefined);
    await live?.drawn;
    if (event.type === 'step-finished') this.#write(finishedLine(event, ansiPaint));
    else this.#print(event);
  }

  #progress(event: Extract<ReportEvent, { type: 'workflow-progress' }>): void {
    // That the terminal can redraw was decided before this view was chosen.
    const options = { stream: this.#stream, discardStdin: false, isEnabled: true };
    this.#spinner ??= ora(options).start();
    const columns = this.#stream.columns || COLUMNS;
    this.#spinner.text = progressView(event.snapshot, columns - SPINNER_COLUMNS);
  }

  #print(event: ReportEvent): void {
    const ends = ENDINGS.has(event.type);
    if (ends) {
      this.#spinner?.stop();
      this.#spinner = undefined;
    }
    for (const line of eventLines(event, ansiPaint)) this.#write(line);
  }

  #write(line: string): void {
    this.#spinner?.clear();
    this.#stream.write(`${line}\n`);
    this.#spinner?.render();
  }
}

/** Starts drawing a step; listr2 hands out the task to write on once it runs it. */
async function startStep(title: string): Promise<LiveStep> {
  const end = deferred<undefined>();
  const ready = deferred<LiveStep['task']>();
  const list = new Listr(
    [
      {
        title,
        task: (_, task) => {
          ready.resolve(task);
          return end.promise;
        },
      },
    ],
    {
      registerSignalListeners: false,
      // The finished step is printed as a line of its own, with what came of it.
      rendererOptions: { clearOutput: true },
    },
  );
  const drawn = list.run();
  return { title, end, drawn, task: await ready.promise };
}
