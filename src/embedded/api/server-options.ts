/** What a server of the API is made of. */
import type { Clock } from '../../ports/clock.js';
import type { Orchestrator } from '../orchestrator.js';
import type { ParseSettings } from './parse/app.js';

export interface ServerOptions {
  /** The Marathon version to name in `/v2/info`, e.g. `1.11.24`. */
  readonly version: string;
  /** Where the caller listens; shown in `/v2/info`. */
  readonly host: string;
  readonly port: number;
  /** `host:port` that clients reach this server at. */
  readonly leader: string;
  readonly clock: Clock;
  /** Demanded from every request, `/ping` included, when given. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Default `Mesosphere`. */
  readonly realm?: string;
  readonly frameworkId?: string;
  /** As `--enable_features`: gpu_resources, secrets, external_volumes; default none. */
  readonly features?: readonly string[];
  /** As `--mesos_role`; default `*`. */
  readonly defaultRole?: string;
  /** Service ports of `/v2/info`; default 10000–20000. */
  readonly servicePorts?: readonly [first: number, last: number];
}

/** What the handlers work with. */
export interface ApiContext {
  readonly orchestrator: Orchestrator;
  readonly options: ServerOptions;
  readonly settings: ParseSettings;
  /** When this server started, ISO UTC. */
  readonly startedAt: string;
}

export function apiContext(orchestrator: Orchestrator, options: ServerOptions): ApiContext {
  return {
    orchestrator,
    options,
    settings: {
      features: new Set(options.features ?? []),
      defaultRole: options.defaultRole ?? '*',
    },
    startedAt: options.clock.now().toISOString(),
  };
}

/** The agent that tasks run on; Mesos numbers agents within a framework's master. */
export function agentId(options: ServerOptions): string | undefined {
  return options.frameworkId === undefined ? undefined : `${options.frameworkId}-S0`;
}
