import { toCrossflockError, type CrossflockError } from '../errors/crossflock-error.js';
import { applyEach, step, type Step } from '../pipeline/step.js';
import type { ClusterPlan, EmbeddedEngine, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import {
  applyMarathon,
  checkMarathon,
  marathonContainerName,
  untilMarathonAnswers,
  type MarathonChange,
} from '../provision/embedded-marathon.js';
import { fanOut } from '../util/fan-out.js';
import { optional } from '../util/optional.js';
import { HOSTS_AT_ONCE, type MemberFailures } from './network-steps.js';
import type { ActionContext } from './context.js';
import { clusterOf, engineHost, marathonClient } from './reach.js';

type EmbeddedCluster = ClusterPlan & { readonly engine: EmbeddedEngine };

export function embeddedClusters(plan: Plan): readonly EmbeddedCluster[] {
  return plan.clusters.filter(
    (cluster): cluster is EmbeddedCluster => cluster.engine.type === 'embedded',
  );
}

/** Clusters that cannot be used, and why. The others go on; the end of the action names these. */
export type ClusterFailures = Map<string, CrossflockError>;

interface MarathonsOptions {
  readonly failures: ClusterFailures;
  readonly unreached: MemberFailures;
  /** The network that the containers get, which has to be launched before. */
  readonly network: VirtualNetwork;
}

/** One embedded Marathon per cluster that has the embedded engine, answering. */
export function marathonsStep(
  context: ActionContext,
  plan: Plan,
  { failures, unreached, network }: MarathonsOptions,
): Step {
  const clusters = embeddedClusters(plan);
  const unlessFailed = async (id: string, work: () => Promise<void>): Promise<void> => {
    try {
      if (!failures.has(id)) await work();
    } catch (error) {
      failures.set(id, toCrossflockError(error));
    }
  };
  return step<MarathonChange>({
    id: 'marathons',
    title: 'embedded marathons',
    check: async ({ signal, dryRun, incomplete }) => {
      for (const { id, hosts } of clusters) {
        const [reason] = hosts.flatMap((host) => unreached.get(host.id) ?? []);
        if (reason !== undefined) failures.set(id, reason);
      }
      const usable = clusters.filter(({ id }) => !failures.has(id));
      const { done, failed } = await fanOut(usable, HOSTS_AT_ONCE, (cluster) => {
        const { id, engine, auth } = cluster;
        const wanted = {
          ...{ deployment: plan.name, clusterId: id, engine },
          ...optional('auth', auth),
          ...optional('createSocket', network.createSocket),
        };
        return checkMarathon(engineHost(context, cluster), wanted, signal);
      });
      signal.throwIfAborted();
      for (const { target, error } of failed) failures.set(target.id, toCrossflockError(error));
      const [first] = failed;
      // One engine serves all clusters without hosts: without it there is nothing to go on with.
      if (first !== undefined && failed.length === clusters.length) throw first.error;
      if (dryRun) for (const [id, { message }] of failures) incomplete(`${id}: ${message}`);
      return done.flatMap(({ value }) => value ?? []);
    },
    apply: applyEach(4, (change, { signal }) =>
      unlessFailed(change.view.target, () =>
        applyMarathon(engineHost(context, clusterOf(plan, change.view.target)), change, signal),
      ),
    ),
    settle: async ({ signal, progress, incomplete }) => {
      const answers = clusters.map((cluster) =>
        unlessFailed(cluster.id, () =>
          untilMarathonAnswers(
            engineHost(context, cluster),
            marathonContainerName(plan.name, cluster.id),
            async () => (await marathonClient(context, cluster, progress)).ping({ signal }),
          ),
        ),
      );
      await Promise.all(answers);
      signal.throwIfAborted();
      for (const [id, { message }] of failures) incomplete(`${id}: ${message}`);
      return `${clusters.length - failures.size} of ${clusters.length} answer`;
    },
  });
}
