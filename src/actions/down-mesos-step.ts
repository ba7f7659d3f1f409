import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import type { Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import { applyMesosChange } from '../provision/mesos/apply.js';
import { leftoverPaths, leftoverProbe, removeLeftovers } from '../provision/mesos/leftovers.js';
import type { MesosSeen } from '../provision/mesos/seen.js';
import { mesosTodo } from '../provision/mesos/todo.js';
import { survey } from '../provision/survey.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { MesosScene, type MesosHost } from './mesos-scene.js';
import { HOSTS_AT_ONCE, networkDriver } from './network-steps.js';
import { openHost } from './open-host.js';

/**
 * Marathon first, so that it starts nothing anew; an agent tells a master that it goes; what they
 * have left behind last.
 */
const PHASES = ['marathon', 'agent', 'master', 'zookeeper', 'containers', 'files'] as const;
type Phase = (typeof PHASES)[number];

interface PartRemoval extends StepChange {
  readonly host: Host;
  readonly phase: Phase;
  readonly remove: (signal: AbortSignal) => Promise<void>;
}

/**
 * Takes ZooKeeper, Mesos and Marathon off every host, with what they wrote there.
 * @param options.volumes also what ZooKeeper and the masters know, and the cluster's secrets
 */
export function mesosRemovalStep(
  context: ActionContext,
  plan: Plan,
  options: { readonly volumes: boolean },
): Step {
  const scene = new MesosScene(plan, networkDriver(plan.network));
  const members = scene.clusters.flatMap((cluster) =>
    cluster.hosts.map((host): MesosHost => ({ cluster, host })),
  );
  return step<PartRemoval>({
    id: 'mesos',
    title: 'mesos',
    check: async ({ signal }) => {
      const looks = await fanOut(members, HOSTS_AT_ONCE, (member) =>
        removalsOf(context, scene, { member, ...options }),
      );
      signal.throwIfAborted();
      const [silent] = looks.failed;
      if (silent !== undefined) throw toCrossflockError(silent.error);
      const found = looks.done.flatMap(({ value }) => value);
      return PHASES.flatMap((phase) => found.filter((each) => each.phase === phase));
    },
    apply: async (found, running) => {
      for (const phase of PHASES) {
        await removeAll(
          found.filter((each) => each.phase === phase),
          running,
        );
      }
    },
  });
}

async function removalsOf(
  context: ActionContext,
  scene: MesosScene,
  { member, volumes }: { readonly member: MesosHost; readonly volumes: boolean },
): Promise<readonly PartRemoval[]> {
  const { cluster, host: planned } = member;
  const host = openHost(context, planned);
  const wanted = scene.unwanted(member);
  const paths = leftoverPaths(wanted.deployment, cluster.id, wanted.paths);
  const left = leftoverProbe([...paths.always, ...(volumes ? paths.kept : [])]);
  const mesos = scene.probe(planned.id);
  const seen = await survey(host, { mesos, left }, context.signal);
  if (seen.mesos === undefined) return [];
  const tasks = taskContainers(seen.mesos);
  const target = planned.id;
  return [
    ...mesosTodo(wanted, seen.mesos).flatMap((change): readonly PartRemoval[] => {
      const { part, view } = change;
      if (part === 'secrets') return [];
      const remove = (signal: AbortSignal): Promise<void> =>
        applyMesosChange(host, change, { wanted, secrets: noSecrets, signal });
      return [{ host, phase: part, remove, view: { action: 'delete', kind: view.kind, target } }];
    }),
    ...(tasks.length === 0 ? [] : [containersLeft(host, tasks, target)]),
    ...(seen.left.length === 0 ? [] : [filesLeft(host, seen.left, target)]),
  ];
}

/** Nothing is written where something is taken away. */
function noSecrets(): Promise<never> {
  return Promise.reject(new CrossflockError('no secret is needed here', { code: 'unexpected' }));
}

/** An agent removes the containers of tasks that ended hours later, and one that left never. */
function taskContainers({ docker }: MesosSeen): readonly string[] {
  return docker.containers
    .map(({ name }) => name)
    .filter((name) => /^mesos-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name));
}

function containersLeft(host: Host, names: readonly string[], target: string): PartRemoval {
  const detail = `${String(names.length)} of tasks`;
  return {
    ...{ host, phase: 'containers' },
    view: { action: 'delete', kind: 'containers', target, detail },
    remove: async (signal) => {
      const argv = ['docker', 'rm', '--force', '--volumes', ...names];
      const { exitCode, stderr } = await host.run(argv, { signal });
      // One that somebody else removed in the meantime is gone all the same.
      const trouble = stderr.split('\n').filter((line) => !/^$|No such container/.test(line));
      if (exitCode !== 0 && trouble.length > 0) throw failed(trouble);
    },
  };
}

function filesLeft(host: Host, paths: readonly string[], target: string): PartRemoval {
  return {
    ...{ host, phase: 'files' },
    view: { action: 'delete', kind: 'files of mesos', target },
    remove: async (signal) => {
      const { exitCode, stderr } = await host.run(removeLeftovers(paths), { signal });
      if (exitCode !== 0) throw failed(stderr.trim().split('\n'));
    },
  };
}

function failed(said: readonly string[]): CrossflockError {
  return new CrossflockError(said.join('; '), { code: 'command-failed' });
}

/** Those of one phase on all hosts, of each host one after the other. */
async function removeAll(removals: readonly PartRemoval[], running: StepContext): Promise<void> {
  const hosts = [...new Set(removals.map(({ host }) => host))];
  const outcome = await fanOut(hosts, HOSTS_AT_ONCE, async (host) => {
    for (const removal of removals.filter((each) => each.host === host)) {
      await removal.remove(running.signal);
      running.applied(removal);
    }
  });
  running.signal.throwIfAborted();
  const [first] = outcome.failed;
  if (first === undefined) return;
  const why = outcome.failed.map(
    ({ target, error }) => `${target.name}: ${toCrossflockError(error).message}`,
  );
  throw new CrossflockError(why.join('; '), {
    code: toCrossflockError(first.error).code,
    cause: first.error,
  });
}
