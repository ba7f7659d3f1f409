import { toCrossflockError, type CrossflockError } from '../errors/crossflock-error.js';
import { BridgeNetwork } from '../networks/bridge/bridge-network.js';
import { WeaveNetwork } from '../networks/weave/weave-network.js';
import { WireguardNetwork } from '../networks/wireguard/wireguard-network.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import type { NetworkPlan } from '../plan/types.js';
import type {
  NetworkChange,
  NetworkMember,
  SeenMember,
  VirtualNetwork,
} from '../ports/virtual-network.js';
import { survey } from '../provision/survey.js';
import { fanOut } from '../util/fan-out.js';

/** Hosts looked at or changed at the same time. */
export const HOSTS_AT_ONCE = 16;

/** The driver that a plan asks for. */
export function networkDriver(plan: NetworkPlan): VirtualNetwork {
  switch (plan.driver) {
    case 'bridge':
      return new BridgeNetwork(plan);
    case 'wireguard':
      return new WireguardNetwork(plan);
    case 'weave':
      return new WeaveNetwork(plan);
  }
}

/** Members that could not be asked or changed, by id; the others go on without them. */
export type MemberFailures = Map<string, CrossflockError>;

/**
 * What is on each member now. One that cannot be asked is in the result without a state, so that
 * nobody forgets it, and in `failures`.
 */
export async function seeMembers(
  network: VirtualNetwork,
  members: readonly NetworkMember[],
  { failures, signal }: { readonly failures: MemberFailures; readonly signal: AbortSignal },
): Promise<readonly SeenMember[]> {
  const { done, failed } = await fanOut(members, HOSTS_AT_ONCE, async (member) => {
    if (failures.has(member.id)) return undefined;
    return (await survey(member.host, { network: network.probe(member) }, signal)).network;
  });
  signal.throwIfAborted();
  for (const { target, error } of failed) failures.set(target.id, toCrossflockError(error));
  const states = new Map(done.map(({ target, value }) => [target.id, value]));
  return members.map((member) => ({ member, state: states.get(member.id) }));
}

interface MemberChange extends StepChange {
  readonly change: NetworkChange;
  readonly member: NetworkMember;
}

/**
 * The virtual network over all members: each is launched, then all are connected. Connecting needs
 * what launching made (keys, say), so it looks again in between.
 */
export function networkSteps(
  network: VirtualNetwork,
  members: readonly NetworkMember[],
  failures: MemberFailures,
): readonly Step[] {
  const stepOf = (phase: NetworkChange['phase'], title: string): Step =>
    step<MemberChange>({
      id: phase === 'launch' ? 'network' : 'network-peers',
      title,
      check: async (context) => {
        const { signal } = context;
        const seen = await seeMembers(network, members, { failures, signal });
        const changes = network.plan(seen).filter((change) => change.phase === phase);
        if (context.dryRun) verdict(members, failures, context);
        return changes.flatMap((change) => {
          const member = members.find(({ id }) => id === change.memberId);
          return member === undefined ? [] : [{ view: change.view, change, member }];
        });
      },
      apply: (changes, context) => applyToMembers(network, { changes, failures, context }),
      settle: (context) => Promise.resolve(verdict(members, failures, context)),
    });
  const steps = [stepOf('launch', 'virtual network')];
  if (members.length > 1) steps.push(stepOf('connect', 'connections of the virtual network'));
  return steps;
}

/** Makes the changes of each member in their order, the members side by side. */
async function applyToMembers(
  network: VirtualNetwork,
  {
    changes,
    failures,
    context,
  }: {
    readonly changes: readonly MemberChange[];
    readonly failures: MemberFailures;
    readonly context: StepContext;
  },
): Promise<void> {
  const members = [...new Set(changes.map(({ member }) => member))];
  await fanOut(members, HOSTS_AT_ONCE, async (member) => {
    try {
      for (const made of changes.filter((change) => change.member === member)) {
        if (failures.has(member.id)) return;
        await network.apply(member, made.change, context.signal);
        context.applied(made);
      }
    } catch (error) {
      failures.set(member.id, toCrossflockError(error));
    }
  });
}

/** Names the members that failed; throws when none is left. */
function verdict(
  members: readonly NetworkMember[],
  failures: MemberFailures,
  { incomplete, signal }: StepContext,
): string {
  signal.throwIfAborted();
  const bad = members.flatMap(({ id }) => failures.get(id) ?? []);
  const [first] = bad;
  if (first !== undefined && bad.length === members.length) throw first;
  for (const [id, { message }] of failures) incomplete(`${id}: ${message}`);
  return members.length === 1 ? '' : `${members.length - bad.length} of ${members.length} hosts`;
}
