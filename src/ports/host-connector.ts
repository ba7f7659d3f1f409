import type { Host } from './host.js';
import type { SshTarget } from './ssh-target.js';

/** Opens hosts. Each has one connection, whoever asks for it, until the command is over. */
export interface HostConnector {
  /**
   * The host of a target; the same one for the same name. Nothing is connected before it is used,
   * and a connection that was lost is made again by the next use.
   */
  open(target: SshTarget): Host;
  /** Connections made so far, reconnections included. */
  readonly connections: number;
  /** Ends all connections. */
  close(): Promise<void>;
}
