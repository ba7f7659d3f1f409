import { describe, expect, it } from 'vitest';

import { isBlocked, reachWords } from '../../../../src/networks/wireguard/reach-words.js';
import type { PairFindings, Way } from '../../../../src/networks/wireguard/reach-words.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { captured, network, peer, seen, signal, up } from './kit.js';

const MEASURE = [
  'docker',
  'exec',
  '--interactive',
  'dep2-network',
  'crossflock-network',
  'measure',
];

describe('measuring', () => {
  it('tries all ways of a host in one command', async () => {
    const host = new FakeHost('h1').once(MEASURE, { stdout: captured('measure.json') });
    const from = seen(1, up(1, [peer(2), peer(3)]), { host });
    const to = [seen(2, up(2, [peer(1)])), seen(3, up(3)), seen(4, up(4))];
    const reports = await network.measure(from, to, signal);
    host.verify();
    expect(JSON.parse(host.runs[0]!.stdin)).toEqual(
      [peer(2), peer(3)].map(({ gateway, address, publicKey }) => ({
        gateway,
        address,
        publicKey,
      })),
    );
    expect(reports).toEqual([
      {
        from: 'h1',
        to: 'h2',
        reachable: true,
        latencyMs: 0.633,
        mtu: 1370,
        handshakeSeconds: 33,
      },
      {
        from: 'h1',
        to: 'h3',
        reachable: false,
        why: expect.stringContaining('h3 was not told of h1') as string,
      },
      {
        from: 'h1',
        to: 'h4',
        reachable: false,
        why: expect.stringContaining('h1 was not told of h4') as string,
      },
    ]);
  });

  it.each([
    ['was not seen', undefined, 'h1 could not be asked'],
    [
      'does not run',
      { ...up(1), container: undefined },
      'the container dep2-network on h1 is not there',
    ],
  ])('runs nothing where the host %s', async (_, state, why) => {
    const reports = await network.measure(seen(1, state), [seen(2, up(2))], signal);
    expect(reports).toEqual([
      { from: 'h1', to: 'h2', reachable: false, why: expect.stringContaining(why) as string },
    ]);
  });

  it('says when it could not try', async () => {
    const host = new FakeHost('h1').once(MEASURE, { exitCode: 2, stderr: 'no way\n' });
    await expect(
      network.measure(seen(1, up(1, [peer(2)]), { host }), [seen(2, up(2))], signal),
    ).rejects.toThrow('cannot try the ways from h1: no way');
  });
});

describe('why a way does not work', () => {
  const WAY: Way = {
    from: 'h1',
    to: 'h2',
    endpoint: '192.0.2.2:51820',
    port: 51820,
    wantedMtu: 1370,
    toState: up(2, [peer(1)]),
  };
  const cases: readonly [string, PairFindings, Partial<Way>, string][] = [
    ['small packets only', { small: 1, mtu: 1200 }, {}, '1200 bytes pass instead of 1370'],
    ['a blocked port', {}, {}, 'no handshake with 192.0.2.2:51820: let UDP port 51820 in on h2'],
    ['a cut', { handshake: 400 }, {}, 'for 400 s: h2 is down, or the way is cut'],
    ['a fresh cut', { handshake: 20 }, {}, 'keys were agreed on 20 s ago'],
    [
      'an agent that does not run',
      {},
      { toState: { ...up(2), container: undefined } },
      'the network of h2 does not run',
    ],
    ['one side alone', {}, { toState: up(2) }, 'h2 was not told of h1'],
    ['the tunnel alone', { wireguard: 1 }, {}, 'see whether a packet filter on h2'],
    [
      'a bridge that is not there',
      { wireguard: 1 },
      { toState: { ...up(2), links: { ...up(2).links, bridge: false } } },
      'h2 has no docker network',
    ],
    [
      'a VXLAN off the bridge',
      { wireguard: 1 },
      { toState: { ...up(2), links: { ...up(2).links, attached: false } } },
      'the VXLAN is not on the bridge',
    ],
  ];
  it.each(cases)('%s', (_, found, way, words) => {
    expect(reachWords(found, { ...WAY, ...way })).toContain(words);
  });

  it('blames what is in between only where both ends are up and nothing was heard', () => {
    const blames = (found: PairFindings, way: Partial<Way> = {}): boolean =>
      isBlocked(found, { ...WAY, ...way });
    expect(blames({})).toBe(true);
    expect(blames({ handshake: 400 })).toBe(true);
    expect(blames({ handshake: 20 })).toBe(false);
    expect(blames({ wireguard: 1 })).toBe(false);
    expect(blames({ small: 1 })).toBe(false);
    expect(blames({}, { toState: up(2) })).toBe(false);
    expect(blames({}, { toState: { ...up(2, [peer(1)]), container: undefined } })).toBe(false);
    expect(blames({}, { toState: up(2, [peer(1)]) })).toBe(true);
  });

  it('says nothing where all is well', () => {
    expect(reachWords({ small: 1, mtu: 1370, handshake: 1 }, WAY)).toBeUndefined();
  });
});
