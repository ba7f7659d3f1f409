import type { ChangeView } from '../ports/reporter.js';

export interface StepContext {
  readonly signal: AbortSignal;
  /** Nothing may be changed; `check` must cope with what earlier steps would have made. */
  readonly dryRun: boolean;
  /** One line of what is going on, for the reader. */
  progress(message: string): void;
}

/** A difference that a step can remove: what people see, and what the step needs to do it. */
export interface StepChange {
  readonly view: ChangeView;
}

/**
 * One line of an action's story. `check` only looks; `apply` is called once for each change it
 * found, never in a dry run; `settle` waits for what was asked to become true.
 */
export interface Step<C extends StepChange = StepChange> {
  readonly id: string;
  readonly title: string;
  /** How many changes may be applied at a time; 1 where their order matters. */
  readonly concurrency?: number;
  check(context: StepContext): Promise<readonly C[]>;
  apply(change: C, context: StepContext): Promise<void>;
  settle?(context: StepContext): Promise<string | undefined>;
}

/** Helps inference where a step's kind of change is local to it. */
export function step<C extends StepChange>(definition: Step<C>): Step {
  return definition;
}
