import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import { hostFolder } from '../plan/host-folders.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import { clusterScope } from '../provision/embedded-marathon.js';
import { formatDuration } from '../util/duration.js';

/** Seconds for a task to end by itself; more than the kill grace of the pool's containers. */
const STOP_SECONDS = 20;

/**
 * Ends an executor's startd once its jobs have ended: it takes no new ones from then on, where a
 * pool that is only off the flock list goes on with the claims that it has. One that is off already
 * is fine. Waiting is for the process itself, not for its name to be gone.
 */
const DRAIN_SCRIPT = `
pid=$(pgrep -o -x condor_startd) || exit 0
condor_off -peaceful -daemon startd >&2 || exit 1
exec tail --pid="$pid" -f /dev/null
`;

/** The same at once: what runs is sent back to its queue, which learns of it before all ends. */
const GIVE_BACK_SCRIPT = `
pid=$(pgrep -o -x condor_startd) || exit 0
condor_off -graceful -daemon startd >&2 || exit 1
exec tail --pid="$pid" -f /dev/null
`;
/** Milliseconds for jobs that were told to end. */
const GIVE_BACK_MS = 15_000;

interface TaskChange extends StepChange {
  readonly container: string;
}

export interface DrainOptions {
  readonly host: Host;
  readonly plan: Plan;
  readonly cluster: ClusterPlan;
  /** Seconds that running jobs have to come to their end. */
  readonly wait: number;
  /** Whether jobs that are left then go back to their queue before their container ends. */
  readonly givesBack?: boolean;
}

/** Lets the jobs that run on a host come to their end, for as long as it was asked for. */
export function drainStep(options: DrainOptions): Step {
  const { host, plan, cluster, wait, givesBack = false } = options;
  return step<TaskChange>({
    id: 'drain',
    title: 'running jobs',
    check: async ({ signal }) => {
      const role = 'crossflock.role=executor';
      const tasks = await tasksOf(host, {
        plan,
        cluster,
        filters: [role],
        isRunning: true,
        signal,
      });
      return tasks.map(({ id, name }) => {
        const detail =
          wait > 0
            ? `its jobs have ${formatDuration(wait * 1000)} to end`
            : 'its jobs go back to their queue';
        return { container: id, view: { action: 'stop', kind: 'executor', target: name, detail } };
      });
    },
    apply: async (changes, context) => {
      const ends = (script: string, timeoutMs: number) =>
        applyEach<TaskChange>(changes.length, async ({ container }, { signal }) => {
          const argv = ['docker', 'exec', '--user', 'root', container, 'sh', '-c', script];
          const result = await host.run(argv, { signal, timeoutMs });
          if (result.exitCode !== 0) throw failed('the executor does not let its jobs end', result);
        })(changes, context);
      if (wait > 0 && (await isInTime(ends(DRAIN_SCRIPT, wait * 1000)))) return;
      if (wait > 0) context.incomplete('jobs that still run are run again elsewhere');
      if (givesBack) await isInTime(ends(GIVE_BACK_SCRIPT, GIVE_BACK_MS));
    },
  });
}

async function isInTime(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (toCrossflockError(error).code !== 'timeout') throw error;
    return false;
  }
}

/** Ends and removes what a cluster's Marathon or agent left on a host, and nobody would any more. */
export function leftoversStep(host: Host, plan: Plan, cluster: ClusterPlan): Step {
  const isMesos = cluster.engine.type === 'mesos';
  return step<TaskChange>({
    id: 'containers',
    title: `containers without ${isMesos ? 'an agent' : 'a marathon'}`,
    check: async ({ signal }) => {
      const tasks = await tasksOf(host, { plan, cluster, filters: [], isRunning: false, signal });
      return tasks.map(({ id, name }) => ({
        container: id,
        view: { action: 'delete', kind: 'container', target: name } as const,
      }));
    },
    apply: applyEach(8, async ({ container }, { signal }) => {
      const stop = ['docker', 'stop', '--time', String(STOP_SECONDS), container];
      await host.run(stop, { signal, timeoutMs: (STOP_SECONDS + 30) * 1000 });
      const argv = ['docker', 'container', 'rm', '--force', container];
      const result = await host.run(argv, { signal });
      const isGone = /no such container/i.test(result.stderr);
      if (result.exitCode !== 0 && !isGone) throw failed('a container stays', result);
    }),
  });
}

/** Takes away what the deployment keeps on a host: the pool's key and the network's. */
export function hostFolderStep(host: Host, plan: Plan, name: string): Step {
  const folder = hostFolder(plan.name);
  return step({
    id: 'keys',
    title: 'keys',
    check: async ({ signal }) => {
      const { exitCode } = await host.run(['test', '-e', folder], { signal });
      const target = `${folder} on ${name}`;
      return exitCode === 0 ? [{ view: { action: 'delete', kind: 'folder', target } }] : [];
    },
    apply: async (changes, { signal, applied }) => {
      const result = await host.run(['rm', '-rf', '--', folder], { signal });
      if (result.exitCode !== 0) throw failed(`${folder} stays`, result);
      changes.forEach(applied);
    },
  });
}

interface TaskQuery {
  readonly plan: Plan;
  readonly cluster: ClusterPlan;
  readonly filters: readonly string[];
  /** Only those that run, not those that ended as well. */
  readonly isRunning: boolean;
  readonly signal: AbortSignal;
}

/** The containers of apps that a cluster's engine has started. */
async function tasksOf(host: Host, { plan, cluster, filters, isRunning, signal }: TaskQuery) {
  // Mesos gives no labels; those of an app are Docker parameters, which say nothing of the cluster.
  const own =
    cluster.engine.type === 'mesos'
      ? [`crossflock.deployment=${plan.name}`, 'crossflock.role']
      : [`crossflock.cluster=${clusterScope(plan.name, cluster.id)}`];
  const labels = [...own, ...filters];
  const all = isRunning ? [] : ['--all'];
  const argv = ['docker', 'ps', ...all, '--format', '{{.ID}} {{.Names}}'];
  const result = await host.run(
    [...argv, ...labels.flatMap((label) => ['--filter', `label=${label}`])],
    { signal },
  );
  if (result.exitCode !== 0) throw failed('docker does not answer', result);
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [id = '', name = id] = line.split(' ');
    return { id, name };
  });
}

function failed(what: string, { stderr }: { readonly stderr: string }): CrossflockError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return new CrossflockError(`${what}: ${said}`, { code: 'command-failed', cause: stderr });
}
