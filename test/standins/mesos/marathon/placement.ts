/** On which agent a task of an app goes. */
import type { AppDefinition, RejectReason } from '../../../../src/embedded/orchestrator.js';
import { assignHostPorts } from '../../../../src/embedded/runtime/ports.js';
import type { TaskPort } from '../../../../src/embedded/runtime/task-env.js';
import type { AgentView } from '../common/mesos.js';

export interface PlacedTask {
  readonly appId: string;
  readonly agentId: string;
  readonly host: string;
  readonly resources: {
    readonly cpus: number;
    readonly mem: number;
    readonly disk: number;
    readonly ports: readonly number[];
  };
}

export interface Placement {
  readonly agent: AgentView;
  readonly ports: readonly TaskPort[];
}

export interface NoPlacement {
  /** One for each agent. */
  readonly rejections: readonly RejectReason[];
}

/** The agent with the most CPUs left of those that suit. */
export function place(
  app: AppDefinition,
  agents: readonly AgentView[],
  tasks: readonly PlacedTask[],
): Placement | NoPlacement {
  const rejections: RejectReason[] = [];
  const free = (agent: AgentView): number => left(agent, tasks).cpus;
  for (const agent of [...agents].sort((a, b) => free(b) - free(a))) {
    const answer = fits(app, agent, tasks);
    if (typeof answer !== 'string') return { agent, ports: answer };
    rejections.push(answer);
  }
  return { rejections };
}

function left(
  agent: AgentView,
  tasks: readonly PlacedTask[],
): { cpus: number; mem: number; disk: number } {
  const own = tasks.filter(({ agentId }) => agentId === agent.id).map(({ resources }) => resources);
  const of = (key: 'cpus' | 'mem' | 'disk'): number =>
    agent.total[key] - own.reduce((total, task) => total + task[key], 0);
  return { cpus: of('cpus'), mem: of('mem'), disk: of('disk') };
}

function fits(
  app: AppDefinition,
  agent: AgentView,
  tasks: readonly PlacedTask[],
): readonly TaskPort[] | RejectReason {
  if (
    !(app.constraints ?? []).every((one) =>
      holds(
        one,
        agent,
        tasks.filter(({ appId }) => appId === app.id),
      ),
    )
  ) {
    return 'UnfulfilledConstraint';
  }
  const { cpus, mem, disk } = left(agent, tasks);
  if (app.cpus > cpus + 1e-9) return 'InsufficientCpus';
  if (app.mem > mem + 1e-9) return 'InsufficientMemory';
  if (app.disk > disk + 1e-9) return 'InsufficientDisk';
  if (app.gpus > 0) return 'InsufficientGpus';
  return portsOn(app, agent, tasks) ?? 'InsufficientPorts';
}

/** Only ports that the agent offers: 31000 to 32000, where nothing else is said. */
function portsOn(
  app: AppDefinition,
  agent: AgentView,
  tasks: readonly PlacedTask[],
): readonly TaskPort[] | undefined {
  const here = tasks.filter(({ agentId }) => agentId === agent.id);
  const used = new Set(here.flatMap(({ resources }) => resources.ports));
  const [range = { begin: 0, end: -1 }] = agent.total.ports;
  const ports = assignHostPorts(app, used, { first: range.begin, last: range.end }, Math.random);
  const isOffered = ({ host }: TaskPort): boolean =>
    host === undefined || agent.total.ports.some(({ begin, end }) => host >= begin && host <= end);
  return ports?.every(isOffered) === true ? ports : undefined;
}

interface Candidate {
  /** The agent's value of the field. */
  readonly own: string;
  /** The app's tasks on the agent; only hosts are known of tasks that run, no attributes. */
  readonly here: number;
  readonly elsewhere: number;
}

const matches = (pattern: string, own: string): boolean => new RegExp(`^(?:${pattern})$`).test(own);

/** Marathon's operators. GROUP_BY holds: the agent with the most room is tried first. */
const OPERATORS: Readonly<Record<string, (value: string, candidate: Candidate) => boolean>> = {
  UNIQUE: (_value, { here }) => here === 0,
  CLUSTER: (value, { own, elsewhere }) => (value === '' ? elsewhere === 0 : value === own),
  IS: (value, { own }) => value === own,
  MAX_PER: (value, { here }) => here < Number(value),
  LIKE: (value, { own }) => matches(value, own),
  UNLIKE: (value, { own }) => !matches(value, own),
  GROUP_BY: () => true,
};

function holds(
  [field = '', operator = '', value = '']: readonly string[],
  agent: AgentView,
  tasks: readonly PlacedTask[],
): boolean {
  const isHost = field === 'hostname' || field === '@hostname';
  const own = isHost ? agent.hostname : agent.attributes[field]?.toString();
  if (own === undefined) return operator === 'UNLIKE';
  const here = isHost ? tasks.filter(({ host }) => host === own).length : 0;
  const elsewhere = isHost ? tasks.length - here : 0;
  return OPERATORS[operator]?.(value, { own, here, elsewhere }) ?? false;
}
