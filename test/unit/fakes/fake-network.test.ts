import { describe, expect, it } from 'vitest';
import type { NetworkMember, SeenMember } from '../../../src/ports/virtual-network.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeNetwork, type FakeState } from '../../fakes/fake-network.js';

function member(id: string): NetworkMember {
  return { id, clusterId: id, host: new FakeHost(id), address: id, privateAddress: id };
}

const MEMBERS = ['a', 'b', 'c'].map(member);

/** What its own probe tells; nothing of the members in `silent`. */
function seen(network: FakeNetwork, ...silent: string[]): readonly SeenMember<FakeState>[] {
  return MEMBERS.map((one) => ({
    member: one,
    state: silent.includes(one.id) ? undefined : network.probe(one).parse(''),
  }));
}

async function applyAll(network: FakeNetwork, silent: string[], phase: string): Promise<void> {
  for (const change of network.plan(seen(network, ...silent))) {
    const target = MEMBERS.find(({ id }) => id === change.memberId);
    if (target !== undefined && change.phase === phase) await network.apply(target, change);
  }
}

describe('FakeNetwork', () => {
  it('launches, connects, and then has nothing to do', async () => {
    const network = new FakeNetwork();
    await applyAll(network, [], 'launch');
    await applyAll(network, [], 'connect');
    expect(network.plan(seen(network))).toEqual([]);
    expect(network.states.get('a')).toEqual({ launched: true, peers: ['b', 'c'] });
  });

  it('forgets nobody who cannot be asked', () => {
    const network = new FakeNetwork().with('a', 'b', 'c');
    expect(network.plan(seen(network, 'c'))).toEqual([]);
  });

  it('takes a member out of all, itself last', async () => {
    const network = new FakeNetwork().with('a', 'b', 'c');
    const changes = network.planLeave(seen(network), 'b');
    expect(changes.map(({ memberId }) => memberId)).toEqual(['a', 'c', 'b']);
    for (const change of changes) await network.apply(member(change.memberId), change);
    expect([...network.states.keys()]).toEqual(['a', 'c']);
    expect(network.planLeave(seen(network), 'b')).toEqual([]);
  });

  it('refuses what does not fit', async () => {
    const network = new FakeNetwork();
    const [launch, connect] = network.plan(seen(network));
    const a = member('a');
    if (launch === undefined) throw new Error('no change');
    await expect(network.apply(member('b'), launch)).rejects.toThrow('a is not b');
    await network.apply(a, launch);
    await expect(network.apply(a, launch)).rejects.toThrow('launched already');
    if (connect === undefined) throw new Error('no second change');
    await expect(network.apply(member('b'), connect)).resolves.toBeUndefined();
    await expect(network.apply(a, { ...launch, peers: undefined } as never)).rejects.toThrow();
  });
});
