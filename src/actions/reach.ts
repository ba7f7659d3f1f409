import { CrossflockError } from '../errors/crossflock-error.js';
import { MarathonClient } from '../marathon/client.js';
import type { ClusterPlan, HostPlan, Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import type { NetworkMember } from '../ports/virtual-network.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { formatDuration } from '../util/duration.js';
import type { ActionContext } from './context.js';
import { openMarathon } from './marathon-door.js';
import { openHost } from './open-host.js';

/** The name of this machine as a member of a network. */
const HERE = 'localhost';

/** The host whose Docker Engine runs a cluster's embedded Marathon: its own, or this machine. */
export function engineHost(context: ActionContext, cluster: ClusterPlan): Host {
  const [host] = cluster.hosts;
  return host === undefined ? context.host : openHost(context, host);
}

/** The cluster's Marathon: as it is, or through SSH where it listens on a host's loopback. */
export async function marathonClient(
  context: ActionContext,
  cluster: ClusterPlan,
  onRetry?: (message: string) => void,
): Promise<MarathonClient> {
  return new MarathonClient({
    ...(await openMarathon(context, cluster)),
    onRetry: ({ message }, delayMs) => {
      onRetry?.(`${cluster.id}: ${message}; again in ${formatDuration(delayMs)}`);
    },
  });
}

/**
 * Everything that the virtual network spans: the hosts, or this machine where there is none.
 */
export function networkMembers(context: ActionContext, plan: Plan): readonly NetworkMember[] {
  const hosts = plan.clusters.flatMap((cluster) => cluster.hosts);
  if (hosts.length > 0) return hosts.map((host) => networkMember(context, host));
  const address = '127.0.0.1';
  const { host } = context;
  const clusterId = plan.clusters[0]?.id ?? '';
  return [{ id: HERE, clusterId, host, address, privateAddress: address }];
}

export function networkMember(context: ActionContext, host: HostPlan): NetworkMember {
  const { id, clusterId, address, privateAddress } = host;
  return { id, clusterId, host: openHost(context, host), address, privateAddress };
}

/** The hosts one of which runs the submitter's container: those of its cluster. */
export function submitterHosts(context: ActionContext, plan: Plan): readonly Host[] {
  const submitter = plan.apps.find(({ role }) => role === 'submitter');
  const cluster = plan.clusters.find(({ id }) => id === submitter?.clusterId);
  const hosts = cluster === undefined ? [] : taskHosts(cluster);
  return hosts.length === 0 ? [context.host] : hosts.map((host) => openHost(context, host));
}

/** The hosts of a cluster that run containers; none where that is this machine. */
export function taskHosts({ engine, hosts }: ClusterPlan): readonly HostPlan[] {
  return engine.type === 'mesos' ? hosts.filter(({ role }) => role !== 'master') : hosts;
}

/** The deployment's pool, through its submitter. */
export function openPool(context: ActionContext, plan: Plan): WorkflowPool {
  return context.openPool(submitterHosts(context, plan), plan.name);
}

/** The cluster of that id, which the checks of the configuration have found to be there. */
export function clusterOf(plan: Plan, id: string): ClusterPlan {
  const cluster = plan.clusters.find((candidate) => candidate.id === id);
  if (cluster !== undefined) return cluster;
  throw new CrossflockError(`no cluster is called ${id}`, { code: 'unexpected' });
}
