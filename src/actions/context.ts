import type { Clock } from '../ports/clock.js';
import type { HostConnector } from '../ports/host-connector.js';
import type { Host } from '../ports/host.js';
import type { Reporter } from '../ports/reporter.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';

/** What every action is given: the outside world, through ports. */
export interface ActionContext {
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The machine crossflock runs on; embedded clusters without hosts live on its Docker Engine. */
  readonly host: Host;
  /** The hosts of clusters, over SSH. */
  readonly hosts: HostConnector;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /**
   * The pool of a deployment, through its submitter, which runs on `host`; nothing is asked before
   * it is used.
   */
  readonly openPool: (hosts: readonly Host[], deployment: string) => WorkflowPool;
  /** Version of crossflock. */
  readonly version?: string;
  /** From now on this value is shown nowhere. */
  readonly keepSecret: (value: string) => void;
}
