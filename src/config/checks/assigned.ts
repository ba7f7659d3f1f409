import { hostAddresses, parseAddress, type Network } from '../../plan/addressing.js';
import { assignAddresses } from '../../plan/assignment.js';
import type { ContainerView, View } from '../view.js';
import { usableNetwork } from './network.js';

/** A container with the first of its addresses: the one that it is given, or that it gets. */
export interface Assigned {
  readonly container: ContainerView;
  readonly given: boolean;
  /** Undefined where there is no room for it. */
  readonly first: number | undefined;
}

/** Addresses at the top of the network that no container can have. */
export function keptForHosts({ driver, hosts }: View): number {
  return hostAddresses(driver, hosts.length);
}

/** All containers with their addresses; without a usable network, only the given ones. */
export function assignedAddresses(view: View): readonly Assigned[] {
  const requests = view.containers.map(({ id, instances }) => ({
    count: instances,
    first: givenAddress(view, id),
  }));
  const firsts = assign(requests, usableNetwork(view.cidr), keptForHosts(view));
  return view.containers.map((container, index) => ({
    container,
    given: requests[index]?.first !== undefined,
    first: firsts[index],
  }));
}

type Requests = Parameters<typeof assignAddresses>[0];

function assign(requests: Requests, network: Network | undefined, kept: number) {
  if (network === undefined) return requests.map(({ first }) => first);
  return assignAddresses(requests, network, kept);
}

function givenAddress({ addresses }: View, id: string | undefined): number | undefined {
  const entry = addresses.find((address) => id !== undefined && address.id === id);
  return entry?.ip === undefined ? undefined : parseAddress(entry.ip);
}
