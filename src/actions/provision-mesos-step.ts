import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import type { MesosEngine, MesosMember } from '../plan/types.js';
import { applyMesosChange } from '../provision/mesos/apply.js';
import { inTurn, type MesosChange } from '../provision/mesos/change.js';
import { mesosHealth } from '../provision/mesos/health.js';
import { strangeAgents, strangersInWords } from '../provision/mesos/moving.js';
import { mesosTodo } from '../provision/mesos/todo.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { askMesos } from './mesos-health.js';
import { lastWords } from './mesos-last-words.js';
import type { MesosCluster } from './mesos-scene.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { onEach } from './provision-host-changes.js';
import type { ProvisionScene } from './provision-scene.js';

const TITLE = 'mesos';
/** Milliseconds for one kind of part to do its work on all hosts: a JVM and an election on slow ones. */
const DEADLINE_MS = 180_000;
const ASK_AGAIN_MS = 1000;
const PARTS = ['secrets', 'zookeeper', 'master', 'marathon', 'agent'] as const;
type Part = (typeof PARTS)[number];

interface MesosStepChange extends StepChange {
  readonly cluster: MesosCluster;
  readonly change: MesosChange;
}

/**
 * ZooKeeper, the masters, Marathon and the agents, in this order, each kind working before the next
 * one is touched. What is new starts side by side; what runs is changed one host after the other,
 * the leader last.
 */
export function mesosStep(context: ActionContext, scene: ProvisionScene): Step {
  let touched: readonly MesosCluster[] = [];
  return step<MesosStepChange>({
    id: 'mesos',
    title: TITLE,
    check: async (running) => {
      if (!running.dryRun) await scene.look(running.signal, TITLE);
      const found = scene.mesos.clusters.flatMap((cluster) =>
        changesOf(scene, cluster).map((change) => ({ cluster, change, view: change.view })),
      );
      if (running.dryRun) for (const { change } of found) scene.changed.add(change.hostId);
      if (running.dryRun || found.length === 0) scene.tell(running);
      for (const cluster of scene.mesos.clusters) tellStrangers(context, scene, cluster);
      return found;
    },
    apply: async (found, running) => {
      touched = [...new Set(found.map(({ cluster }) => cluster))];
      await fanOut(touched, HOSTS_AT_ONCE, (cluster) =>
        makeAll(context, { scene, cluster, running }, found),
      ).then(({ failed }) => {
        running.signal.throwIfAborted();
        for (const { target, error } of failed) failCluster(scene, target, error, TITLE);
      });
    },
    settle: (running) => {
      scene.tell(running);
      return Promise.resolve('');
    },
  });
}

/** Agents that were taken out of the file by hand go on: nobody has told them. */
function tellStrangers(
  { reporter }: ActionContext,
  scene: ProvisionScene,
  { id, hosts, engine }: MesosCluster,
): void {
  const masters = hosts.flatMap((host) => scene.sight(host.id)?.mesos?.master ?? []);
  const leader = masters.find(({ isLeader }) => isLeader);
  const message = strangersInWords(id, strangeAgents(engine, leader?.agents ?? []));
  if (message !== undefined) reporter.emit({ type: 'notice', level: 'warning', message });
}

function changesOf(scene: ProvisionScene, cluster: MesosCluster): readonly MesosChange[] {
  const usable = scene.usable.filter((host) => host.cluster.id === cluster.id);
  const changes = usable.flatMap(({ id }) => {
    const seen = scene.sight(id)?.mesos;
    const wanted = scene.wantedMesos(id);
    return seen === undefined || wanted === undefined ? [] : mesosTodo(wanted, seen);
  });
  return inTurn(changes);
}

interface Making {
  readonly scene: ProvisionScene;
  readonly cluster: MesosCluster;
  readonly running: StepContext;
}

async function makeAll(
  context: ActionContext,
  making: Making,
  found: readonly MesosStepChange[],
): Promise<void> {
  const { cluster } = making;
  for (const part of PARTS) {
    const mine = found.filter(
      (each) => each.cluster.id === cluster.id && each.change.part === part,
    );
    if (mine.length === 0) continue;
    const isNew = ({ change }: MesosStepChange): boolean =>
      part === 'secrets' || part === 'agent' || ['create', 'start'].includes(change.view.action);
    await makeSideBySide(context, making, mine.filter(isNew));
    for (const change of mine.filter((each) => !isNew(each))) {
      await makeSideBySide(context, making, [change]);
      await untilHealthy(context, making, part);
    }
    await untilHealthy(context, making, part);
  }
}

async function makeSideBySide(
  context: ActionContext,
  { scene, cluster, running }: Making,
  changes: readonly MesosStepChange[],
): Promise<void> {
  const usable = changes.filter(({ change }) => !scene.failures.has(change.hostId));
  const secrets = scene.mesosSecrets(cluster);
  await onEach(
    scene,
    { ids: usable.map(({ change }) => change.hostId), title: TITLE },
    async (id) => {
      const host = scene.hosts.find((each) => each.id === id)?.member.host;
      const wanted = scene.wantedMesos(id);
      if (host === undefined || wanted === undefined) return;
      for (const made of usable.filter(({ change }) => change.hostId === id)) {
        scene.touch(id);
        const take = async () => {
          const taken = await secrets.take(running.signal);
          for (const secret of Object.values(taken)) context.keepSecret(secret);
          return taken;
        };
        await applyMesosChange(host, made.change, {
          wanted,
          secrets: take,
          signal: running.signal,
          progress: running.progress,
        });
        running.applied(made);
      }
    },
  );
  running.signal.throwIfAborted();
}

/**
 * Waits until the parts up to this one do their work together.
 * @throws CrossflockError `timeout` naming all that is missing
 */
export async function untilHealthy(
  context: ActionContext,
  { scene, cluster, running }: Making,
  part: Part,
): Promise<void> {
  if (part === 'secrets') return;
  const { clock, signal } = context;
  const engine = reachable(scene, cluster);
  const start = clock.monotonicMs();
  let told = '';
  for (;;) {
    const answers = await askMesos(context, scene.mesos, cluster);
    const missing = mesosHealth(engine, answers, part);
    if (missing.length === 0) return;
    if (clock.monotonicMs() - start >= DEADLINE_MS) {
      throw notInTime(cluster, [...missing, ...(await lastWords(context, cluster))]);
    }
    const [first = ''] = missing;
    if (first !== told) running.progress(`${cluster.id}: ${first}`);
    told = first;
    await clock.sleep(ASK_AGAIN_MS, signal);
  }
}

/**
 * The engine without the hosts that dropped out, and without agents that are not worked on. Masters
 * that are not have to do their work all the same, as far as they answered: an agent needs them.
 */
function reachable(scene: ProvisionScene, { engine }: MesosCluster): MesosEngine {
  const { usable, failures } = scene;
  const isUsable = ({ hostId }: MesosMember): boolean => usable.some(({ id }) => id === hostId);
  const answered = ({ hostId }: MesosMember): boolean =>
    !failures.has(hostId) && scene.sight(hostId) !== undefined;
  const { masters, agents } = engine;
  return { ...engine, masters: masters.filter(answered), agents: agents.filter(isUsable) };
}

function notInTime({ id }: MesosCluster, missing: readonly string[]): CrossflockError {
  return new CrossflockError(`${id}: ${missing.join('; ')}`, {
    code: 'timeout',
    hint: 'see docker logs of the container on the host, of an agent "journalctl -u" its service or its file in /var/log/crossflock',
  });
}

/** What concerns a cluster as a whole stops all its hosts. */
export function failCluster(
  scene: ProvisionScene,
  { id }: MesosCluster,
  error: unknown,
  title: string,
): void {
  // One error, so that it is told once.
  const reason = toCrossflockError(error);
  for (const host of scene.usable.filter(({ cluster }) => cluster.id === id)) {
    scene.fail(host.id, title, reason);
  }
}
