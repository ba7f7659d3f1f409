import { weaveSettings } from '../../../../src/networks/weave/settings.js';
import type { WeaveSettings } from '../../../../src/networks/weave/settings.js';
import type { WeaveState } from '../../../../src/networks/weave/state.js';
import type { WeaveReport } from '../../../../src/networks/weave/report.js';
import type { NetworkPlan } from '../../../../src/plan/types.js';
import type { NetworkMember, SeenMember } from '../../../../src/ports/virtual-network.js';
import { FakeHost } from '../../../fakes/fake-host.js';

export function weavePlan(change: Partial<NetworkPlan> = {}): NetworkPlan {
  return {
    driver: 'weave',
    name: 'cft',
    cidr: '172.16.0.0/24',
    gateway: '172.16.0.254',
    port: 51820,
    taken: ['172.16.0.1', '172.16.0.2'],
    weave: { version: '2.9.0', imagePrefix: 'rajchaudhuri', password: 's3cret' },
    ...change,
  };
}

export function settingsOf(change: Partial<WeaveSettings> = {}): WeaveSettings {
  return { ...weaveSettings(weavePlan()), ...change };
}

export const DOCKER_20 = { version: '20.10.24+dfsg1', api: '1.41', minApi: '1.12' };
export const DOCKER_26 = { version: '26.1.5+dfsg1', api: '1.45', minApi: '1.24' };

/** A host on which Weave was never launched. */
export function bareState(change: Partial<WeaveState> = {}): WeaveState {
  return {
    engine: DOCKER_26,
    engineCandidate: undefined,
    container: undefined,
    report: undefined,
    hasScript: true,
    missingImages: [],
    modules: { openvswitch: 'no', dummy: 'yes' },
    bridge: 'none',
    mtu: undefined,
    exposed: [],
    iptables: 'nft',
    ...change,
  };
}

export function reportOf(change: Partial<WeaveReport> = {}): WeaveReport {
  return {
    version: '2.9.0',
    name: 'ce:46:72:24:19:80',
    nickname: 'host1',
    encrypted: true,
    allocationRange: '10.32.0.0/12',
    targets: [],
    connections: [],
    peers: [],
    routes: [],
    proxy: ['unix:///var/run/weave/weave.sock'],
    ...change,
  };
}

export function runningState(
  report: Partial<WeaveReport> = {},
  change: Partial<WeaveState> = {},
): WeaveState {
  const container = { image: 'rajchaudhuri/weave:2.9.0', state: 'running', labels: {} };
  return bareState({ container, report: reportOf(report), bridge: 'bridge', mtu: 1376, ...change });
}

/** `cloud` is the cluster; members of one cluster reach each other by the private address. */
export function memberOf(id: string, cloud = id): NetworkMember {
  const host = new FakeHost(id);
  return {
    id,
    clusterId: cloud,
    host,
    address: `${id}.example.org`,
    privateAddress: `10.0.0.${id}`,
  };
}

export function seenOf(
  id: string,
  state: WeaveState | undefined,
  cloud = id,
): SeenMember<WeaveState> {
  return { member: memberOf(id, cloud), state };
}
