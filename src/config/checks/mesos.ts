import type { Problem } from '../../errors/problem.js';
import { parseAddress, rangeKind } from '../../plan/addressing.js';
import { knownFlags, refusedFlag } from '../../plan/mesos-flags.js';
import { ENSEMBLES, mesosRoles, ownFlags } from '../../plan/mesos.js';
import { didYouMean } from '../suggest.js';
import type { MesosView } from '../view-engine.js';
import type { HostView } from '../view-hosts.js';
import type { ClusterView, View } from '../view.js';
import { repeated } from './repeated.js';

/** Clusters whose engine is ZooKeeper, Mesos and Marathon. */
export function mesosProblems({ clusters }: View): readonly Problem[] {
  return clusters.flatMap((cluster) => {
    const { mesos, hosts } = cluster;
    if (mesos === undefined) return [];
    return [
      ...(hosts.length === 0 ? [noHosts(cluster)] : roleProblems(cluster)),
      ...(hosts.length > 1 ? hosts.flatMap((host) => bindProblems(host)) : []),
      ...samePorts(cluster, mesos),
      ...flagProblems(cluster, mesos),
      ...unused(cluster, mesos),
    ];
  });
}

function noHosts({ path }: ClusterView): Problem {
  return {
    severity: 'error',
    path: `${path}.hosts`,
    message: 'is missing, and Mesos is set up on hosts that answer to SSH',
    fix: 'write the machines of the cluster as hosts, or take "engine": "embedded" for this machine',
  };
}

/** How many hosts of a cluster whose engine is Mesos run containers. */
export function agentCount(cluster: ClusterView): number {
  return rolesOf(cluster).filter((role) => role !== 'master').length;
}

function rolesOf({ hosts }: ClusterView): ReturnType<typeof mesosRoles> {
  return mesosRoles(hosts.map(({ role }) => (isRole(role) ? { role } : {})));
}

function roleProblems(cluster: ClusterView): readonly Problem[] {
  const { hosts, path } = cluster;
  const roles = rolesOf(cluster);
  const masters = roles.filter((role) => role !== 'agent').length;
  const problems: Problem[] = [];
  if (!ENSEMBLES.includes(masters)) {
    problems.push({
      severity: 'error',
      path: `${path}.hosts`,
      value: `${String(masters)} of ${String(hosts.length)} are masters`,
      message: 'gives no ensemble that stands the loss of a host as well as it could',
      fix: `write "role": "master" or "both" for ${nearest(masters)}`,
    });
  }
  if (roles.every((role) => role === 'master')) {
    problems.push({
      severity: 'error',
      path: `${path}.hosts`,
      value: `a list of ${String(hosts.length)}`,
      message: 'has no agent, so nothing could run there',
      fix: 'write "role": "both" for a master, or add a host with "role": "agent"',
    });
  }
  return problems;
}

function isRole(role: string | undefined): role is 'master' | 'agent' | 'both' {
  return role === 'master' || role === 'agent' || role === 'both';
}

function nearest(masters: number): string {
  if (masters === 0) return 'one host';
  const less = Math.max(...ENSEMBLES.filter((size) => size < masters));
  const more = ENSEMBLES.find((size) => size > masters);
  const hosts = `${String(less)} ${less === 1 ? 'host' : 'hosts'}`;
  return more === undefined ? hosts : `${hosts}, or for ${String(more)}`;
}

/** In a cluster of several hosts the parts of Mesos listen on an address that the others reach. */
function bindProblems(host: HostView): readonly Problem[] {
  const { path, address, privateAddress } = host;
  const text = privateAddress ?? address;
  if (text === undefined) return [];
  const field = privateAddress === undefined ? 'address' : 'private_address';
  const base = {
    severity: 'error',
    path: `${path}.${field}`,
    value: JSON.stringify(text),
  } as const;
  const fix = 'write the host\'s address in its own cloud as "private_address", such as "10.0.0.4"';
  const number = parseAddress(text);
  if (number === undefined) {
    return [{ ...base, message: 'is no IPv4 address, and Mesos listens on one', fix }];
  }
  const kind = rangeKind(number);
  if (kind === 'private' || kind === 'carrierGradeNat') return [];
  const message =
    kind === 'loopback'
      ? 'is reached by no other host of the cluster'
      : 'can be reached from anywhere, and ZooKeeper, Mesos and Marathon would listen there';
  return [{ ...base, message, fix }];
}

function samePorts({ path }: ClusterView, { ports }: MesosView): readonly Problem[] {
  return repeated([...ports], ([, port]) => port).map(({ item: [name, port], first }) => ({
    severity: 'error',
    path: `${path}.engine.ports.${name}`,
    value: String(port),
    message: `is the port of ${first[0]} too`,
    fix: 'write another one',
  }));
}

function flagProblems({ path }: ClusterView, mesos: MesosView): readonly Problem[] {
  return [...mesos.flags].flatMap(([part, names]) =>
    names.flatMap((name): readonly Problem[] => {
      const refusal = flagRefusal(part, name, mesos);
      if (refusal === undefined) return [];
      return [{ severity: 'error', path: `${path}.engine.flags.${part}.${name}`, ...refusal }];
    }),
  );
}

/**
 * Mesos ignores a variable with a misspelt name without a word, and Marathon does not start with
 * one. Other versions than crossflock's own may know other flags, so there it is a warning.
 */
function flagRefusal(
  part: string,
  name: string,
  { hasImages, isSource }: MesosView,
): (Partial<Problem> & Pick<Problem, 'message'>) | undefined {
  const bare = name.replace(/^(?:no|disable)_(?!http$)/, '');
  if (ownFlags(part).has(name) || ownFlags(part).has(bare)) {
    return { message: 'is a flag that crossflock sets itself', fix: 'remove it' };
  }
  const refused = refusedFlag(part, name) ?? refusedFlag(part, bare);
  if (refused !== undefined) return refused;
  const known = knownFlags(part);
  // What is no name at all is told elsewhere.
  if (known.size === 0 || known.has(name) || !/^[a-z][a-z0-9_]*$/.test(name)) return undefined;
  return {
    severity: hasImages || isSource ? 'warning' : 'error',
    message: `is no flag of ${part === 'marathon' ? 'marathon' : `the mesos ${part}`} that crossflock knows`,
    fix: known.has(bare)
      ? `write "${bare}": false`
      : didYouMean(name, [...known], 'look at the flags in its documentation, or remove it'),
  };
}

function unused({ path }: ClusterView, mesos: MesosView): readonly Problem[] {
  const { isSource, hasImages, hasCores } = mesos;
  const warning = (field: string, message: string): Problem => ({
    severity: 'warning',
    path: `${path}.engine.${field}`,
    message,
    fix: 'remove it',
  });
  return [
    ...(isSource && hasImages ? [warning('images', 'is not used when Mesos is compiled')] : []),
    ...(!isSource && hasCores ? [warning('cores', 'is used with "install": "source" only')] : []),
  ];
}
