import type { MarathonApp } from '../ports/marathon-app.js';
import type { SshTarget } from '../ports/ssh-target.js';

/** The whole deployment, worked out: addresses given, lists derived, apps ready to post. */
export interface Plan {
  /** Names the deployment: its Docker network and its embedded Marathons. */
  readonly name: string;
  readonly clusters: readonly ClusterPlan[];
  readonly apps: readonly AppPlan[];
  /**
   * Virtual IPs of the pools that the submitter sends jobs to, where it is told while it runs;
   * undefined where its arguments say so, or there is no submitter.
   */
  readonly flockList?: readonly string[];
  readonly network: NetworkPlan;
  readonly workflow: WorkflowPlan;
  readonly docker: DockerPlan;
  /** Registry that serves the images; undefined: they are sent over SSH. */
  readonly registry?: string;
}

export interface ClusterPlan {
  readonly id: string;
  /** The machines of the cluster; none: the machine that runs crossflock. */
  readonly hosts: readonly HostPlan[];
  readonly engine: EmbeddedEngine | MesosEngine | GivenEngine;
  /**
   * Base of the Marathon API without a trailing slash, such as `http://127.0.0.1:19090`; seen from
   * the cluster's own host where it has hosts and the engine is not given. With Mesos, the first
   * master's: any other answers as well.
   */
  readonly marathonUrl: string;
  /** Basic authentication, already resolved; never shown. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Price of an hour of one core, in whatever currency the configuration means. */
  readonly pricePerCoreHour?: number;
}

/** A machine of a cluster. */
export interface HostPlan {
  /** Unique in the whole deployment. */
  readonly id: string;
  readonly clusterId: string;
  readonly role: 'master' | 'agent' | 'both';
  readonly ssh: SshTarget;
  /** Where other clouds reach it. */
  readonly address: string;
  /** Where the hosts of its own cluster reach it. */
  readonly privateAddress: string;
}

/** How Docker Engine comes to a host that has none. */
export interface DockerPlan {
  readonly source: 'distribution' | 'docker';
  readonly groupUsers: readonly string[];
}

/** The embedded Marathon on one host's Docker Engine. */
export interface EmbeddedEngine {
  readonly type: 'embedded';
  /** Loopback port it listens on. */
  readonly port: number;
  /** What it may give to tasks; the host's own where absent. */
  readonly resources: { readonly cpus?: number; readonly mem?: number; readonly disk?: number };
}

/** ZooKeeper, Mesos and Marathon on the hosts of a cluster. */
export interface MesosEngine {
  readonly type: 'mesos';
  /** Name of the deployment that it belongs to. */
  readonly deployment: string;
  readonly install: 'images' | 'source';
  /** To compile with, where `install` is `source`. */
  readonly cores: number;
  /** With their tags. */
  readonly images: MesosImages;
  readonly ports: MesosPorts;
  /** What each agent offers, CPUs and MB; what Mesos finds where absent. */
  readonly resources: { readonly cpus?: number; readonly mem?: number; readonly disk?: number };
  /** To add to crossflock's own, by the long name without `--`. */
  readonly flags: Readonly<Record<'master' | 'agent' | 'marathon', MesosFlags>>;
  /** Hosts with a ZooKeeper, a master and a Marathon: 1, 3 or 5, in the configuration's order. */
  readonly masters: readonly MesosMember[];
  /** Hosts that run tasks. */
  readonly agents: readonly MesosMember[];
  /** Masters that must agree. */
  readonly quorum: number;
}

/** A flag with `true` or `false` has no value: `--name`, `--no-name`. */
export type MesosFlags = Readonly<Record<string, string | number | boolean>>;

export interface MesosMember {
  readonly hostId: string;
  /**
   * IPv4 address that its parts listen on and are reached at by the other hosts of the cluster;
   * 127.0.0.1 in a cluster of one host.
   */
  readonly address: string;
}

export interface MesosImages {
  readonly zookeeper: string;
  readonly master: string;
  readonly agent: string;
  readonly marathon: string;
}

export interface MesosPorts {
  readonly zookeeper: number;
  /** Among the members of the ensemble. */
  readonly zookeeperPeer: number;
  readonly zookeeperElection: number;
  readonly master: number;
  readonly agent: number;
  readonly marathon: number;
}

/** Somebody else's Marathon: nothing is installed. */
export interface GivenEngine {
  readonly type: 'given';
}

export type AppRole = 'submitter' | 'executor' | 'other';

export interface AppPlan {
  /** The container's id in the configuration, with `-<n>` where it asked for several instances. */
  readonly containerId: string;
  readonly clusterId: string;
  readonly role: AppRole;
  /** Virtual IP, inside `network.cidr`. */
  readonly ip: string;
  /** Without the virtual network's additions: `VirtualNetwork.decorate` makes them. */
  readonly app: MarathonApp;
}

export interface NetworkPlan {
  readonly driver: 'bridge' | 'wireguard' | 'weave';
  /** Name of the Docker network. */
  readonly name: string;
  readonly cidr: string;
  /** The address of the only host, or the first of the hosts' addresses: the top of the CIDR. */
  readonly gateway: string;
  /** UDP port of `wireguard`. */
  readonly port: number;
  /** Virtual IPs that containers have, which no host can take. */
  readonly taken: readonly string[];
  /** Of the driver `weave`; the password is never shown. */
  readonly weave?: {
    readonly password?: string;
    readonly version: string;
    readonly imagePrefix: string;
  };
}

/** Names of the recipes. */
export type WorkflowType = 'kinc' | 'kinc3' | 'osg-kinc' | 'command' | 'photodemo';

export interface WorkflowPlan {
  readonly type: WorkflowType;
  /** Number of similarity jobs; undefined: worked out from the slots there are. */
  readonly jobs?: number;
  readonly gem?: string;
  readonly method: 'sc' | 'pc';
  readonly minObs: number;
  readonly naValue: string;
  /** A value between 0 and 1, or `rmt` for random matrix theory. */
  readonly threshold: number | 'rmt';
  readonly requestMemoryMb: number;
  readonly retries: number;
  readonly command?: CommandPlan;
  readonly photodemo?: PhotodemoPlan;
  readonly osgKinc?: OsgKincPlan;
  readonly kinc3?: Kinc3Plan;
}

/** KINC version 3, beyond what holds for every matrix. */
export interface Kinc3Plan {
  /** Words that start it on an executor. */
  readonly program: readonly string[];
  readonly clustering: 'none' | 'gmm';
  readonly minClusters: number;
  readonly maxClusters: number;
  readonly criterion: 'AIC' | 'BIC' | 'ICL';
  /** A sample counts for a pair from and up to these values; undefined: all do. */
  readonly minExpression?: number;
  readonly maxExpression?: number;
  readonly removeOutliersBefore: boolean;
  readonly removeOutliersAfter: boolean;
  /** Absolute values of the correlations that are kept. */
  readonly minCorrelation: number;
  readonly maxCorrelation: number;
  readonly rmt: {
    readonly start: number;
    readonly step: number;
    readonly stop: number;
    readonly reduction: 'first' | 'maxcorr' | 'random';
  };
  readonly format: 'tidy' | 'text' | 'minimal';
  readonly fetchMatrices: boolean;
}

/** OSG-KINC in the submitter's image, which Pegasus plans. */
export interface OsgKincPlan {
  /** Folder in the submitter. */
  readonly directory: string;
  /** Program there that plans and submits, given the number of jobs. */
  readonly program: string;
  /** What comes after the number of jobs. */
  readonly arguments: readonly string[];
  /** Folder of the outputs, relative to the run's directory. */
  readonly outputs: string;
  /** Names of outputs to fetch; `{job}` stands for each number from 1 on. */
  readonly results: readonly string[];
}

/** Any program over the rows of a manifest. */
export interface CommandPlan {
  /** With placeholders; a relative path is relative to the configuration's folder. */
  readonly program: readonly string[];
  /** Local path. */
  readonly manifest: string;
  /** Rows of a job. */
  readonly chunk: number;
  /** Local paths. */
  readonly inputs: readonly string[];
  /** Names with placeholders; none: what a job prints is its result. */
  readonly outputs: readonly string[];
  readonly gather?: { readonly program: readonly string[]; readonly outputs: readonly string[] };
  readonly cpus: number;
  readonly diskMb?: number;
  readonly requestMemoryMb: number;
  readonly retries: number;
}

/** Photos with years; exactly one of `manifest` and `photos` makes sense. */
export interface PhotodemoPlan {
  /** Local path of a text file. */
  readonly manifest?: string;
  /** Local path of a folder. */
  readonly photos?: string;
  /** Photos of a job. */
  readonly chunk: number;
  /** Photos of the test before the submission; 0: none. */
  readonly test: number;
  readonly luminance: 'bt601' | 'tutorial';
  readonly requestMemoryMb: number;
  readonly retries: number;
}
