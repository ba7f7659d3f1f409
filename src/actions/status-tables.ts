import type { Plan } from '../plan/types.js';
import type { Cell } from '../ports/reporter.js';
import type { MemberReport } from '../ports/virtual-network.js';
import { leadingMaster, type HostAnswers } from '../provision/mesos/health.js';
import type { MarathonAnswer } from '../provision/mesos/marathon-answers.js';
import type {
  MasterAnswer,
  MesosResources,
  RegisteredAgent,
} from '../provision/mesos/mesos-answers.js';
import type { ZooKeeperAnswer } from '../provision/mesos/zookeeper-answer.js';
import { allHosts } from './peers-target.js';
import type { MesosState } from './status-mesos.js';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const SILENT = 'no answer';

/** The engines of clusters with Mesos, and the network between the hosts. Pure. */
export function mesosTables(
  plan: Plan,
  states: readonly MesosState[],
  reports: ReadonlyMap<string, MemberReport>,
): readonly Table[] {
  if (states.length === 0) return [];
  return [mastersTable(states), agentsTable(states), peersTable(plan, reports)];
}

function mastersTable(states: readonly MesosState[]): Table {
  return {
    title: 'masters',
    columns: ['host', 'cluster', 'zookeeper', 'mesos master', 'registry', 'marathon', 'apps'],
    rows: states.flatMap((state) =>
      state.cluster.engine.masters.map(({ hostId }) => {
        const answer = answerOf(state, hostId);
        const { master, marathon, zookeeper } = answer;
        return [
          ...[hostId, state.cluster.id],
          ...[zookeeperCell(zookeeper), partCell(master), registryCell(master)],
          ...[partCell(marathon), (marathon?.isLeader === true ? state.apps : undefined) ?? '-'],
        ];
      }),
    ),
  };
}

function answerOf({ answers }: MesosState, id: string): HostAnswers {
  return answers.find(({ hostId }) => hostId === id) ?? { hostId: id };
}

function zookeeperCell(answer: ZooKeeperAnswer | undefined): string {
  if (answer === undefined) return SILENT;
  return withVersion(answer.mode, 'version' in answer ? answer.version : undefined);
}

function partCell(answer: MasterAnswer | MarathonAnswer | undefined): string {
  if (answer === undefined) return SILENT;
  return withVersion(answer.isLeader ? 'leads' : 'stands by', answer.version);
}

function withVersion(word: string, version: string | undefined): string {
  return version === undefined || version === '' ? word : `${word}, ${version}`;
}

/** Of the leader alone: the others read theirs when they are elected. */
function registryCell(master: MasterAnswer | undefined): string {
  if (master?.isLeader !== true) return '-';
  return master.isRecovered ? 'recovered' : 'not recovered';
}

function agentsTable(states: readonly MesosState[]): Table {
  return {
    title: 'agents (used and offered of all)',
    columns: ['host', 'cluster', 'agent', 'cpus', 'memory (MB)', 'disk (MB)'],
    rows: states.flatMap((state) =>
      agentsOf(state).map(({ host, state: word, agent }) => [
        ...[host, state.cluster.id, word],
        ...(['cpus', 'mem', 'disk'] as const).map((kind) => resourceCell(agent, kind)),
      ]),
    ),
  };
}

interface AgentState {
  readonly host: string;
  readonly state: 'active' | 'not connected' | 'not registered' | 'unknown';
  /** As the leading master knows it. */
  readonly agent?: RegisteredAgent;
}

/** What the leading master knows of each agent; nothing where none leads. */
function agentsOf({ cluster: { engine }, answers }: MesosState): readonly AgentState[] {
  const leader = leadingMaster(answers);
  return engine.agents.map(({ hostId: host, address }) => {
    if (leader?.isRecovered !== true) return { host, state: 'unknown' };
    const here = leader.agents.filter(
      ({ hostname, port }) =>
        hostname === address && (port ?? engine.ports.agent) === engine.ports.agent,
    );
    const agent = here.find(({ isActive }) => isActive) ?? here[0];
    if (agent === undefined) return { host, state: 'not registered' };
    return { host, state: agent.isActive ? 'active' : 'not connected', agent };
  });
}

function resourceCell(agent: RegisteredAgent | undefined, kind: keyof MesosResources): string {
  if (agent === undefined) return '-';
  const { used, offered, total } = agent;
  return `${round(used[kind])} + ${round(offered[kind])} of ${round(total[kind])}`;
}

/** Without the dust of binary fractions. */
function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function peersTable(plan: Plan, reports: ReadonlyMap<string, MemberReport>): Table {
  const hosts = allHosts(plan);
  return {
    title: 'network',
    columns: ['host', 'cluster', 'gateway', 'network', 'peers'],
    rows: hosts.map(({ id, clusterId }) => {
      const { gateway = '-', state, known } = reports.get(id) ?? { state: SILENT };
      return [id, clusterId, gateway, state, `${String(known ?? '?')}/${String(hosts.length - 1)}`];
    }),
  };
}

/** The same for programs. */
export function mesosData(states: readonly MesosState[]) {
  return states.map((state) => ({
    cluster: state.cluster.id,
    masters: state.cluster.engine.masters.map(({ hostId }) => {
      const { zookeeper, master, marathon } = answerOf(state, hostId);
      return {
        host: hostId,
        ...(zookeeper === undefined ? {} : { zookeeper }),
        ...(master === undefined ? {} : { master: masterData(master) }),
        ...(marathon === undefined ? {} : { marathon }),
      };
    }),
    agents: agentsOf(state).map(({ host, state: word, agent }) => ({
      ...{ host, state: word },
      ...(agent === undefined ? {} : agentData(agent)),
    })),
    ...(state.apps === undefined ? {} : { apps: state.apps }),
    missing: state.missing,
  }));
}

function masterData({ version, isLeader, isRecovered, leader }: MasterAnswer) {
  return { version, isLeader, isRecovered, leader };
}

function agentData({ id, version, total, used, offered }: RegisteredAgent) {
  return { id, version, total, used, offered };
}

export function networkData(plan: Plan, reports: ReadonlyMap<string, MemberReport>) {
  return allHosts(plan).map(({ id }) => reports.get(id) ?? { id, state: SILENT });
}
