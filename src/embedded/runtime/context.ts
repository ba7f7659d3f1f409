import type { Clock } from '../../ports/clock.js';
import type { MarathonEvent } from '../orchestrator.js';
import type { ContainerEngine } from './engine.js';
import type { OfferedResources } from './offers.js';

export interface RuntimeOptions {
  /** Value of the label `crossflock.cluster`: what is not of this scope is never seen. */
  readonly scope: string;
  /** How tasks and people call this host. */
  readonly hostname: string;
  readonly resources: OfferedResources;
  /** Address of the host on which published ports listen. */
  readonly publishAddress: string;
  /** Seconds between asking a task to end and killing it, where the app does not say. */
  readonly killGraceSeconds: number;
  /** How many versions of an app are kept. */
  readonly maxVersions: number;
}

/** What goes to the log of the server; pino fits. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What every part of the runtime stands on. */
export interface RuntimeContext {
  readonly engine: ContainerEngine;
  readonly clock: Clock;
  readonly options: RuntimeOptions;
  readonly log: Logger;
  readonly bus: EventBus;
  /** 0 to 1 */
  readonly random: () => number;
}

/** Hands each event to all who listen, in order. A listener that throws does not stop others. */
export class EventBus {
  readonly #listeners = new Set<(event: MarathonEvent) => void>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  subscribe(listener: (event: MarathonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  publish(event: MarathonEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // A client's broken stream is that client's affair.
      }
    }
  }

  /** Publishes an event of this type that happens now. */
  emit(eventType: string, fields: Readonly<Record<string, unknown>>): void {
    this.publish({ ...fields, eventType, timestamp: this.#clock.now().toISOString() });
  }
}
