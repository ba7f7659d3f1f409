import type { ClusterPlan, HostPlan, MesosEngine } from '../../plan/types.js';
import type { InitSystem } from '../facts/host-facts.js';
import type { MesosPart, MesosPaths } from './paths.js';
import type { MesosSecretHashes, MesosSecrets } from './secrets.js';

/** What the parts of one host are built from. */
export interface MesosHostInput {
  readonly deployment: string;
  readonly cluster: ClusterPlan;
  readonly engine: MesosEngine;
  readonly host: HostPlan;
  readonly secrets: MesosSecretHashes;
  /** How the host starts services: see `HostFacts.init`. */
  readonly init: InitSystem;
  /** See `VirtualNetwork.createSocket`. */
  readonly createSocket?: string;
  /** What the docker command of the agent has to speak: see `clientApi`. */
  readonly dockerApi?: string;
}

/** What one kind of part comes to on a host. */
export interface WantedParts {
  readonly folders?: readonly WantedFolder[];
  readonly files?: readonly WantedFile[];
  readonly containers?: readonly WantedContainer[];
  readonly services?: readonly WantedService[];
  readonly images?: readonly string[];
}

export interface WantedFolder {
  readonly path: string;
  readonly mode: number;
}

/** Everything that has to be on one host, as data. */
export interface WantedMesosHost extends Required<WantedParts> {
  readonly deployment: string;
  readonly clusterId: string;
  readonly hostId: string;
  readonly paths: MesosPaths;
  readonly engine: MesosEngine;
  /** IPv4 address that its parts listen on. */
  readonly address: string;
  readonly parts: readonly MesosPart[];
  /** What the secrets were built from; see `secretHashes`. */
  readonly secrets: MesosSecretHashes;
  readonly createSocket: string | undefined;
}

/** A host's place in its cluster, for the builders. */
export interface PartInput extends MesosHostInput {
  readonly paths: MesosPaths;
  readonly address: string;
}

/** A file of root on a host. */
export interface WantedFile {
  readonly path: string;
  readonly mode: number;
  /** Who reads it. */
  readonly part: MesosPart;
  /**
   * SHA-256 of what it is to contain; undefined where there are secrets in it: then the host's
   * manifest says from which `spec` it was written, and what it was then.
   */
  readonly sha256: string | undefined;
  /** Changes with every setting and every secret in it. */
  readonly spec: string;
  /** Its text. */
  readonly content: (secrets: MesosSecrets) => string;
}

/** A container of root's on a host. */
export interface WantedContainer {
  readonly part: Exclude<MesosPart, 'agent'>;
  readonly name: string;
  readonly image: string;
  /** The `docker run` that starts it. */
  readonly argv: readonly string[];
  /** Of its label `crossflock.spec`: changes whenever it has to be made anew. */
  readonly spec: string;
}

/** A service of the host. */
export interface WantedService {
  readonly part: 'agent' | 'master';
  readonly name: string;
  readonly init: 'systemd' | 'sysv';
  /** Its unit, or its script in `/etc/init.d`. */
  readonly definition: string;
  /** Where it notes with which `spec` it was started. */
  readonly specFile: string;
  /** Changes whenever it has to be started again. */
  readonly spec: string;
  /** The image that it runs in the file system of. */
  readonly image?: string;
  readonly files: readonly WantedFile[];
  /** To be run as root, in this order. */
  readonly start: readonly (readonly string[])[];
  /** Tasks of an agent go on. */
  readonly restart: readonly (readonly string[])[];
  readonly stop: readonly (readonly string[])[];
}
