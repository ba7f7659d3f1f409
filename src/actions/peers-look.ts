import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type {
  MemberReport,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../ports/virtual-network.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { HOSTS_AT_ONCE, seeMembers, type MemberFailures } from './network-steps.js';
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

/** All pairs, both directions, in the order of the hosts. */
export async function measureAll(
  { signal }: ActionContext,
  { network, seen, failures }: NetworkLook,
): Promise<readonly PairReport[]> {
  const { done, failed } = await fanOut(seen, HOSTS_AT_ONCE, async (from) => {
    const others = seen.filter((to) => to !== from);
    if (from.state === undefined) {
      const why = failures.get(from.member.id)?.message ?? 'it could not be asked';
      return notAsked(from, others, why);
    }
    return network.measure(from, others, signal);
  });
  signal.throwIfAborted();
  const reports = [
    ...done.flatMap(({ value }) => value),
    ...failed.flatMap(({ target, error }) => {
      const others = seen.filter((to) => to !== target);
      return notAsked(target, others, toCrossflockError(error).message);
    }),
  ];
  const place = new Map(seen.map(({ member }, index) => [member.id, index]));
  const rank = ({ from, to }: PairReport): number =>
    (place.get(from) ?? 0) * seen.length + (place.get(to) ?? 0);
  return reports.toSorted((a, b) => rank(a) - rank(b));
}

function notAsked(
  from: SeenMember,
  others: readonly SeenMember[],
  why: string,
): readonly PairReport[] {
  return others.map(({ member }) => ({
    from: from.member.id,
    to: member.id,
    reachable: false,
    why,
  }));
}

/**
 * What each member that was seen is in the network, by its id. A driver that does not say so itself
 * says it by what it would change.
 */
export function memberReports({
  network,
  seen,
}: Pick<NetworkLook, 'network' | 'seen'>): ReadonlyMap<string, MemberReport> {
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

/** `4 s ago`, `12 min ago`, or nothing for what is not known. */
export function ago(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  if (seconds < 120) return `${String(Math.round(seconds))} s ago`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min ago`;
  return `${String(Math.round(seconds / 3600))} h ago`;
}
