import type { CrossflockError } from '../errors/crossflock-error.js';
import { toCrossflockError } from '../errors/crossflock-error.js';
import type { ClusterPlan, MesosMember, Plan } from '../plan/types.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { openHost } from './open-host.js';
import { allHosts } from './peers-target.js';

/** A plan without the hosts that cannot be asked, and why not. */
export interface Reachable {
  readonly plan: Plan;
  /** By id of the host. */
  readonly silent: ReadonlyMap<string, CrossflockError>;
}

/**
 * What of a plan can be taken away now: the clusters whose host answers, and of the others the hosts
 * that do.
 * @throws CrossflockError why, where none of the hosts can be asked
 */
export async function reachablePart(context: ActionContext, plan: Plan): Promise<Reachable> {
  const hosts = allHosts(plan);
  const { signal } = context;
  const { failed } = await fanOut(hosts, HOSTS_AT_ONCE, (host) =>
    openHost(context, host).run(['true'], { signal }),
  );
  signal.throwIfAborted();
  const silent = new Map(failed.map(({ target, error }) => [target.id, toCrossflockError(error)]));
  const [first] = silent.values();
  if (first === undefined) return { plan, silent };
  if (silent.size === hosts.length) throw first;
  const clusters = plan.clusters.flatMap((cluster) => {
    const left = cluster.hosts.filter(({ id }) => !silent.has(id));
    const isLost = cluster.engine.type === 'embedded' && left.length < cluster.hosts.length;
    return isLost ? [] : [{ ...cluster, hosts: left, engine: engineWithout(cluster, silent) }];
  });
  const ids = new Set(clusters.map(({ id }) => id));
  const apps = plan.apps.filter(({ clusterId }) => ids.has(clusterId));
  return { plan: { ...plan, clusters, apps }, silent };
}

/** Of a cluster whose engine is Mesos any other master answers. */
function engineWithout(
  { engine }: ClusterPlan,
  silent: ReadonlyMap<string, unknown>,
): ClusterPlan['engine'] {
  if (engine.type !== 'mesos') return engine;
  const answers = ({ hostId }: MesosMember): boolean => !silent.has(hostId);
  const { masters, agents } = engine;
  return { ...engine, masters: masters.filter(answers), agents: agents.filter(answers) };
}
