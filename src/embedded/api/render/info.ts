/** `/v2/info` and `/metrics`. */
import type { ApiContext } from '../server-options.js';

/** Every unset option is an explicit null, as Marathon writes them. */
const UNSET = [
  'access_control_allow_origin',
  'decline_offer_duration',
  'default_network_name',
  'env_vars_prefix',
  'failover_timeout',
  'launch_token',
  'launch_token_refresh_interval',
  'leader_proxy_connection_timeout_ms',
  'leader_proxy_read_timeout_ms',
  'master',
  'max_instances_per_offer',
  'mesos_bridge_name',
  'mesos_heartbeat_failure_threshold',
  'mesos_heartbeat_interval',
  'mesos_leader_ui_url',
  'mesos_user',
  'min_revive_offers_interval',
  'offer_matching_timeout',
  'on_elected_prepare_timeout',
  'reconciliation_initial_delay',
  'reconciliation_interval',
  'scale_apps_initial_delay',
  'scale_apps_interval',
  'task_launch_confirm_timeout',
  'task_launch_timeout',
  'task_lost_expunge_initial_delay',
  'task_lost_expunge_interval',
  'task_reservation_timeout',
  'webui_url',
];
const UNSET_ZOOKEEPER = [
  'zk',
  'zk_compression',
  'zk_compression_threshold',
  'zk_connection_timeout',
  'zk_max_node_size',
  'zk_max_versions',
  'zk_session_timeout',
  'zk_timeout',
];

const nulls = (names: readonly string[]): Readonly<Record<string, null>> =>
  Object.fromEntries(names.map((name) => [name, null]));

export function renderInfo({ orchestrator, options, settings }: ApiContext): unknown {
  const [local_port_min, local_port_max] = options.servicePorts ?? [10_000, 20_000];
  return {
    name: 'marathon',
    version: options.version,
    buildref: 'crossflock',
    elected: true,
    leader: options.leader,
    frameworkId: options.frameworkId ?? null,
    marathon_config: {
      ...nulls(UNSET),
      checkpoint: true,
      executor: '//cmd',
      features: [...settings.features],
      framework_name: 'marathon',
      ha: false,
      hostname: orchestrator.hostname,
      local_port_min,
      local_port_max,
      maintenance_mode: false,
      mesos_role: settings.defaultRole,
      new_group_enforce_role: 'off',
      store_cache: false,
    },
    // There is no ZooKeeper: the state is kept in Docker labels.
    zookeeper_config: nulls(UNSET_ZOOKEEPER),
    http_config: { http_port: options.port, https_port: null },
  };
}

const gauge = (value: number): { readonly value: number } => ({ value });

/** The metrics that mean something here, under Marathon's names. */
export function renderMetrics({ orchestrator, options, startedAt }: ApiContext): unknown {
  const tasks = orchestrator.tasks();
  const inState = (state: string): number => tasks.filter((task) => task.state === state).length;
  const upSeconds = (options.clock.now().getTime() - Date.parse(startedAt)) / 1000;
  return {
    version: '4.0.0',
    counters: {},
    gauges: {
      'marathon.apps.active.gauge': gauge(orchestrator.apps().length),
      'marathon.deployments.active.gauge': gauge(orchestrator.deployments().length),
      'marathon.groups.active.gauge': gauge(orchestrator.groups().length),
      'marathon.instances.running.gauge': gauge(inState('TASK_RUNNING')),
      'marathon.instances.staged.gauge': gauge(inState('TASK_STAGING')),
      'marathon.uptime.gauge.seconds': gauge(upSeconds),
      'marathon.jvm.memory.heap.used.gauge.bytes': gauge(process.memoryUsage().heapUsed),
    },
    histograms: {},
    meters: {},
    timers: {},
  };
}
