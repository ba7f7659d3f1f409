import type { ExecutorAnswer } from '../ports/workflow-pool.js';
import type { Notice } from './monitor/run-monitor.js';
import type { ClusterOfAddress } from './monitor/snapshot.js';

/** A pool that has not answered for this long is gone; the submitter asks every 15 s. */
const GONE_AFTER_MS = 30_000;

interface Known {
  /** CPUs that it offered last. */
  slots?: number;
  /** When it answered last, or when it was first asked; epoch milliseconds. */
  since: number;
  gone: boolean;
}

/**
 * Which executors' pools answer. Times are epoch milliseconds. Nothing is concluded from silence
 * alone: only when the submitter says that it asked a pool in vain.
 */
export class ExecutorHealth {
  readonly #clusters: ClusterOfAddress;
  readonly #known = new Map<string, Known>();

  constructor(clusters: ClusterOfAddress) {
    this.#clusters = clusters;
  }

  /** Takes what the submitter was told; the answer is for people. */
  heard({ address, slots }: ExecutorAnswer, at: number): Notice | undefined {
    const known = this.#known.get(address) ?? { since: at, gone: false };
    this.#known.set(address, known);
    if (slots === undefined) return this.#inVain(address, known, at);
    const wasGone = known.gone;
    Object.assign(known, { slots, since: at, gone: false });
    if (!wasGone) return undefined;
    return { level: 'info', message: `${this.#name(address)} answers again`, at };
  }

  /** CPUs that the pool at `address` offered last; undefined before it said so, and when gone. */
  slotsOf(address: string): number | undefined {
    const known = this.#known.get(address);
    return known?.gone === true ? undefined : known?.slots;
  }

  /** Since when the pool at `address` is gone; undefined where it is not. */
  goneSince(address: string): number | undefined {
    const known = this.#known.get(address);
    return known?.gone === true ? known.since : undefined;
  }

  #inVain(address: string, known: Known, at: number): Notice | undefined {
    if (known.gone || at - known.since < GONE_AFTER_MS) return undefined;
    known.gone = true;
    const since = new Date(known.since).toISOString().slice(11, 19);
    return {
      level: 'warning',
      message: `${this.#name(address)} is gone since ${since}, its jobs wait`,
      at,
    };
  }

  #name(address: string): string {
    return `${this.#clusters.get(address) ?? 'no cluster'}: the pool ${address}`;
  }
}
