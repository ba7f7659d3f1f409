/**
 * What the runtime needs of a container engine; the only place that knows Docker is the adapter
 * behind it. Every call may throw `EngineError`.
 */
export interface ContainerEngine {
  info(): Promise<EngineInfo>;
  /** True when the image is on this machine. */
  hasImage(image: string): Promise<boolean>;
  /** Resolves when the image is on this machine. */
  pull(image: string): Promise<void>;
  /** Creates a container and answers its id. Does not start it. */
  create(spec: ContainerSpec): Promise<string>;
  start(id: string): Promise<void>;
  /** Asks the process to end and kills it after `graceSeconds`; one that has ended is fine. */
  stop(id: string, graceSeconds: number): Promise<void>;
  /** Removes it with its anonymous volumes, running or not; one that is not there is fine. */
  remove(id: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  /** Undefined when there is no such container. */
  inspect(id: string): Promise<ContainerStatus | undefined>;
  /** Ids of all containers, running or not, that carry the label. */
  list(label: Label): Promise<readonly string[]>;
  /** The last lines of the container's output, oldest first. */
  logTail(id: string, lines: number): Promise<string>;
  /** Runs a command in a running container; undefined exit code when it took too long. */
  exec(id: string, argv: readonly string[], timeoutMs: number): Promise<ExecResult>;
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** One that is not there is fine. */
  removeVolume(name: string): Promise<void>;
  listVolumes(label: Label): Promise<readonly VolumeRecord[]>;
  /**
   * Resolves when the stream of events is open; `closed` settles when it breaks. Events that
   * happened before it was open are lost, so the caller lists afterwards.
   */
  events(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<EventStream>;
}

export interface Label {
  readonly key: string;
  readonly value: string;
}

export interface EngineInfo {
  readonly cpus: number;
  /** MB */
  readonly memory: number;
}

export interface EventStream {
  readonly closed: Promise<void>;
}

export interface VolumeRecord {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineEvent {
  readonly type: 'container' | 'volume';
  readonly action: string;
  /** Container id or volume name. */
  readonly id: string;
  /** Labels of the container; empty for volumes. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ExecResult {
  readonly exitCode: number | undefined;
  /** Standard output and error, shortened. */
  readonly output: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: 'created' | 'running' | 'exited';
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** What the engine says about a failed start; empty otherwise. */
  readonly error: string;
  /** ISO time; undefined when it never ran. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly ipAddresses: readonly string[];
}

/** All that is set on a container; the adapter translates it one to one. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly tty: boolean;
  readonly privileged: boolean;
  /** `host`, `bridge`, `none` or the name of a network. */
  readonly network: string;
  readonly publish: readonly PublishedPort[];
  readonly exposed: readonly string[];
  readonly binds: readonly string[];
  /** Bytes. */
  readonly memory: number;
  /** Bytes; `-1` is no limit. */
  readonly memorySwap: number;
  readonly cpuShares: number;
  readonly cpuQuota: number;
  readonly cpuPeriod: number;
  readonly extra: ExtraSettings;
}

export interface PublishedPort {
  /** `8080/tcp` */
  readonly container: string;
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** What Docker parameters of an app set beyond the rest. */
export interface ExtraSettings {
  readonly ip?: string;
  readonly hostname?: string;
  readonly macAddress?: string;
  readonly networkAliases: readonly string[];
  readonly workdir?: string;
  readonly stopSignal?: string;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly devices: readonly string[];
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly securityOpt: readonly string[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly extraHosts: readonly string[];
  readonly groupAdd: readonly string[];
  readonly ulimits: readonly {
    readonly name: string;
    readonly soft: number;
    readonly hard: number;
  }[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly shmSize?: number;
  readonly init?: boolean;
  readonly readOnly?: boolean;
  readonly pidsLimit?: number;
  readonly ipcMode?: string;
  readonly pidMode?: string;
  readonly logDriver?: string;
  readonly logOptions: Readonly<Record<string, string>>;
}

/** The engine refused or could not be reached. */
export class EngineError extends Error {
  /**
   * `missing`: no such image, container, network; `conflict`: a name, port or address in use;
   * `unreachable`: no answer from the engine at all.
   */
  readonly kind: 'missing' | 'conflict' | 'unreachable' | 'refused';
  constructor(message: string, kind: EngineError['kind'], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EngineError';
    this.kind = kind;
  }
}
