/** An app as a request describes it: read and type-checked, legacy properties still in it. */
import type { AppNetwork, HealthCheck, PortDefinition } from '../../orchestrator.js';

export type Labels = Readonly<Record<string, string>>;

export interface RawPortMapping {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly servicePort: number;
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Labels;
  readonly networkNames?: readonly string[];
}

export interface RawDocker {
  readonly image: string;
  readonly privileged: boolean;
  readonly forcePullImage: boolean;
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
  readonly pullConfig?: { readonly secret: string };
  readonly credential?: unknown;
  /** Legacy: BRIDGE, HOST, USER, NONE. */
  readonly network?: string;
  /** Legacy place of the port mappings. */
  readonly portMappings?: readonly RawPortMapping[];
}

export interface PersistentVolume {
  readonly size: number;
  readonly type?: string;
  readonly maxSize?: number;
  readonly constraints: readonly (readonly string[])[];
}

export interface ExternalVolume {
  readonly name?: string;
  readonly provider?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface RawVolume {
  readonly containerPath: string;
  readonly hostPath?: string;
  readonly mode?: string;
  readonly persistent?: PersistentVolume;
  readonly external?: ExternalVolume;
  readonly secret?: string;
}

export interface RawContainer {
  readonly type: 'DOCKER' | 'MESOS';
  readonly docker?: RawDocker;
  readonly volumes: readonly RawVolume[];
  readonly portMappings?: readonly RawPortMapping[];
  readonly linuxInfo?: unknown;
}

export interface RawHealthCheck {
  readonly protocol: HealthCheck['protocol'];
  readonly ipProtocol: string;
  readonly ignoreHttp1xx?: boolean;
  readonly command?: { readonly value: string };
  readonly path?: string;
  readonly port?: number;
  readonly portIndex?: number;
}

export interface RawReadinessCheck {
  readonly portName: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly httpStatusCodesForReady?: readonly number[];
}

export interface RawIpAddress {
  readonly networkName?: string;
  readonly labels?: Labels;
  readonly discovery?: {
    readonly ports?: readonly {
      readonly number: number;
      readonly name: string;
      readonly protocol: string;
      readonly labels: Labels;
    }[];
  };
}

interface PortCheck {
  readonly port?: number;
  readonly portIndex?: number;
}

export interface Artifact {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string;
}

/** Every property optional: an update. A new app has the defaults of the type table. */
export interface RawUpdate {
  readonly id?: string;
  readonly cmd?: string;
  readonly args?: readonly string[];
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
  readonly instances?: number;
  readonly env?: Readonly<Record<string, string | { readonly secret: string }>>;
  readonly labels?: Labels;
  readonly constraints?: readonly (readonly string[])[];
  readonly container?: RawContainer;
  readonly networks?: readonly AppNetwork[];
  readonly portDefinitions?: readonly PortDefinition[];
  readonly healthChecks?: readonly RawHealthCheck[];
  readonly readinessChecks?: readonly RawReadinessCheck[];
  readonly check?: { readonly http?: PortCheck; readonly tcp?: PortCheck; readonly exec?: unknown };
  readonly dependencies?: readonly string[];
  readonly backoffSeconds?: number;
  readonly backoffFactor?: number;
  readonly maxLaunchDelaySeconds?: number;
  readonly upgradeStrategy?: {
    readonly minimumHealthCapacity: number;
    readonly maximumOverCapacity: number;
  };
  readonly unreachableStrategy?:
    string | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly requirePorts?: boolean;
  readonly taskKillGracePeriodSeconds?: number;
  readonly killSelection?: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly role?: string;
  readonly acceptedResourceRoles?: readonly string[];
  readonly user?: string;
  readonly tty?: boolean;
  readonly executor?: string;
  readonly executorResources?: unknown;
  readonly resourceLimits?: {
    readonly cpus?: number | string;
    readonly mem?: number | string;
  };
  readonly residency?: unknown;
  readonly secrets?: Readonly<Record<string, { readonly source: string }>>;
  readonly fetch?: readonly Artifact[];
  readonly version?: string;
  /** Legacy. */
  readonly uris?: readonly string[];
  /** Legacy. */
  readonly ports?: readonly number[];
  /** Legacy. */
  readonly ipAddress?: RawIpAddress;
}

type Defaulted =
  | 'cpus'
  | 'mem'
  | 'disk'
  | 'gpus'
  | 'instances'
  | 'labels'
  | 'backoffSeconds'
  | 'backoffFactor'
  | 'maxLaunchDelaySeconds'
  | 'requirePorts'
  | 'killSelection'
  | 'executor';

/** A whole app: what has a fixed default is there. */
export type RawApp = Omit<RawUpdate, Defaulted | 'id'> &
  Required<Pick<RawUpdate, Defaulted>> & { readonly id: string };

export interface RawGroup {
  readonly id?: string;
  readonly apps?: readonly RawApp[];
  readonly groups?: readonly RawGroup[];
  readonly dependencies?: readonly string[];
  readonly scaleBy?: number;
  readonly version?: string;
  readonly enforceRole?: boolean;
}
