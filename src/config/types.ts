import type { Config, MesosEngineConfig, SecretEnv, SecretFile } from './types.generated.js';

export type {
  AddressConfig,
  ClusterConfig,
  Config,
  ContainerConfig,
  EmbeddedEngineConfig,
  EngineResources,
  HealthCheckConfig,
  HostConfig,
  JumpHost,
  NetworkConfig,
  PortConfig,
  SecretEnv,
  SecretFile,
  SshConfig,
  TextOrSecret,
  VolumeConfig,
  WorkflowConfig,
} from './types.generated.js';

/** `T` with every reference to a secret replaced by its text, and read-only. */
export type Resolved<T> = T extends SecretEnv | SecretFile
  ? never
  : T extends readonly (infer Item)[]
    ? readonly Resolved<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Resolved<T[Key]> }
      : T;

/** A configuration ready to be planned: secrets read, file paths absolute. Never print it. */
export type ResolvedConfig = Resolved<Config>;
export type ResolvedCluster = ResolvedConfig['clusters'][number];
export type ResolvedMesos = Resolved<MesosEngineConfig>;
export type ResolvedHost = NonNullable<ResolvedCluster['hosts']>[number];
export type ResolvedContainer = ResolvedConfig['containers'][number];
