import type { JobEvent } from '../htcondor/events.js';

/** How a run ended. `removed`: by a person, with `condor_rm`. */
export interface RunEnd {
  readonly outcome: 'succeeded' | 'failed' | 'removed';
  /** Epoch milliseconds. */
  readonly at: number;
  /** Exit code of DAGMan. */
  readonly exitCode?: number;
}

/** Something a person wants to know that no count shows. */
export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  /** When it happened, epoch milliseconds; undefined where it was no event of the log. */
  readonly at?: number;
}

/** What became of the DAGMan job of a run, in the order of its log. */
export class DagRecord {
  /** When it was first submitted, epoch milliseconds. */
  submittedAt: number | undefined;
  /** Undefined while it goes on. */
  end: RunEnd | undefined;
  /** Whether a person held the whole run. */
  isHeld = false;

  /** Takes the next event; the answer is for people. */
  apply(event: JobEvent): Notice | undefined {
    switch (event.type) {
      case 'submit':
        this.submittedAt ??= event.at;
        // A run that is tried again has a new DAGMan job.
        this.end = undefined;
        return undefined;
      case 'execute':
        this.isHeld = false;
        return undefined;
      case 'terminated': {
        const outcome = event.exitCode === 0 ? 'succeeded' : 'failed';
        const code = event.exitCode;
        this.end = { outcome, at: event.at, ...(code === undefined ? {} : { exitCode: code }) };
        return undefined;
      }
      case 'aborted':
        this.end = { outcome: 'removed', at: event.at };
        return { level: 'error', message: `the workflow was removed: ${event.reason}` };
      case 'held':
        this.isHeld = true;
        return { level: 'warning', message: `the workflow is held: ${event.reason}` };
      case 'released':
        this.isHeld = false;
        return { level: 'info', message: 'the workflow was released' };
      default:
        return undefined;
    }
  }
}
