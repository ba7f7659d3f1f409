import type { AppVersion, HealthCheck, HealthResult } from '../orchestrator.js';
import type { Announcer } from './announce.js';
import type { RuntimeContext } from './context.js';
import { healthStep, isByMesos } from './health.js';
import type { Probe } from './probe.js';
import type { TaskRecord } from './tasks.js';

export interface HealthParts {
  readonly context: RuntimeContext;
  readonly announcer: Announcer;
  readonly probe: Probe;
  /** The health of a task has changed. */
  readonly onChange: () => void;
  readonly killUnhealthy: (task: TaskRecord, reason: string) => Promise<void>;
}

/** Runs the health checks of running tasks, each on its own interval. */
export class HealthMonitor {
  readonly #parts: HealthParts;
  readonly #watched = new Map<string, AbortController>();

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Begins to check a task; one without health checks, or watched already, costs nothing. */
  watch(task: TaskRecord, app: AppVersion): void {
    const checks = app.definition.healthChecks ?? [];
    if (checks.length === 0 || this.#watched.has(task.id)) return;
    const control = new AbortController();
    this.#watched.set(task.id, control);
    const results = new Array<HealthResult | undefined>(checks.length).fill(undefined);
    checks.forEach((check, index) => {
      void this.#loop({ task, app, check, index, results, signal: control.signal });
    });
  }

  unwatch(taskId: string): void {
    this.#watched.get(taskId)?.abort();
    this.#watched.delete(taskId);
  }

  close(): void {
    for (const id of [...this.#watched.keys()]) this.unwatch(id);
  }

  async #loop(run: CheckRun): Promise<void> {
    const { clock } = this.#parts.context;
    const { check, signal } = run;
    try {
      if (isByMesos(check)) await clock.sleep(check.delaySeconds * 1000, signal);
      while (!signal.aborted) {
        await this.#once(run);
        await clock.sleep(Math.max(1, check.intervalSeconds) * 1000, signal);
      }
    } catch {
      // Aborted: the task is no longer watched.
    }
  }

  async #once({ task, app, check, index, results, signal }: CheckRun): Promise<void> {
    const { context, announcer, probe, onChange } = this.#parts;
    const outcome = await probe(check, app.definition, task);
    if (signal.aborted) return;
    const now = context.clock.now();
    const started = Date.parse(task.startedAt ?? task.stagedAt);
    const inGrace = now.getTime() - started < check.gracePeriodSeconds * 1000;
    const former = results[index];
    const at = { now: now.toISOString(), inGrace };
    const { result, kill } = healthStep(check, former, outcome, at);
    if (result === undefined) return;
    results[index] = result;
    task.health = results.filter((known) => known !== undefined);
    if (!result.alive) announcer.failedCheck(task, check);
    if (former?.alive !== result.alive) {
      announcer.health(task, result.alive);
      onChange();
    }
    if (!kill) return;
    this.unwatch(task.id);
    await this.#parts.killUnhealthy(task, result.lastFailureCause ?? 'unhealthy');
  }
}

interface CheckRun {
  readonly task: TaskRecord;
  readonly app: AppVersion;
  readonly check: HealthCheck;
  readonly index: number;
  readonly results: (HealthResult | undefined)[];
  readonly signal: AbortSignal;
}
