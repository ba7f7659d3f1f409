import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bridgeDevice, parseRoutes, routeProblems } from '../../../src/config/routes.js';
import { lines, pathOf } from './support.js';

const captured = readFileSync(pathOf('test/fixtures/iproute2/route.json'), 'utf8');
const routes = parseRoutes(captured);
const FREE = 'write a range that is free here, such as "172.20.0.0/24"';

test('routes of a real machine, without the default one', () => {
  expect(routes).toEqual([
    { destination: '172.17.0.0/16', device: 'docker0' },
    { destination: '172.29.0.0/24', device: 'br-b5ce2f948505' },
    { destination: '172.31.77.0/24', device: 'br-5d3a700b9ef2' },
    { destination: '192.0.2.0/24', device: 'eth0' },
  ]);
});

test.each(['', 'not JSON', '{}', 'null', '[1, {"dst": 5}]'])('%j has no routes', (text) => {
  expect(parseRoutes(text)).toEqual([]);
});

describe('a network over a route', () => {
  test.each([
    ['172.16.0.0/24', []],
    ['192.0.3.0/24', []],
    ['172.17.5.0/24', ['172.17.0.0/16 on docker0']],
    ['192.0.2.128/25', ['192.0.2.0/24 on eth0']],
    [
      '172.16.0.0/12',
      [
        '172.17.0.0/16 on docker0',
        '172.29.0.0/24 on br-b5ce2f948505',
        '172.31.77.0/24 on br-5d3a700b9ef2',
      ],
    ],
  ])('%s overlaps %j', (cidr, expected) => {
    const found = routeProblems(cidr, routes);
    expect(found.map(({ message }) => message)).toEqual(
      expected.map((route) => `overlaps the route to ${route} of this machine`),
    );
  });

  test('tells the place, the value and a range that is free', () => {
    expect(lines(routeProblems('172.17.5.0/24', routes))).toEqual([
      `error network.cidr: "172.17.5.0/24" overlaps the route to 172.17.0.0/16 on docker0 of this machine; ${FREE}`,
    ]);
  });

  test('that is its own is as it should be', () => {
    const own = bridgeDevice('b5ce2f94850583a9e2b7f9b3f2a6d1ac1a2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f');
    expect(routeProblems('172.29.0.0/24', routes)).toHaveLength(1);
    expect(routeProblems('172.29.0.0/24', routes, own)).toEqual([]);
  });

  test('to a single address, and one that leads nowhere', () => {
    const some = parseRoutes(
      '[{"dst":"172.16.0.9","dev":"wg0"},{"type":"blackhole","dst":"172.16.0.0/30"}]',
    );
    expect(routeProblems('172.16.0.0/24', some).map(({ message }) => message)).toEqual([
      'overlaps the route to 172.16.0.9 on wg0 of this machine',
      'overlaps the route to 172.16.0.0/30 of this machine',
    ]);
  });

  test('the range that is offered is free, also where much is taken', () => {
    const taken = parseRoutes('[{"dst":"172.16.0.0/12","dev":"a"},{"dst":"10.0.0.0/8","dev":"b"}]');
    const [problem] = routeProblems('10.1.0.0/24', taken);
    expect(problem?.fix).toBe('write a range that is free here, such as "192.168.64.0/24"');
  });

  test('a text that is no network is for other checks', () => {
    expect(routeProblems('hello', routes)).toEqual([]);
  });
});
