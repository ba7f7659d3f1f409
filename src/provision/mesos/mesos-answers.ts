import type { HttpAnswer } from '../../ports/host-probe.js';
import { bodyOf, fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './json.js';

/** CPUs and MB. */
export interface MesosResources {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

/** An agent, as the leading master knows it. */
export interface RegisteredAgent {
  readonly id: string;
  readonly hostname: string;
  readonly port: number | undefined;
  /** Whether it is connected and gets tasks. */
  readonly isActive: boolean;
  readonly version: string;
  readonly total: MesosResources;
  readonly used: MesosResources;
  readonly offered: MesosResources;
}

/** A framework, such as Marathon, as the leading master knows it. */
export interface RegisteredFramework {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly isConnected: boolean;
}

/** What one master says. */
export interface MasterAnswer {
  readonly version: string | undefined;
  readonly isLeader: boolean;
  /**
   * Whether enough masters have agreed on the registry: without it a leader takes nobody in, while
   * its `/master/health` is 200 all the same.
   */
  readonly isRecovered: boolean;
  /** Address and port of the leader that it knows, such as `10.0.0.1:5050`. */
  readonly leader: string | undefined;
  /** Of the leader alone. */
  readonly agents: readonly RegisteredAgent[];
  readonly frameworks: readonly RegisteredFramework[];
}

/** A task that has not ended, as its agent knows it. */
export interface AgentTask {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  /** Such as `TASK_RUNNING`. */
  readonly state: string;
  /** Docker knows it as `mesos-<this>`. */
  readonly containerId: string | undefined;
  readonly addresses: readonly string[];
}

/** What one agent says. */
export interface AgentAnswer {
  readonly id: string | undefined;
  readonly version: string;
  readonly hostname: string;
  readonly total: MesosResources;
  readonly attributes: Readonly<Record<string, string>>;
  /** As it was started, by name. */
  readonly flags: Readonly<Record<string, string>>;
  readonly tasks: readonly AgentTask[];
}

/**
 * Reads a master's `/master/state` and `/metrics/snapshot`. One that does not lead redirects to the
 * leader, or says 503 where it knows none. Undefined where nobody answers.
 */
export function readMaster(
  state: HttpAnswer | undefined,
  metrics: HttpAnswer | undefined,
): MasterAnswer | undefined {
  if (state === undefined) return undefined;
  const known = bodyOf(state, 'the mesos master');
  const numbers = bodyOf(metrics, 'the mesos master') ?? {};
  return {
    version: textOf(known?.['version']),
    isLeader: numbers['master/elected'] === 1,
    isRecovered: numbers['registrar/log/recovered'] === 1,
    leader: known === undefined ? redirectTarget(state) : leaderOf(known),
    agents: readAgents(known ?? {}),
    frameworks: listOf(known?.['frameworks']).map(readFramework),
  };
}

/** Reads `Location: //10.0.0.1:5050/master/state`. */
export function redirectTarget({ status, headers }: HttpAnswer): string | undefined {
  if (status !== 307 && status !== 302) return undefined;
  return /^(?:https?:)?\/\/([^/]+)/.exec(headers['location'] ?? '')?.[1];
}

/** Reads the list in `/master/state` and in `/master/slaves`. */
export function readAgents(body: Fields): readonly RegisteredAgent[] {
  return listOf(body['slaves']).map((agent) => ({
    id: textOf(agent['id']) ?? '',
    hostname: textOf(agent['hostname']) ?? '',
    port: numberOf(agent['port']),
    isActive: agent['active'] === true && agent['deactivated'] !== true,
    version: textOf(agent['version']) ?? '',
    total: readResources(agent['resources']),
    used: readResources(agent['used_resources']),
    offered: readResources(agent['offered_resources']),
  }));
}

/** Reads an agent's `/state`; undefined where nobody answers, or it does not know itself yet. */
export function readAgent(answer: HttpAnswer | undefined): AgentAnswer | undefined {
  const state = bodyOf(answer, 'the mesos agent');
  if (state === undefined) return undefined;
  const executors = listOf(state['frameworks']).flatMap((framework) =>
    listOf(framework['executors']),
  );
  return {
    id: textOf(state['id']),
    version: textOf(state['version']) ?? '',
    hostname: textOf(state['hostname']) ?? '',
    total: readResources(state['resources']),
    attributes: textsOf(state['attributes']),
    flags: textsOf(state['flags']),
    tasks: executors.flatMap((executor) =>
      listOf(executor['tasks']).map((task) => readTask(task, textOf(executor['container']))),
    ),
  };
}

/** The leader in a state, by address where it says one: `leader` is `master@10.0.0.1:5050`. */
function leaderOf(state: Fields): string | undefined {
  return /@(.+)$/.exec(textOf(state['leader']) ?? '')?.[1];
}

function readFramework(framework: Fields): RegisteredFramework {
  return {
    id: textOf(framework['id']) ?? '',
    name: textOf(framework['name']) ?? '',
    hostname: textOf(framework['hostname']) ?? '',
    isConnected: framework['active'] === true && framework['connected'] !== false,
  };
}

function readTask(task: Fields, executorContainer: string | undefined): AgentTask {
  const status = fieldsOf(listOf(task['statuses']).at(-1)?.['container_status']);
  const addresses = listOf(status['network_infos']).flatMap((network) =>
    listOf(network['ip_addresses']).flatMap((address) => textOf(address['ip_address']) ?? []),
  );
  return {
    id: textOf(task['id']) ?? '',
    name: textOf(task['name']) ?? '',
    frameworkId: textOf(task['framework_id']) ?? '',
    state: textOf(task['state']) ?? '',
    containerId: textOf(fieldsOf(status['container_id'])['value']) ?? executorContainer,
    addresses,
  };
}

function readResources(value: unknown): MesosResources {
  const fields = fieldsOf(value);
  const amount = (name: string): number => numberOf(fields[name]) ?? 0;
  return { cpus: amount('cpus'), mem: amount('mem'), disk: amount('disk') };
}
