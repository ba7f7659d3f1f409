import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps } from '../pipeline/run-steps.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, type MemberFailures } from './network-steps.js';
import { joinSteps, leaveStep, type Membership } from './peers-network.js';
import { knownHost } from './peers-target.js';
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
): Promise<ExitCode> {
  const found = await membershipOf(context, options);
  if (found === undefined) return EXIT.usage;
  const { host, membership } = found;
  const steps = joinSteps(membership);
  const result = await runSteps(steps, { ...context, dryRun: options.dryRun });
  const message = `${host.id} is connected`;
  return summary(context, { ...result, ...options, host, membership, message });
}

/** `peers forget`: one host out of the network, on itself where it answers and on all others. */
export async function forgetPeer(
  context: ActionContext,
  options: OnePeerOptions,
): Promise<ExitCode> {
  const found = await membershipOf(context, options);
  if (found === undefined) return EXIT.usage;
  const { host, membership } = found;
  const isGone = (): boolean => membership.unreached.get(host.id)?.code === 'unreachable';
  const result = await runSteps([leaveStep(membership, isGone)], {
    ...context,
    dryRun: options.dryRun,
  });
  const self = isGone() ? '; it does not answer, so nothing on itself was changed' : '';
  const back = `peers connect, provision and create-containers let it in again`;
  const message = `${host.id} is forgotten${self}; ${back}`;
  return summary(context, { ...result, ...options, host, membership, message });
}

interface Found {
  readonly host: HostPlan;
  readonly membership: Membership;
}

async function membershipOf(
  context: ActionContext,
  { config, host: text }: OnePeerOptions,
): Promise<Found | undefined> {
  const plan: Plan | undefined = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return undefined;
  const host = knownHost(plan, text, config);
  const unreached: MemberFailures = new Map();
  const network = networkDriver(plan.network);
  const members = networkMembers(context, plan);
  return { host, membership: { network, members, target: host.id, unreached } };
}

type Outcome = Awaited<ReturnType<typeof runSteps>> &
  Found & { readonly dryRun: boolean; readonly message: string };

function summary(
  { reporter }: ActionContext,
  { failure, changes, dryRun, host, membership, message }: Outcome,
): ExitCode {
  const notTold = [...membership.unreached.keys()].filter((id) => id !== host.id);
  const data = { host: host.id, changes, notTold };
  const planned = `${String(changes)} change${changes === 1 ? '' : 's'} to make, nothing was changed`;
  const fine = dryRun ? planned : changes === 0 ? `nothing to change: ${message}` : message;
  const text = failure === undefined ? fine : `failed at ${failure.step}`;
  reporter.emit({ type: 'summary', ok: failure === undefined, message: text, data });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}
