import { toCrossflockError, type CrossflockError } from '../errors/crossflock-error.js';
import { MarathonClient } from '../marathon/client.js';
import { applyEach, step, type Step } from '../pipeline/step.js';
import type { ClusterPlan, EmbeddedEngine, Plan } from '../plan/types.js';
import { formatDuration } from '../util/duration.js';
import type { NetworkChange, VirtualNetwork } from '../ports/virtual-network.js';
import {
  applyMarathon,
  checkMarathon,
  marathonContainerName,
  untilMarathonAnswers,
  type MarathonChange,
} from '../provision/embedded-marathon.js';
import { hasPoolKey, makePoolKey, secretsDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';

type EmbeddedCluster = ClusterPlan & { readonly engine: EmbeddedEngine };

export function embeddedClusters(plan: Plan): readonly EmbeddedCluster[] {
  return plan.clusters.filter(
    (cluster): cluster is EmbeddedCluster => cluster.engine.type === 'embedded',
  );
}

export function marathonClient(
  cluster: ClusterPlan,
  onRetry?: (message: string) => void,
): MarathonClient {
  return new MarathonClient({
    url: cluster.marathonUrl,
    ...(cluster.auth === undefined ? {} : { auth: cluster.auth }),
    onRetry: ({ message }, delayMs) => {
      onRetry?.(`${cluster.id}: ${message}; again in ${formatDuration(delayMs)}`);
    },
  });
}

/** The signing key by which the pools trust each other, made once per deployment. */
export function poolKeyStep({ host, env }: ActionContext, plan: Plan): Step {
  const directory = secretsDirectory(plan.name, env);
  return step({
    id: 'pool-key',
    title: 'pool key',
    check: async () => {
      if (await hasPoolKey(host, directory)) return [];
      return [{ view: { action: 'create', kind: 'key', target: directory } as const }];
    },
    apply: applyEach(1, () => makePoolKey(host, directory)),
  });
}

/** Clusters that cannot be used, and why. The others go on; the end of the action names these. */
export type ClusterFailures = Map<string, CrossflockError>;

/** One embedded Marathon per cluster that has the embedded engine, answering. */
export function marathonsStep(
  { host }: ActionContext,
  plan: Plan,
  failures: ClusterFailures,
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
    check: async ({ signal }) => {
      const found = clusters.map(({ id, engine, auth }) => {
        const wanted = { deployment: plan.name, clusterId: id, engine };
        return checkMarathon(host, auth === undefined ? wanted : { ...wanted, auth }, signal);
      });
      return (await Promise.all(found)).filter((change) => change !== undefined);
    },
    apply: applyEach(4, (change, { signal }) =>
      unlessFailed(change.view.target, () => applyMarathon(host, change, signal)),
    ),
    settle: async ({ signal, progress, incomplete }) => {
      const answers = clusters.map((cluster) =>
        unlessFailed(cluster.id, () =>
          untilMarathonAnswers(host, marathonContainerName(plan.name, cluster.id), () =>
            marathonClient(cluster, progress).ping({ signal }),
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

/** The virtual network on this machine. */
export function networkStep({ host }: ActionContext, network: VirtualNetwork): Step {
  return step<NetworkChange>({
    id: 'network',
    title: 'virtual network',
    check: ({ signal }) => network.check(host, signal),
    apply: applyEach(1, (change, { signal }) => network.apply(host, change, signal)),
  });
}
