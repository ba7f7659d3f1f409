import { CrossflockError, toCrossflockError, type ErrorCode } from '../errors/crossflock-error.js';
import { DEPLOYMENT_LABEL } from '../marathon/check.js';
import { deleteApps } from '../marathon/deploy.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import { hostSecretsFolder } from '../plan/host-folders.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import type { NetworkMember } from '../ports/virtual-network.js';
import { marathonContainerName, removeMarathon } from '../provision/embedded-marathon.js';
import { poolKeyHash, removePoolKey, secretsDirectory } from '../state/pool-key.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { HOSTS_AT_ONCE, networkDriver, seeMembers, type MemberFailures } from './network-steps.js';
import { embeddedClusters } from './platform-steps.js';
import { openHost } from './open-host.js';
import { clusterOf, engineHost, marathonClient, networkMembers, taskHosts } from './reach.js';

/** Milliseconds for all tasks of a cluster to end; the longest kill grace period is far below. */
const STOP_DEADLINE_MS = 120_000;

/**
 * By engine, how the Marathon of a cluster answers that is not running. `refused`: another program
 * has the port of the embedded one. One on Mesos has no credentials where it was never set up, and
 * is slow, or without a leader, where ZooKeeper is gone: what runs there ends with the agents.
 */
const GONE: Readonly<Record<ClusterPlan['engine']['type'], readonly ErrorCode[]>> = {
  embedded: ['unreachable', 'refused'],
  mesos: ['unreachable', 'not-found', 'timeout', 'unavailable'],
  given: [],
};

interface ClusterApps extends StepChange {
  readonly cluster: ClusterPlan;
  readonly ids: readonly string[];
}

/** Deletes the apps and waits for their tasks to end. */
export function appsStep(context: ActionContext, plan: Plan): Step {
  const { clock } = context;
  return step<ClusterApps>({
    id: 'apps',
    title: 'apps',
    check: async ({ progress }) => {
      const found = await Promise.all(
        plan.clusters.map(async (cluster) => ({
          cluster,
          ids: await appsOf(context, cluster, plan),
        })),
      );
      return found.flatMap(({ cluster, ids }) => {
        if (ids === undefined)
          progress(`${cluster.id}: no marathon answers, nothing to stop there`);
        if (ids === undefined || ids.length === 0) return [];
        const target = `${ids.join(', ')} on ${cluster.id}`;
        return [{ cluster, ids, view: { action: 'delete', kind: 'apps', target } as const }];
      });
    },
    apply: applyEach(16, async ({ cluster, ids }, { signal, progress }) => {
      const client = await marathonClient(context, cluster, progress);
      const result = await deleteApps({ client, clock, deadlineMs: STOP_DEADLINE_MS, signal }, ids);
      if (result.outcome === 'deleted') return;
      const why = result.failed.map(({ appId, error }) => `${appId}: ${error.message}`).join('; ');
      throw new CrossflockError(why === '' ? `tasks on ${cluster.id} did not end in time` : why, {
        code: result.outcome === 'interrupted' ? 'aborted' : 'work-failed',
      });
    }),
  });
}

/** The deployment's apps on a cluster; undefined where no Marathon of ours is running there. */
async function appsOf(
  context: ActionContext,
  cluster: ClusterPlan,
  plan: Plan,
): Promise<readonly string[] | undefined> {
  const { signal } = context;
  const { type } = cluster.engine;
  const label = `${DEPLOYMENT_LABEL}==${plan.name}`;
  const ask = async (once: boolean): Promise<readonly string[]> => {
    const client = await marathonClient(context, cluster);
    return (await client.listApps({ signal, once, label })).map(({ id }) => id);
  };
  try {
    return await ask(type !== 'given').catch((error: unknown) => {
      // One that runs may be about to elect a leader; one that does not is not waited for.
      const { code } = toCrossflockError(error);
      if (type === 'mesos' && ['timeout', 'unavailable'].includes(code)) return ask(false);
      throw error;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (GONE[type].includes(toCrossflockError(error).code)) return undefined;
    throw error;
  }
}

interface Removal extends StepChange {
  readonly clusterId: string;
}

/** Takes the embedded Marathons away; by now they have no tasks. */
export function removeMarathonsStep(context: ActionContext, plan: Plan): Step {
  return step<Removal>({
    id: 'marathons',
    title: 'embedded marathons',
    check: async ({ signal }) => {
      const { done, failed } = await fanOut(embeddedClusters(plan), HOSTS_AT_ONCE, (cluster) =>
        engineHost(context, cluster).run(
          ['docker', 'container', 'inspect', marathonContainerName(plan.name, cluster.id)],
          { signal },
        ),
      );
      if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
      return done
        .filter(({ value }) => value.exitCode === 0)
        .map(({ target: { id } }) => ({
          clusterId: id,
          view: { action: 'delete', kind: 'marathon', target: id } as const,
        }));
    },
    apply: applyEach(HOSTS_AT_ONCE, ({ clusterId }) =>
      removeMarathon(engineHost(context, clusterOf(plan, clusterId)), plan.name, clusterId),
    ),
  });
}

interface NetworkRemoval extends StepChange {
  readonly member: NetworkMember;
}

/** Takes the virtual network off every host. */
export function networkStep(context: ActionContext, plan: Plan): Step {
  const network = networkDriver(plan.network);
  const members = networkMembers(context, plan);
  return step<NetworkRemoval>({
    id: 'network',
    title: 'virtual network',
    check: async ({ signal }) => {
      const failures: MemberFailures = new Map();
      const seen = await seeMembers(network, members, { failures, signal });
      const [failure] = failures.values();
      if (failure !== undefined) throw failure;
      return seen.flatMap((one) => {
        const [change] = network.planLeave([one], one.member.id);
        return change === undefined ? [] : [{ member: one.member, view: change.view }];
      });
    },
    apply: applyEach(HOSTS_AT_ONCE, ({ member }, { signal }) =>
      network.remove(member.host, signal),
    ),
  });
}

interface VolumeRemoval extends StepChange {
  readonly volume: string;
  readonly host: Host;
}

/** Named volumes are Docker parameters of the apps: `volume=<name>:<path>`. */
export function volumesStep(context: ActionContext, plan: Plan): Step {
  const places = plan.apps.flatMap(({ app, clusterId }) => {
    const hosts = volumeHosts(context, clusterOf(plan, clusterId));
    return app.container.docker.parameters
      .filter(({ key, value }) => key === 'volume' && !value.startsWith('/'))
      .flatMap(({ value }) => {
        const volume = value.split(':')[0] ?? '';
        return hosts.map((host) => ({
          ...{ volume, host },
          target: hosts.length === 1 ? volume : `${volume} on ${host.name}`,
        }));
      });
  });
  return step<VolumeRemoval>({
    id: 'volumes',
    title: 'volumes',
    check: async ({ signal }) => {
      const { done, failed } = await fanOut(places, HOSTS_AT_ONCE, ({ volume, host }) =>
        host.run(['docker', 'volume', 'inspect', volume], { signal }),
      );
      if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
      return done
        .filter(({ value }) => value.exitCode === 0)
        .map(({ target: { volume, host, target } }) => {
          const view = { action: 'delete', kind: 'volume', target } as const;
          return { volume, host, view };
        });
    },
    apply: applyEach(4, async ({ volume, host }, { signal }) => {
      const result = await host.run(['docker', 'volume', 'rm', volume], { signal });
      if (result.exitCode === 0) return;
      throw new CrossflockError(result.stderr.trim(), { code: 'command-failed' });
    }),
  });
}

/** Where a container of a cluster may have run: on Mesos any agent. */
function volumeHosts(context: ActionContext, cluster: ClusterPlan): readonly Host[] {
  if (cluster.engine.type !== 'mesos') return [engineHost(context, cluster)];
  return taskHosts(cluster).map((host) => openHost(context, host));
}

interface KeyRemoval extends StepChange {
  readonly host: Host;
  readonly directory: string;
}

/** Forgets the pool's signing key, here and on every host. */
export function keyStep(context: ActionContext, plan: Plan): Step {
  const places = [
    { host: context.host, directory: secretsDirectory(plan.name, context.env) },
    ...plan.clusters.flatMap(({ hosts }) =>
      hosts.map((host) => ({
        host: openHost(context, host),
        directory: hostSecretsFolder(plan.name),
      })),
    ),
  ];
  return step<KeyRemoval>({
    id: 'pool-key',
    title: 'pool key',
    check: async ({ signal }) => {
      const removals: KeyRemoval[] = [];
      for (const { host, directory } of places) {
        if ((await poolKeyHash(host, directory, signal)) === undefined) continue;
        const target = host === context.host ? directory : `${directory} on ${host.name}`;
        removals.push({ host, directory, view: { action: 'delete', kind: 'key', target } });
      }
      return removals;
    },
    apply: applyEach(4, ({ host, directory }) => removePoolKey(host, directory)),
  });
}
