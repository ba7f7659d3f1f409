import type { Execution } from './node.js';
import { CompletionRate } from './rate.js';

/** What one executor has done and does, kept in constant time an execution. */
export class ExecutorTally {
  readonly rate = new CompletionRate();
  #running = 0;
  #done = 0;
  #failed = 0;
  #workMs = 0;
  /** CPU milliseconds of executions that have ended, whatever came of them. */
  #endedCoreMs = 0;
  /** CPUs of those under way, and the sum of each one's start times its CPUs. */
  #cores = 0;
  #coreStarts = 0;

  get running(): number {
    return this.#running;
  }

  /** Executions that succeeded. */
  get done(): number {
    return this.#done;
  }

  /** Executions whose program failed; lost ones are not the program's doing. */
  get failed(): number {
    return this.#failed;
  }

  /** Mean milliseconds of the executions that succeeded; undefined before the first. */
  get meanMs(): number | undefined {
    return this.#done === 0 ? undefined : this.#workMs / this.#done;
  }

  /** CPUs that jobs had, times the milliseconds that they had them, up to `now`. */
  coreMs(now: number): number {
    return this.#endedCoreMs + Math.max(0, this.#cores * now - this.#coreStarts);
  }

  /** What had succeeded left no usable output. */
  rejected({ startedAt, endedAt = startedAt }: Execution): void {
    this.#done -= 1;
    this.#failed += 1;
    this.#workMs -= endedAt - startedAt;
  }

  started({ startedAt, cpus }: Execution): void {
    this.#running += 1;
    this.#cores += cpus;
    this.#coreStarts += cpus * startedAt;
    this.rate.started(startedAt);
  }

  /** `execution` has its end and its outcome. */
  ended({ startedAt, endedAt = startedAt, outcome, cpus }: Execution): void {
    this.#running -= 1;
    this.#cores -= cpus;
    this.#coreStarts -= cpus * startedAt;
    this.#endedCoreMs += cpus * (endedAt - startedAt);
    if (outcome === 'failed') this.#failed += 1;
    if (outcome !== 'succeeded') return;
    this.#done += 1;
    this.#workMs += endedAt - startedAt;
    this.rate.finished(endedAt);
  }
}
