import { readFileSync } from 'node:fs';

import {
  specOf,
  wantedNetwork,
  wireguardSettings,
} from '../../../../src/networks/wireguard/settings.js';
import type { PeerRecord, WireguardState } from '../../../../src/networks/wireguard/state.js';
import { WireguardNetwork } from '../../../../src/networks/wireguard/wireguard-network.js';
import type { NetworkPlan } from '../../../../src/plan/types.js';
import type { HttpAnswers } from '../../../../src/ports/host-probe.js';
import type { NetworkMember, SeenMember } from '../../../../src/ports/virtual-network.js';
import { FakeHost } from '../../../fakes/fake-host.js';

export const PLAN: NetworkPlan = {
  driver: 'wireguard',
  name: 'dep2',
  cidr: '172.16.0.0/24',
  gateway: '172.16.0.254',
  port: 51820,
  taken: ['172.16.0.1', '172.16.0.2'],
};
export const SETTINGS = wireguardSettings(PLAN);
export const network = new WireguardNetwork(PLAN);
export const { signal } = new AbortController();

/** Written by the image 1.0's agent and Docker 26.1, on a host with the network and on one without. */
export function captured(name: string): string {
  const url = new URL(`../../../fixtures/wireguard/${name}`, import.meta.url);
  return readFileSync(url, 'utf8');
}

/** The Docker Engine of a host: bodies by path, 404 for others; undefined: there is none. */
export function engine(bodies: Readonly<Record<string, string>> | undefined): HttpAnswers {
  return (address) => {
    if (bodies === undefined) return undefined;
    const body = bodies[address];
    return body === undefined
      ? { status: 404, headers: {}, body: '{"message":"no such thing"}' }
      : { status: 200, headers: {}, body };
  };
}

export function member(number: number, change: Partial<NetworkMember> = {}): NetworkMember {
  const id = `h${number}`;
  return {
    id,
    clusterId: `c${number}`,
    host: new FakeHost(id),
    address: `192.0.2.${number}`,
    privateAddress: `10.0.0.${number}`,
    ...change,
  };
}

export const KEYS = ['', 'a', 'b', 'c', 'd'].map((letter) => letter.repeat(43) + '=');

export function peer(number: number, change: Partial<PeerRecord> = {}): PeerRecord {
  return {
    id: `h${number}`,
    publicKey: KEYS[number] ?? '',
    endpoint: `192.0.2.${number}:51820`,
    gateway: `172.16.0.${255 - number}`,
    address: `100.71.8.${number}`,
    ...change,
  };
}

const FACTS = {
  wireguard: 'unknown',
  vxlan: 'loaded',
  nftables: 'unknown',
  udpPorts: [],
  routes: [],
} as const;

/** A host on which nothing was done yet. */
export const BARE: WireguardState = {
  hasEngine: true,
  isRoot: true,
  container: undefined,
  network: undefined,
  imageId: 'sha256:one',
  self: undefined,
  peers: [],
  problems: [],
  links: { wireguard: false, vxlan: false, bridge: false, attached: false },
  hasTun: true,
  facts: FACTS,
};

/** A host on which all is up, with the gateway of its number. */
export function up(number: number, peers: readonly PeerRecord[] = []): WireguardState {
  const gateway = `172.16.0.${255 - number}`;
  const wanted = wantedNetwork(SETTINGS, gateway);
  return {
    ...BARE,
    container: {
      status: 'running',
      imageId: 'sha256:one',
      labels: {
        'crossflock.deployment': 'dep2',
        'crossflock.spec': specOf(SETTINGS, { id: `h${number}`, gateway }),
      },
    },
    network: {
      name: 'dep2',
      driver: 'bridge',
      subnets: [{ subnet: wanted.cidr, gateway }],
      labels: { 'crossflock.deployment': 'dep2' },
      options: {
        'com.docker.network.bridge.name': SETTINGS.names.bridge,
        'com.docker.network.driver.mtu': '1370',
      },
      containers: [],
    },
    self: {
      id: `h${number}`,
      gateway,
      address: `100.71.8.${number}`,
      publicKey: KEYS[number] ?? '',
      port: 51820,
    },
    peers,
    links: { wireguard: true, vxlan: true, bridge: true, attached: true },
    facts: undefined,
  };
}

export function seen(
  number: number,
  state: WireguardState | undefined,
  change: Partial<NetworkMember> = {},
): SeenMember<WireguardState> {
  return { member: member(number, change), state };
}
