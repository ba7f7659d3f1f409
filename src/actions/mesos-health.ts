import { MarathonClient } from '../marathon/client.js';
import type { MarathonAnswer } from '../provision/mesos/marathon-answers.js';
import { readMarathonInfo } from '../provision/mesos/marathon-answers.js';
import type { HostAnswers } from '../provision/mesos/health.js';
import type { MesosSeen } from '../provision/mesos/seen.js';
import { survey } from '../provision/survey.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { openMarathonOf } from './marathon-door.js';
import type { MesosCluster, MesosScene } from './mesos-scene.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import { openHost } from './open-host.js';

/** Milliseconds for one Marathon to say what it is. */
const INFO_MS = 5000;

/** A cluster as its masters' hosts see it; a host that does not answer says nothing. */
export async function askMesos(
  context: ActionContext,
  scene: MesosScene,
  cluster: MesosCluster,
): Promise<readonly HostAnswers[]> {
  const { signal } = context;
  const masters = cluster.hosts.filter(({ role }) => role !== 'agent');
  const { done } = await fanOut(masters, HOSTS_AT_ONCE, async (host) => {
    const { mesos } = await survey(
      openHost(context, host),
      { mesos: scene.probe(host.id) },
      signal,
    );
    return answersOf(host.id, mesos, await marathonInfo(context, cluster, host.id, mesos));
  });
  signal.throwIfAborted();
  return done.map(({ value }) => value);
}

/** What one look told of a host, and its Marathon of itself. */
export function answersOf(
  hostId: string,
  seen: MesosSeen | undefined,
  marathon: MarathonAnswer | undefined,
): HostAnswers {
  return { hostId, zookeeper: seen?.zookeeper, master: seen?.master, marathon };
}

/** What the Marathon on a host says of itself; nothing where it does not answer. */
async function marathonInfo(
  context: ActionContext,
  cluster: MesosCluster,
  hostId: string,
  seen: MesosSeen | undefined,
): Promise<MarathonAnswer | undefined> {
  if (seen?.marathonAnswers !== true) return undefined;
  const { signal } = context;
  try {
    const open = await openMarathonOf(context, cluster, hostId);
    const client = new MarathonClient({ ...open, timeoutMs: INFO_MS });
    const body = JSON.stringify(await client.description({ signal, once: true }));
    const info = readMarathonInfo({ status: 200, headers: {}, body });
    // One that stands by hands the question on: then it is the leader that says that it leads.
    const own = cluster.engine.masters.find((master) => master.hostId === hostId)?.address ?? '';
    return info && { ...info, isLeader: info.leader?.startsWith(`${own}:`) === true };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
