import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'name of a Docker network',
    { name: 'bridge' },
    [
      'error name: "bridge" is the name of one of Docker\'s own networks; write another one, such as "crossflock"',
    ],
  ],
  [
    'name Docker refuses',
    { name: 'my pool' },
    [
      'error name: "my pool" cannot name a Docker network; write two or more letters, digits, "-", "_" and ".", such as "my-pool"',
    ],
  ],
  [
    'name too long',
    { name: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
    ['error name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" has 41 characters; write at most 40'],
  ],
  [
    'cluster id Docker refuses',
    { 'clusters[1].id': 'west europe', 'containers[2].cluster': 'west europe' },
    [
      'error clusters[1].id: "west europe" cannot name a cluster; write letters, digits, "-", "_" and ".", such as "west-europe"',
    ],
  ],
  [
    'cluster id twice',
    {
      'clusters[0].engine': 'embedded',
      'clusters[1].id': 'chameleon',
      'clusters[1].engine': 'embedded',
      'containers[2].cluster': 'chameleon',
    },
    [
      'error clusters[1].id: "chameleon" is the id of clusters[0] too; give one of the two another id',
    ],
  ],
  [
    'no Marathon',
    { 'clusters[0].engine': undefined },
    [
      'error clusters[0].marathon_uri: is missing, and there is no embedded engine either; write the address of a Marathon, such as "http://192.0.2.10:9090", or "engine": "embedded"',
    ],
  ],
  [
    'Marathon beside an engine',
    { 'clusters[0].marathon_uri': 'http://192.0.2.10:9090' },
    [
      'warning clusters[0].marathon_uri: "http://192.0.2.10:9090" is not used, because the embedded engine goes first; remove it, or remove "engine" to use this Marathon',
    ],
  ],
  [
    'Marathon without a scheme',
    { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': '192.0.2.10:9090' },
    [
      'error clusters[0].marathon_uri: "192.0.2.10:9090" is not the address of a Marathon; write "http://192.0.2.10:9090"',
    ],
  ],
  [
    'Marathon of another scheme',
    { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': 'ftp://192.0.2.10' },
    [
      'error clusters[0].marathon_uri: "ftp://192.0.2.10" is not the address of a Marathon; write "http://192.0.2.10:9090"',
    ],
  ],
  [
    'Marathon with an impossible port',
    { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': 'http://192.0.2.10:99999' },
    [
      'error clusters[0].marathon_uri: "http://192.0.2.10:99999" is not the address of a Marathon; write "http://192.0.2.10:9090"',
    ],
  ],
  [
    'Marathon with a password',
    {
      'clusters[0].engine': undefined,
      'clusters[0].marathon_uri': 'http://me:hunter2@192.0.2.10:9090',
    },
    [
      'error clusters[0].marathon_uri: "http://192.0.2.10:9090" has a user or a password in it; move them to "auth": {"username": …, "password": {"$env": …}}',
    ],
  ],
  [
    'Marathon with a query',
    {
      'clusters[0].engine': undefined,
      'clusters[0].marathon_uri': 'http://192.0.2.10:9090/v2/apps?force=true',
    },
    [
      'error clusters[0].marathon_uri: "http://192.0.2.10:9090/v2/apps?force=true" has more than an address; write "http://192.0.2.10:9090"',
    ],
  ],
  [
    'engine ports equal',
    { 'clusters[0].engine.port': 20000, 'clusters[1].engine.port': 20000 },
    [
      'error clusters[1].engine.port: 20000 is the port of clusters[0] too; write another one, such as 20001',
    ],
  ],
  [
    "engine port is another's default",
    { 'clusters[0].engine.port': 19091 },
    [
      'error clusters[1].engine.port: 19091 is the port of clusters[0] too; write another one, such as 19092',
    ],
  ],
];

test.each(CASES)('tells about clusters: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});

const ELSEWHERE =
  'seems to be on another machine, and the bridge network reaches containers of this machine only; write the machines of the cluster as "hosts", for a network that spans them, or use a Marathon of this machine';

test.each([
  'http://192.0.2.10:9090',
  'https://marathon.example.org/v2/apps',
  'http://[2001:db8::1]:9090',
  'http://localhost.example.org',
])('warns about a Marathon elsewhere: %s', async (uri) => {
  const changes = { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': uri };
  expect(await problemsAfter(changes)).toEqual([
    `warning clusters[0].marathon_uri: "${uri}" ${ELSEWHERE}`,
  ]);
});

test('warns about each cluster elsewhere', async () => {
  const uri = 'http://192.0.2.10:9090';
  const changes = {
    ...{ 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': uri },
    ...{ 'clusters[1].engine': undefined, 'clusters[1].marathon_uri': uri },
  };
  expect(await problemsAfter(changes)).toEqual([
    `warning clusters[0].marathon_uri: "${uri}" ${ELSEWHERE}`,
    `warning clusters[1].marathon_uri: "${uri}" ${ELSEWHERE}`,
  ]);
});

test.each([
  'http://127.0.0.1:9090',
  'http://127.1.2.3:9090/v2/apps',
  'http://localhost:9090',
  'http://LOCALHOST',
  'http://m.localhost:9090',
  'http://[::1]:9090',
])('says nothing about a Marathon of this machine: %s', async (uri) => {
  const changes = { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': uri };
  expect(await problemsAfter(changes)).toEqual([]);
});
