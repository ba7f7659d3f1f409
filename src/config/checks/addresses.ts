import type { Problem } from '../../errors/problem.js';
import {
  capacity,
  formatAddress,
  isInside,
  lastForContainers,
  parseAddress,
  reservedFor,
  type Network,
} from '../../plan/addressing.js';
import { instanceIds } from '../../plan/instances.js';
import { didYouMean } from '../suggest.js';
import type { AddressView, View } from '../view.js';
import { assignedAddresses, keptForHosts } from './assigned.js';
import { usableNetwork, wantedAddresses } from './network.js';
import { repeated } from './repeated.js';

/** Addresses of containers: inside the network, nobody else's, and some left for those without. */
export function addressProblems(view: View): readonly Problem[] {
  return [...forNobody(view), ...idsTwice(view.addresses), ...badAddresses(view), ...noRoom(view)];
}

/**
 * Containers that name no address and find none: the network is large enough, or else it is told
 * that it is not, but what is free in it lies scattered.
 */
function noRoom(view: View): readonly Problem[] {
  const network = usableNetwork(view.cidr);
  if (network === undefined) return [];
  if (wantedAddresses(view) > capacity(network, keptForHosts(view))) return [];
  return assignedAddresses(view)
    .filter(({ first }) => first === undefined)
    .map(({ container: { id, path, instances } }) => ({
      severity: 'error',
      path: `${path}.id`,
      ...(id === undefined ? {} : { value: JSON.stringify(id) }),
      message: `finds no ${instances === 1 ? 'free address' : `${String(instances)} free addresses in a row`} in ${network.cidr}`,
      fix: 'move the addresses in network.containers together, or write a larger network.cidr',
    }));
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
  const kept = keptForHosts(view);
  const owners = new Map<number, string>();
  return view.addresses.flatMap((entry): readonly Problem[] => {
    if (entry.ip === undefined) return [];
    const first = parseAddress(entry.ip);
    if (first === undefined) return [problem(entry, notAnAddress(entry.ip, network))];
    const container = view.containers.find(({ id }) => id === entry.id && id !== undefined);
    const count = container?.instances ?? 1;
    for (let offset = 0; offset < count; offset += 1) {
      const address = first + offset;
      const fault = faultOf(address, network, kept) ?? takenBy(address, owners);
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

function faultOf(address: number, network: Network | undefined, kept: number): Fault | undefined {
  if (network === undefined) return undefined;
  const from = formatAddress(network.base + 1);
  const fix = `write one from ${from} to ${formatAddress(lastForContainers(network, kept))}`;
  if (!isInside(network, address)) return { message: `is outside ${network.cidr}`, fix };
  const reserved = reservedFor(network, address, kept);
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
