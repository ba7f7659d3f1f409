import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type { MemberReport, VirtualNetwork } from '../ports/virtual-network.js';
import type { ActionContext } from './context.js';
import { seeMembers, type MemberFailures } from './network-steps.js';
import { memberReports } from './peers-look.js';
import { networkMembers } from './reach.js';

export interface NetworkState {
  /** Hosts that could not be asked. */
  readonly silent: MemberFailures;
  /** What is not as wanted on the others. */
  readonly problem: string | undefined;
  /** What each host that could be asked is in the network, by its id. */
  readonly reports: ReadonlyMap<string, MemberReport>;
}

/**
 * Tasks go on running, and Marathon counts them as healthy for a while, after somebody deleted
 * their network; only the network itself tells.
 */
export async function networkState(
  context: ActionContext,
  plan: Plan,
  network: VirtualNetwork,
): Promise<NetworkState> {
  const { signal } = context;
  const members = networkMembers(context, plan);
  const silent: MemberFailures = new Map();
  const nothing = { silent, problem: undefined, reports: new Map<string, MemberReport>() };
  // An existing Marathon's machine may be any, and has nothing to do with this one's networks.
  if (plan.clusters.every(({ engine }) => engine.type === 'given')) return nothing;
  try {
    const seen = await seeMembers(network, members, { failures: silent, signal });
    const reports = memberReports({ network, seen });
    const [change] = network.plan(seen);
    if (change === undefined) return { ...nothing, reports };
    const { kind, target } = change.view;
    const repair = plan.network.driver === 'bridge' ? 'create-containers' : 'crossflock provision';
    const problem = `the ${kind} ${target} is not as wanted; ${repair} makes it`;
    return { silent, problem, reports };
  } catch (error) {
    signal.throwIfAborted();
    return { ...nothing, problem: toCrossflockError(error).message };
  }
}
