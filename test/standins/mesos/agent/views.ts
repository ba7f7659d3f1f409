/** What an agent shows over HTTP, in the shapes of the captures. */
import { VERSION_ANSWER } from '../common/http.js';
import { isTerminal } from '../common/mesos.js';
import { fullResources, showResources, sum } from '../common/resources.js';
import { stateOf } from '../master/cluster.js';
import { AGENT_CAPABILITIES, taskView } from '../master/views.js';
import type { Checkpoint, RunRecord } from './checkpoint.js';
import type { AgentSettings } from './settings.js';

export interface AgentFacts {
  readonly settings: AgentSettings;
  readonly id: string;
  readonly runs: readonly RunRecord[];
  readonly checkpoint: Checkpoint;
  readonly masterHostname: string;
  readonly registered: boolean;
  readonly startTime: number;
}

const isActive = ({ task }: RunRecord): boolean => !isTerminal(stateOf(task));

export function stateView(facts: AgentFacts): unknown {
  const { settings, runs, id } = facts;
  const { info } = settings;
  const shown = showResources(info.resources, info.resources.ports);
  const used = sum(runs.filter(isActive).map(({ task }) => task.info.resources));
  return {
    ...VERSION_ANSWER,
    start_time: facts.startTime,
    id,
    pid: `slave(1)@${info.ip}:${info.port}`,
    hostname: info.hostname,
    capabilities: AGENT_CAPABILITIES,
    resources: shown,
    reserved_resources: {},
    unreserved_resources: shown,
    reserved_resources_full: {},
    unreserved_resources_full: fullResources(info.resources),
    reserved_resources_allocated: {},
    unreserved_resources_allocated: showResources(used),
    resource_providers: [],
    attributes: info.attributes,
    master_hostname: facts.masterHostname,
    flags: Object.fromEntries(settings.flags),
    frameworks: frameworksView(facts),
    completed_frameworks: [],
  };
}

function frameworksView({ runs, checkpoint }: AgentFacts): readonly unknown[] {
  const frameworks = new Map(runs.map(({ framework }) => [framework.id, framework]));
  return [...frameworks.values()].map((framework) => {
    const own = runs.filter((run) => run.framework.id === framework.id);
    return {
      id: framework.id,
      name: framework.name,
      user: framework.user,
      failover_timeout: framework.failoverSeconds,
      checkpoint: framework.checkpoint,
      hostname: framework.hostname,
      role: framework.role,
      principal: framework.principal,
      executors: own.filter(isActive).map((run) => executorView(run, checkpoint)),
      completed_executors: own
        .filter((run) => !isActive(run))
        .map((run) => executorView(run, checkpoint)),
    };
  });
}

function executorView(run: RunRecord, checkpoint: Checkpoint): unknown {
  const { info } = run.task;
  const isOver = !isActive(run);
  return {
    id: info.id,
    name: `Command Executor (Task: ${info.id}) (Command: ${info.shell === undefined ? 'NO EXECUTABLE' : `sh -c '${info.shell.slice(0, 15)}...'`})`,
    source: info.id,
    container: run.containerId,
    directory: checkpoint.sandbox(run),
    resources: showResources(info.resources),
    role: '*',
    labels: info.labels,
    tasks: isOver ? [] : [taskView(run.task)],
    queued_tasks: [],
    completed_tasks: isOver ? [taskView(run.task)] : [],
  };
}

export function containersView({ runs }: AgentFacts): readonly unknown[] {
  return runs.filter(isActive).map(({ task, containerId, framework }) => ({
    container_id: containerId,
    executor_id: task.info.id,
    executor_name: `Command Executor (Task: ${task.info.id})`,
    framework_id: framework.id,
    source: task.info.id,
    statistics: {
      cpus_soft_limit: task.info.resources.cpus,
      mem_limit_bytes: task.info.resources.mem * 1024 * 1024,
      timestamp: Date.now() / 1000,
    },
    status: { container_id: { value: containerId } },
  }));
}

export function metricsView({ settings, runs, registered, startTime }: AgentFacts): unknown {
  const { resources } = settings.info;
  const active = runs.filter(isActive);
  const used = sum(active.map(({ task }) => task.info.resources));
  const running = active.filter(({ task }) => stateOf(task) === 'TASK_RUNNING').length;
  return {
    'slave/cpus_total': resources.cpus,
    'slave/cpus_used': used.cpus,
    'slave/mem_total': resources.mem,
    'slave/mem_used': used.mem,
    'slave/disk_total': resources.disk,
    'slave/disk_used': used.disk,
    'slave/executors_running': active.length,
    'slave/recovery_errors': 0,
    'slave/registered': registered ? 1 : 0,
    'slave/tasks_running': running,
    'slave/tasks_staging': active.length - running,
    'slave/uptime_secs': Date.now() / 1000 - startTime,
  };
}
