import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { ChangeView } from '../ports/reporter.js';
import { fanOut } from '../util/fan-out.js';

export interface StepContext {
  readonly signal: AbortSignal;
  /** Nothing may be changed; `check` must cope with what earlier steps would have made. */
  readonly dryRun: boolean;
  /** One line of what is going on, for the reader. */
  readonly progress: (message: string) => void;
  /** Something that this step could not find out or do, though the others go on. */
  readonly incomplete: (message: string) => void;
  /** To be called for each change once it is made. */
  readonly applied: (change: StepChange) => void;
}

/** A difference that a step can remove: what people see, and what the step needs to do it. */
export interface StepChange {
  readonly view: ChangeView;
}

/**
 * One line of an action's story. `check` only looks; `apply` makes the changes it found, and is not
 * called in a dry run or when there are none; `settle` waits, also when there was nothing to change,
 * until what is wanted is true, and says so in a few words.
 */
export interface Step<C extends StepChange = StepChange> {
  readonly id: string;
  readonly title: string;
  check(context: StepContext): Promise<readonly C[]>;
  /** What `check` found, in a few words, where that is no change; also told in a dry run. */
  found?(): string;
  apply(changes: readonly C[], context: StepContext): Promise<void>;
  settle?(context: StepContext): Promise<string>;
}

/** Lets a step keep its own kind of change among steps of other kinds. */
export function step<C extends StepChange>(definition: Step<C>): Step {
  return definition;
}

/**
 * An `apply` that makes each change by itself, at most `limit` at a time. One that fails does not
 * stop the others; all that failed are named in the error.
 */
export function applyEach<C extends StepChange>(
  limit: number,
  applyOne: (change: C, context: StepContext) => Promise<void>,
): Step<C>['apply'] {
  return async (changes, context) => {
    const { failed } = await fanOut(changes, limit, async (change) => {
      context.signal.throwIfAborted();
      await applyOne(change, context);
      context.applied(change);
    });
    const first = failed[0];
    if (first === undefined) return;
    if (failed.length === 1) throw toCrossflockError(first.error);
    const lines = failed.map(
      ({ target, error }) => `${target.view.target}: ${toCrossflockError(error).message}`,
    );
    throw new CrossflockError(`${failed.length} of ${changes.length} failed: ${lines.join('; ')}`, {
      code: toCrossflockError(first.error).code,
      cause: new AggregateError(failed.map(({ error }) => error)),
    });
  };
}
