import { describe, expect, it } from 'vitest';

import type { WireguardState } from '../../../../src/networks/wireguard/state.js';
import { WireguardNetwork } from '../../../../src/networks/wireguard/wireguard-network.js';
import { BARE, KEYS, network, peer, PLAN, seen, up } from './kit.js';

/** All three know each other. */
const THREE = [1, 2, 3].map((number) =>
  seen(
    number,
    up(
      number,
      [1, 2, 3].filter((other) => other !== number).map((other) => peer(other)),
    ),
  ),
);

function lines(members: Parameters<typeof network.plan>[0], net = network): string[] {
  return net
    .plan(members)
    .map(({ phase, view }) => [phase, view.action, view.target, view.detail].join(' ').trim());
}

describe('a network that is up', () => {
  it('needs nothing', () => {
    expect(network.plan(THREE)).toEqual([]);
  });

  it('keeps what it knows of a host that cannot be asked, and of one that it was not told of', () => {
    const [first, second] = THREE;
    expect(network.plan([first!, second!, seen(3, undefined)])).toEqual([]);
    expect(network.plan([first!, second!])).toEqual([]);
  });
});

describe('new hosts', () => {
  it('take the highest addresses, and all is listed before anything is made', () => {
    expect(lines([seen(1, BARE), seen(2, BARE)])).toEqual([
      "launch create dep2 on h1 172.16.0.0/24, 172.16.0.254 is the host's",
      'launch create dep2-network on h1',
      'connect update dep2-network on h1 add h2',
      "launch create dep2 on h2 172.16.0.0/24, 172.16.0.253 is the host's",
      'launch create dep2-network on h2',
      'connect update dep2-network on h2 add h1',
    ]);
  });

  it('take no address that is a container’s, another host’s or that of a host nobody can ask', () => {
    const taken = new WireguardNetwork({ ...PLAN, taken: ['172.16.0.254'] });
    const members = [seen(4, BARE), seen(2, up(2, [peer(3)])), seen(3, undefined)];
    expect(lines(members, taken)[0]).toContain('172.16.0.251 is the host');
  });

  it('take no address of a host that is not listed and that others still know', () => {
    expect(lines([seen(2, up(2, [peer(1)])), seen(3, BARE)])[1]).toContain('172.16.0.252 is the');
  });

  it('are refused when the network is full', () => {
    const small = new WireguardNetwork({ ...PLAN, cidr: '172.16.0.0/30', taken: ['172.16.0.1'] });
    expect(() => small.plan([seen(1, BARE), seen(2, BARE)])).toThrow(
      'no address is left in 172.16.0.0/30 for the host h2',
    );
  });

  it('join the others, who learn of them alone', () => {
    const four = seen(4, up(4));
    const changes = network.plan([...THREE, four]);
    expect(changes.map(({ memberId, action }) => ({ memberId, action }))).toEqual([
      ...['h1', 'h2', 'h3'].map((memberId) => ({
        memberId,
        action: { type: 'add-peers', peers: [peer(4)], unknown: [] },
      })),
      {
        memberId: 'h4',
        action: { type: 'add-peers', peers: [peer(1), peer(2), peer(3)], unknown: [] },
      },
    ]);
  });

  it('learn of a host that cannot be asked now from the others', () => {
    const [change] = network.plan([
      seen(1, up(1)),
      seen(2, up(2, [peer(1), peer(3)])),
      seen(3, undefined),
    ]);
    expect(change?.action).toMatchObject({ peers: [{ id: 'h2' }, peer(3)] });
  });

  it('do not wait for a host that nobody knows and that cannot be asked', () => {
    expect(network.plan([seen(1, up(1)), seen(2, undefined)])).toEqual([]);
  });
});

describe('the ways between hosts', () => {
  it('are the private ones inside a cluster', () => {
    const members = [1, 2, 3].map((number) =>
      seen(number, up(number), { clusterId: number < 3 ? 'near' : 'far' }),
    );
    const [first] = network.plan(members);
    expect(first?.action).toMatchObject({
      peers: [{ endpoint: '10.0.0.2:51820' }, { endpoint: '192.0.2.3:51820' }],
    });
  });

  it('have IPv6 addresses in brackets', () => {
    const [first] = network.plan([seen(1, up(1)), seen(2, up(2), { address: '2001:db8::2' })]);
    expect(first?.action).toMatchObject({ peers: [{ endpoint: '[2001:db8::2]:51820' }] });
  });

  it.each([
    ['another address', { endpoint: '198.51.100.7:51820' }],
    ['another key', { publicKey: KEYS[4]! }],
    ['another port', { endpoint: '192.0.2.2:1' }],
  ])('are changed for %s', (_, change) => {
    expect(lines([seen(1, up(1, [peer(2, change)])), seen(2, up(2, [peer(1)]))])).toEqual([
      'connect update dep2-network on h1 change h2',
    ]);
  });
});

describe('clashes', () => {
  it('names two hosts with one address', () => {
    const twin = { ...up(2), self: { ...up(2).self!, gateway: '172.16.0.254' } };
    expect(() => network.plan([seen(1, up(1)), seen(2, twin)])).toThrow(
      'h1 and h2 both have 172.16.0.254',
    );
  });

  it('names a container with a host’s address, also where the host cannot be asked', () => {
    const net = new WireguardNetwork({ ...PLAN, taken: ['172.16.0.253'] });
    const told = 'a container is given 172.16.0.253, which is the address of the host h2';
    expect(() => net.plan([seen(2, up(2))])).toThrow(told);
    expect(() => net.plan([seen(1, up(1, [peer(2)])), seen(2, undefined)])).toThrow(told);
  });

  it('names copies of one machine', () => {
    const copy = { ...up(2), self: { ...up(2).self!, publicKey: KEYS[1]! } };
    expect(() => network.plan([seen(1, up(1)), seen(2, copy)])).toThrow(
      'h1 and h2 have the same wireguard key',
    );
  });

  it('does not take a remembered address for a new host that has meanwhile another owner', () => {
    // h3 was removed and its address given to h4; h1 could not be asked then.
    const members = [
      seen(1, up(1, [peer(3)])),
      seen(4, { ...up(3), self: { ...up(3).self!, id: 'h4' } }),
      seen(3, BARE),
    ];
    expect(lines(members).find((line) => line.includes('dep2 on h3'))).toContain('172.16.0.253');
  });

  it('keeps away from a docker network of somebody else', () => {
    const state = up(1);
    const foreign = { ...state, network: { ...state.network!, labels: {} } };
    expect(() => network.plan([seen(1, foreign)])).toThrow('was not made by crossflock');
  });

  it.each([
    ['addresses', { subnets: [{ subnet: '172.20.0.0/24', gateway: '172.20.0.254' }] }],
    ['a driver of one machine', { options: {} }],
  ])('does not change a network made with other %s', (_, change) => {
    const state = up(1);
    const other = { ...state, network: { ...state.network!, ...change } };
    expect(() => network.plan([seen(1, other)])).toThrow('wanted is 172.16.0.0/24');
  });

  it('keeps away from a container of somebody else', () => {
    const state = up(1);
    const foreign = { ...state, container: { ...state.container!, labels: {} } };
    expect(() => network.plan([seen(1, foreign)])).toThrow('the container dep2-network on h1');
  });
});

describe('the container of the network', () => {
  const cases: readonly [string, (state: WireguardState) => Partial<WireguardState>, string][] = [
    ['is made again', () => ({ container: undefined }), 'launch create dep2-network on h1'],
    [
      'is started',
      ({ container }) => ({ container: { ...container!, status: 'exited' } }),
      'launch start dep2-network on h1 is exited',
    ],
    [
      'is made anew when it dies again and again',
      ({ container }) => ({ container: { ...container!, status: 'restarting' } }),
      'launch update dep2-network on h1 is restarting',
    ],
    [
      'is made anew for another image',
      () => ({ imageId: 'sha256:two' }),
      'launch update dep2-network on h1 another image',
    ],
    [
      'is repaired',
      () => ({ problems: ['UDP port 51820 is in use'] }),
      'launch restart dep2-network on h1 UDP port 51820 is in use',
    ],
    [
      'is repaired without its interface',
      ({ links }) => ({ links: { ...links, vxlan: false } }),
      'launch restart dep2-network on h1 an interface is missing',
    ],
    [
      'is repaired off the bridge',
      ({ links }) => ({ links: { ...links, attached: false } }),
      'launch restart dep2-network on h1 is not on the bridge',
    ],
  ];
  it.each(cases)('%s', (_, change, line) => {
    const state = up(1);
    expect(lines([seen(1, { ...state, ...change(state) })])).toEqual([line]);
  });

  it('stays when its image is not on the host any more', () => {
    expect(network.plan([seen(1, { ...up(1), imageId: undefined })])).toEqual([]);
  });

  it('is made anew for another port', () => {
    const other = new WireguardNetwork({ ...PLAN, port: 51821 });
    expect(lines([seen(1, up(1))], other)).toEqual([
      'launch update dep2-network on h1 other settings',
    ]);
  });
});

describe('a host that leaves', () => {
  it('is forgotten by all others that were seen, and loses everything', () => {
    const changes = network.planLeave([...THREE.slice(0, 2), THREE[2]!, seen(4, undefined)], 'h3');
    expect(changes.map(({ memberId, action }) => ({ memberId, action }))).toEqual([
      { memberId: 'h1', action: { type: 'forget-peer', peers: [KEYS[3]] } },
      { memberId: 'h2', action: { type: 'forget-peer', peers: [KEYS[3]] } },
      { memberId: 'h3', action: { type: 'leave' } },
    ]);
    expect(changes.every(({ phase }) => phase === 'leave')).toBe(true);
  });

  it('is forgotten when it is gone itself', () => {
    const changes = network.planLeave([THREE[0]!, seen(3, undefined)], 'h3');
    expect(changes.map(({ memberId }) => memberId)).toEqual(['h1']);
  });

  it('is forgotten under its former name', () => {
    const renamed = seen(1, up(1, [peer(3, { id: 'old' })]));
    const [change] = network.planLeave([renamed, THREE[2]!], 'h3');
    expect(change?.action).toEqual({ type: 'forget-peer', peers: [KEYS[3]] });
  });

  it('leaves nothing to do where it never was', () => {
    expect(network.planLeave([seen(1, up(1)), seen(3, BARE)], 'h3')).toEqual([]);
  });
});
