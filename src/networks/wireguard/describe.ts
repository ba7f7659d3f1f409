import type { MemberReport, SeenMember } from '../../ports/virtual-network.js';
import { optional } from '../../util/optional.js';

import { isRunning } from './state.js';
import type { WireguardState } from './state.js';

const NOT_ROOT = 'the user is not root there, so what it knows cannot be read';

/** What each member that was seen is in the network; pure. */
export function describeMembers(
  members: readonly SeenMember<WireguardState>[],
): readonly MemberReport[] {
  return members.flatMap(({ member: { id }, state }) => {
    if (state === undefined) return [];
    const others = new Set(members.map(({ member }) => member.id).filter((other) => other !== id));
    const known = new Set(state.peers.map((peer) => peer.id).filter((peer) => others.has(peer)));
    const why = state.isRoot ? state.problems[0] : NOT_ROOT;
    return [
      {
        id,
        state: stateOf(state),
        known: known.size,
        ...optional('gateway', state.self?.gateway),
        ...optional('why', why),
      },
    ];
  });
}

function stateOf(state: WireguardState): MemberReport['state'] {
  if (state.container === undefined) return 'absent';
  return isRunning(state) && state.links.wireguard && state.links.attached ? 'up' : 'down';
}
