import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import { parseEndpoint } from '../plan/hosts.js';
import type { NetworkPlan, Plan } from '../plan/types.js';
import type { NetworkChange, NetworkMember, VirtualNetwork } from '../ports/virtual-network.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { HOSTS_AT_ONCE, seeMembers, type MemberFailures } from './network-steps.js';
import { networkMembers } from './reach.js';

/** Makes the driver of a plan; the tests of actions bring one of their own. */
export type OpenNetwork = (plan: NetworkPlan) => VirtualNetwork;

/** A virtual network of which one member comes or goes. */
export interface Membership {
  readonly network: VirtualNetwork;
  readonly members: readonly NetworkMember[];
  /** Id of the member that comes or goes. */
  readonly target: string;
  /** Members that could not be asked or changed; the others go on without them. */
  readonly unreached: MemberFailures;
}

interface MemberChange extends StepChange {
  readonly change: NetworkChange;
  readonly member: NetworkMember;
}

/**
 * Launches the network on one member and connects it with the others. Nothing else is launched, and
 * an unreachable other member is named, not waited for.
 */
export function joinSteps(membership: Membership): readonly Step[] {
  const { target } = membership;
  return [
    step<MemberChange>({
      id: 'network',
      title: `virtual network on ${target}`,
      check: async (context) => {
        const changes = await changesOf(membership, context);
        return changes.filter(({ change }) => isLaunchOf(change, target));
      },
      apply: (changes, context) => applyInOrder(membership, changes, context),
      settle: () => Promise.resolve(mustHave(membership)),
    }),
    step<MemberChange>({
      id: 'network-peers',
      title: `connections with ${target}`,
      check: async (context) => {
        const changes = await changesOf(membership, context);
        if (context.dryRun) verdict(membership, context);
        return changes.filter(({ change }) => change.phase === 'connect');
      },
      apply: (changes, context) => applySideBySide(membership, changes, context),
      settle: (context) => Promise.resolve(verdict(membership, context)),
    }),
  ];
}

/** Takes one member out of the network: on itself, where it answers, and on all others. */
export function leaveStep(membership: Membership, isGone: () => boolean): Step {
  const { network, members, target, unreached } = membership;
  return step<MemberChange>({
    id: 'network',
    title: `virtual network without ${target}`,
    check: async (context) => {
      const seen = await seeMembers(network, members, { failures: unreached, ...context });
      if (!isGone()) mustHave(membership);
      if (context.dryRun) otherFailures(membership, context);
      return withMember(members, network.planLeave(seen, target));
    },
    // In the driver's order: the others may forget only what has left.
    apply: (changes, context) => applyInOrder(membership, changes, context),
    settle: (context) => {
      otherFailures(membership, context);
      return Promise.resolve('');
    },
  });
}

/** Members, and one more that no configuration names: it is not asked, and the others are. */
export function strangerMembership(
  context: ActionContext,
  plan: Plan,
  { network, text }: { readonly network: VirtualNetwork; readonly text: string },
): Membership {
  const { address } = parseEndpoint(text);
  const { host } = context;
  const stranger = { id: text, clusterId: '', host, address, privateAddress: address };
  const unknown = new CrossflockError(`${text} is not in the configuration`, {
    code: 'unreachable',
  });
  return {
    network,
    members: [...networkMembers(context, plan), stranger],
    target: text,
    unreached: new Map([[text, unknown]]),
  };
}

async function changesOf(
  { network, members, target, unreached }: Membership,
  { signal, dryRun }: StepContext,
): Promise<readonly MemberChange[]> {
  const seen = await seeMembers(network, members, { failures: unreached, signal });
  const failure = unreached.get(target);
  if (failure !== undefined && !dryRun) throw failure;
  return withMember(members, network.plan(seen));
}

function isLaunchOf({ phase, memberId }: NetworkChange, target: string): boolean {
  return phase === 'launch' && memberId === target;
}

function withMember(
  members: readonly NetworkMember[],
  changes: readonly NetworkChange[],
): readonly MemberChange[] {
  return changes.flatMap((change) => {
    const member = members.find(({ id }) => id === change.memberId);
    return member === undefined ? [] : [{ view: change.view, change, member }];
  });
}

/** One after the other; what fails on the member that it is about ends it. */
async function applyInOrder(
  { network, target, unreached }: Membership,
  changes: readonly MemberChange[],
  { signal, applied }: StepContext,
): Promise<void> {
  for (const made of changes) {
    const { member, change } = made;
    if (unreached.has(member.id)) continue;
    try {
      await network.apply(member, change, signal);
      applied(made);
    } catch (error) {
      signal.throwIfAborted();
      if (member.id === target) throw error;
      unreached.set(member.id, toCrossflockError(error));
    }
  }
}

async function applySideBySide(
  membership: Membership,
  changes: readonly MemberChange[],
  context: StepContext,
): Promise<void> {
  const members = [...new Set(changes.map(({ member }) => member))];
  const { failed } = await fanOut(members, HOSTS_AT_ONCE, (member) =>
    applyInOrder(
      membership,
      changes.filter((change) => change.member === member),
      context,
    ),
  );
  if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
}

/** Throws why the member itself could not be asked or changed. */
function mustHave({ target, unreached }: Membership): string {
  const failure = unreached.get(target);
  if (failure !== undefined) throw failure;
  return '';
}

function verdict(membership: Membership, context: StepContext): string {
  if (!context.dryRun) mustHave(membership);
  const others = membership.members.length - 1;
  const failed = otherFailures(membership, context);
  if (others === 0) return 'it is the only host';
  return `knows and is known by ${String(others - failed)} of ${String(others)} others`;
}

/** Names the other members that could not be asked or changed. */
function otherFailures({ unreached, target }: Membership, { incomplete }: StepContext): number {
  const others = [...unreached].filter(([id]) => id !== target);
  for (const [id, { message }] of others) incomplete(`${id}: ${message}`);
  return others.length;
}
