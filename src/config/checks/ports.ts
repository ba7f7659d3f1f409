import type { Problem } from '../../errors/problem.js';
import { WIREGUARD_PORT } from '../../plan/make-plan.js';
import type { ClusterView, PortView, View } from '../view.js';
import { agentCount } from './mesos.js';

/**
 * The ports that a Mesos agent offers where its flag `resources` names none, which ours never does.
 * Source: `src/slave/constants.hpp` of Mesos, DEFAULT_PORTS.
 */
const MESOS_PORTS = { first: 31_000, last: 32_000 } as const;

/** Ports of a host that two containers of one cluster want. 0 is any port, so it never clashes. */
export function portProblems(view: View): readonly Problem[] {
  return view.clusters.flatMap((cluster) => clusterPorts(cluster, view));
}

function clusterPorts(cluster: ClusterView, view: View): readonly Problem[] {
  const containers = view.containers.filter(
    ({ cluster: id }) => id !== undefined && id === cluster.id,
  );
  const first = takenPorts(cluster, view);
  const problems: Problem[] = [];
  for (const { instances, ports } of containers) {
    for (const port of ports.filter(({ hostPort }) => hostPort !== 0)) {
      if (cluster.mesos !== undefined && !isOffered(port)) {
        problems.push(notOffered(port));
        continue;
      }
      const keys = port.protocols.map((protocol) => `${String(port.hostPort)}/${protocol}`);
      const other = keys.map((key) => first.get(key)).find((found) => found !== undefined);
      for (const key of keys) if (!first.has(key)) first.set(key, port.path);
      if (other !== undefined) problems.push(clash(cluster, port, `is the port of ${other} too`));
      else if (instances > 1) {
        problems.push(clash(cluster, port, `is the port of all ${String(instances)} instances`));
      }
    }
  }
  return problems;
}

/** Ports that crossflock's own parts have on the hosts, and whose they are. */
function takenPorts(cluster: ClusterView, view: View): Map<string, string> {
  const taken = new Map<string, string>();
  if (view.driver === 'wireguard' && cluster.hosts.length > 0) {
    taken.set(`${String(view.networkPort ?? WIREGUARD_PORT)}/udp`, 'the wireguard network');
  }
  if (cluster.port !== undefined) {
    taken.set(`${String(cluster.port)}/tcp`, 'the embedded Marathon of this cluster');
  }
  return taken;
}

function isOffered({ hostPort }: PortView): boolean {
  return hostPort >= MESOS_PORTS.first && hostPort <= MESOS_PORTS.last;
}

function notOffered({ path, hostPort }: PortView): Problem {
  const { first, last } = MESOS_PORTS;
  return {
    severity: 'error',
    path: `${path}.host_port`,
    value: String(hostPort),
    message: `is no port that a Mesos agent offers, ${String(first)} to ${String(last)}, so the container would wait for ever`,
    fix: 'write one of those, or 0 for any free port',
  };
}

/** An embedded engine has one host; others may have several, and room on each. */
function clash(cluster: ClusterView, port: PortView, message: string): Problem {
  return {
    severity: hasOneHost(cluster) ? 'error' : 'warning',
    path: `${port.path}.host_port`,
    value: String(port.hostPort),
    message: `${message}, and a port of a host can be given once`,
    fix: 'write another one, or 0 for any free port',
  };
}

function hasOneHost(cluster: ClusterView): boolean {
  return cluster.mesos === undefined ? cluster.embedded : agentCount(cluster) === 1;
}
