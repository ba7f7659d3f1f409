import type { Step } from '../pipeline/step.js';
import { parseEndpoint } from '../plan/hosts.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import type { Departure } from './agent-departure.js';
import {
  agentDataStep,
  agentStep,
  emptyStep,
  endingAppsStep,
  goneAgentStep,
} from './agent-leaving.js';
import { AppsRollout } from './apps-rollout.js';
import type { ActionContext } from './context.js';
import { isMesosCluster } from './mesos-scene.js';
import { openHost } from './open-host.js';
import { drainStep, leftoversStep } from './peers-drain.js';
import { requeueStep, slotsStep } from './peers-flock.js';
import { planOfCluster } from './peers-target.js';
import { executorsOf } from './pool-ready.js';

/** Seconds for an app to run and be healthy on another agent. */
const MOVE_SECONDS = 300;

export interface LeavingAgent {
  readonly host: HostPlan;
  readonly before: Plan;
  readonly after: Plan;
  readonly departure: Departure;
  readonly network: VirtualNetwork;
  /** Seconds that running jobs have to end. */
  readonly wait: number;
  readonly dryRun: boolean;
  /** False for a host that was never made ready. */
  readonly hasDocker: boolean;
}

/**
 * An agent that answers: its jobs end or go back to their queue, then what is bound to it is deleted,
 * and it leaves. That ends what is left there, which starts anew on the agents that stay: only so
 * nothing new is placed on it meanwhile, whatever the versions of Mesos and Marathon.
 */
export function agentLeaves(context: ActionContext, leaving: LeavingAgent): readonly Step[] {
  const { host, before: plan, departure, wait, hasDocker } = leaving;
  const { cluster, ending } = departure;
  const machine = openHost(context, host);
  return [
    ...(hasDocker ? [drainStep({ host: machine, plan, cluster, wait, givesBack: true })] : []),
    ...(ending.length === 0 ? [] : [endingAppsStep(context, departure)]),
    agentStep(context, { host, plan, network: leaving.network }, departure),
    emptyStep(context, departure),
    ...(hasDocker ? [leftoversStep(machine, plan, cluster)] : []),
    ...movedSteps(context, leaving),
  ];
}

/** What is left of its data; after the network, so that a second run still finds it. */
export function agentRemains(context: ActionContext, leaving: LeavingAgent): readonly Step[] {
  const { host, before, departure } = leaving;
  return [agentDataStep(openHost(context, host), before, departure)];
}

/** An agent that cannot be asked: its master gives it up, and its jobs are taken back. */
export function agentIsGone(context: ActionContext, leaving: LeavingAgent): readonly Step[] {
  const { before, departure, network, dryRun } = leaving;
  const { moving, ending } = departure;
  const there: Plan = { ...before, apps: [...moving, ...ending] };
  const takesBack = !dryRun && before.flockList !== undefined;
  return [
    ...(takesBack && executorsOf(there).addresses.length > 0
      ? [requeueStep(context, before, there)]
      : []),
    goneAgentStep(context, { plan: before, network }, departure),
    // A task of an agent that is silent ends for Marathon when the master has given that up.
    ...(ending.length === 0 ? [] : [endingAppsStep(context, departure)]),
    emptyStep(context, departure),
    ...movedSteps(context, leaving),
  ];
}

/** Makes the masters of all clusters give up an agent at an address that no configuration names. */
export function strangeAgentSteps(
  context: ActionContext,
  { plan, network }: { readonly plan: Plan; readonly network: VirtualNetwork },
  text: string,
): readonly Step[] {
  const { address } = parseEndpoint(text);
  const isNamed = plan.clusters.some(({ hosts }) =>
    hosts.some(({ privateAddress }) => privateAddress === address),
  );
  if (isNamed) return [];
  const member = { hostId: text, address };
  return plan.clusters
    .filter(isMesosCluster)
    .map((cluster) =>
      goneAgentStep(
        context,
        { plan, network },
        { ...{ cluster, member, agent: undefined }, ...{ moving: [], ending: [] } },
      ),
    );
}

/** Waits for what moves to run elsewhere, and for its slots. */
function movedSteps(
  context: ActionContext,
  { after, departure, network, dryRun }: LeavingAgent,
): readonly Step[] {
  const { cluster, moving } = departure;
  const stays = after.clusters.find(({ id }) => id === cluster.id);
  if (dryRun || moving.length === 0 || stays === undefined) return [];
  const ids = new Set(moving.map(({ app }) => app.id));
  const part = planOfCluster(after, stays);
  const moved: Plan = { ...part, apps: part.apps.filter(({ app }) => ids.has(app.id)) };
  const options = { recreate: false, prune: false, force: false, timeout: MOVE_SECONDS };
  const only = ({ appId }: { readonly appId: string }): boolean => ids.has(appId);
  return [
    new AppsRollout(context, moved, { ...options, only, network, failures: new Map() }).step(),
    ...(executorsOf(moved).addresses.length === 0 ? [] : [slotsStep(context, after, moved)]),
  ];
}
