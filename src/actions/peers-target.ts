import { basename } from 'node:path';
import { didYouMean } from '../config/suggest.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { parseEndpoint } from '../plan/hosts.js';
import type { ClusterPlan, HostPlan, Plan } from '../plan/types.js';

const SSH_PORT = 22;

export function allHosts(plan: Plan): readonly HostPlan[] {
  return plan.clusters.flatMap(({ hosts }) => hosts);
}

/**
 * The host that is meant: by its id, or by its address as `[user@]address[:port]`.
 * @throws CrossflockError `invalid-input` where several have that address
 */
export function findHost(plan: Plan, text: string): HostPlan | undefined {
  const hosts = allHosts(plan);
  const named = hosts.find(({ id }) => id === text);
  if (named !== undefined) return named;
  const { address, port } = parseEndpoint(text);
  const there = hosts.filter(
    (host) =>
      host.address === address && (port === undefined || port === (host.ssh.port ?? SSH_PORT)),
  );
  if (there.length <= 1) return there[0];
  throw new CrossflockError(`several hosts have the address ${address}`, {
    code: 'invalid-input',
    hint: `write one of their ids: ${there.map(({ id }) => id).join(', ')}`,
  });
}

/** What to say of a host that the configuration does not name. */
export function unknownHost(plan: Plan, text: string, file: string): CrossflockError {
  return new CrossflockError(`${basename(file)} names no host "${text}"`, {
    code: 'invalid-input',
    hint: hostSuggestion(plan, text),
  });
}

/** Which host may have been meant. */
export function hostSuggestion(plan: Plan, text: string): string {
  const known = allHosts(plan).flatMap(({ id, address }) =>
    id === address ? [id] : [id, address],
  );
  if (known.length === 0) return 'no cluster has hosts; peers add brings the first one';
  const ids = allHosts(plan).map(({ id }) => id);
  return didYouMean(text, known, `it names ${ids.slice(0, 12).join(', ')}`);
}

/** @throws CrossflockError `invalid-input` where the configuration does not name it */
export function knownHost(plan: Plan, text: string, file: string): HostPlan {
  const host = findHost(plan, text);
  if (host === undefined) throw unknownHost(plan, text, file);
  return host;
}

/** The cluster of a host of the plan. */
export function clusterOfHost(plan: Pick<Plan, 'clusters'>, host: HostPlan): ClusterPlan {
  const cluster = plan.clusters.find(({ id }) => id === host.clusterId);
  if (cluster !== undefined) return cluster;
  throw new CrossflockError(`no cluster is called ${host.clusterId}`, { code: 'unexpected' });
}

/** The plan with nothing but this cluster, so that no other is asked or changed. */
export function planOfCluster(plan: Plan, cluster: ClusterPlan): Plan {
  const apps = plan.apps.filter(({ clusterId }) => clusterId === cluster.id);
  return { ...plan, clusters: [cluster], apps };
}
