import type { AppVersion } from '../orchestrator.js';

/** A task that ran this long was viable: its app's delay starts anew (Marathon's default). */
const VIABLE_MS = 60_000;

interface Delay {
  readonly configVersion: string;
  readonly delayMs: number;
  readonly untilMs: number;
}

/**
 * Marathon's launch delays (`RateLimiter`): each failure makes an app wait `backoffSeconds`, the
 * next one `backoffFactor` times as long, up to `maxLaunchDelaySeconds`. Kept per app and
 * configuration, so a changed app starts without a delay. Times in milliseconds of any one clock.
 */
export class LaunchDelays {
  readonly #delays = new Map<string, Delay>();

  /** A task of the app ended by itself after `ranMs`; answers how long the app has to wait. */
  failed(app: AppVersion, nowMs: number, ranMs: number): number {
    const { id, backoffSeconds, backoffFactor, maxLaunchDelaySeconds } = app.definition;
    const former = ranMs >= VIABLE_MS ? undefined : this.#of(app);
    const wanted = former === undefined ? backoffSeconds * 1000 : former.delayMs * backoffFactor;
    const delayMs = Math.min(wanted, maxLaunchDelaySeconds * 1000);
    const configVersion = app.lastConfigChangeAt;
    this.#delays.set(id, { configVersion, delayMs, untilMs: nowMs + delayMs });
    return delayMs;
  }

  /** Takes up a delay from before a restart of this server, of which `leftMs` are left. */
  restore(app: AppVersion, nowMs: number, delayMs: number, leftMs: number): void {
    const configVersion = app.lastConfigChangeAt;
    this.#delays.set(app.definition.id, { configVersion, delayMs, untilMs: nowMs + leftMs });
  }

  /** Milliseconds until the app may launch; 0 when it may now. */
  leftMs(app: AppVersion, nowMs: number): number {
    const delay = this.#of(app);
    return delay === undefined ? 0 : Math.max(0, delay.untilMs - nowMs);
  }

  reset(appId: string): void {
    this.#delays.delete(appId);
  }

  #of(app: AppVersion): Delay | undefined {
    const delay = this.#delays.get(app.definition.id);
    return delay?.configVersion === app.lastConfigChangeAt ? delay : undefined;
  }
}
