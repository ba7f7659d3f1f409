import type { Problem } from '../../errors/problem.js';
import {
  formatAddress,
  isInside,
  parseAddress,
  reservedFor,
  type Network,
} from '../../plan/addressing.js';
import { instanceIds } from '../../plan/instances.js';
import { didYouMean } from '../suggest.js';
import type { AddressView, View } from '../view.js';
import { usableNetwork } from './network.js';
import { repeated } from './repeated.js';

/** Addresses of containers: one each, inside the network, nobody else's. */
export function addressProblems(view: View): readonly Problem[] {
  return [
    ...withoutAddress(view),
    ...forNobody(view),
    ...idsTwice(view.addresses),
    ...badAddresses(view),
  ];
}

function withoutAddress({ containers, addresses, allAddresses, cidr }: View): readonly Problem[] {
  if (!allAddresses) return [];
  const known = new Set(addresses.map(({ id }) => id));
  return containers.flatMap(({ id, path }): readonly Problem[] =>
    id === undefined || known.has(id)
      ? []
      : [
          {
            severity: 'error',
            path: `${path}.id`,
            value: JSON.stringify(id),
            message: 'has no address in network.containers',
            fix: `add {"id": ${JSON.stringify(id)}, "ip_addr": "${exampleAddress(cidr, addresses)}"} there`,
          },
        ],
  );
}

/** An address of the network that nobody has been given. */
function exampleAddress(cidr: string | undefined, addresses: readonly AddressView[]): string {
  const network = usableNetwork(cidr);
  if (network === undefined) return '172.16.0.1';
  const taken = new Set(addresses.map(({ ip }) => ip));
  const { base, gateway } = network;
  for (let address = base + 1; address < gateway; address += 1) {
    const text = formatAddress(address);
    if (!taken.has(text)) return text;
  }
  return formatAddress(base + 1);
}

function forNobody({ containers, addresses, allContainers }: View): readonly Problem[] {
  if (!allContainers) return [];
  const known = containers.flatMap(({ id }) => id ?? []);
  const addressed = new Set(addresses.map(({ id }) => id));
  const waiting = known.filter((id) => !addressed.has(id));
  return addresses.flatMap(({ id, path }): readonly Problem[] => {
    if (id === undefined || known.includes(id)) return [];
    const owner = containers.find(
      (container) =>
        container.id !== undefined && instanceIds(container.id, container.instances).includes(id),
    );
    const fix =
      owner?.id === undefined
        ? didYouMean(id, waiting, 'remove it, or add the container')
        : `write "${owner.id}" with the first address; the others follow`;
    return [
      {
        severity: 'error',
        path: `${path}.id`,
        value: JSON.stringify(id),
        message: 'is not the id of a container',
        fix,
      },
    ];
  });
}

function idsTwice(addresses: readonly AddressView[]): readonly Problem[] {
  return repeated(addresses, ({ id }) => id).map(({ item, first }) => ({
    severity: 'error',
    path: `${item.path}.id`,
    value: JSON.stringify(item.id),
    message: `has its address in ${first.path} already`,
    fix: 'remove one of the two',
  }));
}

/** Addresses that are none, that the network does not have to give, or that are given twice. */
function badAddresses(view: View): readonly Problem[] {
  const network = usableNetwork(view.cidr);
  const owners = new Map<number, string>();
  return view.addresses.flatMap((entry): readonly Problem[] => {
    if (entry.ip === undefined) return [];
    const first = parseAddress(entry.ip);
    if (first === undefined) return [problem(entry, notAnAddress(entry.ip, network))];
    const container = view.containers.find(({ id }) => id === entry.id && id !== undefined);
    const count = container?.instances ?? 1;
    for (let offset = 0; offset < count; offset += 1) {
      const address = first + offset;
      const fault = faultOf(address, network) ?? takenBy(address, owners);
      if (fault !== undefined)
        return [problem(entry, forInstance(fault, { address, offset, count }))];
      owners.set(address, count === 1 ? entry.path : `an instance of ${entry.path}`);
    }
    return [];
  });
}

interface Fault {
  readonly message: string;
  readonly fix: string;
}

function problem({ path, ip }: AddressView, fault: Fault): Problem {
  return { severity: 'error', path: `${path}.ip_addr`, value: JSON.stringify(ip), ...fault };
}

function notAnAddress(text: string, network: Network | undefined): Fault {
  const withoutPrefix = text.replace(/\/\d+$/, '');
  if (parseAddress(withoutPrefix) !== undefined) {
    return { message: 'is an address with a prefix', fix: `write "${withoutPrefix}"` };
  }
  return {
    message: 'is not an IPv4 address',
    fix: `write four numbers, such as "${network === undefined ? '172.16.0.1' : formatAddress(network.base + 1)}"`,
  };
}

function faultOf(address: number, network: Network | undefined): Fault | undefined {
  if (network === undefined) return undefined;
  const from = formatAddress(network.base + 1);
  const fix = `write one from ${from} to ${formatAddress(network.gateway - 1)}`;
  if (!isInside(network, address)) return { message: `is outside ${network.cidr}`, fix };
  const reserved = reservedFor(network, address);
  return reserved === undefined ? undefined : { message: `is ${reserved}`, fix };
}

function takenBy(address: number, owners: ReadonlyMap<number, string>): Fault | undefined {
  const owner = owners.get(address);
  if (owner === undefined) return undefined;
  return { message: `is the address of ${owner} too`, fix: 'write another one' };
}

/** The fault of a later instance, told at the place where the first address is written. */
function forInstance(
  fault: Fault,
  { address, offset, count }: { address: number; offset: number; count: number },
): Fault {
  if (offset === 0) return fault;
  const which = `is the first of ${String(count)}, of which ${formatAddress(address)}`;
  return {
    message: `${which} ${fault.message}`,
    fix: 'write an earlier first address, or fewer instances',
  };
}
