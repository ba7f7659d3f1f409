import type { Reporter } from '../../ports/reporter.js';

/** A view that can hold still while somebody else writes to the terminal. */
export interface Suspendable {
  /** Draws what is pending, then nothing until `work` has ended; what comes meanwhile follows. */
  suspend<T>(work: () => Promise<T>): Promise<T>;
}

export type SuspendableReporter = Reporter & Suspendable;
