// Made from schemas/config.schema.json by scripts/generate-types.mjs; change the schema and run
// `npm run generate`.

export type EmbeddedEngineName = 'embedded';
/**
 * A string as it is, or a reference to a secret, which is read when the file is loaded and never shown.
 */
export type TextOrSecret = string | SecretEnv | SecretFile;
export type ThresholdValue = number;
export type ThresholdMethod = 'rmt';

/**
 * A deployment of HTCondor pools in containers across clouds, and the workflow to run on it.
 */
export interface Config {
  /**
   * Where this schema is, so that an editor can complete and check the file while it is written.
   */
  $schema?: string;
  /**
   * Names the deployment: its Docker network, its embedded Marathons and its volumes. Two deployments on one machine need two names. Default: `crossflock`.
   */
  name?: string;
  /**
   * The clusters that containers can be placed on, each with a Marathon.
   *
   * @minItems 1
   */
  clusters: ClusterConfig[];
  /**
   * The containers to run: one submitter, and executors for it to send its jobs to.
   *
   * @minItems 1
   */
  containers: ContainerConfig[];
  network: NetworkConfig;
  workflow?: WorkflowConfig;
}
/**
 * A cluster: either a Marathon that is already there, or a machine whose Docker Engine gets an embedded one.
 */
export interface ClusterConfig {
  /**
   * How containers refer to the cluster; also the name of the cloud in reports.
   */
  id: string;
  /**
   * Where an existing Marathon answers, with or without `/v2/apps`. Leave it out where `engine` is `embedded`.
   */
  marathon_uri?: string;
  /**
   * Leave it out for an existing Marathon at `marathon_uri`. With `embedded`, crossflock starts its own Marathon on the Docker Engine of this machine.
   */
  engine?: EmbeddedEngineName | EmbeddedEngineConfig;
  auth?: AuthConfig;
}
/**
 * The embedded Marathon of a cluster, with its settings.
 */
export interface EmbeddedEngineConfig {
  /**
   * The kind of engine.
   */
  type: 'embedded';
  /**
   * Port on 127.0.0.1 that the embedded Marathon listens on. Default: 19090 for the first embedded cluster, 19091 for the second, and so on.
   */
  port?: number;
  resources?: EngineResources;
}
/**
 * What the embedded Marathon may give to containers. Default: what the machine has.
 */
export interface EngineResources {
  /**
   * CPUs on offer. More than the machine has is allowed: containers then share.
   */
  cpus?: number;
  /**
   * Memory on offer, in MB.
   */
  mem?: number;
  /**
   * Disk space on offer, in MB.
   */
  disk?: number;
}
/**
 * Basic authentication at the Marathon.
 */
export interface AuthConfig {
  /**
   * User name.
   */
  username: string;
  password: TextOrSecret;
}
/**
 * A secret in an environment variable of the machine that runs crossflock.
 */
export interface SecretEnv {
  /**
   * Name of the environment variable. An unset or empty one must be set before anything is deployed.
   */
  $env: string;
}
/**
 * A secret in a file. Line breaks at its end do not count.
 */
export interface SecretFile {
  /**
   * Path of the file, relative to the folder of the configuration file.
   */
  $file: string;
}
/**
 * A container: an app on the Marathon of its cluster, with a virtual IP.
 */
export interface ContainerConfig {
  /**
   * Names the container, its app and its host name in the pool: lower-case letters, digits, `-` and `.`.
   */
  id: string;
  /**
   * Id of the cluster to run on.
   */
  cluster: string;
  /**
   * Docker image.
   */
  image: string;
  /**
   * What the container is in the pool. Default: `submitter` where the id or the image contains "submitter", `executor` where one contains "executor", "worker" or "runner", otherwise `other`.
   */
  role?: 'submitter' | 'executor' | 'other';
  /**
   * CPUs. An executor offers as many slots.
   */
  n_cpus: number;
  /**
   * Memory in MB. A KINC job needs 1024 MB, so an executor needs `n_cpus` times as much.
   */
  mem: number;
  /**
   * Disk space in MB. Default: 0.
   */
  disk?: number;
  /**
   * How many of this container to run. With n above 1 they are called `<id>-1` to `<id>-n`, and the address in `network.containers` is the first of n consecutive ones. Default: 1.
   */
  instances?: number;
  /**
   * Ports of the container that its host forwards to it. Default: none.
   */
  ports?: PortConfig[];
  /**
   * Arguments for the image, each a string or a secret. The flock list `-f` of the submitter may be left out: it is then made of the addresses of all executors.
   */
  args?: TextOrSecret[];
  /**
   * Environment variables, each a string or a secret. `SCIDAS_RESC_CPUS`, `SCIDAS_RESC_MEM` and `SCIDAS_APP_NETWORK` are worked out where they are not given.
   */
  env?: {
    [k: string]: TextOrSecret;
  };
  /**
   * Folders of the host, or named Docker volumes, to mount. Default: none, but a submitter keeps its state in a named volume at `/var/lib/crossflock`.
   */
  volumes?: VolumeConfig[];
  /**
   * Labels of the app. Names beginning with `crossflock.` are taken.
   */
  labels?: {
    [k: string]: string;
  };
  /**
   * Where on the cluster the container may run, in Marathon's form: field, operator and, for most operators, a value.
   */
  constraints?: string[][];
  /**
   * How Marathon finds out whether the container is well, in Marathon's form. Default: none.
   */
  health_checks?: HealthCheckConfig[];
  /**
   * Run with all privileges of the host. Nothing of crossflock needs it. Default: false.
   */
  privileged?: boolean;
  /**
   * Seconds between asking the container to end and killing it. Default: 15 for submitters and executors, otherwise what Marathon does.
   */
  kill_grace_seconds?: number;
}
/**
 * A port of a container.
 */
export interface PortConfig {
  /**
   * Port inside the container.
   */
  container_port: number;
  /**
   * Port on the host; with 0 Marathon picks one. Default: 0.
   */
  host_port?: number;
  /**
   * Protocol. Default: `tcp`.
   */
  protocol?: 'tcp' | 'udp' | 'udp,tcp';
  /**
   * Name of the port, for `PORT_<NAME>` in the environment.
   */
  name?: string;
}
/**
 * A folder of the host or a named Docker volume, seen inside the container.
 */
export interface VolumeConfig {
  /**
   * Absolute path inside the container.
   */
  container_path: string;
  /**
   * Absolute path on the host. Either this or `name`.
   */
  host_path?: string;
  /**
   * Name of a Docker volume, made where there is none. Either this or `host_path`.
   */
  name?: string;
  /**
   * Read-write or read-only. Default: `RW`.
   */
  mode?: 'RW' | 'RO';
}
/**
 * A health check, in Marathon's form.
 */
export interface HealthCheckConfig {
  /**
   * How to check: a request or connection by Marathon, or a command inside the container. Default: `HTTP`.
   */
  protocol?: 'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';
  command?: HealthCheckCommand;
  /**
   * Path to request, where `protocol` is an HTTP one. Default: `/`.
   */
  path?: string;
  /**
   * Port to check.
   */
  port?: number;
  /**
   * Which of `ports` to check, counted from 0. Default: 0.
   */
  portIndex?: number;
  /**
   * Seconds after the start in which failures do not count. Default: 300.
   */
  gracePeriodSeconds?: number;
  /**
   * Seconds between two checks. Default: 60.
   */
  intervalSeconds?: number;
  /**
   * Seconds a check may take. Default: 20.
   */
  timeoutSeconds?: number;
  /**
   * Seconds before the first check, for `COMMAND` and `MESOS_` protocols. Default: 15.
   */
  delaySeconds?: number;
  /**
   * Failures in a row after which the container is started anew; 0 means never. Default: 3.
   */
  maxConsecutiveFailures?: number;
  /**
   * Whether answers 100 to 199 count as neither good nor bad. Default: false.
   */
  ignoreHttp1xx?: boolean;
  /**
   * IP version to connect with. Default: `IPv4`.
   */
  ipProtocol?: 'IPv4' | 'IPv6';
}
/**
 * The command, where `protocol` is `COMMAND`.
 */
export interface HealthCheckCommand {
  /**
   * Command line for a shell; the container is well when it ends with 0.
   */
  value: string;
}
/**
 * The virtual network that the containers reach each other by.
 */
export interface NetworkConfig {
  /**
   * Address range of the network. Its last usable address is kept for the host.
   */
  cidr: string;
  /**
   * How containers get their addresses: `bridge` is a Docker network on one machine. Default: `bridge`.
   */
  driver?: 'bridge';
  /**
   * The address of every container.
   */
  containers: AddressConfig[];
}
/**
 * The virtual IP of one container.
 */
export interface AddressConfig {
  /**
   * Id of the container.
   */
  id: string;
  /**
   * Its virtual IP; with `instances` above 1, the first of them.
   */
  ip_addr: string;
}
/**
 * What to run on the pool. The matrix and the number of jobs can be given on the command line too: `--gem`, `--jobs`.
 */
export interface WorkflowConfig {
  /**
   * Kind of workflow: `kinc` builds a gene co-expression network. Default: `kinc`.
   */
  type?: 'kinc';
  /**
   * The gene expression matrix: a tab-separated file, gzipped or not. Relative to the folder of the configuration file.
   */
  gem?: string;
  /**
   * Number of similarity jobs to cut the work into. Default: worked out from the slots of the pool.
   */
  jobs?: number;
  /**
   * Correlation: `sc` is Spearman's, `pc` is Pearson's. Default: `sc`.
   */
  method?: 'sc' | 'pc';
  /**
   * Samples that two genes must have in common to be compared. Default: 30.
   */
  min_obs?: number;
  /**
   * How the matrix writes a missing value. Default: `NA`.
   */
  na_val?: string;
  /**
   * Genes whose correlation is at least this (in absolute value) are connected; `rmt` finds the value by random matrix theory. Default: `rmt`.
   */
  threshold?: ThresholdValue | ThresholdMethod;
  /**
   * Memory that each job asks for, in MB. Default: 1024.
   */
  request_memory_mb?: number;
  /**
   * How often a failed job is tried again. Default: 2.
   */
  retries?: number;
}
