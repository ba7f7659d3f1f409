import { toCrossflockError, type CrossflockError } from '../errors/crossflock-error.js';
import { imagesProbe, type SeenImages } from '../images/images-probe.js';
import { wantedImages } from '../images/wanted-images.js';
import type { StepContext } from '../pipeline/step.js';
import type { ClusterPlan, Plan } from '../plan/types.js';
import type { HostProbe } from '../ports/host-probe.js';
import type { NetworkMember, SeenMember, VirtualNetwork } from '../ports/virtual-network.js';
import { dockerProbe, marathonProbe, type DockerState } from '../provision/docker/docker-state.js';
import { factsProbe, type HostFacts } from '../provision/facts/host-facts.js';
import { timeSkew } from '../provision/facts/time-skew.js';
import { survey } from '../provision/survey.js';
import { fanOut } from '../util/fan-out.js';
import type { MesosSeen } from '../provision/mesos/seen.js';
import type { WantedMesosHost } from '../provision/mesos/types.js';
import type { ActionContext } from './context.js';
import { MesosScene, type MesosCluster } from './mesos-scene.js';
import type { ClusterSecrets } from './mesos-secrets.js';
import { networkMembers } from './reach.js';

/** Hosts looked at at the same time; each is one command on one connection. */
const LOOKS_AT_ONCE = 64;

/** A host of the plan, with what it is to hold. */
export interface SceneHost {
  readonly id: string;
  readonly cluster: ClusterPlan;
  readonly member: NetworkMember;
  /** Images that it needs, with their tags. */
  readonly images: readonly string[];
}

/** Everything that one look at a host told. */
export interface Sight {
  readonly facts: HostFacts;
  readonly docker: DockerState;
  readonly images: SeenImages;
  /** Whether its embedded Marathon answers; false for a host without one. */
  readonly marathon: boolean;
  /** Undefined where the driver's question makes no sense yet, for want of an engine. */
  readonly network: unknown;
  readonly skewSeconds: number;
  /** Of a host with the engine `mesos`; undefined for any other. */
  readonly mesos: MesosSeen | undefined;
}

/** Why a host dropped out, and in which step. */
export interface HostFailure {
  readonly step: string;
  readonly error: CrossflockError;
}

/**
 * The hosts while they are worked on. What was seen on a host is kept until something is changed
 * there: a host on which nothing changes is asked once. One that fails drops out; the others go on.
 */
export class ProvisionScene {
  /** All hosts of the deployment, in the plan's order. */
  readonly hosts: readonly SceneHost[];
  readonly network: VirtualNetwork;
  readonly plan: Plan;
  readonly mesos: MesosScene;
  readonly failures = new Map<string, HostFailure>();
  /** Hosts that were changed, or would be. */
  readonly changed = new Set<string>();
  readonly #context: ActionContext;
  readonly #chosen: ReadonlySet<string>;
  readonly #sights = new Map<string, Sight>();
  readonly #fresh = new Set<string>();
  readonly #told = new Set<string>();
  readonly #others = new Map<string, CrossflockError>();

  /** @param only ids of the hosts to work on; undefined: all of them */
  constructor(
    context: ActionContext,
    { plan, network, only }: { plan: Plan; network: VirtualNetwork; only?: readonly string[] },
  ) {
    this.#context = context;
    this.plan = plan;
    this.network = network;
    this.mesos = new MesosScene(plan, network);
    this.hosts = networkMembers(context, plan).flatMap((member): readonly SceneHost[] => {
      const cluster = plan.clusters.find(({ id }) => id === member.clusterId);
      if (cluster === undefined) return [];
      const images = wantedImages(plan, { cluster, hostId: member.id }, network.images);
      return [{ id: member.id, cluster, member, images }];
    });
    this.#chosen = new Set(only ?? this.hosts.map(({ id }) => id));
  }

  /** The hosts that are worked on, whatever became of them. */
  get chosen(): readonly SceneHost[] {
    return this.hosts.filter(({ id }) => this.#chosen.has(id));
  }

  /** The hosts that are worked on and have not failed. */
  get usable(): readonly SceneHost[] {
    return this.chosen.filter(({ id }) => !this.failures.has(id));
  }

  /** What was seen last; undefined for a host that does not answer. */
  sight(id: string): Sight | undefined {
    return this.#sights.get(id);
  }

  /** The hosts as members of the network; those that are unknown stay members. */
  seenMembers(): readonly SeenMember[] {
    return this.hosts.map(({ id, member }) => ({
      member,
      state: this.failures.has(id) ? undefined : this.#sights.get(id)?.network,
    }));
  }

  /**
   * What the engine `mesos` comes to on a host that was seen; undefined for any other engine.
   * @throws CrossflockError `refused` where hosts of its cluster hold different secrets
   */
  wantedMesos(id: string): WantedMesosHost | undefined {
    const mine = this.mesos.hostOf(id);
    const sight = this.#sights.get(id);
    if (mine === undefined || sight === undefined) return undefined;
    return this.mesos.wanted(mine, this.mesosSecrets(mine.cluster), sight);
  }

  /** The secrets of a cluster, by what was seen on its hosts. */
  mesosSecrets(cluster: MesosCluster): ClusterSecrets {
    const places = this.hosts.flatMap(({ id, member }) => {
      const seen = this.#sights.get(id)?.mesos?.secrets;
      return member.clusterId !== cluster.id || seen === undefined
        ? []
        : [{ id, host: member.host, seen }];
    });
    return this.mesos.secrets(cluster, places);
  }

  /** Looks at every host that was not looked at since it was last changed. */
  async look(signal: AbortSignal, step: string): Promise<void> {
    // One that is not worked on matters to the network of the others only.
    const alone = this.network.driver === 'bridge';
    const stale = this.hosts.filter(
      ({ id }) =>
        !this.#fresh.has(id) &&
        !this.failures.has(id) &&
        !this.#others.has(id) &&
        (this.#chosen.has(id) || !alone),
    );
    const { failed } = await fanOut(stale, LOOKS_AT_ONCE, async (host) => {
      this.#sights.set(host.id, await this.#lookAt(host, signal));
      this.#fresh.add(host.id);
    });
    signal.throwIfAborted();
    for (const { target, error } of failed) {
      if (this.#chosen.has(target.id)) this.fail(target.id, step, error);
      else this.#others.set(target.id, toCrossflockError(error));
    }
  }

  /** What was seen on the host is true no longer. */
  touch(id: string): void {
    this.#fresh.delete(id);
    this.changed.add(id);
  }

  /** The host drops out. */
  fail(id: string, step: string, error: unknown): void {
    this.failures.set(id, { step, error: toCrossflockError(error) });
    this.#fresh.delete(id);
  }

  /** Names the hosts that failed since the last time, those with one reason together. */
  tell({ signal, incomplete }: StepContext): void {
    signal.throwIfAborted();
    const failures = [...this.failures].map(([id, { error }]) => [id, error] as const);
    const untold = [...failures, ...this.#others].filter(([id]) => !this.#told.has(id));
    const reasons = Map.groupBy(untold, ([, error]) => error);
    for (const [{ message }, hosts] of reasons) {
      const ids = hosts.map(([id]) => id);
      for (const id of ids) this.#told.add(id);
      const who = ids.join(', ');
      incomplete(message.startsWith(`${who}:`) ? message : `${who}: ${message}`);
    }
  }

  async #lookAt(host: SceneHost, signal: AbortSignal): Promise<Sight> {
    const { clock } = this.#context;
    const port = this.#chosen.has(host.id) ? enginePort(host) : undefined;
    const from = clock.now().getTime() / 1000;
    const answers = await survey(
      host.member.host,
      {
        facts: factsProbe,
        docker: dockerProbe(this.plan.name),
        images: imagesProbe(host.images),
        marathon: marathonProbe(port),
        network: kept(this.network.probe(host.member)),
        mesos: this.mesos.probe(host.id),
      },
      signal,
    );
    const to = clock.now().getTime() / 1000;
    const { facts, docker, images, marathon, mesos } = answers;
    const network =
      docker.engine === undefined ? answers.network.orNothing() : answers.network.read();
    return {
      facts,
      docker,
      images,
      marathon,
      network,
      mesos,
      skewSeconds: timeSkew(facts.time, { from, to }),
    };
  }
}

/** The port of a host's embedded Marathon. */
export function enginePort({ cluster }: SceneHost): number | undefined {
  return cluster.engine.type === 'embedded' ? cluster.engine.port : undefined;
}

interface Kept {
  readonly read: () => unknown;
  /** Nothing where the answer cannot be read. */
  readonly orNothing: () => unknown;
}

/**
 * The same probe, its answer read later: without a Docker Engine there may be nothing to read, and
 * whether there is one is another probe's answer.
 */
function kept(probe: HostProbe<unknown>): HostProbe<Kept> {
  return {
    ...probe,
    parse: (answer, got) => {
      const read = (): unknown => probe.parse(answer, got);
      const orNothing = (): unknown => {
        try {
          return read();
        } catch {
          return undefined;
        }
      };
      return { read, orNothing };
    },
  };
}
