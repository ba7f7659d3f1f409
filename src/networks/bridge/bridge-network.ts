import type { NetworkPlan } from '../../plan/types.js';
import type { Host } from '../../ports/host.js';
import type { MarathonApp } from '../../ports/marathon-app.js';
import type { HostProbe } from '../../ports/host-probe.js';
import type {
  NetworkChange,
  NetworkMember,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../../ports/virtual-network.js';

import type { DockerNetwork, WantedNetwork } from '../docker-network.js';
import { createArgv, inspectArgv, parseInspect, removeArgv } from '../docker-network.js';
import {
  commandFailed,
  createFailed,
  inUse,
  isMissing,
  refuseDifferent,
  refuseForeign,
} from '../docker-network-refusals.js';
import { onDockerNetwork } from '../on-docker-network.js';

/** What `docker network inspect` says; undefined for no such network. */
export interface BridgeState {
  readonly network: DockerNetwork | undefined;
}

interface CreateNetwork extends NetworkChange {
  readonly argv: readonly string[];
}

/**
 * The virtual network of one machine: a Docker bridge network with the plan's subnet, on which each
 * container has the address the plan gave it. It belongs to the deployment of its own name.
 */
export class BridgeNetwork implements VirtualNetwork<BridgeState> {
  readonly driver = 'bridge';
  readonly images = [];
  readonly ports = [];
  readonly #wanted: WantedNetwork;

  constructor(plan: NetworkPlan) {
    this.#wanted = plan;
  }

  probe(member: NetworkMember): HostProbe<BridgeState> {
    const { name } = this.#wanted;
    const path = `/networks/${name}`;
    return {
      id: 'bridge',
      // An engine that is somewhere else is the docker command's to find.
      script: '[ -S /var/run/docker.sock ] || docker network inspect -- "$CROSSFLOCK_BRIDGE" 2>&1',
      env: { CROSSFLOCK_BRIDGE: name },
      get: [path],
      parse: (answer, got) => {
        const told = got?.(path);
        if (told?.status === 200) return { network: parseInspect(`[${told.body}]`, name) };
        if (told?.status === 404) return { network: undefined };
        return this.#fromCommand(answer, member);
      },
    };
  }

  #fromCommand(answer: string, { host }: NetworkMember): BridgeState {
    const { name } = this.#wanted;
    if (/^\s*\[\s*\{/.test(answer)) return { network: parseInspect(answer, name) };
    const said = answer.replace(/^\s*\[\]/, '').trim();
    const stderr = said === '' ? 'Cannot connect to the Docker daemon at its socket' : said;
    const result = { exitCode: 1, stdout: '', stderr };
    if (isMissing(result)) return { network: undefined };
    throw commandFailed(result, inspectArgv(name), host.name);
  }

  /**
   * Throws `refused` when a network of that name is there and is somebody else's, or has other
   * addresses: it is never changed under the containers that are on it.
   */
  plan(members: readonly SeenMember<BridgeState>[]): readonly NetworkChange[] {
    return members.flatMap(({ member, state }) =>
      state === undefined ? [] : this.#missing(member, state.network),
    );
  }

  planLeave(
    members: readonly SeenMember<BridgeState>[],
    leaving: string,
  ): readonly NetworkChange[] {
    return members
      .filter(({ member, state }) => member.id === leaving && state?.network !== undefined)
      .map(({ member }) => ({
        view: { action: 'delete', kind: 'network', target: this.#target(member) },
        memberId: member.id,
        phase: 'leave',
      }));
  }

  #missing(member: NetworkMember, found: DockerNetwork | undefined): readonly CreateNetwork[] {
    if (found !== undefined) {
      refuseForeign(found, member.host);
      refuseDifferent(found, this.#wanted, member.host);
      return [];
    }
    const { cidr } = this.#wanted;
    const target = this.#target(member);
    const view = { action: 'create', kind: 'network', target, detail: cidr } as const;
    return [{ view, memberId: member.id, phase: 'launch', argv: createArgv(this.#wanted) }];
  }

  #target({ host }: NetworkMember): string {
    return `${this.#wanted.name} on ${host.name}`;
  }

  /** A network that appeared since it was looked for is fine if it is as wanted. */
  async apply(member: NetworkMember, change: NetworkChange, signal: AbortSignal): Promise<void> {
    const { host } = member;
    if (change.phase === 'leave') return this.remove(host, signal);
    const { argv } = change as CreateNetwork;
    const result = await host.run(argv, { signal });
    if (result.exitCode === 0) return;
    const exists = /already exists/.test(result.stderr);
    if (exists && this.#missing(member, await this.#inspect(host, signal)).length === 0) return;
    throw createFailed(result, { argv, wanted: this.#wanted, host });
  }

  /** Throws `refused` when it is somebody else's, or containers are still on it. */
  async remove(host: Host, signal: AbortSignal): Promise<void> {
    const found = await this.#inspect(host, signal);
    if (found === undefined) return;
    refuseForeign(found, host);
    const argv = removeArgv(found.name);
    const result = await host.run(argv, { signal });
    if (result.exitCode === 0 || isMissing(result)) return;
    if (/active endpoints/.test(result.stderr)) throw inUse(found, host);
    throw commandFailed(result, argv, host.name);
  }

  /** One machine: there is no way to try. */
  measure(): Promise<readonly PairReport[]> {
    return Promise.resolve([]);
  }

  decorate(app: MarathonApp, ip: string): MarathonApp {
    return onDockerNetwork(app, this.#wanted.name, ip);
  }

  async #inspect(host: Host, signal: AbortSignal): Promise<DockerNetwork | undefined> {
    const argv = inspectArgv(this.#wanted.name);
    const result = await host.run(argv, { signal });
    if (result.exitCode === 0) return parseInspect(result.stdout, this.#wanted.name);
    if (isMissing(result)) return undefined;
    throw commandFailed(result, argv, host.name);
  }
}
