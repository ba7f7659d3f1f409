/**
 * Flags that the parts know, without `--` and `no-`: what Mesos prints with `--help`, and what
 * Marathon 1.11 declares in its sources. Mesos ignores a variable with a misspelt name without a
 * word, so names are checked here.
 */
const KNOWN_FLAGS: Readonly<Record<string, ReadonlySet<string>>> = {
  master: words(`
  acls advertise_ip advertise_port agent_ping_timeout agent_removal_rate_limit
  agent_reregister_timeout allocation_interval allocator allocator_agent_recovery_factor
  allocator_recovery_timeout authenticate authenticate_agents authenticate_frameworks
  authenticate_http authenticate_http_frameworks authenticate_http_readonly
  authenticate_http_readwrite authenticate_slaves authentication_v0_timeout authenticators
  authorizers cluster credentials domain external_log_file fair_sharing_excluded_resource_names
  filter_gpu_resources firewall_rules framework_sorter hooks hostname hostname_lookup
  http_authenticators http_framework_authenticators initialize_driver_logging ip
  ip_discovery_command log_auto_initialize log_dir logbufsecs logging_level master_contender
  master_detector max_agent_ping_timeouts max_completed_frameworks
  max_completed_tasks_per_framework max_operator_event_stream_subscribers
  max_slave_ping_timeouts max_unreachable_tasks_per_framework memory_profiling
  min_allocatable_resources modules modules_dir offer_constraints_re2_max_mem
  offer_constraints_re2_max_program_size offer_timeout port publish_per_framework_metrics quiet
  quorum rate_limits recovery_agent_removal_limit recovery_slave_removal_limit registry
  registry_fetch_timeout registry_gc_interval registry_max_agent_age registry_max_agent_count
  registry_store_timeout registry_strict require_agent_domain role_sorter roles root_submissions
  slave_ping_timeout slave_removal_rate_limit slave_reregister_timeout user_sorter webui_dir
  weights whitelist work_dir zk zk_session_timeout
  `),
  agent: words(`
  acls advertise_ip advertise_port agent_features agent_subsystems allowed_capabilities
  allowed_devices appc_simple_discovery_uri_prefix appc_store_dir attributes
  authenticate_http_executors authenticate_http_readonly authenticate_http_readwrite
  authenticatee authentication_backoff_factor authentication_timeout_max
  authentication_timeout_min authorizer bounding_capabilities
  cgroups_cpu_enable_pids_and_tids_count cgroups_destroy_timeout cgroups_enable_cfs
  cgroups_hierarchy cgroups_limit_swap cgroups_net_cls_primary_handle
  cgroups_net_cls_secondary_handles cgroups_root container_disk_watch_interval container_logger
  containerizers credential csi_plugin_config_dir default_container_dns default_container_info
  default_container_shm_size default_role disallow_sharing_agent_ipc_namespace
  disallow_sharing_agent_pid_namespace disk_profile_adaptor disk_watch_interval docker
  docker_config docker_ignore_runtime docker_kill_orphans docker_mesos_image docker_registry
  docker_remove_delay docker_socket docker_stop_timeout docker_store_dir
  docker_volume_checkpoint_dir docker_volume_chown domain domain_socket_location
  effective_capabilities enforce_container_disk_quota executor_environment_variables
  executor_registration_timeout executor_reregistration_retry_interval
  executor_reregistration_timeout executor_secret_key executor_shutdown_grace_period
  external_log_file fetcher_cache_dir fetcher_cache_size fetcher_stall_timeout firewall_rules
  frameworks_home gc_delay gc_disk_headroom gc_non_executor_container_sandboxes hadoop_home
  hooks host_path_volume_force_creation hostname hostname_lookup http_authenticators
  http_command_executor http_credentials http_executor_domain_sockets http_heartbeat_interval
  image_gc_config image_providers image_provisioner_backend initialize_driver_logging ip ip6
  ip6_discovery_command ip_discovery_command isolation jwt_secret_key launcher launcher_dir
  log_dir logbufsecs logging_level master master_detector max_completed_executors_per_framework
  memory_profiling modules modules_dir network_cni_config_dir network_cni_metrics
  network_cni_plugins_dir network_cni_root_dir_persist nvidia_gpu_devices
  oversubscribed_resources_interval perf_duration perf_events perf_interval port qos_controller
  qos_correction_interval_min quiet reconfiguration_policy recover recovery_timeout
  registration_backoff_factor resource_estimator resource_provider_config_dir resources
  revocable_cpu_low_priority runtime_dir sandbox_directory secret_resolver slave_subsystems
  strict switch_user systemd_enable_support systemd_runtime_directory volume_gid_range work_dir
  zk_session_timeout
  `),
  marathon: words(`
  accepted_resource_roles_default_behavior access_control_allow_origin
  app_info_module_execution_context_size assets_path backup_location checkpoint
  decline_offer_duration default_accepted_resource_roles
  default_info_service_execution_context_size default_network_name
  deployment_manager_request_timeout deprecated_features disable_http draining_seconds
  enable_features env_vars_prefix event_stream_max_outstanding_messages executor
  failover_timeout framework_name gpu_scheduling_behavior graceful_shutdown_timeout
  group_manager_execution_context_size group_manager_request_timeout group_versions_cache_size
  ha hostname http_address http_compression http_credentials http_max_concurrent_requests
  http_port http_realm https_address https_port instance_tracker_num_parallel_loads
  instance_tracker_num_parallel_updates instance_tracker_update_queue_size
  internal_store_backend internal_version_caching kill_chunk_size kill_retry_timeout
  launch_queue_request_timeout launch_token_refresh_interval launch_tokens
  leader_election_backend leader_proxy_connection_timeout leader_proxy_max_open_connections
  leader_proxy_read_timeout leader_proxy_ssl_ignore_hostname local_port_max local_port_min
  logging_level logstash maintenance_mode master max_actor_startup_time max_apps
  max_concurrent_marathon_health_checks max_instances_per_offer max_parallel_offers
  max_parallel_status_updates max_queued_offers max_queued_root_group_updates
  max_queued_status_updates max_running_deployments mesos_authentication
  mesos_authentication_principal mesos_authentication_secret mesos_authentication_secret_file
  mesos_bridge_name mesos_heartbeat_failure_threshold mesos_heartbeat_interval
  mesos_leader_ui_url mesos_offer_constraints mesos_role mesos_user metrics metrics_datadog
  metrics_datadog_api_key metrics_datadog_host metrics_datadog_port metrics_datadog_protocol
  metrics_datadog_transmission_interval_ms metrics_histogram_reservoir_highest_trackable_value
  metrics_histogram_reservoir_reset_periodically metrics_histogram_reservoir_resetting_chunks
  metrics_histogram_reservoir_resetting_interval_ms
  metrics_histogram_reservoir_significant_digits metrics_name_prefix metrics_prometheus
  metrics_statsd metrics_statsd_host metrics_statsd_port metrics_statsd_transmission_interval_ms
  min_mesos_offer_constraints_update_interval min_revive_offers_interval new_group_enforce_role
  offer_matching_timeout on_elected_prepare_timeout plugin_conf plugin_dir
  reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay
  scale_apps_interval scheduler_actions_execution_context_size sentry sentry_tags
  ssl_keystore_password ssl_keystore_path storage_compaction_interval
  storage_compaction_scan_batch_size storage_execution_context_size store_cache suppress_offers
  task_launch_confirm_timeout task_launch_timeout task_lost_expunge_initial_delay
  task_lost_expunge_interval task_operation_notification_timeout task_reservation_timeout
  task_tracker_request_timeout task_update_request_timeout webui_url zk zk_compression
  zk_compression_threshold zk_connection_timeout zk_max_concurrency zk_max_node_size
  zk_max_versions zk_operation_base_retry_sleep_ms zk_operation_max_retries zk_session_timeout
  zk_timeout
  `),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** Flags that a part knows; those of an unknown part: none. */
export function knownFlags(part: string): ReadonlySet<string> {
  return KNOWN_FLAGS[part] ?? new Set();
}

/** Why a flag would undo what crossflock sees to, and what to do instead. */
export interface RefusedFlag {
  readonly message: string;
  readonly fix: string;
}

const REMOVE = 'remove it';
const ALIAS: RefusedFlag = {
  message: 'is another name of a flag that crossflock sets itself',
  fix: REMOVE,
};
const LOGS: RefusedFlag = {
  message:
    'would write files that grow without end, where what the part prints is kept and rotated',
  fix: 'remove it; see "docker logs" of the part, or "journalctl" for the agent',
};
const ADDRESS: RefusedFlag = {
  message: 'would make the part listen on another address, or announce one',
  fix: 'write the address as "private_address" of the host',
};
const HTTP_SECRETS: RefusedFlag = {
  message: 'would shut out crossflock, which looks at the answers of the part',
  fix: 'remove it; the part listens on the private address only',
};

/** By part and name: flags that would bring a known trap back. */
const REFUSED_FLAGS: Readonly<Record<string, Readonly<Record<string, RefusedFlag>>>> = {
  master: {
    advertise_ip: ADDRESS,
    advertise_port: ADDRESS,
    ip_discovery_command: ADDRESS,
    authenticate: ALIAS,
    authenticate_slaves: ALIAS,
    authenticate_http_readonly: HTTP_SECRETS,
    authenticate_http_readwrite: HTTP_SECRETS,
    log_dir: LOGS,
    log_auto_initialize: {
      message: 'would leave the registry empty until somebody fills it by hand',
      fix: REMOVE,
    },
    root_submissions: {
      message: 'would refuse the tasks of marathon, which run as root',
      fix: REMOVE,
    },
  },
  agent: {
    advertise_ip: ADDRESS,
    advertise_port: ADDRESS,
    ip_discovery_command: ADDRESS,
    authenticate_http_readonly: HTTP_SECRETS,
    authenticate_http_readwrite: HTTP_SECRETS,
    log_dir: LOGS,
    docker_mesos_image: {
      message: 'is for an agent in a container, whose restart fails its tasks',
      fix: 'remove it; the agent is a service of the host',
    },
    isolation: {
      message:
        'is for the containerizer of mesos itself; isolation by cgroups makes the agent exit',
      fix: 'remove it; docker isolates the tasks',
    },
    master_detector: {
      message: 'cannot stand beside "master", which crossflock sets',
      fix: REMOVE,
    },
    recover: {
      message: 'would end all running tasks when the agent starts again',
      fix: REMOVE,
    },
  },
  marathon: {
    checkpoint: {
      message: 'would end all running tasks when an agent starts again',
      fix: 'remove it; checkpoints are on',
    },
    ha: { message: 'would keep several marathons from having one leader', fix: REMOVE },
    disable_http: { message: 'would shut out crossflock', fix: REMOVE },
    internal_store_backend: {
      message: 'would forget all apps when marathon starts again',
      fix: REMOVE,
    },
    https_address: ADDRESS,
    ssl_keystore_path: {
      message: 'would make marathon listen on a second port, without an address of its own',
      fix: 'remove it; the controller comes through SSH',
    },
  },
};

/** Why a flag is refused; undefined where it is not. */
export function refusedFlag(part: string, name: string): RefusedFlag | undefined {
  return REFUSED_FLAGS[part]?.[name];
}
