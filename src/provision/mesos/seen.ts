import type { DockerState } from '../docker/docker-state.js';
import type { Listener } from '../facts/listeners.js';
import type { AgentAnswer, MasterAnswer } from './mesos-answers.js';
import type { MesosSecret } from './secrets.js';
import type { ZooKeeperAnswer } from './zookeeper-answer.js';

/** What was seen of the engine on one host. */
export interface MesosSeen {
  /** Of the wanted files, by path: those that are there. */
  readonly files: ReadonlyMap<string, SeenFile>;
  /** By path: from which spec a file was written, and the SHA-256 of what was written. */
  readonly manifest: ReadonlyMap<string, { readonly spec: string; readonly sha256: string }>;
  readonly secrets: Partial<Record<MesosSecret, string>>;
  readonly services: readonly SeenService[];
  /** With which spec each service was started, by its part. */
  readonly specs: ReadonlyMap<string, string>;
  /** Id of the image whose file system the agent's link names. */
  readonly agentRoot: string | undefined;
  readonly docker: DockerState;
  /** Names of containers that some Mesos agent has started on the engine. */
  readonly taskContainers: readonly string[];
  /** Ids of the wanted images that are there, by reference. */
  readonly images: ReadonlyMap<string, string>;
  readonly system: SeenSystem;
  readonly past: AgentPast | undefined;
  /** Masters and agents that run, whoever started them. */
  readonly processes: readonly MesosProcess[];
  /** Hash of `/etc/machine-id`; undefined without one. */
  readonly machine: string | undefined;
  /** Undefined where the engine was set up here before. */
  readonly dockerClient: string | undefined;
  readonly listeners: readonly Listener[];
  readonly zookeeper: ZooKeeperAnswer | undefined;
  readonly master: MasterAnswer | undefined;
  readonly agent: AgentAnswer | undefined;
  readonly marathonAnswers: boolean;
}

export interface SeenFile {
  readonly sha256: string;
  /** Such as 0o600. */
  readonly mode: number | undefined;
}

export interface SeenService {
  readonly name: string;
  readonly init: 'systemd' | 'sysv';
  readonly isRunning: boolean;
  /** Whether it starts after a reboot. */
  readonly isEnabled: boolean;
}

export interface SeenSystem {
  /** Name of process 1, such as `systemd`. */
  readonly processOne: string;
  readonly hasSystemd: boolean;
  readonly hasSysv: boolean;
  /** Whether a mount namespace can be made. */
  readonly hasUnshare: boolean;
  readonly cgroup: SeenCgroup;
}

export interface SeenCgroup {
  /** Where a hierarchy of version 1 with the controller `cpu` is mounted. */
  readonly cpu: string | undefined;
  /** Where version 2 is mounted. */
  readonly unified: string | undefined;
  /** Whether the kernel was told to mount version 1. */
  readonly isToldV1: boolean;
}

/** What an agent that ran here was: it does not come back as another one. */
export interface AgentPast {
  readonly resources: string | undefined;
  readonly attributes: string | undefined;
  readonly hostname: string | undefined;
  readonly port: string | undefined;
}

export interface MesosProcess {
  readonly pid: number;
  readonly name: string;
  readonly workFolder: string;
}
