/** What master, agent and framework say to each other; shapes of Mesos where they are shown. */

export interface Range {
  readonly begin: number;
  readonly end: number;
}

export interface Resources {
  readonly cpus: number;
  /** MB */
  readonly mem: number;
  /** MB */
  readonly disk: number;
  readonly ports: readonly Range[];
}

export type Attributes = Readonly<Record<string, string | number>>;

export interface AgentInfo {
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
  readonly resources: Resources;
  readonly attributes: Attributes;
}

export interface DockerInfo {
  readonly image: string;
  /** `HOST`, `BRIDGE`, `NONE` or `USER` */
  readonly network: string;
  /** Of `USER`. */
  readonly networkName?: string;
  readonly privileged: boolean;
  readonly forcePullImage: boolean;
  readonly portMappings: readonly {
    readonly hostPort: number;
    readonly containerPort: number;
    readonly protocol: string;
  }[];
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
}

export interface TaskCheck {
  readonly type: 'COMMAND' | 'TCP' | 'HTTP';
  readonly command?: string;
  readonly port?: number;
  readonly path?: string;
  readonly delaySeconds: number;
  readonly graceSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** 0: for ever. */
  readonly failures: number;
}

export interface TaskInfo {
  readonly id: string;
  readonly name: string;
  readonly resources: {
    readonly cpus: number;
    readonly mem: number;
    readonly disk: number;
    readonly ports: readonly number[];
  };
  readonly docker: DockerInfo;
  readonly volumes: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly mode: string;
  }[];
  readonly env: Readonly<Record<string, string>>;
  /** One of both, or neither for the image's own command. */
  readonly shell?: string;
  readonly args?: readonly string[];
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly check?: TaskCheck;
  readonly killGraceSeconds: number;
}

export type TaskState =
  | 'TASK_STAGING'
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_KILLING'
  | 'TASK_KILLED'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_ERROR'
  | 'TASK_LOST'
  | 'TASK_GONE_BY_OPERATOR'
  | 'TASK_UNREACHABLE';

export const isTerminal = (state: TaskState): boolean =>
  !['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'].includes(state);

export interface TaskStatus {
  readonly uuid: string;
  readonly taskId: string;
  readonly state: TaskState;
  /** Seconds. */
  readonly timestamp: number;
  readonly source: 'SOURCE_EXECUTOR' | 'SOURCE_AGENT' | 'SOURCE_MASTER';
  readonly reason?: string;
  readonly message?: string;
  readonly healthy?: boolean;
  readonly containerId?: string;
  readonly ip?: string;
}

/** A task as master and agent keep it. */
export interface TaskRecord {
  readonly info: TaskInfo;
  readonly frameworkId: string;
  readonly agentId: string;
  statuses: TaskStatus[];
}

export interface FrameworkInfo {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly webuiUrl: string;
  readonly user: string;
  readonly role: string;
  readonly principal: string;
  readonly failoverSeconds: number;
  readonly checkpoint: boolean;
}

export interface Proof {
  readonly principal: string;
  /** HMAC-MD5 of the master's challenge with the secret, as CRAM-MD5 makes it. */
  readonly answer: string;
}

export type AgentSays =
  | {
      readonly type: 'register';
      readonly proof?: Proof;
      readonly agentId?: string;
      readonly info: AgentInfo;
      readonly tasks: readonly TaskRecord[];
      readonly frameworks: readonly FrameworkInfo[];
    }
  | { readonly type: 'status'; readonly frameworkId: string; readonly status: TaskStatus }
  | { readonly type: 'pong' }
  | { readonly type: 'unregister' };

export type MasterTellsAgent =
  | { readonly type: 'challenge'; readonly nonce: string; readonly master: string }
  | { readonly type: 'refused' }
  /** It was given up for good. */
  | { readonly type: 'shutdown' }
  | {
      readonly type: 'registered';
      readonly agentId: string;
      readonly isNew: boolean;
      readonly hostname: string;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'launch'; readonly framework: FrameworkInfo; readonly task: TaskInfo }
  | { readonly type: 'kill'; readonly taskId: string; readonly frameworkId: string }
  | {
      readonly type: 'ack';
      readonly taskId: string;
      readonly frameworkId: string;
      readonly uuid: string;
    };

export interface AgentView {
  readonly id: string;
  readonly hostname: string;
  readonly attributes: Attributes;
  readonly total: Resources;
  /** Of all tasks there that have not ended. */
  readonly used: {
    readonly cpus: number;
    readonly mem: number;
    readonly disk: number;
    readonly ports: readonly number[];
  };
}

export type FrameworkSays =
  | {
      readonly type: 'subscribe';
      readonly proof?: Proof;
      readonly info: Omit<FrameworkInfo, 'id'> & { readonly id?: string };
    }
  | { readonly type: 'launch'; readonly agentId: string; readonly task: TaskInfo }
  | { readonly type: 'kill'; readonly taskId: string }
  | { readonly type: 'ack'; readonly taskId: string; readonly uuid: string };

export type MasterTellsFramework =
  | { readonly type: 'challenge'; readonly nonce: string; readonly master: string }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'subscribed'; readonly frameworkId: string; readonly master: string }
  /** Active agents, whenever anything about them changes. */
  | { readonly type: 'agents'; readonly agents: readonly AgentView[] }
  | { readonly type: 'status'; readonly agentId: string; readonly status: TaskStatus }
  /** All tasks of the framework on an agent that has just registered. */
  | { readonly type: 'tasks'; readonly agentId: string; readonly taskIds: readonly string[] };

/** What a master puts into ZooKeeper. */
export interface MasterInfo {
  readonly id: string;
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
}
