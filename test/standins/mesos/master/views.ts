/** What a master shows over HTTP, in the shapes of the captures. */
import { VERSION, VERSION_ANSWER } from '../common/http.js';
import { isTerminal, type MasterInfo, type TaskRecord, type TaskStatus } from '../common/mesos.js';
import { fullResources, showResources, sum } from '../common/resources.js';
import type { AgentEntry, Cluster, FrameworkEntry } from './cluster.js';
import { seconds, stateOf } from './cluster.js';
import type { MasterSettings } from './settings.js';

const NONE = { cpus: 0, mem: 0, disk: 0 };

export const AGENT_CAPABILITIES = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
  'RESOURCE_PROVIDER',
  'RESIZE_VOLUME',
  'AGENT_OPERATION_FEEDBACK',
  'AGENT_DRAINING',
  'TASK_RESOURCE_LIMITS',
];

export interface MasterFacts {
  readonly settings: MasterSettings;
  readonly cluster: Cluster;
  readonly self: MasterInfo;
  readonly startTime: number;
  readonly electedTime: number | undefined;
  readonly recovered: boolean;
}

const pidOf = ({ ip, port }: MasterInfo): string => `master@${ip}:${port}`;

export function stateView(facts: MasterFacts): unknown {
  const { cluster, self, settings } = facts;
  const agents = [...cluster.agents.values()];
  return {
    ...VERSION_ANSWER,
    start_time: facts.startTime,
    elected_time: facts.electedTime,
    id: self.id,
    pid: pidOf(self),
    hostname: self.hostname,
    capabilities: ['AGENT_UPDATE', 'AGENT_DRAINING', 'QUOTA_V2'],
    activated_slaves: agents.filter(({ channel }) => channel !== undefined).length,
    deactivated_slaves: agents.filter(({ channel }) => channel === undefined).length,
    unreachable_slaves: cluster.unreachable,
    leader: pidOf(self),
    leader_info: { id: self.id, pid: pidOf(self), port: self.port, hostname: self.hostname },
    ...(settings.cluster === undefined ? {} : { cluster: settings.cluster }),
    flags: Object.fromEntries(settings.flags),
    slaves: agents.map((agent) => slaveView(agent, cluster)),
    recovered_slaves: [...cluster.recovered.values()].map(({ id, info }) => ({
      id,
      hostname: info.hostname,
      port: info.port,
    })),
    frameworks: frameworksView(cluster),
    completed_frameworks: [],
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

export function slavesView({ cluster }: MasterFacts): unknown {
  return {
    slaves: [...cluster.agents.values()].map((agent) => ({
      ...slaveView(agent, cluster),
      reserved_resources_full: {},
      unreserved_resources_full: fullResources(agent.info.resources),
      used_resources_full: [],
      offered_resources_full: [],
    })),
    recovered_slaves: [...cluster.recovered.values()].map(({ id, info }) => ({
      id,
      hostname: info.hostname,
      port: info.port,
    })),
  };
}

function slaveView({ id, info, channel, registeredTime }: AgentEntry, cluster: Cluster): object {
  const { resources, hostname, port, ip, attributes } = info;
  const held = cluster.held(id);
  const ports = held.flatMap((task) => task.ports.map((one) => ({ begin: one, end: one })));
  return {
    id,
    hostname,
    port,
    attributes,
    pid: `slave(1)@${ip}:${port}`,
    registered_time: registeredTime,
    resources: showResources(resources, resources.ports),
    used_resources: showResources(sum(held), ports),
    offered_resources: showResources(NONE),
    reserved_resources: {},
    unreserved_resources: showResources(resources, resources.ports),
    active: channel !== undefined,
    deactivated: false,
    version: VERSION,
    capabilities: AGENT_CAPABILITIES,
  };
}

export function frameworksView(cluster: Cluster): readonly unknown[] {
  return [...cluster.frameworks.values()].map((entry) => frameworkView(entry, cluster));
}

function frameworkView(
  { info, channel, registeredTime, completed }: FrameworkEntry,
  cluster: Cluster,
): unknown {
  const tasks = cluster.tasks({ frameworkId: info.id });
  const used = sum(
    tasks.filter((task) => !isTerminal(stateOf(task))).map((task) => task.info.resources),
  );
  return {
    id: info.id,
    name: info.name,
    used_resources: showResources(used),
    offered_resources: showResources(NONE),
    capabilities: ['PARTITION_AWARE', 'TASK_KILLING_STATE', 'REGION_AWARE'],
    hostname: info.hostname,
    webui_url: info.webuiUrl,
    active: channel !== undefined,
    connected: channel !== undefined,
    recovered: false,
    user: info.user,
    failover_timeout: info.failoverSeconds,
    checkpoint: info.checkpoint,
    registered_time: registeredTime,
    unregistered_time: 0,
    principal: info.principal,
    resources: showResources(used),
    role: info.role,
    tasks: tasks.map(taskView),
    unreachable_tasks: [],
    completed_tasks: completed.map(taskView),
    offers: [],
    executors: [],
    offer_constraints: {},
  };
}

/** A task in the state of a master or an agent. */
export function taskView(task: TaskRecord): unknown {
  const { info, frameworkId, agentId, statuses } = task;
  const { image, network, privileged } = info.docker;
  return {
    id: info.id,
    name: info.name,
    framework_id: frameworkId,
    executor_id: '',
    slave_id: agentId,
    state: stateOf(task),
    resources: showResources(
      info.resources,
      info.resources.ports.map((port) => ({ begin: port, end: port })),
    ),
    role: '*',
    statuses: statuses.map(statusView),
    labels: info.labels,
    container: { type: 'DOCKER', docker: { image, network, privileged } },
  };
}

function statusView({ state, timestamp, healthy, containerId, ip }: TaskStatus): unknown {
  return {
    state,
    timestamp,
    ...(healthy === undefined ? {} : { healthy }),
    ...(containerId === undefined
      ? {}
      : {
          container_status: {
            container_id: { value: containerId },
            ...(ip === undefined
              ? {}
              : { network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: ip }] }] }),
          },
        }),
  };
}

export function metricsView(facts: MasterFacts): unknown {
  const { cluster } = facts;
  const agents = [...cluster.agents.values()];
  const active = agents.filter(({ channel }) => channel !== undefined).length;
  const frameworks = [...cluster.frameworks.values()];
  const connected = frameworks.filter(({ channel }) => channel !== undefined).length;
  const total = sum(agents.map(({ info }) => info.resources));
  const used = sum(agents.flatMap(({ id }) => cluster.held(id)));
  const tasks = (state: string): number =>
    cluster.tasks().filter((task) => stateOf(task) === state).length;
  return {
    'master/elected': facts.electedTime === undefined ? 0 : 1,
    'registrar/log/recovered': facts.recovered ? 1 : 0,
    'master/uptime_secs': seconds() - facts.startTime,
    'master/slaves_active': active,
    'master/slaves_connected': active,
    'master/slaves_disconnected': agents.length - active,
    'master/slaves_inactive': agents.length - active,
    'master/slaves_unreachable': cluster.unreachable,
    'master/frameworks_active': connected,
    'master/frameworks_connected': connected,
    'master/frameworks_disconnected': frameworks.length - connected,
    'master/cpus_total': total.cpus,
    'master/cpus_used': used.cpus,
    'master/mem_total': total.mem,
    'master/mem_used': used.mem,
    'master/disk_total': total.disk,
    'master/disk_used': used.disk,
    'master/tasks_running': tasks('TASK_RUNNING'),
    'master/tasks_staging': tasks('TASK_STAGING'),
    'master/tasks_starting': tasks('TASK_STARTING'),
  };
}
