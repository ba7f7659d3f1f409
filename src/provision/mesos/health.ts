import type { MesosEngine, MesosMember } from '../../plan/types.js';
import type { MarathonAnswer } from './marathon-answers.js';
import type { MasterAnswer, MesosResources, RegisteredAgent } from './mesos-answers.js';
import type { ZooKeeperAnswer } from './zookeeper-answer.js';

/** What the parts of one host answered. */
export interface HostAnswers {
  readonly hostId: string;
  readonly zookeeper?: ZooKeeperAnswer | undefined;
  readonly master?: MasterAnswer | undefined;
  /** Of its Marathon, asked with credentials. */
  readonly marathon?: MarathonAnswer | undefined;
}

/** Agents take a part of the disk and the memory less than was found; what was said is said. */
type Expected = Partial<MesosResources>;

/** The kinds of parts, in the order that each needs those before it. */
const KINDS = ['zookeeper', 'master', 'marathon', 'agent'] as const;

/**
 * What is missing until the engine of a cluster does its work, in words; empty where it does. A
 * master's own word for its health is not asked: it is well without a majority, too. Pure.
 * @param upTo the last kind of part that has to work; those after it are not looked at
 */
export function mesosHealth(
  engine: Pick<MesosEngine, 'masters' | 'agents' | 'quorum' | 'ports' | 'resources'>,
  answers: readonly HostAnswers[],
  upTo: (typeof KINDS)[number] = 'agent',
): readonly string[] {
  const of = new Map(answers.map((answer) => [answer.hostId, answer]));
  const leader = leadingMaster(answers);
  const missing = {
    zookeeper: zookeeperHealth(engine.masters, of),
    master: masterHealth(engine, of, leader),
    marathon: marathonHealth(engine, of, leader),
    agent: leader?.isRecovered === true ? agentHealth(engine, leader.agents) : [],
  };
  return KINDS.slice(0, KINDS.indexOf(upTo) + 1).flatMap((kind) => missing[kind]);
}

/** The master that leads, and says so. */
export function leadingMaster(answers: readonly HostAnswers[]): MasterAnswer | undefined {
  return answers.find(({ master }) => master?.isLeader === true)?.master;
}

type ByHost = ReadonlyMap<string, HostAnswers>;

function zookeeperHealth(masters: readonly MesosMember[], of: ByHost): readonly string[] {
  const found = masters.map(({ hostId }) => ({ hostId, answer: of.get(hostId)?.zookeeper }));
  const missing = found.flatMap(({ hostId, answer }) => zookeeperTrouble(hostId, answer));
  const modes = found.map(({ answer }) => answer?.mode);
  if (missing.length > 0) return missing;
  if (masters.length === 1) {
    return modes[0] === 'standalone'
      ? []
      : ['the only zookeeper waits for others: its settings are old'];
  }
  const leaders = modes.filter((mode) => mode === 'leader').length;
  if (modes.includes('standalone')) return ['a zookeeper is alone, and does not know the others'];
  return leaders === 1 ? [] : [`${leaders} zookeepers lead, one has to`];
}

function zookeeperTrouble(hostId: string, answer: ZooKeeperAnswer | undefined): readonly string[] {
  switch (answer?.mode) {
    case undefined:
      return [`zookeeper on ${hostId} does not answer`];
    case 'not-serving':
      return [`zookeeper on ${hostId} finds no majority of its ensemble`];
    case 'not-allowed':
      return [
        `zookeeper on ${hostId} does not answer "srvr": it is not the one that crossflock set up`,
      ];
    case 'unknown':
      return [`something else than zookeeper answers on ${hostId}`];
    default:
      return [];
  }
}

function masterHealth(
  { masters, quorum }: Pick<MesosEngine, 'masters' | 'quorum'>,
  of: ByHost,
  leader: MasterAnswer | undefined,
): readonly string[] {
  const silent = masters.filter(({ hostId }) => of.get(hostId)?.master === undefined);
  const missing = silent.map(({ hostId }) => `the mesos master on ${hostId} does not answer`);
  if (leader === undefined) return [...missing, 'no mesos master leads'];
  if (leader.isRecovered) return missing;
  const why = `the leading mesos master has not read its registry: ${quorum} of ${masters.length} masters have to agree`;
  return [...missing, why];
}

function agentHealth(
  { agents, ports, resources }: Pick<MesosEngine, 'agents' | 'ports' | 'resources'>,
  registered: readonly RegisteredAgent[],
): readonly string[] {
  return agents.flatMap(({ hostId, address }) => {
    const here = registered.filter(
      ({ hostname, port }) => hostname === address && (port ?? ports.agent) === ports.agent,
    );
    const agent = here.find(({ isActive }) => isActive);
    if (agent !== undefined) return resourceTrouble(hostId, agent.total, resources);
    return [
      here.length === 0
        ? `the mesos agent of ${hostId} is not registered`
        : `the mesos agent of ${hostId} is registered, and not connected`,
    ];
  });
}

function resourceTrouble(
  hostId: string,
  total: MesosResources,
  expected: Expected,
): readonly string[] {
  const different = (['cpus', 'mem', 'disk'] as const).flatMap((name) => {
    const wanted = expected[name];
    return wanted === undefined || wanted === total[name]
      ? []
      : [`${name} ${total[name]} instead of ${wanted}`];
  });
  if (different.length > 0) return [`the mesos agent of ${hostId} offers ${different.join(', ')}`];
  return total.cpus > 0 && total.mem > 0 ? [] : [`the mesos agent of ${hostId} offers nothing`];
}

function marathonHealth(
  { masters }: Pick<MesosEngine, 'masters'>,
  of: ByHost,
  leader: MasterAnswer | undefined,
): readonly string[] {
  const found = masters.map(({ hostId }) => ({ hostId, answer: of.get(hostId)?.marathon }));
  const missing = found
    .filter(({ answer }) => answer === undefined)
    .map(({ hostId }) => `marathon on ${hostId} does not answer`);
  const leading = found.find(({ answer }) => answer?.isLeader === true)?.answer;
  if (missing.length === masters.length) return missing;
  if (leading === undefined) return [...missing, 'no marathon leads'];
  return [...missing, ...connectionTrouble(leading, leader)];
}

function connectionTrouble(
  { frameworkId, master }: MarathonAnswer,
  leader: MasterAnswer | undefined,
): readonly string[] {
  if (leader === undefined) return [];
  const framework = leader.frameworks.find(({ id }) => id === frameworkId);
  if (framework?.isConnected !== true)
    return ['marathon is not connected to the leading mesos master'];
  if (master === undefined || leader.leader === undefined || master === leader.leader) return [];
  return [`marathon takes ${master} for the leading mesos master, which is ${leader.leader}`];
}
