import type { ClusterPlan, HostPlan, MesosEngine, Plan } from '../plan/types.js';
import type { HostProbe } from '../ports/host-probe.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { clientApi } from '../provision/mesos/docker-api.js';
import { mesosPaths } from '../provision/mesos/paths.js';
import { mesosProbe } from '../provision/mesos/probe.js';
import type { MesosSecretHashes } from '../provision/mesos/secrets.js';
import type { MesosSeen } from '../provision/mesos/seen.js';
import type { WantedMesosHost } from '../provision/mesos/types.js';
import { wantedMesosHost } from '../provision/mesos/wanted.js';
import type { DockerState } from '../provision/docker/docker-state.js';
import type { HostFacts, InitSystem } from '../provision/facts/host-facts.js';
import { optional } from '../util/optional.js';
import { secretsOf, type ClusterSecrets, type SecretsPlace } from './mesos-secrets.js';

export type MesosCluster = ClusterPlan & { readonly engine: MesosEngine };

/** A host of such a cluster. */
export interface MesosHost {
  readonly cluster: MesosCluster;
  readonly host: HostPlan;
}

/** What was seen of a host that its wanted state depends on. */
export interface MesosSight {
  readonly facts: Pick<HostFacts, 'init'>;
  readonly docker: Pick<DockerState, 'engine'>;
}

/** Before anything is known of the secrets: which files there are does not depend on them. */
const NO_SECRETS: MesosSecretHashes = { zookeeper: '', framework: '', agent: '', marathon: '' };

/** The engine `mesos` of a deployment, on the way from what was seen to what is wanted. */
export class MesosScene {
  readonly #plan: Plan;
  readonly #network: Pick<VirtualNetwork, 'createSocket'>;
  readonly #secrets = new Map<string, ClusterSecrets>();

  constructor(plan: Plan, network: Pick<VirtualNetwork, 'createSocket'>) {
    this.#plan = plan;
    this.#network = network;
  }

  get clusters(): readonly MesosCluster[] {
    return this.#plan.clusters.filter(isMesosCluster);
  }

  /** The host as a part of such a cluster; undefined for any other. */
  hostOf(id: string): MesosHost | undefined {
    for (const cluster of this.clusters) {
      const host = cluster.hosts.find((each) => each.id === id);
      if (host !== undefined) return { cluster, host };
    }
    return undefined;
  }

  /** What to look for on a host, whichever way it starts its services. */
  probe(id: string): HostProbe<MesosSeen | undefined> {
    const mine = this.hostOf(id);
    if (mine === undefined) return { id: 'mesos', script: '', parse: () => undefined };
    const systemd = this.#wanted(mine, NO_SECRETS, { init: 'systemd' });
    const sysv = this.#wanted(mine, NO_SECRETS, { init: 'sysv' });
    const files = new Map(
      [...systemd.files, ...sysv.files].map((file) => [file.path, file] as const),
    );
    return mesosProbe({ ...systemd, files: [...files.values()] });
  }

  /**
   * The secrets of a cluster: those that its hosts have, or new ones, the same for the whole run.
   * @param places hosts that were seen
   * @throws CrossflockError `refused` where two hosts have different ones
   */
  secrets(cluster: MesosCluster, places: readonly SecretsPlace[]): ClusterSecrets {
    const known = this.#secrets.get(cluster.id);
    if (known !== undefined) return known;
    const secrets = secretsOf(cluster, mesosPaths(this.#plan.name, cluster.id), places);
    this.#secrets.set(cluster.id, secrets);
    return secrets;
  }

  /** What is wanted on a host, from what was seen there. */
  wanted(mine: MesosHost, secrets: ClusterSecrets, { facts, docker }: MesosSight): WantedMesosHost {
    const dockerApi = clientApi(docker.engine, this.#network.createSocket);
    return this.#wanted(mine, secrets.hashes, {
      init: facts.init,
      ...optional('dockerApi', dockerApi),
    });
  }

  /** The host without any part of the engine. */
  unwanted(mine: MesosHost): WantedMesosHost {
    const nothing = { parts: [], folders: [], files: [], containers: [], services: [], images: [] };
    return { ...this.#wanted(mine, NO_SECRETS, { init: 'systemd' }), ...nothing };
  }

  #wanted(
    { cluster, host }: MesosHost,
    secrets: MesosSecretHashes,
    seen: { readonly init: InitSystem; readonly dockerApi?: string },
  ): WantedMesosHost {
    return wantedMesosHost({
      ...{ deployment: this.#plan.name, cluster, engine: cluster.engine, host, secrets },
      ...seen,
      ...optional('createSocket', this.#network.createSocket),
    });
  }
}

export function isMesosCluster(cluster: ClusterPlan): cluster is MesosCluster {
  return cluster.engine.type === 'mesos';
}
