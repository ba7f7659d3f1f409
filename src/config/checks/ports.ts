import type { Problem } from '../../errors/problem.js';
import { WIREGUARD_PORT } from '../../plan/make-plan.js';
import type { ClusterView, PortView, View } from '../view.js';

/** Ports of a host that two containers of one cluster want. 0 is any port, so it never clashes. */
export function portProblems(view: View): readonly Problem[] {
  return view.clusters.flatMap((cluster) => clusterPorts(cluster, view));
}

function clusterPorts(cluster: ClusterView, view: View): readonly Problem[] {
  const containers = view.containers.filter(
    ({ cluster: id }) => id !== undefined && id === cluster.id,
  );
  const first = new Map<string, string>();
  if (view.driver === 'wireguard' && cluster.hosts.length > 0) {
    first.set(`${String(view.networkPort ?? WIREGUARD_PORT)}/udp`, 'the wireguard network');
  }
  if (cluster.port !== undefined) {
    first.set(`${String(cluster.port)}/tcp`, 'the embedded Marathon of this cluster');
  }
  const problems: Problem[] = [];
  for (const { instances, ports } of containers) {
    for (const port of ports) {
      if (port.hostPort === 0) continue;
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

/** An embedded engine has one host; a Marathon of one's own may have several, and room on each. */
function clash(cluster: ClusterView, port: PortView, message: string): Problem {
  return {
    severity: cluster.embedded ? 'error' : 'warning',
    path: `${port.path}.host_port`,
    value: String(port.hostPort),
    message: `${message}, and a port of a host can be given once`,
    fix: 'write another one, or 0 for any free port',
  };
}
