import { expect, it } from 'vitest';
import { firewallRules } from '../../../src/actions/firewall-rules.js';
import type { NetworkMember, PairReport } from '../../../src/ports/virtual-network.js';
import { FakeHost } from '../../fakes/fake-host.js';

const PORTS = [
  { protocol: 'tcp', port: 6783 },
  { protocol: 'udp', port: 6784 },
] as const;

function member(id: string, cloud: string, number: number): NetworkMember {
  return {
    ...{ id, clusterId: cloud, host: new FakeHost(id) },
    ...{ address: `192.0.2.${String(number)}`, privateAddress: `10.0.0.${String(number)}` },
  };
}

const MEMBERS = [member('a1', 'a', 1), member('a2', 'a', 2), member('b1', 'b', 3)];

function blocked(from: string, to: string): PairReport {
  return { from, to, reachable: false, isBlocked: true };
}

/** The lines for Linux, without what is the same in all. */
function short(pairs: readonly PairReport[]): readonly string[] {
  return firewallRules(PORTS, MEMBERS, pairs).flatMap((line) => {
    const rule = /-p (\w+) --dport (\d+) -s (\S+)/.exec(line);
    if (rule !== null) return [rule.slice(1).join(' ')];
    return line.startsWith(' ') ? [] : [line];
  });
}

it('writes the rules for each host that is not reached, with the addresses it sees', () => {
  // Hosts of one cloud see each other's private addresses.
  expect(short([blocked('a1', 'a2'), blocked('b1', 'a2'), blocked('a2', 'b1')])).toEqual([
    'let TCP 6783, UDP 6784 in on a2, from a1, b1:',
    ...['tcp 6783 10.0.0.1', 'tcp 6783 192.0.2.3', 'udp 6784 10.0.0.1', 'udp 6784 192.0.2.3'],
    'let TCP 6783, UDP 6784 in on b1, from a2:',
    ...['tcp 6783 192.0.2.2', 'udp 6784 192.0.2.2'],
  ]);
});

it('says nothing of ways that fail for another reason', () => {
  expect(short([{ from: 'a1', to: 'a2', reachable: false, why: 'it was not told' }])).toEqual([]);
});

it('names the others where there are many', () => {
  const many = Array.from({ length: 6 }, (_, at) => member(`h${String(at)}`, `c${String(at)}`, at));
  const pairs = many.slice(1).map(({ id }) => blocked('h0', id));
  const lines = firewallRules(PORTS, many, pairs);
  expect(lines.filter((line) => line.startsWith('let '))).toHaveLength(4);
  expect(lines.at(-1)).toBe('and likewise on h5');
});
