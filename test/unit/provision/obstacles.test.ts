import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CloserFacts } from '../../../src/provision/facts/closer-look.js';
import { parseHostFacts, type HostFacts } from '../../../src/provision/facts/host-facts.js';
import {
  obstaclesAtSight,
  obstaclesCloseUp,
  obstaclesOnTheWay,
  unprovenWays,
  type Demands,
} from '../../../src/provision/obstacles.js';

const bare = parseHostFacts(
  readFileSync(new URL('../../fixtures/host-facts/debian-13-bare.txt', import.meta.url), 'utf8'),
);
const engine = { version: '26.1.5', api: '1.45', minApi: '1.24' };
const none = { engine: undefined, containers: [] };
const nothing: Demands = {
  need: { install: [], finish: false, start: false, users: [] },
  source: 'distribution',
  root: false,
  largestImage: 0,
  ports: [],
};
const all: Demands = {
  ...nothing,
  need: { install: ['engine', 'client'], finish: false, start: true, users: [] },
};

function atSight(facts: Partial<HostFacts>, demands = all, skew = 0, docker = none) {
  const found = obstaclesAtSight({ ...bare, ...facts }, docker, demands, skew);
  return found.map(({ what }) => what);
}

describe('obstaclesAtSight', () => {
  it('finds none on a bare Debian', () => {
    expect(atSight({})).toEqual([]);
  });

  it.each<[string, Partial<HostFacts>, RegExp]>([
    ['an unsupported system', { os: { ...bare.os, id: 'rocky', name: 'Rocky 9' } }, /Rocky 9/],
    ['no apt-get', { programs: new Set(['perl']) }, /no apt-get/],
    ['nothing to ask Docker with', { programs: new Set(['apt-get']) }, /neither perl nor curl/],
    ['no root', { isRoot: false }, /not root/],
    ['little memory', { memoryMb: 400 }, /400 MB of memory/],
    ['little disk', { diskFreeMb: 900 }, /900 MB are free .* 1100 MB are needed/],
  ])('%s', (_, facts, message) => {
    const [what, ...others] = atSight(facts);
    expect(what).toMatch(message);
    expect(others).toEqual([]);
  });

  it('needs none of that where Docker is there already', () => {
    const rocky = { os: { ...bare.os, id: 'rocky' }, isRoot: false, diskFreeMb: 10 };
    const docker = { engine, containers: [] };
    expect(obstaclesAtSight({ ...bare, ...rocky }, docker, nothing, 0)).toEqual([]);
  });

  it('wants room for the largest image, twice while it is unpacked', () => {
    const demands = { ...nothing, largestImage: 1e9 };
    expect(atSight({ diskFreeMb: 1999 }, demands)).toHaveLength(1);
    expect(atSight({ diskFreeMb: 2000 }, demands)).toEqual([]);
  });

  it('wants root where something is kept as root, though Docker is there', () => {
    const docker = { engine, containers: [] };
    const demands = { ...nothing, root: true };
    const found = (facts: Partial<HostFacts>) =>
      obstaclesAtSight({ ...bare, ...facts }, docker, demands, 0);
    expect(found({ isRoot: true })).toEqual([]);
    // A member of the group docker can start containers, and cannot read the pool's key.
    expect(found({ isRoot: false, maySpeakToDocker: true })).toEqual([
      {
        what: 'the user is not root, and "sudo" says "none": the pool key and the network are kept as root on the host',
        todo: 'write "sudo": "passwordless" or a password for the host',
      },
    ]);
  });

  it('tells a user who may not speak to Docker from one who may not install it', () => {
    const [what] = atSight({ isRoot: false, maySpeakToDocker: false }, nothing);
    expect(what).toMatch(/neither root nor in the group docker/);
  });

  it.each([
    [31, /31 s ahead of/],
    [-3600, /3600 s behind/],
  ])('a clock that is off by %d s', (skew, message) => {
    expect(atSight({}, nothing, skew)[0]).toMatch(message);
    expect(atSight({}, nothing, Math.sign(skew) * 30)).toEqual([]);
  });

  it('names everything at once, each with what to do', () => {
    const facts = { ...bare, memoryMb: 100, diskFreeMb: 1, isRoot: false };
    const found = obstaclesAtSight(facts, none, all, 99);
    expect(found).toHaveLength(4);
    for (const { todo } of found) expect(todo).not.toBe('');
  });
});

const closer: CloserFacts = {
  modules: { wireguard: 'absent', vxlan: 'loaded', tun: 'loaded', br_netfilter: 'loaded' },
  listeners: [
    { protocol: 'tcp', address: '127.0.0.1', port: 19090, by: 'nginx (812)' },
    { protocol: 'udp', address: '0.0.0.0', port: 51820, by: undefined },
  ],
  attempts: [],
  unknownUsers: [],
  packages: undefined,
};

describe('obstaclesCloseUp', () => {
  const port = { for: 'the embedded marathon', setting: '"engine.port"' };
  it('names who has a port that is wanted', () => {
    const ports = [{ ...port, protocol: 'tcp', port: 19090 } as const];
    const [found] = obstaclesCloseUp(bare, closer, { ...nothing, ports });
    expect(found?.what).toBe(
      'tcp port 19090, which the embedded marathon wants, is in use by nginx (812)',
    );
    expect(found?.todo).toContain('"engine.port"');
  });

  it('leaves alone the same port of the other protocol', () => {
    const ports = [{ ...port, protocol: 'udp', port: 19090 } as const];
    expect(obstaclesCloseUp(bare, closer, { ...nothing, ports })).toEqual([]);
  });

  it('names users that are not there', () => {
    const [found] = obstaclesCloseUp(bare, { ...closer, unknownUsers: ['bob'] }, nothing);
    expect(found?.what).toContain('no user bob');
  });

  it('names servers that cannot be reached, and a release that Docker does not serve', () => {
    const lines = [
      "http://deb.example/dists/x/InRelease  Could not resolve 'deb.example'",
      'https://download.docker.com/linux/debian/dists/trixie/InRelease  404  Not Found',
    ];
    const packages = { unfinished: false, lockedBy: undefined, unreachable: lines };
    const found = obstaclesCloseUp(bare, { ...closer, packages }, { ...all, source: 'docker' });
    expect(found.map(({ what }) => what)).toEqual([
      "packages cannot be fetched: http://deb.example/dists/x/InRelease Could not resolve 'deb.example'",
      "docker's repository has nothing for Debian GNU/Linux 13 (trixie) (trixie)",
    ]);
    expect(found[1]?.todo).toContain('"distribution"');
  });
});

describe('the ways to other hosts', () => {
  const attempt = { protocol: 'udp', address: '192.0.2.7', port: 51820, said: '' } as const;
  const wayTo = (isNew: boolean) => () => ({ to: 'azure-1', isNew, advice: () => 'add a rule' });

  it('names those that are closed, with the rule to add', () => {
    const closed = { ...attempt, outcome: 'closed', said: 'No route to host' } as const;
    expect(obstaclesOnTheWay([closed], wayTo(true))).toEqual([
      {
        what: 'udp port 51820 of azure-1 (192.0.2.7) cannot be reached from here: No route to host',
        todo: 'add a rule',
      },
    ]);
  });

  it('takes silence for no obstacle, and says so where nobody listens yet', () => {
    const silent = { ...attempt, outcome: 'silent' } as const;
    expect(obstaclesOnTheWay([silent], wayTo(true))).toEqual([]);
    expect(unprovenWays([silent], wayTo(true))).toHaveLength(1);
    expect(unprovenWays([silent], wayTo(false))).toEqual([]);
  });
});
