// Made from schemas/config.schema.json by scripts/generate-types.mjs; change the schema and run
// `npm run generate`.

export type JumpText = string;
export type SudoMode = 'none' | 'passwordless';
/**
 * A string as it is, or a reference to a secret, which is read when the file is loaded and never shown.
 */
export type TextOrSecret = string | SecretEnv | SecretFile;
export type EngineName = 'embedded' | 'mesos';
export type JumpText1 = string;
export type SudoMode1 = 'none' | 'passwordless';
export type JobCount = number;
export type JobAdvice = 'auto';
export type ThresholdValue = number;
export type ThresholdMethod = 'rmt';
/**
 * A program and its arguments, one word each; no shell reads them.
 *
 * @minItems 1
 */
export type ProgramWords = string[];
/**
 * Names of files, without folders.
 */
export type OutputNames = string[];

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
  ssh?: SshConfig;
  docker?: DockerConfig;
  images?: ImagesConfig;
  /**
   * The clusters that containers can be placed on, each with a Marathon.
   *
   * @minItems 1
   */
  clusters: ClusterConfig[];
  /**
   * The containers to run: one submitter, and executors for it to send its jobs to. May be empty as long as hosts are only provisioned.
   */
  containers: ContainerConfig[];
  network: NetworkConfig;
  workflow?: WorkflowConfig;
}
/**
 * How to reach the hosts, where a host does not say so itself. OpenSSH's own configuration (`~/.ssh/config`) is asked for what is in neither.
 */
export interface SshConfig {
  /**
   * User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.
   */
  user?: string;
  /**
   * Port of the SSH server. Default: what OpenSSH's configuration says, else 22.
   */
  port?: number;
  /**
   * Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.
   */
  identity_file?: string;
  /**
   * Hosts to go through, the first one first, each as `user@address:port` or as an object. Default: what OpenSSH's configuration says.
   */
  jump?: (JumpText | JumpHost)[];
  /**
   * How to become root on the host, where `user` is not root: `none` (never; the user must be in the group docker, and nothing can be installed), `passwordless`, or a password. Default: `passwordless`.
   */
  sudo?: SudoMode | SudoPassword;
  /**
   * OpenSSH's configuration file to honour; `none` honours none. Default: `~/.ssh/config` and the machine's.
   */
  config_file?: string;
  /**
   * A file of known host keys to trust besides the user's own and crossflock's.
   */
  known_hosts_file?: string;
  /**
   * Seconds until a host counts as unreachable. Default: 15.
   */
  connect_timeout_seconds?: number;
}
/**
 * A host on the way to another.
 */
export interface JumpHost {
  /**
   * Name or address that the SSH server answers at, or an alias of OpenSSH's configuration. Other clouds reach the host's virtual network there.
   */
  address: string;
  /**
   * User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.
   */
  user?: string;
  /**
   * Port of the SSH server. Default: what OpenSSH's configuration says, else 22.
   */
  port?: number;
  /**
   * Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.
   */
  identity_file?: string;
}
/**
 * sudo asks for this password.
 */
export interface SudoPassword {
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
 * How Docker Engine comes to hosts that have none.
 */
export interface DockerConfig {
  /**
   * Where Docker Engine is from: `distribution` takes the package of Debian or Ubuntu, `docker` takes Docker's own repository. Default: `distribution`.
   */
  source?: 'distribution' | 'docker';
  /**
   * Users to add to the group docker on every host; members of it can become root. Default: none.
   */
  group_users?: string[];
}
/**
 * Where hosts get the images from. Without it, images that this machine has are sent over SSH, and all others are pulled by name.
 */
export interface ImagesConfig {
  /**
   * Registry, with a folder where it has one, that serves `<registry>/crossflock/executor` and so on: see `crossflock images push`.
   */
  registry?: string;
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
   * Leave it out for an existing Marathon at `marathon_uri`. With `embedded`, crossflock starts its own Marathon on the Docker Engine of the cluster's host, or of this machine where the cluster has none. With `mesos`, it sets up ZooKeeper, Apache Mesos and Marathon on the cluster's hosts; these are no longer maintained by anybody: see docs/mesos.md before choosing it.
   */
  engine?: EngineName | EmbeddedEngineConfig | MesosEngineConfig;
  /**
   * The machines of the cluster. The embedded engine serves one; without hosts it runs on the machine that runs crossflock. The engine `mesos` serves any number.
   *
   * @minItems 1
   */
  hosts?: HostConfig[];
  auth?: AuthConfig;
  /**
   * What an hour of one core costs in this cluster, in any currency. With it, `run-kinc` and `workflow watch` show what a run has cost so far: the core-hours that its jobs had, times this. Default: no cost is shown.
   */
  price_per_core_hour?: number;
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
 * ZooKeeper, Apache Mesos and Marathon on the hosts of a cluster, with their settings. See docs/mesos.md.
 */
export interface MesosEngineConfig {
  /**
   * The kind of engine.
   */
  type: 'mesos';
  /**
   * Where Mesos comes from: `images`, or `source`, which compiles it on every host of the cluster. Default: `images`.
   */
  install?: 'images' | 'source';
  /**
   * Cores to compile with, where `install` is `source`. Default: 4.
   */
  cores?: number;
  images?: MesosImages;
  ports?: MesosPorts;
  resources?: EngineResources;
  flags?: MesosFlags;
}
/**
 * The images of the engine, with their tags.
 */
export interface MesosImages {
  /**
   * What to put in front of the default names: a registry that mirrors them.
   */
  prefix?: string;
  /**
   * Image of ZooKeeper. Default: `zookeeper:3.8`.
   */
  zookeeper?: string;
  /**
   * Image of the Mesos master. Default: `mesosphere/mesos-master:1.7.1`.
   */
  master?: string;
  /**
   * Image of the Mesos agent. Default: `mesosphere/mesos-slave:1.7.1`.
   */
  agent?: string;
  /**
   * Image of Marathon. Default: `mesosphere/marathon:v1.11.24`.
   */
  marathon?: string;
}
/**
 * Ports that the parts of the engine listen on, at the private addresses of the hosts; at 127.0.0.1 where the cluster has one host.
 */
export interface MesosPorts {
  /**
   * Port of ZooKeeper, for its clients. Default: 2181.
   */
  zookeeper?: number;
  /**
   * Port of ZooKeeper, for the other members of the ensemble. Default: 2888.
   */
  zookeeper_peer?: number;
  /**
   * Port of ZooKeeper, for elections. Default: 3888.
   */
  zookeeper_election?: number;
  /**
   * Port of the Mesos master. Default: 5050.
   */
  master?: number;
  /**
   * Port of the Mesos agent. Default: 5051.
   */
  agent?: number;
  /**
   * Port of Marathon. Default: 8080.
   */
  marathon?: number;
}
/**
 * Flags to add to those that crossflock sets, by their long names without `--`. `true` and `false` are for flags without a value.
 */
export interface MesosFlags {
  master?: FlagValues;
  agent?: FlagValues;
  marathon?: FlagValues;
}
/**
 * Flags by name.
 */
export interface FlagValues {
  [k: string]: string | number | boolean;
}
/**
 * A machine that answers to SSH.
 */
export interface HostConfig {
  /**
   * How commands and reports call the host. Default: its address.
   */
  id?: string;
  /**
   * Name or address that the SSH server answers at, or an alias of OpenSSH's configuration. Other clouds reach the host's virtual network there.
   */
  address: string;
  /**
   * User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.
   */
  user?: string;
  /**
   * Port of the SSH server. Default: what OpenSSH's configuration says, else 22.
   */
  port?: number;
  /**
   * Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.
   */
  identity_file?: string;
  /**
   * Hosts to go through, the first one first, each as `user@address:port` or as an object. Default: what OpenSSH's configuration says.
   */
  jump?: (JumpText1 | JumpHost)[];
  /**
   * How to become root on the host, where `user` is not root: `none` (never; the user must be in the group docker, and nothing can be installed), `passwordless`, or a password. Default: `passwordless`.
   */
  sudo?: SudoMode1 | SudoPassword;
  /**
   * What the host does in a cluster with the engine `mesos`: be one of its masters, with ZooKeeper and Marathon, run containers (`agent`), or both. 1, 3 or 5 hosts are masters. Default: the first host does both, the others are agents; where any host of the cluster has a role, those without one are agents.
   */
  role?: 'master' | 'agent' | 'both';
  /**
   * Address by which the hosts of the same cluster reach it. Default: `address`.
   */
  private_address?: string;
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
   * Address range of the network. Its last usable addresses are kept for the hosts: one for each.
   */
  cidr: string;
  /**
   * How containers get their addresses and reach each other. `bridge`: a Docker network, on one machine. `wireguard`: encrypted, across hosts. `weave`: Weave Net, across hosts. Default: `wireguard` where a cluster has hosts, otherwise `bridge`.
   */
  driver?: 'bridge' | 'wireguard' | 'weave';
  /**
   * UDP port that the hosts reach each other's `wireguard` at. Default: 51820.
   */
  port?: number;
  weave?: WeaveConfig;
  /**
   * The addresses of containers. A container that is not listed gets the first free one, in the order of `containers`.
   */
  containers?: AddressConfig[];
}
/**
 * Settings of the driver `weave`.
 */
export interface WeaveConfig {
  password?: TextOrSecret;
  /**
   * Version of Weave Net. Default: 2.9.0, of the maintained fork.
   */
  version?: string;
  /**
   * Where the images `weave`, `weaveexec` and `weavedb` are. Default: `rajchaudhuri` for 2.8.2 and later, `weaveworks` before.
   */
  image_prefix?: string;
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
   * Kind of workflow, a recipe of docs/recipes.md: `kinc` builds a gene co-expression network, `kinc3` does so with KINC 3, `osg-kinc` has the original images' own OSG-KINC do so with Pegasus, `command` runs any program over a manifest, `photodemo` measures the luminance of photos. Default: `command` where `workflow.command` is there, `kinc3` where `workflow.kinc3` is, `photodemo` where `workflow.photodemo` is, otherwise `kinc`.
   */
  type?: 'kinc' | 'kinc3' | 'osg-kinc' | 'command' | 'photodemo';
  /**
   * The gene expression matrix: a tab-separated file, gzipped or not. Relative to the folder of the configuration file.
   */
  gem?: string;
  /**
   * Number of similarity jobs to cut the work into. `auto` works it out from the matrix, the slots of the pool and how fast its executors are. Default: `auto`.
   */
  jobs?: JobCount | JobAdvice;
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
  command?: CommandConfig;
  photodemo?: PhotodemoConfig;
  osg_kinc?: OsgKincConfig;
  kinc3?: Kinc3Config;
}
/**
 * Any program over the rows of any manifest, for `crossflock workflow run`. How often a job is tried and its memory are `workflow.retries` and `workflow.request_memory_mb`. See docs/recipes.md.
 */
export interface CommandConfig {
  program: ProgramWords;
  /**
   * What there is to do: a `.tsv` or `.csv` file whose first line names the columns, or a `.jsonl` file with an object a line. Relative to the folder of the configuration file.
   */
  manifest: string;
  /**
   * Rows of a job. With more than one, a job has its rows in a file `rows.tsv`, `rows.csv` or `rows.jsonl` of its folder, with the header, and `{column}` cannot be used. Default: 1.
   */
  chunk?: number;
  /**
   * Files to send to every job, and to the last step; there they are in the folder that the program runs in. Relative to the folder of the configuration file. Default: none.
   */
  inputs?: string[];
  outputs?: OutputNames;
  gather?: GatherConfig;
  /**
   * Cores that each job asks for. Default: 1.
   */
  cpus?: number;
  /**
   * Disk space that each job asks for, in MB. Default: 256.
   */
  disk_mb?: number;
}
/**
 * A step that runs once all jobs are done, with their results in its folder `results`. Then its results are those of the run. Default: none; the results of the jobs are those of the run.
 */
export interface GatherConfig {
  program: ProgramWords;
  outputs?: OutputNames;
}
/**
 * Photos with years, whose luminance is drawn over the years: one of `manifest` and `photos`. See docs/recipes.md.
 */
export interface PhotodemoConfig {
  /**
   * A text file with the URL of a photo and its year in each line, which the executors fetch; `#` starts a comment. Relative to the folder of the configuration file.
   */
  manifest?: string;
  /**
   * A folder of JPEG files, which the submitter serves to the executors. The year of each is that of `years.csv` or `years.tsv` in the folder, otherwise that in its name or its folder's, otherwise that of its EXIF data (DateTimeOriginal). Relative to the folder of the configuration file.
   */
  photos?: string;
  /**
   * Photos of a job. Default: 200.
   */
  chunk?: number;
  /**
   * With so many photos, the first ones, the job is tried in the submitter before anything is submitted; 0: it is not. Default: 5.
   */
  test?: number;
  /**
   * How a photo's luminance is worked out: `bt601` is the mean luma of its pixels (ITU-R BT.601), `tutorial` the perceived brightness of the tutorial's own program. Default: `bt601`.
   */
  luminance?: 'bt601' | 'tutorial';
}
/**
 * Where the submitter's image has OSG-KINC, for `type: "osg-kinc"`. The defaults are those of the original images, so that it can be left out. Of `workflow`, only `jobs` counts beside it. See docs/recipes.md.
 */
export interface OsgKincConfig {
  /**
   * Folder of OSG-KINC in the submitter. Default: `/home/condor_pool/OSG-KINC`.
   */
  directory?: string;
  /**
   * The program there that plans and submits, with the number of jobs as its first argument. Default: `./submit`.
   */
  program?: string;
  /**
   * What comes after the number of jobs: OSG-KINC takes the path of a matrix in iRODS. Default: nothing.
   */
  arguments?: string[];
  /**
   * Folder that Pegasus puts the outputs into, relative to the run's directory. Default: `outputs`. OSG-KINC before 2018 had `../../outputs`.
   */
  outputs?: string;
  /**
   * Outputs that a finished run must have, and that are fetched; `{job}` stands for each number from 1 to `jobs`. They may be large: with an empty list they stay in the submitter. Default: what OSG-KINC's jobs leave.
   */
  results?: string[];
}
/**
 * What KINC version 3 is told beyond what `workflow` says for every matrix: `method`, `min_obs`, `na_val` and `threshold`. The defaults are KINC's own. See docs/recipes.md.
 */
export interface Kinc3Config {
  program?: ProgramWords;
  /**
   * What is done to the samples of a pair before they are correlated: `gmm` looks for clusters by Gaussian mixture models, each of which is correlated on its own; `none` takes them together. Default: `none`.
   */
  clustering?: 'none' | 'gmm';
  /**
   * Least number of clusters to try. Default: 1.
   */
  min_clusters?: number;
  /**
   * Largest number of clusters to try. Default: 5.
   */
  max_clusters?: number;
  /**
   * How the number of clusters is chosen. Default: `ICL`.
   */
  criterion?: 'AIC' | 'BIC' | 'ICL';
  /**
   * A sample counts for a pair from this value of both genes on. Default: all do.
   */
  min_expression?: number;
  /**
   * A sample counts for a pair up to this value of both genes. Default: all do.
   */
  max_expression?: number;
  /**
   * Leave outliers out before clusters are looked for. Default: true.
   */
  remove_outliers_before?: boolean;
  /**
   * Leave outliers of each cluster out. Default: true.
   */
  remove_outliers_after?: boolean;
  /**
   * Correlations below this, in absolute value, are not kept. Default: 0.5.
   */
  min_correlation?: number;
  /**
   * Correlations above this, in absolute value, are not kept. Default: 1.
   */
  max_correlation?: number;
  rmt?: Kinc3RmtConfig;
  /**
   * Columns of the network: `tidy` and `text` also tell the samples of each edge, `minimal` does not and is much smaller. Default: `tidy`.
   */
  format?: 'tidy' | 'text' | 'minimal';
  /**
   * Fetch KINC's own files, `gem.emx`, `gem.ccm` and `gem.cmx`, too, which its other functions take. They may be large. Default: false; they stay in the submitter.
   */
  fetch_matrices?: boolean;
}
/**
 * How KINC looks for the threshold, where `workflow.threshold` is `rmt`: from `start` down to `stop`.
 */
export interface Kinc3RmtConfig {
  /**
   * The first threshold to try. Default: 0.99.
   */
  start?: number;
  /**
   * How much lower the next one is. Default: 0.001.
   */
  step?: number;
  /**
   * The search fails below this. Default: 0.5.
   */
  stop?: number;
  /**
   * Which correlation counts of a pair with several clusters: the `first`, the largest in absolute value (`maxcorr`), or a `random` one. Default: `first`.
   */
  reduction?: 'first' | 'maxcorr' | 'random';
}
