import { CrossflockError } from '../errors/crossflock-error.js';
import type { AvailableImages } from '../images/available-images.js';
import { step, type Step, type StepContext } from '../pipeline/step.js';
import type { NetworkChange } from '../ports/virtual-network.js';
import {
  closerProbe,
  type CloserFacts,
  type Destination,
  type Questions,
} from '../provision/facts/closer-look.js';
import { repositoryRelease } from '../provision/docker/install.js';
import {
  obstaclesAtSight,
  obstaclesCloseUp,
  obstaclesOnTheWay,
  unprovenWays,
  type Demands,
  type Obstacle,
  type WantedPort,
  type Way,
} from '../provision/obstacles.js';
import {
  clonedMachines,
  clusterObstacles,
  mesosObstacles,
  mesosWantedPorts,
} from '../provision/mesos/obstacles.js';
import { survey } from '../provision/survey.js';
import { rulesOn } from './firewall-rules.js';
import { onEach } from './provision-host-changes.js';
import { failCluster } from './provision-mesos-step.js';
import { enginePort, type ProvisionScene, type SceneHost, type Sight } from './provision-scene.js';
import { hostTodo, isDone, networkTodo, type HostTodo } from './provision-todo.js';

const TITLE = 'checks';
/** Other hosts to which the way is tried, beside those of the same cluster's private network. */
const PEERS_TRIED = 20;

/**
 * Finds what stops a host before anything is changed on it. Hosts on which something will change get
 * a closer look, with one more command; the others are left in peace.
 */
export function checksStep(
  scene: ProvisionScene,
  available: () => AvailableImages,
  closer: Map<string, CloserFacts>,
): Step {
  return step({
    id: 'checks',
    title: TITLE,
    check: async (context) => {
      const network = networkTodo(scene, (id, error) => {
        scene.fail(id, TITLE, error);
      });
      checkMesos(scene, context);
      await onEach(scene, { ids: scene.usable.map(({ id }) => id), title: TITLE }, async (id) => {
        const host = scene.hosts.find((each) => each.id === id);
        const sight = scene.sight(id);
        if (host === undefined || sight === undefined) return;
        const here = { scene, host, sight, available: available() };
        const facts = await checkHost(here, network, context);
        if (facts !== undefined) closer.set(id, facts);
      });
      scene.tell(context);
      return [];
    },
    apply: () => Promise.resolve(),
    found: () => {
      const { chosen, usable } = scene;
      if (usable.length === chosen.length) return 'nothing is in the way';
      return `nothing is in the way of ${String(usable.length)} of ${String(chosen.length)}`;
    },
  });
}

/** What is in the way of a cluster as a whole. */
function checkMesos(scene: ProvisionScene, { progress }: StepContext): void {
  for (const cluster of scene.mesos.clusters) {
    const members = cluster.hosts.map(({ id }) => {
      const sight = scene.failures.has(id) ? undefined : scene.sight(id);
      return { id, seen: sight?.mesos, skewSeconds: sight?.skewSeconds ?? 0 };
    });
    for (const line of clonedMachines(members)) progress(line);
    try {
      refuse(clusterObstacles(cluster.engine, members));
    } catch (error) {
      failCluster(scene, cluster, error, TITLE);
    }
  }
}

interface Here {
  readonly scene: ProvisionScene;
  readonly host: SceneHost;
  readonly sight: Sight;
  readonly available: AvailableImages;
}

async function checkHost(
  here: Here,
  network: readonly NetworkChange[],
  context: StepContext,
): Promise<CloserFacts | undefined> {
  const { scene, host, sight } = here;
  const todo = hostTodo(scene, host, here);
  const mine = network.filter(({ memberId }) => memberId === host.id);
  const demands = demandsOf(here, todo, mine);
  const { facts, docker, skewSeconds } = sight;
  const atSight = [
    ...obstaclesAtSight(facts, docker, demands, skewSeconds),
    ...networkObstacles(here),
    ...mesosTrouble(here),
  ];
  if (isDone(todo) && mine.length === 0) {
    refuse(atSight);
    return undefined;
  }
  const { signal } = context;
  const probe = closerProbe(questionsOf(here, todo, mine));
  const { closer } = await survey(host.member.host, { closer: probe }, signal);
  const wayTo = waysFrom(here, network);
  const closeUp = [
    ...obstaclesCloseUp(facts, closer, demands),
    ...obstaclesOnTheWay(closer.attempts, wayTo),
  ];
  refuse([...withoutKnown(atSight, closeUp), ...closeUp]);
  for (const line of unprovenWays(closer.attempts, wayTo)) context.progress(`${host.id}: ${line}`);
  const lockedBy = closer.packages?.lockedBy;
  if (lockedBy !== undefined) {
    context.progress(`${host.id}: ${lockedBy} is installing packages; it will be waited for`);
  }
  return closer;
}

/** The closer look names who has a port, the driver only that somebody has. */
function withoutKnown(
  obstacles: readonly Obstacle[],
  known: readonly Obstacle[],
): readonly Obstacle[] {
  const ports = known.flatMap(({ what }) => /^\w+ port (\d+), which/.exec(what)?.[1] ?? []);
  return obstacles.filter(({ what }) => !ports.some((port) => what.includes(`port ${port} is in`)));
}

function demandsOf(
  { scene, host }: Here,
  todo: HostTodo,
  network: readonly NetworkChange[],
): Demands {
  const sizes = todo.images.map(({ source }) => (source.from === 'here' ? source.image.size : 0));
  return {
    need: todo.docker,
    source: scene.plan.docker.source,
    // The containers of an engine of ours mount the pool's key, which is root's.
    root:
      host.cluster.engine.type !== 'given' ||
      (network.length > 0 && scene.network.driver !== 'bridge'),
    largestImage: Math.max(0, ...sizes),
    ports: [
      ...enginePorts(host, todo),
      ...mesosPorts(scene, todo),
      ...networkPorts(scene, network),
    ],
  };
}

/** The engine's port, unless its own container has it. */
function enginePorts(host: SceneHost, { marathon }: HostTodo): readonly WantedPort[] {
  const port = enginePort(host);
  const isNew = marathon?.view.action === 'create' || marathon?.view.action === 'start';
  if (port === undefined || !isNew) return [];
  const setting = `"engine.port" for the cluster ${host.cluster.id}`;
  return [{ protocol: 'tcp', port, for: 'the embedded marathon', setting }];
}

/** Ports of the parts that are new on the host. */
function mesosPorts(scene: ProvisionScene, { mesos }: HostTodo): readonly WantedPort[] {
  const isNew = (part: string): boolean =>
    mesos.some((change) => change.part === part && change.view.action === 'create');
  const [first] = mesos;
  const wanted = first === undefined ? undefined : scene.wantedMesos(first.hostId);
  if (wanted === undefined) return [];
  return mesosWantedPorts({ ...wanted, parts: wanted.parts.filter(isNew) });
}

function mesosTrouble({ scene, host, sight }: Here): readonly Obstacle[] {
  const wanted = scene.wantedMesos(host.id);
  if (wanted === undefined || sight.mesos === undefined) return [];
  return mesosObstacles(sight.facts, sight.mesos, wanted);
}

function networkPorts(
  { network }: ProvisionScene,
  changes: readonly NetworkChange[],
): readonly WantedPort[] {
  const isNew = changes.some(
    ({ phase, view }) => phase === 'launch' && view.action === 'create' && view.kind !== 'network',
  );
  if (!isNew) return [];
  const setting = network.driver === 'wireguard' ? '"network.port"' : '"network.driver"';
  return network.ports.map((port) => ({ ...port, for: 'the virtual network', setting }));
}

function networkObstacles({ scene, host, sight }: Here): readonly Obstacle[] {
  if (sight.network === undefined) return [];
  const lines = scene.network.obstacles?.(host.member, sight.network) ?? [];
  return lines.map((line) => {
    const colon = line.indexOf(': ');
    if (colon === -1) return { what: line, todo: '' };
    return { what: line.slice(0, colon), todo: line.slice(colon + 2) };
  });
}

function questionsOf(
  here: Here,
  { docker }: HostTodo,
  network: readonly NetworkChange[],
): Questions {
  const { scene, sight } = here;
  const packages = docker.install.length > 0;
  const isRepository = packages && scene.plan.docker.source === 'docker';
  return {
    packages,
    ...(isRepository ? { repository: repositoryRelease(sight.facts.os) } : {}),
    destinations: network.length > 0 ? destinationsOf(here) : [],
    users: docker.users,
  };
}

/**
 * The network's ports on other hosts, by the address at which this one reaches them. A host that did
 * not answer here is no reason to stop this one.
 */
function destinationsOf({ scene, host }: Here): readonly Destination[] {
  const others = scene.hosts
    .filter(({ id }) => id !== host.id && scene.sight(id) !== undefined)
    .slice(0, PEERS_TRIED);
  return others.flatMap((other) =>
    scene.network.ports.map((port) => ({ ...port, address: addressFor(host, other) })),
  );
}

function addressFor(from: SceneHost, to: SceneHost): string {
  const isNear = from.cluster.id === to.cluster.id;
  return isNear ? to.member.privateAddress : to.member.address;
}

/** Who is where, seen from this host, and what would let its packets in there. */
function waysFrom(
  { scene, host }: Here,
  network: readonly NetworkChange[],
): (address: string) => Way {
  return (address) => {
    const other = scene.hosts.find((each) => addressFor(host, each) === address);
    return {
      to: other?.id ?? address,
      isNew: network.some(({ memberId, phase }) => memberId === other?.id && phase === 'launch'),
      advice: ({ protocol, port }) =>
        other === undefined
          ? `let it in at ${address}`
          : rulesOn([{ protocol, port }], other.member, [host.member]).join('\n'),
    };
  };
}

/** @throws CrossflockError `refused` naming all of them, each with what to do */
function refuse(obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  const whats = obstacles.map(({ what }) => what);
  const todos = [...new Set(obstacles.map(({ todo }) => todo))].filter((todo) => todo !== '');
  throw new CrossflockError(whats.join('; '), {
    code: 'refused',
    ...(todos.length === 0 ? {} : { hint: joined(todos) }),
  });
}

/** In one line, unless one of them takes several. */
function joined(todos: readonly string[]): string {
  return todos.join(todos.some((todo) => todo.includes('\n')) ? '\n' : '; ');
}
