import { BridgeNetwork } from '../bridge/bridge-network.js';
import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { DEPLOYMENT_LABEL } from '../marathon/check.js';
import { deleteApps } from '../marathon/deploy.js';
import { runSteps } from '../pipeline/run-steps.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import {
  clusterScope,
  marathonContainerName,
  removeMarathon,
} from '../provision/embedded-marathon.js';
import { hasPoolKey, removePoolKey, secretsDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import {
  embeddedClusters,
  marathonClient,
  marathonsStep,
  type ClusterFailures,
} from './platform-steps.js';

/** Milliseconds for all tasks of a cluster to end; the longest kill grace period is far below. */
const STOP_DEADLINE_MS = 120_000;

export interface DownOptions {
  readonly config: string;
  /** Also delete the named volumes, with everything that the submitter kept, and the pool's key. */
  readonly volumes: boolean;
}

/** `crossflock down`: removes what `create-containers` made, in the opposite order. */
export async function down(context: ActionContext, options: DownOptions): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const steps = [
    ...(await wakeSteps(context, plan)),
    appsStep(context, plan),
    removeMarathonsStep(context, plan),
    networkStep(context, plan),
  ];
  if (options.volumes) steps.push(volumesStep(context, plan), keyStep(context, plan));
  const result = await runSteps(steps, context);
  const ok = result.failure === undefined;
  const message = ok
    ? result.changes === 0
      ? `nothing of ${plan.name} was there`
      : `${plan.name} is gone${options.volumes ? '' : '; its volumes are kept, --volumes deletes them too'}`
    : `failed at ${result.failure.step}`;
  context.reporter.emit({ type: 'summary', ok, message, data: { changes: result.changes } });
  return result.failure === undefined ? EXIT.ok : exitCodeFor(result.failure.error.code);
}

/**
 * Starts the embedded Marathons that do not answer though containers of theirs run: only they know
 * the apps, and taking one away first would leave its containers behind for good.
 */
async function wakeSteps(context: ActionContext, plan: Plan): Promise<Step[]> {
  const asleep = await Promise.all(
    embeddedClusters(plan).map(async (cluster) => {
      const scope = clusterScope(plan.name, cluster.id);
      const argv = ['docker', 'ps', '--all', '--quiet', '--filter'];
      const { stdout } = await context.host.run([...argv, `label=crossflock.cluster=${scope}`], {
        signal: context.signal,
      });
      const isAsleep = stdout.trim() !== '' && !(await answers(cluster, context.signal));
      return isAsleep ? [cluster] : [];
    }),
  );
  const clusters = asleep.flat();
  if (clusters.length === 0) return [];
  const failures: ClusterFailures = new Map();
  const wake = marathonsStep(context, { ...plan, clusters }, failures);
  return [
    {
      ...wake,
      id: 'wake',
      title: 'embedded marathons that were stopped',
      settle: async (running) => {
        const message = (await wake.settle?.(running)) ?? '';
        const [first] = failures.values();
        if (first !== undefined) throw first;
        return message;
      },
    },
  ];
}

async function answers(cluster: ClusterPlan, signal: AbortSignal): Promise<boolean> {
  try {
    await marathonClient(cluster).ping({ signal, once: true });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

interface ClusterApps extends StepChange {
  readonly cluster: ClusterPlan;
  readonly ids: readonly string[];
}

function appsStep({ clock }: ActionContext, plan: Plan): Step {
  return step<ClusterApps>({
    id: 'apps',
    title: 'apps',
    check: async ({ signal, progress }) => {
      const found = await Promise.all(
        plan.clusters.map(async (cluster) => ({
          cluster,
          ids: await appsOf(cluster, plan, signal),
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
      const client = marathonClient(cluster, progress);
      const result = await deleteApps({ client, clock, deadlineMs: STOP_DEADLINE_MS, signal }, ids);
      if (result.outcome === 'deleted') return;
      const why = result.failed.map(({ appId, error }) => `${appId}: ${error.message}`).join('; ');
      throw new CrossflockError(why === '' ? `tasks on ${cluster.id} did not end in time` : why, {
        code: result.outcome === 'interrupted' ? 'aborted' : 'work-failed',
      });
    }),
  });
}

/** The deployment's apps on a cluster; undefined where its embedded Marathon is not running. */
async function appsOf(
  cluster: ClusterPlan,
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    const once = cluster.engine.type === 'embedded';
    const label = `${DEPLOYMENT_LABEL}==${plan.name}`;
    const apps = await marathonClient(cluster).listApps({ signal, once, label });
    return apps.map(({ id }) => id);
  } catch (error) {
    // `refused`: another program has the port, so this Marathon cannot be running.
    const gone = ['unreachable', 'refused'].includes(toCrossflockError(error).code);
    if (gone && cluster.engine.type === 'embedded') return undefined;
    throw error;
  }
}

interface Removal extends StepChange {
  readonly clusterId: string;
}

function removeMarathonsStep({ host }: ActionContext, plan: Plan): Step {
  return step<Removal>({
    id: 'marathons',
    title: 'embedded marathons',
    check: async ({ signal }) => {
      const removals: Removal[] = [];
      for (const { id } of embeddedClusters(plan)) {
        const name = marathonContainerName(plan.name, id);
        const { exitCode } = await host.run(['docker', 'container', 'inspect', name], { signal });
        const view = { action: 'delete', kind: 'marathon', target: id } as const;
        if (exitCode === 0) removals.push({ clusterId: id, view });
      }
      return removals;
    },
    apply: applyEach(4, ({ clusterId }) => removeMarathon(host, plan.name, clusterId)),
  });
}

function networkStep({ host }: ActionContext, plan: Plan): Step {
  const network = new BridgeNetwork(plan.network);
  return step({
    id: 'network',
    title: 'virtual network',
    check: async ({ signal }) => {
      const argv = ['docker', 'network', 'inspect', plan.network.name];
      const { exitCode } = await host.run(argv, { signal });
      if (exitCode !== 0) return [];
      return [{ view: { action: 'delete', kind: 'network', target: plan.network.name } as const }];
    },
    apply: applyEach(1, (_, { signal }) => network.remove(host, signal)),
  });
}

interface VolumeRemoval extends StepChange {
  readonly volume: string;
}

/** Named volumes are Docker parameters of the apps: `volume=<name>:<path>`. */
function volumesStep({ host }: ActionContext, plan: Plan): Step {
  const names = plan.apps.flatMap(({ app }) =>
    app.container.docker.parameters
      .filter(({ key, value }) => key === 'volume' && !value.startsWith('/'))
      .map(({ value }) => value.split(':')[0] ?? ''),
  );
  return step<VolumeRemoval>({
    id: 'volumes',
    title: 'volumes',
    check: async ({ signal }) => {
      const removals: VolumeRemoval[] = [];
      for (const volume of names) {
        const { exitCode } = await host.run(['docker', 'volume', 'inspect', volume], { signal });
        const view = { action: 'delete', kind: 'volume', target: volume } as const;
        if (exitCode === 0) removals.push({ volume, view });
      }
      return removals;
    },
    apply: applyEach(4, async ({ volume }, { signal }) => {
      const result = await host.run(['docker', 'volume', 'rm', volume], { signal });
      if (result.exitCode === 0) return;
      throw new CrossflockError(result.stderr.trim(), { code: 'command-failed' });
    }),
  });
}

function keyStep({ host, env }: ActionContext, plan: Plan): Step {
  const directory = secretsDirectory(plan.name, env);
  return step({
    id: 'pool-key',
    title: 'pool key',
    check: async () => {
      if (!(await hasPoolKey(host, directory))) return [];
      return [{ view: { action: 'delete', kind: 'key', target: directory } as const }];
    },
    apply: applyEach(1, () => removePoolKey(host, directory)),
  });
}
