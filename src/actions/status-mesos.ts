import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { leadingMaster, mesosHealth, type HostAnswers } from '../provision/mesos/health.js';
import { strangeAgents, strangersInWords } from '../provision/mesos/moving.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { askMesos } from './mesos-health.js';
import { MesosScene, type MesosCluster } from './mesos-scene.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { marathonClient } from './reach.js';

/** A cluster whose engine is Mesos, as one look at the hosts of its masters showed it. */
export interface MesosState {
  readonly cluster: MesosCluster;
  readonly answers: readonly HostAnswers[];
  /** How many apps its Marathon has, those of others included; undefined where none leads. */
  readonly apps: number | undefined;
  /** What is missing until it does its work, in words. */
  readonly missing: readonly string[];
  /** What is odd, and keeps nothing from working; in words. */
  readonly remarks: readonly string[];
}

/** Looks at every such cluster, each host of a master once. */
export async function mesosStates(
  context: ActionContext,
  plan: Plan,
  network: VirtualNetwork,
): Promise<readonly MesosState[]> {
  const scene = new MesosScene(plan, network);
  const { done, failed } = await fanOut(scene.clusters, HOSTS_AT_ONCE, async (cluster) => {
    const answers = await askMesos(context, scene, cluster);
    const strange = strangeAgents(cluster.engine, leadingMaster(answers)?.agents ?? []);
    const strangers = strangersInWords(cluster.id, strange);
    const missing = mesosHealth(cluster.engine, answers);
    const remarks = strangers === undefined ? [] : [strangers];
    return { cluster, answers, missing, remarks, apps: await countApps(context, cluster, answers) };
  });
  context.signal.throwIfAborted();
  const [first] = failed;
  if (first !== undefined) throw toCrossflockError(first.error);
  return done.map(({ value }) => value);
}

async function countApps(
  context: ActionContext,
  cluster: MesosCluster,
  answers: readonly HostAnswers[],
): Promise<number | undefined> {
  if (!answers.some(({ marathon }) => marathon?.isLeader === true)) return undefined;
  const { signal } = context;
  try {
    const client = await marathonClient(context, cluster);
    return (await client.listApps({ signal, once: true })).length;
  } catch {
    // That this Marathon leads and does not say its apps is told where they are asked for.
    signal.throwIfAborted();
    return undefined;
  }
}
