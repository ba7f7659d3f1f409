import type { Problem } from '../../errors/problem.js';
import { parseAddress, rangeKind } from '../../plan/addressing.js';
import { marathonBase } from '../../plan/clusters.js';
import type { ClusterView, View } from '../view.js';
import { clusterIdProblem } from './ids.js';
import { repeated } from './repeated.js';

const EXAMPLE = '"http://192.0.2.10:9090"';

/** Clusters one by one, then against each other. */
export function clusterProblems({ clusters, driver }: View): readonly Problem[] {
  return [
    ...clusters.flatMap((cluster) => [...ownProblems(cluster, driver)]),
    ...duplicateIds(clusters),
    ...samePorts(clusters),
  ];
}

function ownProblems(cluster: ClusterView, driver: string): readonly Problem[] {
  const { id, path, marathonUri, embedded, mesos } = cluster;
  const isOurs = embedded || mesos !== undefined;
  const problems: (Problem | undefined)[] = [
    id === undefined ? undefined : clusterIdProblem(id, `${path}.id`),
    isOurs ? unusedUri(cluster) : missingUri(cluster),
  ];
  if (!isOurs && marathonUri !== undefined) {
    const place = `${path}.marathon_uri`;
    const isReached = cluster.hosts.length > 0 || driver !== 'bridge';
    problems.push(
      uriProblem(marathonUri, place) ?? (isReached ? undefined : elsewhere(marathonUri, place)),
    );
  }
  return problems.filter((problem) => problem !== undefined);
}

function missingUri({ path, hasUri }: ClusterView): Problem | undefined {
  if (hasUri) return undefined;
  return {
    severity: 'error',
    path: `${path}.marathon_uri`,
    message: 'is missing, and there is no embedded engine either',
    fix: `write the address of a Marathon, such as ${EXAMPLE}, or "engine": "embedded"`,
  };
}

function unusedUri({ path, hasUri, marathonUri, embedded }: ClusterView): Problem | undefined {
  if (!hasUri) return undefined;
  return {
    severity: 'warning',
    path: `${path}.marathon_uri`,
    ...(marathonUri === undefined ? {} : { value: JSON.stringify(withoutUser(marathonUri)) }),
    message: `is not used, because the ${embedded ? 'embedded engine' : 'engine mesos'} goes first`,
    fix: 'remove it, or remove "engine" to use this Marathon',
  };
}

/** The address without a user and a password in it. */
function withoutUser(uri: string): string {
  return uri.replace(/^([a-z]+:\/\/)?[^/?#]*@/i, '$1');
}

function uriProblem(uri: string, path: string): Problem | undefined {
  const base = { severity: 'error', path, value: JSON.stringify(withoutUser(uri)) } as const;
  if (!/^https?:\/\//i.test(uri)) {
    const guess = /^[\w.-]+(?::\d+)?(?:\/.*)?$/.test(uri)
      ? JSON.stringify(`http://${uri}`)
      : EXAMPLE;
    return { ...base, message: 'is not the address of a Marathon', fix: `write ${guess}` };
  }
  const url = URL.parse(uri);
  if (url === null) {
    return { ...base, message: 'is not the address of a Marathon', fix: `write ${EXAMPLE}` };
  }
  if (url.username !== '' || url.password !== '') {
    const fix = 'move them to "auth": {"username": …, "password": {"$env": …}}';
    return { ...base, message: 'has a user or a password in it', fix };
  }
  if (url.search === '' && url.hash === '') return undefined;
  const fix = `write ${JSON.stringify(marathonBase(`${url.origin}${url.pathname}`))}`;
  return { ...base, message: 'has more than an address', fix };
}

/**
 * A bridge is a network of one machine. Which addresses are this machine's own cannot be told from
 * the document: only loopback ones are known to be.
 */
function elsewhere(uri: string, path: string): Problem | undefined {
  const host = URL.parse(uri)?.hostname;
  if (host === undefined || isLoopback(host)) return undefined;
  return {
    severity: 'warning',
    path,
    value: JSON.stringify(uri),
    message:
      'seems to be on another machine, and the bridge network reaches containers of this machine only',
    fix: 'write the machines of the cluster as "hosts", for a network that spans them, or use a Marathon of this machine',
  };
}

/** @param host as `URL` writes it: in lower case, IPv6 in brackets */
function isLoopback(host: string): boolean {
  if (host === '[::1]' || /(?:^|\.)localhost\.?$/.test(host)) return true;
  const address = parseAddress(host);
  return address !== undefined && rangeKind(address) === 'loopback';
}

function duplicateIds(clusters: readonly ClusterView[]): readonly Problem[] {
  return repeated(clusters, ({ id }) => id).map(({ item, first }) => ({
    severity: 'error',
    path: `${item.path}.id`,
    value: JSON.stringify(item.id),
    message: `is the id of ${first.path} too`,
    fix: 'give one of the two another id',
  }));
}

/** On this machine: two clusters never share a host, so engines on hosts have theirs alone. */
function samePorts(clusters: readonly ClusterView[]): readonly Problem[] {
  const here = clusters.filter(({ hosts }) => hosts.length === 0);
  const taken = new Set(here.flatMap(({ port }) => port ?? []));
  return repeated(here, ({ port }) => port).map(({ item: { path, port = 0 }, first }) => ({
    severity: 'error',
    path: `${path}.engine.port`,
    value: String(port),
    message: `is the port of ${first.path} too`,
    fix: `write another one, such as ${String(freePort(taken, port))}`,
  }));
}

function freePort(taken: ReadonlySet<number>, from: number): number {
  let port = from;
  while (taken.has(port)) port = port < 65535 ? port + 1 : 1024;
  return port;
}
