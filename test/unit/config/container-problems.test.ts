import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'misspelt cluster',
    { 'containers[1].cluster': 'chameleom' },
    [
      'error containers[1].cluster: "chameleom" is not the id of a cluster; did you mean "chameleon"?',
    ],
  ],
  [
    'unknown cluster',
    { 'containers[1].cluster': 'ec2' },
    ['error containers[1].cluster: "ec2" is not the id of a cluster; write "chameleon" or "azure"'],
  ],
  [
    'container id in capitals',
    { 'containers[1].id': 'Runner_1', 'network.containers[1].id': 'Runner_1' },
    [
      'error containers[1].id: "Runner_1" is an id that Marathon refuses; write lower-case letters, digits, "-" and ".", such as "runner-1"',
    ],
  ],
  [
    'container id of Marathon',
    { 'containers[1].id': 'tasks', 'network.containers[1].id': 'tasks' },
    [
      'error containers[1].id: "tasks" is an id that Marathon keeps for itself; write another one, such as "tasks-1"',
    ],
  ],
  [
    'container id too long',
    {
      'containers[1].id': 'rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr',
      'network.containers[1].id':
        'rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr',
    },
    [
      'error containers[1].id: "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" has 64 characters, too long for a host name; write at most 63',
    ],
  ],
  [
    'container id on two clusters',
    {
      'containers[2].id': 'runner1',
      'network.containers': [
        { id: 'submitter', ip_addr: '172.16.0.1' },
        { id: 'runner1', ip_addr: '172.16.0.2' },
      ],
    },
    [
      'error containers[2].id: "runner1" is the id of containers[1] too; give one of the two another id; ids are unique over all clusters',
    ],
  ],
  [
    'container id of an instance',
    {
      'clusters[0].engine': 'embedded',
      'containers[1].instances': 2,
      'containers[2].id': 'runner1-2',
      'network.containers[2].id': 'runner1-2',
      'network.containers[2].ip_addr': '172.16.0.9',
    },
    [
      'error containers[2].id: "runner1-2" is the id of an instance of containers[1] too; give one of the two another id; ids are unique over all clusters',
    ],
  ],
  [
    'volume of no kind',
    { 'containers[1].volumes': [{ container_path: '/data' }] },
    [
      'error containers[1].volumes[0]: has neither host_path nor name; write "host_path" for a folder of the host, or "name" for a Docker volume',
    ],
  ],
  [
    'volume of two kinds',
    { 'containers[1].volumes': [{ container_path: '/data', host_path: '/srv', name: 'gem' }] },
    [
      'error containers[1].volumes[0]: has both host_path and name; write "host_path" for a folder of the host, or "name" for a Docker volume',
    ],
  ],
  [
    'two volumes in one place',
    {
      'containers[1].volumes': [
        { container_path: '/data', name: 'gem' },
        { container_path: '/data/', host_path: '/srv' },
      ],
    },
    [
      'error containers[1].volumes[1].container_path: "/data" is where containers[1].volumes[0] is mounted already; write another path, or remove one of the two',
    ],
  ],
  [
    'label that is taken',
    { 'containers[1].labels': { 'crossflock.role': 'boss' } },
    [
      'error containers[1].labels["crossflock.role"]: "crossflock.role" begins with "crossflock.", which is kept for crossflock itself; write another name, such as "role"',
    ],
  ],
  [
    'constraint with no operator',
    { 'containers[1].constraints': [['hostname', 'unique']] },
    [
      'error containers[1].constraints[0][1]: "unique" is not an operator of a constraint; write "UNIQUE"',
    ],
  ],
  [
    'constraint without a value',
    { 'containers[1].constraints': [['hostname', 'LIKE']] },
    ['error containers[1].constraints[0]: has no value for LIKE; write ["hostname", "LIKE", "…"]'],
  ],
  [
    'constraint with a value too many',
    { 'containers[1].constraints': [['hostname', 'UNIQUE', 'x']] },
    [
      'error containers[1].constraints[0]: has a value, which UNIQUE does not take; write ["hostname", "UNIQUE"]',
    ],
  ],
  [
    'no submitter',
    { 'containers[0].role': 'other' },
    [
      'warning containers: there is no submitter, so run-kinc cannot run; add a container with the image crossflock/submitter, or write "role": "submitter"',
    ],
  ],
  [
    'no containers',
    { containers: [], 'network.containers': [] },
    [
      'warning containers: [] is empty, so create-containers has nothing to start; write a submitter and executors for it',
    ],
  ],
  [
    'two submitters',
    { 'containers[0].instances': 2, 'network.containers[0].ip_addr': '172.16.0.10' },
    [
      'warning containers: there are 2 submitters ("submitter-1", "submitter-2"), and run-kinc needs exactly one; keep one of them, or write another "role" for the rest',
    ],
  ],
];

test.each(CASES)('tells about containers: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});
