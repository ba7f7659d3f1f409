import type { EngineVersion } from './engine-fit.js';
import type { WeaveReport } from './report.js';

/** What was seen of Weave Net on one host. */
export interface WeaveState {
  /** Undefined: no Docker Engine answers. */
  readonly engine: EngineVersion | undefined;
  /** Where there is no engine: the version of Docker that the distribution would bring. */
  readonly engineCandidate: string | undefined;
  /** The container called `weave`. */
  readonly container: WeaveContainer | undefined;
  /** What the router says; undefined when it does not answer. */
  readonly report: WeaveReport | undefined;
  /** Whether Weave's script is installed. */
  readonly hasScript: boolean;
  /** Images that are not there; empty while the router runs. */
  readonly missingImages: readonly string[];
  readonly modules: { readonly openvswitch: Presence; readonly dummy: Presence };
  /** The interface `weave`: an ordinary bridge, or one with the fast datapath as a port. */
  readonly bridge: 'none' | 'bridge' | 'fastdp';
  /** MTU of that interface in bytes. */
  readonly mtu: number | undefined;
  /** Addresses of the host on that interface, such as `172.16.0.254/24`. */
  readonly exposed: readonly string[];
  /** Where the host's own firewall rules are. */
  readonly iptables: 'nft' | 'legacy' | 'unknown';
}

export interface WeaveContainer {
  readonly image: string;
  /** Docker's word: `running`, `exited`, `restarting`, `created`, … */
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

export type Presence = 'yes' | 'no' | 'unknown';

export function isRunning(state: WeaveState): boolean {
  return state.container?.state === 'running';
}
