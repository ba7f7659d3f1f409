import type { AppVersion, QueueEntry, RejectReason, UnusedOffer } from '../orchestrator.js';

interface Waiting {
  readonly app: AppVersion;
  count: number;
  readonly since: string;
  offers: number;
  lastUnusedOffer: UnusedOffer | undefined;
  readonly rejections: Map<RejectReason, number>;
}

/** Apps with instances that could not be launched yet, and why. */
export class LaunchQueue {
  readonly #waiting = new Map<string, Waiting>();

  /** The app still has `count` instances to launch. */
  wait(app: AppVersion, count: number, now: string): void {
    const { id } = app.definition;
    const former = this.#waiting.get(id);
    if (former?.app.version === app.version) {
      former.count = count;
      return;
    }
    const since = former?.since ?? now;
    const rejections = new Map<RejectReason, number>();
    const lastUnusedOffer = undefined;
    this.#waiting.set(id, { app, count, since, offers: 0, lastUnusedOffer, rejections });
  }

  /** This host did not suit the app. True when the reason is new. */
  rejected(appId: string, offer: UnusedOffer): boolean {
    const { reason } = offer;
    const waiting = this.#waiting.get(appId);
    if (waiting === undefined) return false;
    const declined = waiting.rejections.get(reason) ?? 0;
    waiting.rejections.set(reason, declined + 1);
    waiting.offers++;
    waiting.lastUnusedOffer = offer;
    return declined === 0;
  }

  delete(appId: string): void {
    this.#waiting.delete(appId);
  }

  has(appId: string): boolean {
    return this.#waiting.has(appId);
  }

  apps(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** When the app began to wait; empty when it does not. */
  since(appId: string): string {
    return this.#waiting.get(appId)?.since ?? '';
  }

  /** `leftMs`: what is left of an app's launch delay. */
  show(leftMs: (app: AppVersion) => number): readonly QueueEntry[] {
    return [...this.#waiting.values()].map((waiting) => {
      const timeLeftSeconds = Math.ceil(leftMs(waiting.app) / 1000);
      return {
        app: waiting.app,
        count: waiting.count,
        since: waiting.since,
        delay: { timeLeftSeconds, overdue: timeLeftSeconds === 0 },
        processedOffers: waiting.offers,
        unusedOffers: waiting.offers,
        ...(waiting.lastUnusedOffer === undefined
          ? {}
          : { lastUnusedOffer: waiting.lastUnusedOffer }),
        rejections: [...waiting.rejections].map(([reason, declined]) => ({ reason, declined })),
      };
    });
  }
}
