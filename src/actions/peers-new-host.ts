import { homedir } from 'node:os';
import { basename, dirname, relative, resolve } from 'node:path';
import { addAgent, addHost, type ExecutorWish } from '../config/edit-hosts.js';
import type { HostConfig } from '../config/types.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { formatAddress, hostAddresses, parseAddress, parseNetwork } from '../plan/addressing.js';
import { assignAddresses } from '../plan/assignment.js';
import { hostId, parseEndpoint } from '../plan/hosts.js';
import { defaultDriver } from '../plan/make-plan.js';
import type { ClusterPlan, HostPlan, Plan } from '../plan/types.js';
import { optional } from '../util/optional.js';
import type { FileEdit } from './peers-file.js';
import { allHosts, unknownHost } from './peers-target.js';

/** A host as the command line describes it. */
export interface HostWish extends ExecutorWish {
  /** `[user@]address[:port]` */
  readonly host: string;
  readonly cluster?: string | undefined;
  readonly id?: string | undefined;
  readonly identityFile?: string | undefined;
  readonly privateAddress?: string | undefined;
  /** Whether an executor comes with it; an agent can do without. Default true. */
  readonly executor?: boolean | undefined;
}

/**
 * The configuration with a host that it does not name yet.
 * @throws CrossflockError `invalid-input` where an id is taken or something is missing
 */
export function newHostEdit(plan: Plan, wish: HostWish, file: string, before: string): FileEdit {
  const { cluster: clusterId, cpus, mem, image } = wish;
  if (clusterId === undefined) throw noCluster(plan, wish, file);
  const host = hostEntry(wish, file);
  const executor = wish.executor === false ? undefined : { cpus, mem, image };
  refuseTakenId(plan, host);
  const cluster = plan.clusters.find(({ id }) => id === clusterId);
  if (cluster?.engine.type === 'mesos') {
    refuseOneHost(cluster, file);
    const privateAddress = wish.privateAddress ?? host.address;
    const placed = executor && { ...executor, ip: nextAddress(plan) };
    const addition = { host, clusterId, privateAddress, executor: placed };
    return { file, before, ...addAgent(before, addition) };
  }
  if (cluster !== undefined) throw clusterTaken(cluster);
  if (executor === undefined) {
    throw new CrossflockError('a cluster of its own without an executor would do nothing', {
      code: 'invalid-input',
      hint: 'leave out --no-executor, or name a cluster of Mesos that the host joins as an agent',
    });
  }
  const ip = nextAddress(plan);
  return { file, before, ...addHost(before, { host, clusterId, executor, ip }) };
}

function hostEntry(wish: HostWish, file: string): HostConfig {
  const { address, user, port } = parseEndpoint(wish.host);
  return {
    ...optional('id', wish.id),
    address,
    ...optional('user', user),
    ...optional('port', port),
    ...optional('identity_file', identityPath(wish.identityFile, file)),
    ...optional('private_address', wish.privateAddress),
  };
}

/** As paths stand in the file: relative to its folder where it is below, else absolute or from `~`. */
function identityPath(given: string | undefined, file: string): string | undefined {
  if (given === undefined || given.startsWith('~')) return given;
  const path = resolve(given);
  const near = relative(dirname(resolve(file)), path);
  if (!near.startsWith('..')) return near;
  const atHome = relative(homedir(), path);
  return atHome.startsWith('..') ? path : `~/${atHome}`;
}

function refuseTakenId(plan: Plan, host: HostConfig): void {
  const id = hostId(host);
  if (allHosts(plan).every((other) => other.id !== id)) return;
  throw new CrossflockError(`--id ${id} is the id of another host`, {
    code: 'invalid-input',
    hint: 'choose another one',
  });
}

/** A further host joins a cluster only where that is one of Mesos. */
function clusterTaken({ id, engine, hosts }: ClusterPlan): CrossflockError {
  const [first] = hosts;
  const why =
    engine.type === 'given'
      ? 'has a Marathon of its own, which brings its own hosts'
      : first === undefined
        ? 'runs on this machine'
        : `is served by ${first.id}`;
  return new CrossflockError(`--cluster ${id} is taken: it ${why}`, {
    code: 'invalid-input',
    hint: 'an embedded cluster has one host: choose another name for the cluster of the new one',
  });
}

/** Of one host, its parts listen where no other host reaches them. */
function refuseOneHost({ id, hosts }: ClusterPlan, file: string): void {
  if (hosts.length > 1) return;
  throw new CrossflockError(
    `the cluster ${id} is one host, whose parts listen on 127.0.0.1: with a second one all of them would start anew, and lose what runs`,
    {
      code: 'refused',
      hint: `take it down with crossflock down, write the host into ${basename(file)} and run crossflock provision; or give the host a cluster of its own with another --cluster`,
    },
  );
}

/** The first virtual IP that no container has and that no host will need. */
function nextAddress(plan: Plan): string {
  const parsed = parseNetwork(plan.network.cidr);
  if (!parsed.ok)
    throw new CrossflockError(`${plan.network.cidr} is no network`, { code: 'unexpected' });
  const taken = plan.network.taken.map((ip) => ({ count: 1, first: parseAddress(ip) }));
  const hosts = allHosts(plan).length;
  const driver = hosts === 0 ? defaultDriver(true) : plan.network.driver;
  const kept = hostAddresses(driver, hosts + 1);
  const address = assignAddresses([...taken, { count: 1 }], parsed.network, kept).at(-1);
  if (address !== undefined) return formatAddress(address);
  throw new CrossflockError(`${plan.network.cidr} has no free address for another executor`, {
    code: 'invalid-input',
    hint: 'remove containers, or take the deployment down and give it a larger "network.cidr"',
  });
}

/** What is not in the file is new only where a cluster is given for it. */
function noCluster(plan: Plan, { host }: HostWish, file: string): CrossflockError {
  const { message, hint = '' } = unknownHost(plan, host, file);
  const how =
    'for a new host give --cluster ID, the name of a cluster that it makes up, or of one of Mesos that it joins';
  // Any address is near to some other one.
  const isName = !/^[^@]*@|^[\d.:[\]]+$/.test(host);
  return new CrossflockError(message, {
    code: 'invalid-input',
    hint: isName ? `${hint}${hint.endsWith('?') ? '' : ';'} ${how}` : how,
  });
}

/** @throws CrossflockError where what was given for a host that is there says something else of it */
export function refuseOther(known: HostPlan, wish: HostWish): void {
  const { cluster = known.clusterId, id = known.id } = wish;
  if (cluster === known.clusterId && id === known.id) return;
  throw new CrossflockError(
    `${wish.host} is there already: the host "${known.id}" of cluster "${known.clusterId}"`,
    { code: 'invalid-input', hint: `to go on with it: crossflock peers add ${known.id}` },
  );
}
