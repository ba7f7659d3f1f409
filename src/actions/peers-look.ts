import type { Plan } from '../plan/types.js';
import type { MemberReport, SeenMember, VirtualNetwork } from '../ports/virtual-network.js';
import { formatDuration } from '../util/duration.js';
import type { ActionContext } from './context.js';
import { seeMembers, type MemberFailures } from './network-steps.js';
import { networkMembers } from './reach.js';

/** The network as one look at all hosts showed it. */
export interface NetworkLook {
  readonly network: VirtualNetwork;
  readonly seen: readonly SeenMember[];
  /** Why a host could not be asked, by its id. */
  readonly failures: MemberFailures;
}

export async function lookAtNetwork(
  context: ActionContext,
  plan: Plan,
  network: VirtualNetwork,
): Promise<NetworkLook> {
  const failures: MemberFailures = new Map();
  const { signal } = context;
  const seen = await seeMembers(network, networkMembers(context, plan), { failures, signal });
  return { network, seen, failures };
}

/**
 * What each member that was seen is in the network, by its id. A driver that does not say so itself
 * says it by what it would change.
 */
export function memberReports({ network, seen }: NetworkLook): ReadonlyMap<string, MemberReport> {
  const reports = network.describe?.(seen) ?? byChanges(network, seen);
  return new Map(reports.map((report) => [report.id, report]));
}

function byChanges(network: VirtualNetwork, seen: readonly SeenMember[]): readonly MemberReport[] {
  const changes = network.plan(seen);
  return seen.flatMap(({ member: { id }, state }) => {
    if (state === undefined) return [];
    const own = changes.filter(({ memberId }) => memberId === id);
    const launch = own.find(({ phase }) => phase === 'launch');
    const isConnected = own.every(({ phase }) => phase !== 'connect');
    const known = isConnected && launch === undefined ? seen.length - 1 : 0;
    return [{ id, known, state: launch === undefined ? 'up' : 'absent' }];
  });
}

/** `4 s ago`, or nothing for what is not known. */
export function ago(seconds: number | undefined): string {
  return seconds === undefined ? '' : `${formatDuration(Math.round(seconds) * 1000)} ago`;
}
