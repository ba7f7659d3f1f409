import type { Problem } from '../../errors/problem.js';
import { formatAddress, isInside, parseAddress } from '../../plan/addressing.js';
import { WIREGUARD_PORT } from '../../plan/make-plan.js';
import type { ClusterView, View } from '../view.js';
import type { HostView } from '../view-hosts.js';
import { jumpProblems } from './jumps.js';
import { usableNetwork } from './network.js';
import { repeated } from './repeated.js';

const SSH_PORT = 22;
/** As long as a host name can be (RFC 1035, 2.3.4). */
const LONGEST_ID = 63;
/** As in the schema's `address`. */
const ADDRESS = /^[A-Za-z0-9:][A-Za-z0-9._:%-]*$/;

/** Hosts one by one, then against each other. */
export function hostProblems(view: View): readonly Problem[] {
  return [
    ...view.clusters.flatMap((cluster) => engineProblems(cluster)),
    ...view.hosts.flatMap((host) => [
      ...idTooLong(host),
      ...privateAddress(host),
      ...insideNetwork(host, view),
    ]),
    ...sameHosts(view),
    ...sameEndpoints(view),
    ...jumpProblems(view.jumps),
  ];
}

function engineProblems({ embedded, hosts, path }: ClusterView): readonly Problem[] {
  if (!embedded) return [];
  const several: readonly Problem[] =
    hosts.length <= 1
      ? []
      : [
          {
            severity: 'error',
            path: `${path}.hosts`,
            value: `a list of ${String(hosts.length)}`,
            message: 'is more than the embedded engine serves, which is one host',
            fix: 'write a cluster for each host',
          },
        ];
  return [
    ...several,
    ...hosts
      .filter(({ role }) => role === 'master' || role === 'agent')
      .map(({ path: place, role }): Problem => ({
        severity: 'warning',
        path: `${place}.role`,
        value: JSON.stringify(role),
        message: 'has no effect, because the host of an embedded engine does everything',
        fix: 'remove it',
      })),
  ];
}

function idTooLong({ id, hasId, path }: HostView): readonly Problem[] {
  if (!hasId || id === undefined || id.length <= LONGEST_ID) return [];
  return [
    {
      severity: 'error',
      path: `${path}.id`,
      value: JSON.stringify(id),
      message: `has ${String(id.length)} characters`,
      fix: `write at most ${String(LONGEST_ID)}`,
    },
  ];
}

function privateAddress({ privateAddress: text, path }: HostView): readonly Problem[] {
  if (text === undefined || ADDRESS.test(text)) return [];
  const base = {
    severity: 'error',
    path: `${path}.private_address`,
    value: JSON.stringify(text),
  } as const;
  const withoutPrefix = text.replace(/\/\d+$/, '');
  if (ADDRESS.test(withoutPrefix)) {
    return [{ ...base, message: 'is an address with a prefix', fix: `write "${withoutPrefix}"` }];
  }
  return [{ ...base, message: 'is not an address', fix: 'write one, such as "10.0.0.4"' }];
}

/** Such a host could not be told from a container. */
function insideNetwork(host: HostView, { cidr }: View): readonly Problem[] {
  const network = usableNetwork(cidr);
  if (network === undefined) return [];
  const { base, broadcast } = network;
  const places = [
    { path: `${host.path}.address`, text: host.address },
    { path: `${host.path}.private_address`, text: host.privateAddress },
  ];
  return places.flatMap(({ path, text = '' }): readonly Problem[] => {
    const address = parseAddress(text);
    if (address === undefined || !isInside(network, address)) return [];
    return [
      {
        severity: 'error',
        path,
        value: JSON.stringify(text),
        message: `is inside network.cidr ${network.cidr} (${formatAddress(base)} to ${formatAddress(broadcast)})`,
        fix: 'write another network.cidr, one that no host is in',
      },
    ];
  });
}

/** One machine twice, and else one id twice. */
function sameHosts({ hosts, sshPort }: View): readonly Problem[] {
  const machine = ({ address, port }: HostView): string | undefined =>
    address === undefined
      ? undefined
      : `${address.toLowerCase()} ${String(port ?? sshPort ?? SSH_PORT)}`;
  const machines = repeated(hosts, machine);
  const seen = new Set(machines.map(({ item }) => item));
  return [
    ...machines.map(({ item, first }): Problem => ({
      severity: 'error',
      path: `${item.path}.address`,
      value: JSON.stringify(item.address),
      message: `is the same machine as ${first.path}`,
      fix: 'write each machine once; one cluster can have all its containers',
    })),
    ...repeated(hosts, ({ id }) => id)
      .filter(({ item }) => !seen.has(item))
      .map(({ item, first }): Problem => ({
        severity: 'error',
        path: `${item.path}.${item.hasId ? 'id' : 'address'}`,
        value: JSON.stringify(item.id),
        message: `is ${first.hasId ? 'the id' : 'the address, and so the id,'} of ${first.path} too`,
        fix: item.hasId ? 'give one of the two another id' : 'give it an "id" of its own',
      })),
  ];
}

/** Behind one address only one machine can be reached at WireGuard's port. */
function sameEndpoints({ hosts, driver, sshPort, networkPort }: View): readonly Problem[] {
  if (driver !== 'wireguard') return [];
  const port = (host: HostView): number => host.port ?? sshPort ?? SSH_PORT;
  return repeated(hosts, ({ address }) => address?.toLowerCase())
    .filter(({ item, first }) => port(item) !== port(first))
    .map(({ item, first }) => ({
      severity: 'warning',
      path: `${item.path}.address`,
      value: JSON.stringify(item.address),
      message: `is the address of ${first.path} too, and at UDP port ${String(networkPort ?? WIREGUARD_PORT)} other clusters reach only one of the two`,
      fix: 'give each host an address of its own',
    }));
}
