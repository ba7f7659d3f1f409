import type { WorkflowSnapshot } from '../../ports/reporter.js';

/** Milliseconds that have to pass before a snapshot is shown. */
export interface Pace {
  /** Where the state is another one: the phase, failures, held jobs, pools that are gone. */
  readonly stateMs: number;
  /** Where some other count is another one. */
  readonly countMs: number;
  /** Where nothing is but the time. */
  readonly stillMs: number;
}

/** Decides which snapshots a log gets to see. */
export class ProgressPace {
  readonly #pace: Pace;
  #shown = { at: Number.NEGATIVE_INFINITY, state: '', counts: '' };

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Whether the snapshot is to be shown at `at` (milliseconds); if so, it counts as shown. */
  isDue(snapshot: WorkflowSnapshot, at: number): boolean {
    const { stateMs, countMs, stillMs } = this.#pace;
    const [state, counts] = [stateOf(snapshot), countsOf(snapshot)];
    const isOther = state !== this.#shown.state;
    const wait = isOther ? stateMs : counts === this.#shown.counts ? stillMs : countMs;
    if (at - this.#shown.at < wait) return false;
    this.#shown = { at, state, counts };
    return true;
  }
}

function stateOf({ runId, phase, failed, held, executors }: WorkflowSnapshot): string {
  const gone = executors.filter(({ goneSeconds }) => goneSeconds !== undefined);
  return [runId, phase, failed, held, ...gone.map(({ address }) => address)].join(' ');
}

function countsOf({ done, running, queue, executors }: WorkflowSnapshot): string {
  const slots = executors.map((executor) => executor.slots ?? '-');
  const { later, queued, retrying, lost } = queue;
  return [done, running, later, queued, retrying, lost, ...slots].join(' ');
}
