/**
 * The seam inside the embedded Marathon: the HTTP API (`api/`) on one side, the Docker runtime
 * (`runtime/`) on the other. The API validates, normalises and renders; the orchestrator decides
 * and acts. Ids are absolute paths (`/submitter`), timestamps ISO UTC with milliseconds.
 */

/** An app in canonical 1.5+ form, every default filled in, as `GET /v2/apps/{id}` shows it. */
export interface AppDefinition {
  readonly id: string;
  readonly cmd?: string;
  readonly args?: readonly string[];
  readonly cpus: number;
  /** MB */
  readonly mem: number;
  /** MB */
  readonly disk: number;
  readonly gpus: number;
  readonly instances: number;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints?: readonly (readonly string[])[];
  readonly container?: AppContainer;
  readonly networks: readonly AppNetwork[];
  readonly portDefinitions?: readonly PortDefinition[];
  readonly healthChecks?: readonly HealthCheck[];
  readonly dependencies?: readonly string[];
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly upgradeStrategy: {
    readonly minimumHealthCapacity: number;
    readonly maximumOverCapacity: number;
  };
  readonly requirePorts: boolean;
  readonly taskKillGracePeriodSeconds?: number;
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly role: string;
  readonly user?: string;
  /** Everything else that is kept and shown but not acted upon (fetch, secrets, check, …). */
  readonly [other: string]: unknown;
}

export interface AppNetwork {
  readonly mode: 'host' | 'container' | 'container/bridge';
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AppContainer {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: {
    readonly image: string;
    readonly privileged: boolean;
    readonly forcePullImage: boolean;
    readonly parameters: readonly { readonly key: string; readonly value: string }[];
    readonly [other: string]: unknown;
  };
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly portMappings?: readonly PortMapping[];
  readonly [other: string]: unknown;
}

export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly servicePort: number;
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networkNames?: readonly string[];
}

export interface PortDefinition {
  readonly port: number;
  readonly protocol: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface HealthCheck {
  readonly protocol:
    'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly maxConsecutiveFailures: number;
  readonly delaySeconds: number;
  readonly path?: string;
  readonly port?: number;
  readonly portIndex?: number;
  readonly command?: { readonly value: string };
  readonly [other: string]: unknown;
}

/** One stored version of an app. */
export interface AppVersion {
  readonly definition: AppDefinition;
  /** When this version was written; the app's `version`. */
  readonly version: string;
  /** `versionInfo`: last change of `instances` only, last change of anything else. */
  readonly lastScalingAt: string;
  readonly lastConfigChangeAt: string;
}

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_KILLED'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_ERROR';

export interface HealthResult {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly firstSuccess?: string;
  readonly lastSuccess?: string;
  readonly lastFailure?: string;
  readonly lastFailureCause?: string;
}

export interface Task {
  /** `<id with _ for />.instance-<uuid>._app.<incarnation>` */
  readonly id: string;
  readonly appId: string;
  readonly state: TaskState;
  readonly host: string;
  /** Host ports, in the order of the port mappings or definitions. */
  readonly ports: readonly number[];
  readonly ipAddresses: readonly { readonly ipAddress: string; readonly protocol: 'IPv4' }[];
  readonly stagedAt: string;
  readonly startedAt?: string;
  /** The app version it was started from. */
  readonly version: string;
  /** One per health check of the app, in order, once known. */
  readonly health: readonly HealthResult[];
}

export interface TaskFailure {
  readonly appId: string;
  readonly taskId: string;
  readonly host: string;
  /** Exit code, OOM, pull failure …, with the end of the container's log. */
  readonly message: string;
  readonly state: TaskState;
  readonly timestamp: string;
  readonly version: string;
}

export type DeploymentActionName =
  'StartApplication' | 'ScaleApplication' | 'RestartApplication' | 'StopApplication';

export interface DeploymentAction {
  readonly action: DeploymentActionName;
  readonly app: string;
}

export interface Deployment {
  readonly id: string;
  /** The version of the group (and of its changed apps) that it leads to. */
  readonly version: string;
  readonly affectedApps: readonly string[];
  readonly steps: readonly { readonly actions: readonly DeploymentAction[] }[];
  readonly currentActions: readonly DeploymentAction[];
  /** 1-based */
  readonly currentStep: number;
}

/** Why an app waits, in Marathon's words and in a sentence. */
export interface QueueEntry {
  readonly app: AppVersion;
  /** Instances still to launch. */
  readonly count: number;
  readonly since: string;
  readonly delay: { readonly timeLeftSeconds: number; readonly overdue: boolean };
  readonly processedOffers: number;
  readonly unusedOffers: number;
  readonly lastUsedAt?: string;
  /** `InsufficientCpus`, `InsufficientMemory`, `InsufficientDisk`, `InsufficientPorts`, … */
  readonly rejections: readonly { readonly reason: RejectReason; readonly declined: number }[];
  /** The offer that suited least recently; undefined before there was one. */
  readonly lastUnusedOffer?: UnusedOffer;
}

/** What this host had to offer when the app was not launched. */
export interface UnusedOffer {
  readonly timestamp: string;
  readonly reason: RejectReason;
  readonly cpus: number;
  /** MB */
  readonly mem: number;
  /** MB */
  readonly disk: number;
  /** Host ports that are free, as ranges with both ends in them. */
  readonly ports: readonly { readonly begin: number; readonly end: number }[];
}

export type RejectReason =
  | 'UnfulfilledRole'
  | 'UnfulfilledConstraint'
  | 'NoCorrespondingReservationFound'
  | 'AgentMaintenance'
  | 'InsufficientCpus'
  | 'InsufficientMemory'
  | 'InsufficientDisk'
  | 'InsufficientGpus'
  | 'InsufficientPorts'
  | 'DeclinedScarceResources';

/** What a write wants: these definitions put, these apps removed, in one deployment. */
export interface DesiredChange {
  readonly put: readonly AppDefinition[];
  readonly remove: readonly string[];
  /** Apps to restart although nothing about them changed. */
  readonly restart?: readonly string[];
  /** Groups to remember although no app is in them (`PUT /v2/groups`), or to forget. */
  readonly groupsAdded?: readonly string[];
  readonly groupsRemoved?: readonly string[];
}

/** Anything that happens, as `/v2/events` sends it; `eventType` and `timestamp` always present. */
export interface MarathonEvent {
  readonly eventType: string;
  readonly timestamp: string;
  readonly [field: string]: unknown;
}

/** Thrown by `deploy` and `killTasks`: these deployments hold the app (409). */
export class LockedError extends Error {
  readonly deployments: readonly string[];
  constructor(deployments: readonly string[]) {
    super('app is locked by one or more deployments');
    this.name = 'LockedError';
    this.deployments = deployments;
  }
}

/**
 * Reads are synchronous views of the state in memory; writes resolve when stored (in Docker
 * labels), not when done. Not-found is checked by the API before it calls.
 */
export interface Orchestrator {
  /** Framework id and start time of this server, for /v2/info and /v2/leader. */
  readonly hostname: string;
  apps(): readonly AppVersion[];
  app(id: string): AppVersion | undefined;
  /** All stored versions of an app, newest first. */
  versions(id: string): readonly AppVersion[];
  /** Explicitly created groups that may be empty, without the root. */
  groups(): readonly string[];
  tasks(appId?: string): readonly Task[];
  lastFailure(appId: string): TaskFailure | undefined;
  deployments(): readonly Deployment[];
  queue(): readonly QueueEntry[];
  /** Stores the change and starts the deployment; no difference means an empty deployment that
   * has ended. Assigns service ports. Throws `LockedError` unless forced. */
  deploy(change: DesiredChange, force: boolean): Promise<Deployment>;
  /** What `deploy` would do (dry run of groups). */
  plan(change: DesiredChange): readonly { readonly actions: readonly DeploymentAction[] }[];
  /** Kills without scaling: replacements follow. Unknown ids are skipped. */
  killTasks(taskIds: readonly string[], options: { readonly wipe: boolean }): Promise<void>;
  /** Kills and lowers `instances` by as many, per app, in one deployment. */
  killAndScale(taskIds: readonly string[], force: boolean): Promise<Deployment>;
  /** Cancels; without `force` a deployment back to the former versions is started and returned. */
  cancelDeployment(id: string, force: boolean): Promise<Deployment | undefined>;
  /** Forgets the back-off of an app; false when it is not in the queue. */
  resetDelay(appId: string): boolean;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: MarathonEvent) => void): () => void;
  /** Hands an event to all subscribers. The API publishes `api_post_event`, `group_change_success`,
   * `group_change_failed`, `event_stream_attached` and `event_stream_detached`; the orchestrator
   * publishes all others (deployments, tasks, instances, health). */
  publish(event: MarathonEvent): void;
}
