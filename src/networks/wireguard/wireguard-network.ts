import { CrossflockError } from '../../errors/crossflock-error.js';
import type { NetworkPlan } from '../../plan/types.js';
import { asRoot } from '../../ports/host.js';
import type { Host } from '../../ports/host.js';
import type { HostProbe } from '../../ports/host-probe.js';
import type { MarathonApp } from '../../ports/marathon-app.js';
import type {
  MemberPort,
  MemberReport,
  NetworkChange,
  NetworkMember,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../../ports/virtual-network.js';
import { onDockerNetwork } from '../on-docker-network.js';

import { applyChange } from './apply.js';
import type { WireguardChange } from './change.js';
import { describeMembers } from './describe.js';
import { planLeaveChanges } from './leave.js';
import { measurePairs } from './measure.js';
import { obstaclesOf } from './obstacles.js';
import { planChanges } from './plan.js';
import { wireguardProbe } from './probe.js';
import { removeNetwork } from './remove.js';
import { NETWORK_IMAGE, wireguardSettings } from './settings.js';
import type { WireguardSettings } from './settings.js';
import type { WireguardState } from './state.js';

/**
 * The encrypted virtual network of many machines: on each host a Docker network with the same
 * subnet and a gateway of its own, and between their bridges a VXLAN inside WireGuard.
 */
export class WireguardNetwork implements VirtualNetwork<WireguardState> {
  readonly driver = 'wireguard';
  readonly images: readonly string[] = [NETWORK_IMAGE];
  readonly ports: readonly MemberPort[];
  readonly #settings: WireguardSettings;

  constructor(plan: NetworkPlan) {
    this.#settings = wireguardSettings(plan);
    this.ports = [{ protocol: 'udp', port: plan.port }];
  }

  probe(): HostProbe<WireguardState> {
    return wireguardProbe(this.#settings);
  }

  obstacles(_member: NetworkMember, state: WireguardState): readonly string[] {
    return obstaclesOf(this.#settings, state);
  }

  plan(members: readonly SeenMember<WireguardState>[]): readonly WireguardChange[] {
    return planChanges(this.#settings, members);
  }

  planLeave(
    members: readonly SeenMember<WireguardState>[],
    leaving: string,
  ): readonly WireguardChange[] {
    return planLeaveChanges(this.#settings, members, leaving);
  }

  describe(members: readonly SeenMember<WireguardState>[]): readonly MemberReport[] {
    return describeMembers(members);
  }

  async apply(member: NetworkMember, change: NetworkChange, signal: AbortSignal): Promise<void> {
    if (!isOurs(change)) {
      throw new CrossflockError('a change of another network was given to wireguard', {
        code: 'unexpected',
      });
    }
    await applyChange(this.#settings, member, change, signal);
  }

  /** Throws `refused` when a part is somebody else's, or containers are still on the network. */
  async remove(host: Host, signal: AbortSignal): Promise<void> {
    await removeNetwork({ settings: this.#settings, host: asRoot(host), signal });
  }

  measure(
    from: SeenMember<WireguardState>,
    to: readonly SeenMember<WireguardState>[],
    signal: AbortSignal,
  ): Promise<readonly PairReport[]> {
    return measurePairs(this.#settings, from, { to, signal });
  }

  decorate(app: MarathonApp, ip: string): MarathonApp {
    return onDockerNetwork(app, this.#settings.plan.name, ip);
  }
}

function isOurs(change: NetworkChange): change is WireguardChange {
  return 'action' in change && !('engine' in change);
}
