import type { Host } from './host.js';
import type { MarathonApp } from './marathon-app.js';
import type { ChangeView } from './reporter.js';

/** How containers get their virtual IPs, and what has to be on each host for it. */
export interface VirtualNetwork {
  readonly driver: 'bridge';
  /** What is missing or different on the host; empty when the network is as wanted. */
  check(host: Host, signal: AbortSignal): Promise<readonly NetworkChange[]>;
  apply(host: Host, change: NetworkChange, signal: AbortSignal): Promise<void>;
  /** Takes the network off the host; a network that is not there is fine. */
  remove(host: Host, signal: AbortSignal): Promise<void>;
  /** The app with its virtual IP; pure. `ip` is an address inside the network's CIDR. */
  decorate(app: MarathonApp, ip: string): MarathonApp;
}

export interface NetworkChange {
  readonly view: ChangeView;
  /** Command lines to run on the host, in order. */
  readonly commands: readonly (readonly string[])[];
}
