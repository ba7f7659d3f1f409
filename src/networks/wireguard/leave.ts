import type { SeenMember } from '../../ports/virtual-network.js';

import type { WireguardChange } from './change.js';
import { refuseUnreadable } from './obstacles.js';
import type { WireguardSettings } from './settings.js';
import type { WireguardState } from './state.js';

type Seen = SeenMember<WireguardState>;

/**
 * What takes one host out: all others that could be asked forget it, and it loses everything of the
 * network if it could be asked itself. Pure.
 * @throws CrossflockError `refused` where a host was not looked at as root
 */
export function planLeaveChanges(
  settings: WireguardSettings,
  members: readonly Seen[],
  leaving: string,
): readonly WireguardChange[] {
  refuseUnreadable(members);
  const own = members.find(({ member }) => member.id === leaving);
  const key = own?.state?.self?.publicKey;
  const others = members.filter(({ member }) => member.id !== leaving);
  return [
    ...others.flatMap((seen) => forget(settings, seen, { id: leaving, key })),
    ...(own === undefined || !hasAnything(own.state) ? [] : [leave(settings, leaving)]),
  ];
}

function forget(
  { names }: WireguardSettings,
  { member, state }: Seen,
  gone: { readonly id: string; readonly key: string | undefined },
): readonly WireguardChange[] {
  const known = (state?.peers ?? []).filter(
    ({ id, publicKey }) => id === gone.id || publicKey === gone.key,
  );
  if (known.length === 0) return [];
  return [
    {
      view: {
        action: 'update',
        kind: 'peers',
        target: `${names.container} on ${member.id}`,
        detail: `forget ${gone.id}`,
      },
      memberId: member.id,
      phase: 'leave',
      action: { type: 'forget-peer', peers: known.map(({ publicKey }) => publicKey) },
    },
  ];
}

function leave({ plan }: WireguardSettings, id: string): WireguardChange {
  return {
    view: { action: 'delete', kind: 'network', target: `${plan.name} on ${id}` },
    memberId: id,
    phase: 'leave',
    action: { type: 'leave' },
  };
}

function hasAnything(state: WireguardState | undefined): boolean {
  if (state === undefined) return false;
  const { container, network, self, links } = state;
  return (
    container !== undefined ||
    network !== undefined ||
    self !== undefined ||
    links.wireguard ||
    links.vxlan
  );
}
