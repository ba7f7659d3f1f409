import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps } from '../pipeline/run-steps.js';
import type { Step } from '../pipeline/step.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import { clusterScope } from '../provision/embedded-marathon.js';
import type { ActionContext } from './context.js';
import { mesosRemovalStep } from './down-mesos-step.js';
import { reachablePart } from './down-reach.js';
import { appsStep, keyStep, networkStep, removeMarathonsStep, volumesStep } from './down-steps.js';
import { loadPlan } from './load-plan.js';
import { networkDriver, type MemberFailures } from './network-steps.js';
import { embeddedClusters, marathonsStep, type ClusterFailures } from './platform-steps.js';
import { engineHost, marathonClient } from './reach.js';

export interface DownOptions {
  readonly config: string;
  /** Also delete the named volumes, with everything that the submitter kept, and the pool's key. */
  readonly volumes: boolean;
  /** List what would be removed, and remove nothing. */
  readonly dryRun: boolean;
}

/** `crossflock down`: removes what `create-containers` made, in the opposite order. */
export async function down(context: ActionContext, options: DownOptions): Promise<ExitCode> {
  const whole = await loadPlan(context, options.config, 'what stops');
  if (whole === undefined) return EXIT.usage;
  const { plan, silent } = await reachablePart(context, whole);
  for (const [id, { message }] of silent) {
    context.reporter.emit({ type: 'notice', level: 'warning', message: `${id}: ${message}` });
  }
  const steps = [
    ...(await wakeSteps(context, plan)),
    appsStep(context, plan),
    removeMarathonsStep(context, plan),
    ...mesosSteps(context, plan, options),
    networkStep(context, plan),
  ];
  if (options.volumes) steps.push(volumesStep(context, plan), keyStep(context, plan));
  const { changes, failure } = await runSteps(steps, { ...context, dryRun: options.dryRun });
  const notAsked = [...silent.keys()];
  const ok = failure === undefined && notAsked.length === 0;
  const message =
    failure !== undefined
      ? `failed at ${failure.step}`
      : notAsked.length > 0
        ? incomplete(notAsked, options)
        : gone(plan, changes, options);
  context.reporter.emit({ type: 'summary', ok, message, data: { changes, notAsked } });
  if (failure !== undefined) return exitCodeFor(failure.error.code);
  return ok ? EXIT.ok : EXIT.failed;
}

function incomplete(notAsked: readonly string[], { dryRun }: DownOptions): string {
  const silent = `${notAsked.join(', ')} could not be asked`;
  if (dryRun) return `${silent}; nothing was changed`;
  const back = notAsked.length === 1 ? 'it is' : 'they are';
  return `${silent}; the others are done. Run the same command again when ${back} back`;
}

function mesosSteps(context: ActionContext, plan: Plan, options: DownOptions): readonly Step[] {
  const isMesos = plan.clusters.some(({ engine }) => engine.type === 'mesos');
  return isMesos ? [mesosRemovalStep(context, plan, options)] : [];
}

function gone({ name }: Plan, changes: number, { volumes, dryRun }: DownOptions): string {
  if (changes === 0) return `nothing of ${name} was there`;
  if (dryRun)
    return `${changes} ${changes === 1 ? 'thing' : 'things'} to remove, nothing was changed`;
  return `${name} is gone${volumes ? '' : '; its volumes are kept, --volumes deletes them too'}`;
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
      const { stdout } = await engineHost(context, cluster).run(
        [...argv, `label=crossflock.cluster=${scope}`],
        {
          signal: context.signal,
        },
      );
      const isAsleep = stdout.trim() !== '' && !(await answers(context, cluster));
      return isAsleep ? [cluster] : [];
    }),
  );
  const clusters = asleep.flat();
  if (clusters.length === 0) return [];
  const failures: ClusterFailures = new Map();
  const unreached: MemberFailures = new Map();
  const wake = marathonsStep(
    context,
    { ...plan, clusters },
    {
      ...{ failures, unreached },
      network: networkDriver(plan.network),
    },
  );
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

async function answers(context: ActionContext, cluster: ClusterPlan): Promise<boolean> {
  const { signal } = context;
  try {
    await (await marathonClient(context, cluster)).ping({ signal, once: true });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
