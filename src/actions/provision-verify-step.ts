import { CrossflockError } from '../errors/crossflock-error.js';
import type { AvailableImages } from '../images/available-images.js';
import { step, type Step, type StepContext } from '../pipeline/step.js';
import type { MesosMember } from '../plan/types.js';
import type { PairReport } from '../ports/virtual-network.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { firewallRules } from './firewall-rules.js';
import { probeAgents } from './mesos-probe.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { onEach } from './provision-host-changes.js';
import { failCluster, untilHealthy } from './provision-mesos-step.js';
import { enginePort, type ProvisionScene, type SceneHost } from './provision-scene.js';
import { hostTodo, isDone, networkTodo } from './provision-todo.js';

const TITLE = 'every part answers';

/**
 * Looks once more at what was changed: everything has to be as wanted now, and the hosts have to
 * reach each other through the network. Of hosts on which nothing changed, the first look told.
 */
export function verifyStep(
  context: ActionContext,
  scene: ProvisionScene,
  available: () => AvailableImages,
): Step {
  return step({
    id: 'verify',
    title: TITLE,
    check: () => Promise.resolve([]),
    apply: () => Promise.resolve(),
    settle: async (running) => {
      const { signal } = running;
      const changed = [...scene.changed];
      await scene.look(signal, TITLE);
      for (const host of scene.usable) verifyHost(scene, host, available());
      verifyNetwork(scene);
      const ids = changed.filter((id) => !scene.failures.has(id));
      await onEach(scene, { ids, title: TITLE }, async (id) => verifyWays(scene, id, signal));
      await verifyMesos(context, scene, { changed, running });
      scene.tell(running);
      const { usable, chosen } = scene;
      return `${String(usable.length)} of ${String(chosen.length)} ${chosen.length === 1 ? 'host' : 'hosts'}`;
    },
  });
}

/**
 * The engine as a whole, and a container on each agent that was changed, or that got a new network.
 */
async function verifyMesos(
  context: ActionContext,
  scene: ProvisionScene,
  { changed, running }: { readonly changed: readonly string[]; readonly running: StepContext },
): Promise<void> {
  const clusters = scene.mesos.clusters.filter(({ hosts }) =>
    hosts.some(({ id }) => changed.includes(id) && !scene.failures.has(id)),
  );
  await fanOut(clusters, HOSTS_AT_ONCE, async (cluster) => {
    const isDue = ({ hostId }: MesosMember): boolean =>
      changed.includes(hostId) && !scene.failures.has(hostId);
    const making = { scene, cluster, running };
    await untilHealthy(context, making, 'agent');
    await probeAgents(context, making, cluster.engine.agents.filter(isDue));
  }).then(({ failed }) => {
    running.signal.throwIfAborted();
    for (const { target, error } of failed) failCluster(scene, target, error, TITLE);
  });
}

function verifyHost(scene: ProvisionScene, host: SceneHost, available: AvailableImages): void {
  const sight = scene.sight(host.id);
  if (sight === undefined) return;
  const todo = hostTodo(scene, host, { sight, available });
  const missing = [
    ...(sight.docker.engine === undefined ? ['docker does not answer'] : []),
    ...todo.docker.users.map((user) => `${user} is not in the group docker`),
    ...todo.images.map(({ name }) => `the image ${name} is not as wanted`),
    ...(todo.marathon === undefined ? [] : ['the embedded marathon is not as wanted']),
    ...todo.mesos.map(
      ({ view }) => `${view.kind} is not as wanted (${view.detail ?? view.action})`,
    ),
  ];
  const isSilent = enginePort(host) !== undefined && !sight.marathon;
  if (missing.length === 0 && isSilent) missing.push('the embedded marathon does not answer');
  if (missing.length > 0) scene.fail(host.id, TITLE, notAsWanted(missing));
  else if (!isDone(todo)) scene.fail(host.id, TITLE, notAsWanted(['docker is not as wanted']));
}

function verifyNetwork(scene: ProvisionScene): void {
  const left = networkTodo(scene, (id, error) => {
    scene.fail(id, TITLE, error);
  });
  // A change that only a host which failed could make is not missing.
  const missing = new Map<string, string[]>();
  for (const { memberId, view } of left) {
    if (scene.failures.size > 0 || !scene.changed.has(memberId)) continue;
    missing.set(memberId, [...(missing.get(memberId) ?? []), `${view.kind} ${view.target}`]);
  }
  for (const [id, what] of missing) {
    scene.fail(id, TITLE, notAsWanted([`the network is not as wanted (${what.join(', ')})`]));
  }
}

/** Sends packets to all other members that are up. */
async function verifyWays(scene: ProvisionScene, id: string, signal: AbortSignal): Promise<void> {
  const seen = scene.seenMembers().filter(({ state }) => state !== undefined);
  const from = seen.find(({ member }) => member.id === id);
  const others = seen.filter(({ member }) => member.id !== id);
  if (from === undefined || others.length === 0) return;
  const reports = await scene.network.measure(from, others, signal);
  const blocked = reports.filter(({ reachable }) => !reachable);
  if (blocked.length === 0) return;
  const members = seen.map(({ member }) => member);
  const rules = firewallRules(scene.network.ports, members, blocked);
  throw new CrossflockError(blocked.map(inWords).join('; '), {
    code: 'unreachable',
    hint: [...rules, 'crossflock peers check shows all ways between the hosts'].join('\n'),
  });
}

function inWords({ to, why }: PairReport): string {
  return `${to} cannot be reached over the network${why === undefined ? '' : `: ${why}`}`;
}

function notAsWanted(missing: readonly string[]): CrossflockError {
  return new CrossflockError(`after all was done, ${missing.join(', ')}`, {
    code: 'work-failed',
    hint: 'run the command again; if that does not help, look at the logs of docker on the host',
  });
}
