import { Listr } from 'listr2';
import type { Reporter, ReportEvent } from '../../ports/reporter.js';
import { deferred, type Deferred } from '../../util/deferred.js';
import type { Redactor } from '../../util/redact.js';
import { changeLine, eventLines, finishedLine } from './lines.js';
import { ansiPaint } from './paint.js';
import { PlannedChanges } from './planned-changes.js';
import type { Suspendable } from './suspendable.js';
import { WorkflowView } from './workflow-view.js';

interface LiveStep {
  readonly title: string;
  readonly end: Deferred<undefined>;
  readonly drawn: Promise<unknown>;
  readonly task: { title: string | undefined; output: string };
}

/** After these nothing more happens to the workflow that is being watched. */
const ENDINGS: ReadonlySet<ReportEvent['type']> = new Set(['summary', 'failed', 'table', 'report']);

/**
 * The view for a terminal: listr2 draws the running step, `WorkflowView` the running workflow,
 * finished things stay as lines. Events are drawn strictly one after the other, since both redraw in place.
 */
export class TerminalReporter implements Reporter, Suspendable {
  readonly #stream: NodeJS.WriteStream;
  readonly #redactor: Redactor;
  readonly #planned = new PlannedChanges();
  #tail: Promise<void> = Promise.resolve();
  #step: LiveStep | undefined;
  readonly #workflow: WorkflowView;

  constructor(stream: NodeJS.WriteStream, redactor: Redactor) {
    this.#stream = stream;
    this.#workflow = new WorkflowView(stream, ansiPaint);
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
    this.#workflow.end();
    this.#step?.end.resolve(undefined);
    await this.#step?.drawn;
  }

  /** What is drawn in place goes away for the time, and comes back as it was. */
  async #whileStill<T>(work: () => Promise<T>): Promise<T> {
    const step = this.#step;
    const output = step?.task.output;
    this.#workflow.pause();
    step?.end.resolve(undefined);
    await step?.drawn;
    try {
      return await work();
    } finally {
      if (step !== undefined) {
        this.#step = await startStep(step.title);
        if (output !== undefined && output !== '') this.#step.task.output = output;
      }
      this.#workflow.resume();
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
        this.#workflow.show(event.snapshot);
        return;
      case 'workflow-event':
        this.#workflow.happened(eventLines(event, ansiPaint));
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

  #print(event: ReportEvent): void {
    const ends = ENDINGS.has(event.type);
    if (ends) this.#workflow.end();
    else this.#workflow.pause();
    for (const line of eventLines(event, ansiPaint)) this.#write(line);
    if (!ends) this.#workflow.resume();
  }

  #write(line: string): void {
    this.#stream.write(`${line}\n`);
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
