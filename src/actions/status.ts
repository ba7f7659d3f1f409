import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { AppState } from '../marathon/app-state.js';
import { appStatus } from '../marathon/status.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import { fanOut } from '../util/fan-out.js';
import { APP_COLUMNS, appRows } from './app-table.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, type MemberFailures } from './network-steps.js';
import type { OpenNetwork } from './peers-network.js';
import { marathonClient } from './reach.js';
import { mesosStates } from './status-mesos.js';
import { networkState } from './status-network.js';
import { mesosData, mesosTables, networkData } from './status-tables.js';

/** `crossflock status`: what of a configuration runs, and what does not and why. Changes nothing. */
export async function status(
  context: ActionContext,
  options: { readonly config: string },
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { reporter } = context;
  const driver = openNetwork(plan.network);
  const [{ states, failed }, { silent, problem, reports }, mesos] = await Promise.all([
    appStates(context, plan),
    networkState(context, plan, driver),
    mesosStates(context, plan, driver),
  ]);
  reporter.emit({ type: 'table', title: '', columns: APP_COLUMNS, rows: appRows(plan, states) });
  for (const table of mesosTables(plan, mesos, reports)) reporter.emit({ type: 'table', ...table });
  const missing = mesos.flatMap((each) =>
    each.missing.map((what) => `${each.cluster.id}: ${what}`),
  );
  const network = problem === undefined ? [] : [problem];
  const remarks = mesos.flatMap((each) => each.remarks);
  const warnings = [
    ...[...silence(failed, silent), ...missing, ...remarks],
    ...[...network, ...reasons(states)],
  ];
  for (const message of warnings) reporter.emit({ type: 'notice', level: 'warning', message });
  const running = [...states.values()].filter(({ state }) => state === 'running').length;
  const wanted = plan.apps.length;
  const but = [
    ...network.map(() => 'their network is not as wanted'),
    ...missing.slice(0, 1).map(() => 'mesos lacks something'),
  ];
  const ok = running === wanted && silent.size === 0 && but.length === 0;
  const message = [`${running} of ${wanted} containers running and healthy`, but.join(', and ')]
    .filter((part) => part !== '')
    .join(', but ');
  const engines = { mesos: mesosData(mesos), network: networkData(plan, reports) };
  const data = { running, wanted, ...(mesos.length === 0 ? {} : engines) };
  reporter.emit({ type: 'summary', ok, message, data });
  return ok ? EXIT.ok : EXIT.failed;
}

/** Why apps do not run. */
function reasons(states: ReadonlyMap<string, AppState>): readonly string[] {
  return [...states.values()].flatMap(({ appId, state, reason }) =>
    state === 'running' || reason === undefined ? [] : [`${appId}: ${reason}`],
  );
}

/** What the Marathons say of the apps, by id, and those that do not answer. */
async function appStates(context: ActionContext, plan: Plan) {
  const { signal } = context;
  const { done, failed } = await fanOut(plan.clusters, 16, async (cluster) => {
    const ids = plan.apps.filter((a) => a.clusterId === cluster.id).map(({ app }) => app.id);
    return appStatus(await marathonClient(context, cluster), ids, { signal, once: true });
  });
  signal.throwIfAborted();
  const states = new Map<string, AppState>(
    done.flatMap(({ value }) => value.map((state) => [state.appId, state] as const)),
  );
  return { states, failed };
}

/**
 * Why clusters and hosts do not answer. A cluster's only host is named with it; of several each, and
 * the cluster where there is more to say of it.
 */
function silence(
  failed: readonly { readonly target: ClusterPlan; readonly error: unknown }[],
  silent: MemberFailures,
): readonly string[] {
  const alone = failed.filter(({ target }) => target.hosts.length === 1);
  const named = new Set(alone.flatMap(({ target }) => target.hosts.map(({ id }) => id)));
  const others = [...silent].filter(([id]) => !named.has(id)).map(([, { message }]) => message);
  const clusters = failed
    .filter(({ error }) => !others.includes(toCrossflockError(error).message))
    .map(({ target, error }) => {
      const isGone = target.hosts.some(({ id }) => silent.has(id));
      return unanswered(target, error, isGone);
    });
  return [...clusters, ...others];
}

/** Why nothing is known of a cluster, and for an embedded one what to do. */
function unanswered({ id, engine }: ClusterPlan, error: unknown, isGone: boolean): string {
  const { code, message } = toCrossflockError(error);
  if (engine.type !== 'embedded' || isGone) return `${id}: ${message}`;
  if (code === 'unreachable') return `${id}: ${message}; create-containers starts it`;
  if (code === 'refused') return `${id}: another program has the port: ${message}`;
  return `${id}: ${message}`;
}
