import { CrossflockError } from '../../errors/crossflock-error.js';
import type { NetworkPlan } from '../../plan/types.js';
import type { Host, RunResult } from '../../ports/host.js';
import type { MarathonApp } from '../../ports/marathon-app.js';
import type { HostProbe } from '../../ports/host-probe.js';
import type {
  NetworkChange,
  NetworkMember,
  PairReport,
  SeenMember,
  VirtualNetwork,
} from '../../ports/virtual-network.js';
import { pasteable } from '../../util/quote.js';

import type { DockerNetwork, WantedNetwork } from './docker-network.js';
import {
  createArgv,
  DEPLOYMENT_LABEL,
  inspectArgv,
  parseInspect,
  removeArgv,
} from './docker-network.js';

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
    return {
      id: 'bridge',
      script: 'docker network inspect -- "$CROSSFLOCK_BRIDGE" 2>&1',
      env: { CROSSFLOCK_BRIDGE: name },
      parse: (answer) => {
        if (/^\s*\[\s*\{/.test(answer)) return { network: parseInspect(answer, name) };
        const stderr = answer.replace(/^\s*\[\]/, '').trim();
        const result = { exitCode: 1, stdout: '', stderr };
        if (isMissing(result)) return { network: undefined };
        throw commandFailed(result, inspectArgv(name), member.host.name);
      },
    };
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
    throw this.#createFailed(result, host, argv);
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
    const { docker } = app.container;
    const others = docker.parameters.filter(({ key }) => key !== 'ip');
    const parameters = [...others, { key: 'ip', value: ip }];
    return {
      ...app,
      container: { ...app.container, docker: { ...docker, parameters } },
      networks: [{ mode: 'container', name: this.#wanted.name }],
      // The old task must be gone before the new one starts: an address is one container's.
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    };
  }

  async #inspect(host: Host, signal: AbortSignal): Promise<DockerNetwork | undefined> {
    const argv = inspectArgv(this.#wanted.name);
    const result = await host.run(argv, { signal });
    if (result.exitCode === 0) return parseInspect(result.stdout, this.#wanted.name);
    if (isMissing(result)) return undefined;
    throw commandFailed(result, argv, host.name);
  }

  #createFailed(result: RunResult, host: Host, argv: readonly string[]): CrossflockError {
    const { name, cidr } = this.#wanted;
    if (!/overlaps/.test(result.stderr)) return commandFailed(result, argv, host.name);
    return new CrossflockError(
      `network ${name} cannot have ${cidr} on ${host.name}: another docker network overlaps it`,
      {
        code: 'refused',
        hint: 'choose another "network.cidr", or remove the other network ("docker network ls")',
        cause: new Error(result.stderr),
      },
    );
  }
}

/** Words of Docker 20.10 to 29, and of the older client ("No such network: x"). */
function isMissing({ stderr }: RunResult): boolean {
  return /network \S+ not found|no such network/i.test(stderr);
}

function refuseForeign(found: DockerNetwork, host: Host): void {
  const owner = found.labels[DEPLOYMENT_LABEL];
  if (owner === found.name) return;
  const whose =
    owner === undefined ? 'was not made by crossflock' : `belongs to the deployment ${owner}`;
  throw new CrossflockError(`the docker network ${found.name} on ${host.name} ${whose}`, {
    code: 'refused',
    hint: `give the deployment another "name" in the configuration, or remove the network with "docker network rm ${found.name}"`,
  });
}

function refuseDifferent(found: DockerNetwork, wanted: WantedNetwork, host: Host): void {
  const only = found.subnets.length === 1 ? found.subnets[0] : undefined;
  const isSame =
    found.driver === 'bridge' && only?.subnet === wanted.cidr && only.gateway === wanted.gateway;
  if (isSame) return;
  const has = found.subnets.map(({ subnet, gateway }) => `${subnet}, gateway ${gateway ?? 'none'}`);
  const driver = found.driver === 'bridge' ? '' : `, driver ${found.driver}`;
  throw new CrossflockError(
    `the docker network ${found.name} on ${host.name} is ${has.join(' and ')}${driver}; ` +
      `wanted is ${wanted.cidr}, gateway ${wanted.gateway}${onIt(found)}`,
    {
      code: 'refused',
      hint: 'run "crossflock down" with the former configuration first, or write its addresses into "network" again',
    },
  );
}

function onIt({ containers }: DockerNetwork): string {
  return containers.length === 0 ? '' : `; on it: ${containers.join(', ')}`;
}

function inUse(found: DockerNetwork, host: Host): CrossflockError {
  return new CrossflockError(
    `the docker network ${found.name} on ${host.name} is still in use${onIt(found)}`,
    { code: 'refused', hint: 'stop these containers, then run the command again' },
  );
}

function commandFailed(
  result: RunResult,
  argv: readonly string[],
  hostName: string,
): CrossflockError {
  const said = result.stderr.trim().split('\n', 1)[0] ?? '';
  const noEngine = /cannot connect to the docker daemon|permission denied/i.test(said);
  return new CrossflockError(`"${pasteable(argv)}" failed on ${hostName}: ${said}`, {
    code: noEngine ? 'unreachable' : 'command-failed',
    ...(noEngine ? { hint: 'start the docker engine, and check that this user may use it' } : {}),
    cause: new Error(result.stderr),
  });
}
