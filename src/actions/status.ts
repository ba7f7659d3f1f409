import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { AppState } from '../marathon/app-state.js';
import { appStatus } from '../marathon/status.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { fanOut } from '../util/fan-out.js';
import { APP_COLUMNS, appRows } from './app-table.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, seeMembers, type MemberFailures } from './network-steps.js';
import type { OpenNetwork } from './peers-network.js';
import { marathonClient, networkMembers } from './reach.js';

/** `crossflock status`: what of a configuration runs, and what does not and why. Changes nothing. */
export async function status(
  context: ActionContext,
  options: { readonly config: string },
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { signal, reporter } = context;
  const { done, failed } = await fanOut(plan.clusters, 16, async (cluster) => {
    const ids = plan.apps.filter((a) => a.clusterId === cluster.id).map(({ app }) => app.id);
    return appStatus(await marathonClient(context, cluster), ids, { signal, once: true });
  });
  signal.throwIfAborted();
  const states = new Map<string, AppState>(
    done.flatMap(({ value }) => value.map((state) => [state.appId, state] as const)),
  );
  const rows = appRows(plan, states);
  reporter.emit({ type: 'table', title: '', columns: APP_COLUMNS, rows });
  const { silent, problem: network } = await networkState(context, plan, openNetwork(plan.network));
  for (const message of silence(failed, silent)) warn(context, message);
  if (network !== undefined) warn(context, network);
  for (const { appId, state, reason } of states.values()) {
    if (state === 'running' || reason === undefined) continue;
    warn(context, `${appId}: ${reason}`);
  }
  const running = [...states.values()].filter(({ state }) => state === 'running').length;
  const ok = running === plan.apps.length && network === undefined && silent.size === 0;
  const but = network === undefined ? '' : ', but their network is not as wanted';
  const message = `${running} of ${plan.apps.length} containers running and healthy${but}`;
  reporter.emit({ type: 'summary', ok, message, data: { running, wanted: plan.apps.length } });
  return ok ? EXIT.ok : EXIT.failed;
}

function warn({ reporter }: ActionContext, message: string): void {
  reporter.emit({ type: 'notice', level: 'warning', message });
}

/** Why clusters and hosts do not answer; one that takes its cluster with it is named once. */
function silence(
  failed: readonly { readonly target: ClusterPlan; readonly error: unknown }[],
  silent: MemberFailures,
): readonly string[] {
  const named = new Set(failed.flatMap(({ target }) => target.hosts.map(({ id }) => id)));
  return [
    ...failed.map(({ target, error }) => {
      const isGone = target.hosts.some(({ id }) => silent.has(id));
      return unanswered(target, error, isGone);
    }),
    ...[...silent].filter(([id]) => !named.has(id)).map(([, { message }]) => message),
  ];
}

/** Why nothing is known of a cluster, and for an embedded one what to do. */
function unanswered({ id, engine }: ClusterPlan, error: unknown, isGone: boolean): string {
  const { code, message } = toCrossflockError(error);
  if (engine.type !== 'embedded' || isGone) return `${id}: ${message}`;
  if (code === 'unreachable') return `${id}: ${message}; create-containers starts it`;
  if (code === 'refused') return `${id}: another program has the port: ${message}`;
  return `${id}: ${message}`;
}

interface NetworkState {
  /** Hosts that could not be asked. */
  readonly silent: MemberFailures;
  /** What is not as wanted on the others. */
  readonly problem: string | undefined;
}

/**
 * Tasks go on running, and Marathon counts them as healthy for a while, after somebody deleted
 * their network; only the network itself tells.
 */
async function networkState(
  context: ActionContext,
  plan: Plan,
  network: VirtualNetwork,
): Promise<NetworkState> {
  const { signal } = context;
  const members = networkMembers(context, plan);
  // An existing Marathon's machine may be any, and has nothing to do with this one's networks.
  const silent: MemberFailures = new Map();
  if (plan.clusters.every(({ engine }) => engine.type === 'given')) {
    return { silent, problem: undefined };
  }
  try {
    const changes = network.plan(await seeMembers(network, members, { failures: silent, signal }));
    const [change] = changes;
    if (change === undefined) return { silent, problem: undefined };
    const { kind, target } = change.view;
    const repair = plan.network.driver === 'bridge' ? 'create-containers' : 'crossflock provision';
    return { silent, problem: `the ${kind} ${target} is not as wanted; ${repair} makes it` };
  } catch (error) {
    signal.throwIfAborted();
    return { silent, problem: toCrossflockError(error).message };
  }
}
