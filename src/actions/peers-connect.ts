import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps, type PipelineResult } from '../pipeline/run-steps.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, type MemberFailures } from './network-steps.js';
import {
  joinSteps,
  leaveStep,
  strangerMembership,
  type Membership,
  type OpenNetwork,
} from './peers-network.js';
import { findHost, knownHost, unknownHost } from './peers-target.js';
import { networkMembers } from './reach.js';

export interface OnePeerOptions {
  readonly config: string;
  /** Id or address of a host that the configuration names. */
  readonly host: string;
  readonly dryRun: boolean;
}

/** `peers connect`: the network of one host, and nothing else of it. */
export async function connectPeer(
  context: ActionContext,
  options: OnePeerOptions,
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const { config, host: text, dryRun } = options;
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const membership = membershipOf(context, plan, {
    network: openNetwork(plan.network),
    host: knownHost(plan, text, config),
  });
  const result = await runSteps(joinSteps(membership), { ...context, dryRun });
  const message = `${membership.target} is connected`;
  return summary(context, { ...result, dryRun, membership, message });
}

/**
 * `peers forget`: one host out of the network, on itself where it answers and on all others; also
 * one that the configuration does not name, where a host knows it all the same.
 */
export async function forgetPeer(
  context: ActionContext,
  options: OnePeerOptions,
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const { config, host: text, dryRun } = options;
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const host = findHost(plan, text);
  const network = openNetwork(plan.network);
  const membership =
    host === undefined
      ? strangerMembership(context, plan, { network, text })
      : membershipOf(context, plan, { network, host });
  const isGone = (): boolean => membership.unreached.get(membership.target)?.code === 'unreachable';
  const result = await runSteps([leaveStep(membership, isGone)], { ...context, dryRun });
  const isUnknown = host === undefined && result.changes === 0 && result.failure === undefined;
  if (isUnknown) throw unknownHost(plan, text, config);
  const self = isGone() ? '; it was not asked, so nothing on itself was changed' : '';
  const back = 'peers connect, provision and create-containers let it in again';
  const message = `${membership.target} is forgotten${self}${host === undefined ? '' : `; ${back}`}`;
  return summary(context, { ...result, dryRun, membership, message });
}

function membershipOf(
  context: ActionContext,
  plan: Plan,
  { network, host }: { readonly network: VirtualNetwork; readonly host: HostPlan },
): Membership {
  const unreached: MemberFailures = new Map();
  return { network, members: networkMembers(context, plan), target: host.id, unreached };
}

type Outcome = PipelineResult & {
  readonly membership: Membership;
  readonly dryRun: boolean;
  readonly message: string;
};

function summary(
  { reporter }: ActionContext,
  { failure, changes, dryRun, membership, message }: Outcome,
): ExitCode {
  const { target, unreached } = membership;
  const notTold = [...unreached.keys()].filter((id) => id !== target);
  const data = { host: target, changes, notTold };
  const planned = `${String(changes)} change${changes === 1 ? '' : 's'} to make, nothing was changed`;
  const fine = changes === 0 ? `nothing to change: ${message}` : dryRun ? planned : message;
  const text = failure === undefined ? fine : `failed at ${failure.step}`;
  reporter.emit({ type: 'summary', ok: failure === undefined, message: text, data });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}
