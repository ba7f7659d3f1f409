import { lastForContainers, type Network } from './addressing.js';

/** What a container wants: so many addresses in a row, from the one it names or from anywhere. */
export interface AddressRequest {
  readonly count: number;
  readonly first?: number | undefined;
}

/**
 * The first address of each request, in their order. Those that name one have it; each of the
 * others gets the first free ones in a row, so that the same requests get the same addresses in
 * every run. Undefined where there are not so many in a row.
 *
 * @param kept addresses at the top of the network that are the hosts'
 */
export function assignAddresses(
  requests: readonly AddressRequest[],
  network: Network,
  kept: number,
): readonly (number | undefined)[] {
  const taken = new Set(
    requests.flatMap(({ first, count }) => (first === undefined ? [] : row(first, count))),
  );
  const last = lastForContainers(network, kept);
  return requests.map(({ count, first }) => {
    if (first !== undefined) return first;
    const found = firstFree(count, { from: network.base + 1, last, taken });
    if (found !== undefined) for (const address of row(found, count)) taken.add(address);
    return found;
  });
}

function row(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

interface Range {
  readonly from: number;
  readonly last: number;
  readonly taken: ReadonlySet<number>;
}

function firstFree(count: number, { from, last, taken }: Range): number | undefined {
  let start = from;
  for (let address = from; address <= last; address += 1) {
    if (taken.has(address)) start = address + 1;
    else if (address - start + 1 === count) return start;
  }
  return undefined;
}
