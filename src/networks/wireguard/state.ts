import type { DockerNetwork } from '../docker-network.js';

/** A host as its agent wrote it down in `self.json`. */
export interface SelfRecord {
  readonly id: string;
  readonly gateway: string;
  /** Inside WireGuard. */
  readonly address: string;
  readonly publicKey: string;
  readonly port: number;
}

/** Another host, as an agent was told of it. */
export interface PeerRecord {
  readonly id: string;
  readonly publicKey: string;
  /** `address:port`, an IPv6 address in brackets. */
  readonly endpoint: string;
  readonly gateway: string;
  readonly address: string;
}

export interface AgentContainer {
  /** Docker's word, such as `running`, `exited` or `restarting`. */
  readonly status: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether a kernel has a part: built in or loaded, to be loaded on demand, not there. */
export type KernelPart = 'loaded' | 'loadable' | 'missing' | 'unknown';

/** What decides whether the network can be brought up; asked only where it is not up. */
export interface HostFacts {
  readonly wireguard: KernelPart;
  readonly vxlan: KernelPart;
  readonly nftables: KernelPart;
  /** UDP ports that something has open. */
  readonly udpPorts: readonly number[];
  /** IPv4 routes but for the default ones. */
  readonly routes: readonly { readonly device: string; readonly cidr: string }[];
}

export interface Links {
  readonly wireguard: boolean;
  readonly vxlan: boolean;
  readonly bridge: boolean;
  /** The VXLAN is a port of the bridge. */
  readonly attached: boolean;
}

/** What there is of the network on a host. */
export interface WireguardState {
  /** The Docker Engine answered. */
  readonly hasEngine: boolean;
  /** The look was taken as root: others can read nothing of what the network keeps on a host. */
  readonly isRoot: boolean;
  readonly container: AgentContainer | undefined;
  readonly network: DockerNetwork | undefined;
  /** Id of the host's image; undefined where it has none. */
  readonly imageId: string | undefined;
  readonly self: SelfRecord | undefined;
  readonly peers: readonly PeerRecord[];
  /** What the agent could not do. */
  readonly problems: readonly string[];
  readonly links: Links;
  readonly hasTun: boolean;
  readonly facts: HostFacts | undefined;
}

export function isRunning({ container }: Pick<WireguardState, 'container'>): boolean {
  return container?.status === 'running';
}
