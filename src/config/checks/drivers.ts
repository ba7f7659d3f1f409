import type { Problem } from '../../errors/problem.js';
import { parseAddress, rangeKind } from '../../plan/addressing.js';
import type { ClusterView, View } from '../view.js';

/** The network's driver against the machines that it has to reach, and its settings. */
export function driverProblems(view: View): readonly Problem[] {
  return [...reachProblems(view), ...unusedSettings(view), ...weaveProblems(view)];
}

function reachProblems(view: View): readonly Problem[] {
  const { clusters, driver, hosts } = view;
  const here = clusters.filter((cluster) => isHere(cluster));
  if (driver === 'bridge') {
    return isOneSshServer(view) ? [] : oneMachine(hosts.length + (here.length > 0 ? 1 : 0));
  }
  if (hosts.length === 0) return noHosts(view, here.length > 0);
  return [
    ...here.map(({ path }): Problem => ({
      severity: 'error',
      path: `${path}.engine`,
      message: `is on this machine, which is no host of the ${driver} network`,
      fix: 'give this machine to the cluster as a host: "hosts": [{"address": …}]',
    })),
    ...clusters
      .filter(({ embedded, mesos, hosts: own }) => !embedded && !mesos && own.length === 0)
      .map(({ path }): Problem => ({
        severity: 'warning',
        path: `${path}.hosts`,
        message: `is missing, so the ${driver} network cannot be brought to its containers`,
        fix: 'write the machines of the cluster as hosts',
      })),
  ];
}

/** An embedded engine of the machine that runs crossflock. */
function isHere({ embedded, hosts }: ClusterView): boolean {
  return embedded && hosts.length === 0;
}

/**
 * Whether all hosts are this machine, under several of its loopback addresses. At other ports there
 * may be tunnels to other machines, and behind a jump host it is that one's loopback.
 */
function isOneSshServer({ hosts, jumps }: View): boolean {
  const ports = new Set(hosts.map(({ port }) => port));
  return jumps.length === 0 && ports.size <= 1 && hosts.every(({ address }) => isLoopback(address));
}

function isLoopback(address = ''): boolean {
  const number = parseAddress(address);
  return number !== undefined && rangeKind(number) === 'loopback';
}

const DRIVER = 'network.driver';

function oneMachine(machines: number): readonly Problem[] {
  if (machines <= 1) return [];
  return [
    {
      severity: 'error',
      path: DRIVER,
      value: '"bridge"',
      message: `reaches containers of one machine only, and there are ${String(machines)} machines`,
      fix: 'write "wireguard"',
    },
  ];
}

/** Weave Net may be on the machines of existing Marathons already, as it was with the original. */
function noHosts({ driver }: View, isHere: boolean): readonly Problem[] {
  const base = { path: DRIVER, value: JSON.stringify(driver) } as const;
  if (driver === 'weave' && !isHere) {
    return [
      {
        ...base,
        severity: 'warning',
        message:
          'is not brought anywhere, because no cluster has hosts: it has to be there already',
        fix: 'write the machines of each cluster as "hosts" to have it brought there',
      },
    ];
  }
  return [
    {
      ...base,
      severity: 'error',
      message: 'is a network of hosts, and no cluster has any',
      fix: 'write the machines of each cluster as "hosts", or "bridge" for this machine alone',
    },
  ];
}

function unusedSettings({ driver, networkPort, weave }: View): readonly Problem[] {
  const unused = (name: string, owner: string, value?: string): Problem => ({
    severity: 'warning',
    path: `network.${name}`,
    ...(value === undefined ? {} : { value }),
    message: `is not used by the driver ${driver}`,
    fix: `remove it, or write "driver": "${owner}"`,
  });
  return [
    ...(networkPort === undefined || driver === 'wireguard'
      ? []
      : [unused('port', 'wireguard', String(networkPort))]),
    ...(weave === undefined || driver === 'weave' ? [] : [unused('weave', 'weave')]),
  ];
}

function weaveProblems({ driver, weave, hosts }: View): readonly Problem[] {
  if (driver !== 'weave' || hosts.length === 0 || weave?.hasPassword === true) return [];
  return [
    {
      severity: 'warning',
      path: 'network.weave.password',
      message: 'is missing, so the traffic between the hosts is not encrypted',
      fix: 'write a reference to a secret, such as "weave": {"password": {"$env": "WEAVE_PASSWORD"}}',
    },
  ];
}
