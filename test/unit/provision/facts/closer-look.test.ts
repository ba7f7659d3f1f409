import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closerProbe, parseCloserFacts } from '../../../../src/provision/facts/closer-look.js';
import { parseListeners } from '../../../../src/provision/facts/listeners.js';

const TEXT = readFileSync(
  new URL('../../../fixtures/host-facts/closer-debian-13.txt', import.meta.url),
  'utf8',
);

describe('parseCloserFacts', () => {
  it('reads what a provisioned host said', () => {
    const facts = parseCloserFacts(TEXT);
    expect(facts.modules).toEqual({
      wireguard: 'unknown',
      vxlan: 'loaded',
      tun: 'loaded',
      br_netfilter: 'unknown',
    });
    expect(facts.unknownUsers).toEqual(['nosuch']);
    expect(facts.packages).toEqual({ unfinished: false, lockedBy: undefined, unreachable: [] });
  });

  it('tells ways that are open, closed, and silent', () => {
    const outcomes = parseCloserFacts(TEXT).attempts.map(
      ({ protocol, address, port, outcome, said }) =>
        `${protocol} ${address} ${port} ${outcome} ${said}`,
    );
    expect(outcomes.sort()).toEqual([
      'tcp 10.199.0.33 22 open ',
      'tcp 10.199.0.33 23 open Connection refused',
      'tcp 10.199.0.99 22 closed No route to host',
      'tcp no.such.invalid 22 closed Name or service not known',
      'udp 10.199.0.33 51820 silent ',
      'udp 10.199.0.33 51999 open Connection refused',
      'udp 10.199.0.99 51820 silent ',
    ]);
  });

  it('takes a connection that nobody answered for closed', () => {
    const [attempt] = parseCloserFacts('@@ attempts\ntcp 192.0.2.1 22 124 \n').attempts;
    expect(attempt).toMatchObject({ outcome: 'closed', said: 'no answer in 4 s' });
  });

  it('keeps the servers that cannot be reached, and no trouble with certificates', () => {
    const { packages } = parseCloserFacts(
      [
        '@@ unfinished',
        '/var/lib/dpkg/updates/0001',
        '@@ lock',
        'apt-get (812)',
        '@@ servers',
        "http://a.example/debian/dists/x/InRelease  Could not resolve 'a.example'",
        'https://b.example/dists/x/InRelease  Certificate verification failed: no CA',
        'https://c.example/dists/x/InRelease  404  Not Found [IP: 192.0.2.1 443]',
      ].join('\n'),
    );
    expect(packages).toMatchObject({ unfinished: true, lockedBy: 'apt-get (812)' });
    expect(packages?.unreachable.map((line) => line.split('/')[2])).toEqual([
      'a.example',
      'c.example',
    ]);
  });

  it('knows nothing about packages where it was not asked', () => {
    expect(parseCloserFacts('@@ modules\n@@ users\n').packages).toBeUndefined();
  });
});

describe('closerProbe', () => {
  it('hands everything in through the environment', () => {
    const probe = closerProbe({
      packages: true,
      repository: 'https://r.example/x',
      destinations: [{ protocol: 'udp', address: '192.0.2.7', port: 51820 }],
      users: ['cc', 'ubuntu'],
    });
    expect(probe.env).toEqual({
      LC_ALL: 'C',
      CROSSFLOCK_LOOK_USERS: 'cc ubuntu',
      CROSSFLOCK_LOOK_PORTS: 'udp 192.0.2.7 51820',
      CROSSFLOCK_LOOK_PACKAGES: 'yes',
      CROSSFLOCK_LOOK_REPOSITORY: 'https://r.example/x',
    });
    expect(probe.script).not.toContain('192.0.2.7');
  });
});

describe('parseListeners', () => {
  it('names programs, and sockets without one', () => {
    const found = parseListeners(
      TEXT.slice(TEXT.indexOf('@@ listeners'), TEXT.indexOf('@@ users')),
    );
    expect(found).toContainEqual({
      protocol: 'tcp',
      address: '127.0.0.1',
      port: 19090,
      by: 'MainThread (865)',
    });
    expect(found).toContainEqual({ protocol: 'tcp', address: '::', port: 22, by: 'sshd (25)' });
    expect(found).toContainEqual({
      protocol: 'udp',
      address: '0.0.0.0',
      port: 25046,
      by: undefined,
    });
  });
});
