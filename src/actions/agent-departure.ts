import { basename } from 'node:path';
import type { Config } from '../config/types.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { instanceIds } from '../plan/instances.js';
import type { AppPlan, HostPlan, MesosMember, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { leadingMaster } from '../provision/mesos/health.js';
import type { RegisteredAgent } from '../provision/mesos/mesos-answers.js';
import { fatesOf, permits, type Fate } from '../provision/mesos/moving.js';
import type { ActionContext } from './context.js';
import { askMesos } from './mesos-health.js';
import { MesosScene, type MesosCluster } from './mesos-scene.js';
import { marathonClient } from './reach.js';

/** An app of the host, and the agent that has room for it or why there is none. */
export interface MovingApp extends AppPlan {
  readonly fate: Fate;
}

/** An agent of a Mesos cluster that is to leave. */
export interface Departure {
  readonly cluster: MesosCluster;
  readonly member: MesosMember;
  /** How the leading master knows it; undefined where it does not any more. */
  readonly agent: RegisteredAgent | undefined;
  /** Apps with a task there that start anew elsewhere. */
  readonly moving: readonly MovingApp[];
  /** Apps that go with the host. */
  readonly ending: readonly MovingApp[];
}

export interface AgentQuestion {
  readonly plan: Plan;
  readonly cluster: MesosCluster;
  readonly host: HostPlan;
  readonly network: VirtualNetwork;
  /** Path of the configuration. */
  readonly file: string;
}

/**
 * What it means that an agent leaves, from what its master and its Marathon say; neither the host
 * itself is asked nor anything changed.
 * @throws CrossflockError `refused` where it cannot leave without a loss
 */
export async function departureOf(
  context: ActionContext,
  question: AgentQuestion,
): Promise<Departure> {
  const { plan, cluster, host, network } = question;
  refuseMaster(question);
  const member = cluster.engine.agents.find(({ hostId }) => hostId === host.id);
  if (member === undefined)
    throw new CrossflockError(`${host.id} is no agent`, { code: 'refused' });
  const answers = await askMesos(context, new MesosScene(plan, network), cluster);
  const leader = leadingMaster(answers);
  if (leader === undefined) throw noLeader(cluster);
  const isHere = ({ hostname }: RegisteredAgent): boolean => hostname === member.address;
  const apps = await appsThere(context, question, member);
  const others = leader.agents.filter((agent) => !isHere(agent) && isNamed(cluster, agent));
  const fates = fatesOf(
    apps.map(({ app }) => app),
    others,
  );
  const decided = apps.flatMap((app): readonly MovingApp[] => {
    const fate = fates.find((each) => each.app === app.app);
    return fate === undefined ? [] : [{ ...app, fate }];
  });
  refuseLosses(decided, question);
  return {
    ...{ cluster, member, agent: leader.agents.find(isHere) },
    moving: decided.filter(({ fate }) => fate.becomes === 'moves'),
    ending: decided.filter(({ fate }) => fate.becomes !== 'moves'),
  };
}

/** Containers of the configuration that go with the host. */
export function endingContainers({ ending }: Departure, text: string): ReadonlySet<string> {
  const ids = new Set(ending.map(({ containerId }) => containerId));
  const { containers } = JSON.parse(text) as Config;
  const gone = containers.filter(({ id, instances = 1 }) =>
    instanceIds(id, instances).every((instance) => ids.has(instance)),
  );
  const named = new Set(gone.flatMap(({ id, instances = 1 }) => [...instanceIds(id, instances)]));
  const left = [...ids].filter((id) => !named.has(id));
  if (left.length === 0) return new Set(gone.map(({ id }) => id));
  throw new CrossflockError(
    `${left.join(', ')} would go with the host, and ${left.length === 1 ? 'is one of several "instances"' : 'are some of several "instances"'}`,
    {
      code: 'refused',
      hint: 'write fewer "instances" and run crossflock create-containers --prune first',
    },
  );
}

/** Apps of the deployment with a task on the agent, and those that can run on no other host. */
async function appsThere(
  context: ActionContext,
  { plan, cluster }: AgentQuestion,
  { address }: MesosMember,
): Promise<readonly AppPlan[]> {
  const { signal } = context;
  const client = await marathonClient(context, cluster);
  const running = await client.listApps({ signal });
  const here = new Set(
    running.filter(({ tasks }) => tasks.some(({ host }) => host === address)).map(({ id }) => id),
  );
  const others = cluster.engine.agents.filter((agent) => agent.address !== address);
  const mine = plan.apps.filter(({ clusterId }) => clusterId === cluster.id);
  return mine.filter(({ app }) => {
    const isBound = permits(app, address) && others.every((agent) => !permits(app, agent.address));
    return here.has(app.id) || (isBound && app.constraints !== undefined);
  });
}

function isNamed({ engine }: MesosCluster, { hostname }: RegisteredAgent): boolean {
  return engine.agents.some(({ address }) => address === hostname);
}

function refuseMaster({ cluster, host, file }: AgentQuestion): void {
  const { id, hosts } = cluster;
  const name = basename(file);
  if (hosts.length === 1) {
    throw new CrossflockError(`${host.id} is all of the cluster ${id}: its master is there too`, {
      code: 'refused',
      hint: `to do without the cluster, let no container of ${name} be on it, run crossflock create-containers --prune, and take it out of the file; or take everything down with crossflock down`,
    });
  }
  if (host.role !== 'agent') {
    throw new CrossflockError(
      `${host.id} is a master of ${id}, whose masters agree on everything by majority`,
      {
        code: 'refused',
        hint: `give another host of ${name} its "role", write "role": "agent" for this one, run crossflock provision between two workflows, and then remove it`,
      },
    );
  }
  if (hosts.length > 2) return;
  throw new CrossflockError(
    `without ${host.id} the cluster ${id} would be one host, whose parts listen on 127.0.0.1 instead: all of them would start anew, and lose what runs`,
    {
      code: 'refused',
      hint: 'add another agent first with crossflock peers add, or take everything down with crossflock down and write a cluster of one host',
    },
  );
}

function refuseLosses(apps: readonly MovingApp[], { host, file }: AgentQuestion): void {
  const submitter = apps.find(({ role }) => role === 'submitter');
  if (submitter !== undefined) {
    throw new CrossflockError(
      `${host.id} runs the submitter (${submitter.containerId}), and with it the queue and all runs`,
      {
        code: 'refused',
        hint: `what it keeps is a volume of that host: fetch the results first, then take everything down with crossflock down and take the host out of ${basename(file)}`,
      },
    );
  }
  const lost = apps.filter(({ role, fate }) => role === 'other' && fate.becomes !== 'moves');
  if (lost.length === 0) return;
  const names = lost.map(({ containerId }) => containerId).join(', ');
  throw new CrossflockError(`no other agent can run ${names} of ${host.id}`, {
    code: 'refused',
    hint: 'add an agent with room first, or change their constraints; executors, which others stand in for, go with the host',
  });
}

function noLeader({ id }: MesosCluster): CrossflockError {
  return new CrossflockError(`no master of ${id} leads, so none can let an agent go`, {
    code: 'unavailable',
    hint: 'crossflock status shows its parts, crossflock provision starts what does not run',
  });
}
