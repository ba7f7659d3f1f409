import type { NetworkMember, SeenMember } from '../../ports/virtual-network.js';
import { refuseDifferent, refuseForeign } from '../docker-network-refusals.js';

import { agentAction } from './agent-action.js';
import type { WireguardChange } from './change.js';
import { gatewaysOf, recordOf } from './gateways.js';
import { refuseUnreadable } from './obstacles.js';
import { addressOf, wantedNetwork } from './settings.js';
import type { Place, WireguardSettings } from './settings.js';
import type { PeerRecord, WireguardState } from './state.js';

type Seen = SeenMember<WireguardState>;

/** A member that was asked, and its place in the network. */
interface Here {
  readonly member: NetworkMember;
  readonly state: WireguardState;
  readonly place: Place;
}

/**
 * What is missing or different on the members that were seen; pure.
 * @throws CrossflockError `refused` where two want one address, something else has a name of ours, or
 *   a host was not looked at as root
 */
export function planChanges(
  settings: WireguardSettings,
  members: readonly Seen[],
): readonly WireguardChange[] {
  refuseUnreadable(members);
  const gateways = gatewaysOf(settings, members);
  return members.flatMap(({ member, state }) => {
    const gateway = gateways.get(member.id);
    if (state === undefined || gateway === undefined) return [];
    const here = { member, state, place: { id: member.id, gateway } };
    return [
      ...launchNetwork(settings, here),
      ...launchAgent(settings, here),
      ...connect(settings, here, { members, gateways }),
    ];
  });
}

function launchNetwork(settings: WireguardSettings, here: Here): readonly WireguardChange[] {
  const { member, state, place } = here;
  const network = wantedNetwork(settings, place.gateway);
  if (state.network !== undefined) {
    refuseForeign(state.network, member.host);
    refuseDifferent(state.network, network, member.host);
    return [];
  }
  const { name, cidr, gateway } = network;
  const target = `${name} on ${member.id}`;
  const detail = `${cidr}, ${gateway} is the host's`;
  return [
    {
      view: { action: 'create', kind: 'network', target, detail },
      memberId: member.id,
      phase: 'launch',
      action: { type: 'create-network', network },
    },
  ];
}

function launchAgent(settings: WireguardSettings, here: Here): readonly WireguardChange[] {
  const found = agentAction(settings, here);
  if (found === undefined) return [];
  const { action, verb, detail } = found;
  const target = `${settings.names.container} on ${here.member.id}`;
  return [
    {
      view: { action: verb, kind: 'container', target, ...(detail === '' ? {} : { detail }) },
      memberId: here.member.id,
      phase: 'launch',
      action,
    },
  ];
}

interface All {
  readonly members: readonly Seen[];
  readonly gateways: ReadonlyMap<string, string>;
}

/** Peers that a member lacks or knows differently. What it knows beyond them stays. */
function connect(settings: WireguardSettings, here: Here, all: All): readonly WireguardChange[] {
  const others = all.members.filter(({ member }) => member.id !== here.member.id);
  const peers: PeerRecord[] = [];
  const unknown: string[] = [];
  for (const { member } of others) {
    const peer = peerRecord(settings, { from: here.member, to: member, all });
    if (peer === undefined) unknown.push(member.id);
    else if (!here.state.peers.some((known) => isSame(known, peer))) peers.push(peer);
  }
  // A host that cannot be asked and whose key nobody knows is not to be had.
  const awaited = unknown.filter((id) => others.some(isSeenAs(id)));
  if (peers.length + awaited.length === 0) return [];
  return [
    {
      view: {
        action: 'update',
        kind: 'peers',
        target: `${settings.names.container} on ${here.member.id}`,
        detail: connectDetail(here.state, [...peers.map(({ id }) => id), ...awaited]),
      },
      memberId: here.member.id,
      phase: 'connect',
      action: { type: 'add-peers', peers, unknown: awaited },
    },
  ];
}

function isSeenAs(id: string): (seen: Seen) => boolean {
  return ({ member, state }) => member.id === id && state !== undefined;
}

/** Another member as `from` reaches it; undefined where its key is not known. */
function peerRecord(
  settings: WireguardSettings,
  { from, to, all }: { from: NetworkMember; to: NetworkMember; all: All },
): PeerRecord | undefined {
  const record = recordOf(all.members, to.id);
  const gateway = all.gateways.get(to.id);
  if (record === undefined || gateway === undefined) return undefined;
  const host = from.clusterId === to.clusterId ? to.privateAddress : to.address;
  const port = String(settings.plan.port);
  return {
    id: to.id,
    publicKey: record.publicKey,
    endpoint: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    gateway,
    address: addressOf(settings, gateway),
  };
}

function isSame(a: PeerRecord, b: PeerRecord): boolean {
  return (
    a.id === b.id &&
    a.publicKey === b.publicKey &&
    a.endpoint === b.endpoint &&
    a.gateway === b.gateway &&
    a.address === b.address
  );
}

function connectDetail({ peers }: WireguardState, ids: readonly string[]): string {
  const isKnown = (id: string): boolean => peers.some((peer) => peer.id === id);
  const added = ids.filter((id) => !isKnown(id));
  const changed = ids.filter(isKnown);
  return [
    ...(added.length > 0 ? [`add ${added.join(', ')}`] : []),
    ...(changed.length > 0 ? [`change ${changed.join(', ')}`] : []),
  ].join('; ');
}
