import { CrossflockError } from '../../errors/crossflock-error.js';
import { formatAddress, parseNetwork } from '../../plan/addressing.js';
import type { SeenMember } from '../../ports/virtual-network.js';

import { MOST_HOSTS } from './names.js';
import type { WireguardSettings } from './settings.js';
import type { PeerRecord, SelfRecord, WireguardState } from './state.js';

type Seen = SeenMember<WireguardState>;

/**
 * Each member's address in the virtual network, by its id. What a host has written down is its own
 * for ever, and counts also where only others could be asked; a host without one takes the highest
 * address that is nobody's.
 * @throws CrossflockError `refused` when two have the same, or none is left
 */
export function gatewaysOf(
  { plan }: WireguardSettings,
  members: readonly Seen[],
): ReadonlyMap<string, string> {
  refuseTwins(members);
  const given = recordedGateways(members);
  refuseClashes(given, plan.taken);
  const used = new Set([...plan.taken, ...given.values(), ...gatewaysOfStrangers(members)]);
  const free = highestFree(plan.cidr, used);
  for (const { member } of members) {
    if (given.has(member.id)) continue;
    const next = free.next();
    if (next.done === true) throw noneLeft(member.id, plan.cidr);
    given.set(member.id, next.value);
  }
  return given;
}

/**
 * What a host has written down itself, or, where it cannot be asked, what another one has of it. A
 * host that was asked and has nothing is new, whatever others remember.
 */
export function recordOf(
  members: readonly Seen[],
  id: string,
): SelfRecord | PeerRecord | undefined {
  const seen = members.find(({ member }) => member.id === id);
  return seen?.state === undefined ? toldOf(members, id) : seen.state.self;
}

function toldOf(members: readonly Seen[], id: string): PeerRecord | undefined {
  return members.flatMap(({ state }) => state?.peers ?? []).find((peer) => peer.id === id);
}

function recordedGateways(members: readonly Seen[]): Map<string, string> {
  return new Map(
    members.flatMap(({ member }) => {
      const record = recordOf(members, member.id);
      return record === undefined ? [] : [[member.id, record.gateway] as const];
    }),
  );
}

/** Of hosts that are not among the members, or were under another name: nobody else takes those. */
function gatewaysOfStrangers(members: readonly Seen[]): readonly string[] {
  return members.flatMap(({ state }) => state?.peers ?? []).map(({ gateway }) => gateway);
}

/** Every address from the top of the CIDR on that nobody has. */
function* highestFree(cidr: string, used: ReadonlySet<string>): Generator<string, void> {
  const parsed = parseNetwork(cidr);
  if (!parsed.ok) return;
  const { base, broadcast } = parsed.network;
  const last = Math.max(base + 1, broadcast - MOST_HOSTS);
  for (let address = broadcast - 1; address >= last; address -= 1) {
    const text = formatAddress(address);
    if (!used.has(text)) yield text;
  }
}

function refuseTwins(members: readonly Seen[]): void {
  const twins = repeated(
    members.flatMap(({ member, state }) =>
      state?.self === undefined ? [] : [{ id: member.id, value: state.self.publicKey }],
    ),
  );
  const [first] = twins;
  if (first === undefined) return;
  throw new CrossflockError(
    `${first.ids.join(' and ')} have the same wireguard key: they are one machine, or a copy of its disk`,
    {
      code: 'refused',
      hint: 'name the machine once; on a copy, remove the folder /etc/crossflock and provision again',
    },
  );
}

function refuseClashes(given: ReadonlyMap<string, string>, taken: readonly string[]): void {
  const gateways = [...given].map(([id, value]) => ({ id, value }));
  const doubles = repeated(gateways).map(
    ({ value, ids }) => `${ids.join(' and ')} both have ${value}`,
  );
  const containers = gateways
    .filter(({ value }) => taken.includes(value))
    .map(
      ({ id, value }) => `a container is given ${value}, which is the address of the host ${id}`,
    );
  if (doubles.length + containers.length === 0) return;
  const hints = [
    ...(doubles.length > 0
      ? ['take one of the two hosts out ("crossflock peers remove HOST") and add it again']
      : []),
    ...(containers.length > 0 ? ['give the container another "ip_addr", or none'] : []),
  ];
  throw new CrossflockError([...doubles, ...containers].join('; '), {
    code: 'refused',
    hint: hints.join('; '),
  });
}

function repeated(
  items: readonly { readonly id: string; readonly value: string }[],
): readonly { readonly value: string; readonly ids: readonly string[] }[] {
  const values = [...new Set(items.map(({ value }) => value))];
  return values
    .map((value) => ({
      value,
      ids: items.filter((item) => item.value === value).map(({ id }) => id),
    }))
    .filter(({ ids }) => ids.length > 1);
}

function noneLeft(id: string, cidr: string): CrossflockError {
  return new CrossflockError(`no address is left in ${cidr} for the host ${id}`, {
    code: 'refused',
    hint: 'each host takes one address beside the containers: make "network.cidr" larger',
  });
}
