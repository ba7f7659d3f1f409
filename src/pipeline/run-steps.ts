import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { ErrorView, Reporter } from '../ports/reporter.js';
import type { Step, StepContext } from './step.js';

export interface PipelineOptions {
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly dryRun?: boolean;
}

export interface PipelineResult {
  /** Changes made, or in a dry run those that would be. */
  readonly changes: number;
  /** The step that ended it early, if any. */
  readonly failure?: { readonly step: string; readonly error: CrossflockError };
}

/** Runs the steps in order until one fails. Failures are reported, not thrown. */
export async function runSteps(
  steps: readonly Step[],
  options: PipelineOptions,
): Promise<PipelineResult> {
  let changes = 0;
  for (const current of steps) {
    const started = options.clock.monotonicMs();
    options.reporter.emit({ type: 'step-started', step: current.id, title: current.title });
    try {
      options.signal.throwIfAborted();
      changes += await runStep(current, options, started);
    } catch (thrown) {
      const error = options.signal.aborted ? interrupted(thrown) : toCrossflockError(thrown);
      options.reporter.emit({
        type: 'step-failed',
        step: current.id,
        title: current.title,
        error: errorView(error),
        milliseconds: options.clock.monotonicMs() - started,
      });
      return { changes, failure: { step: current.id, error } };
    }
  }
  return { changes };
}

async function runStep(current: Step, options: PipelineOptions, started: number): Promise<number> {
  const { reporter, clock } = options;
  const dryRun = options.dryRun ?? false;
  const shortfalls: string[] = [];
  const context: StepContext = {
    signal: options.signal,
    dryRun,
    progress: (message) => {
      reporter.emit({ type: 'step-progress', step: current.id, message });
    },
    incomplete: (message) => {
      shortfalls.push(message);
    },
    applied: ({ view }) => {
      reporter.emit({ type: 'change', step: current.id, change: view, state: 'applied' });
    },
  };
  const changes = await current.check(context);
  for (const change of changes) {
    reporter.emit({ type: 'change', step: current.id, change: change.view, state: 'planned' });
  }
  // The one guard: nothing below this line happens in a dry run.
  if (!dryRun && changes.length > 0) await current.apply(changes, context);
  const settled = dryRun ? undefined : await current.settle?.(context);
  const message = sentence([current.found?.(), settled, ...shortfalls]);
  const changed = dryRun ? 'would-change' : 'changed';
  reporter.emit({
    type: 'step-finished',
    step: current.id,
    title: current.title,
    outcome: shortfalls.length > 0 ? 'incomplete' : changes.length === 0 ? 'unchanged' : changed,
    ...(message === '' ? {} : { message }),
    milliseconds: clock.monotonicMs() - started,
  });
  return changes.length;
}

function sentence(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('; ');
}

function interrupted(cause: unknown): CrossflockError {
  return new CrossflockError('interrupted', { code: 'aborted', cause });
}

export function errorView(error: CrossflockError): ErrorView {
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
