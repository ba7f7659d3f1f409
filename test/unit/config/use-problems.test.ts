import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'host port twice',
    {
      'containers[0].ports': [
        { container_port: 22, host_port: 2222, protocol: 'tcp', name: 'ssh' },
      ],
      'containers[1].ports': [{ container_port: 80, host_port: 2222 }],
    },
    [
      'error containers[1].ports[0].host_port: 2222 is the port of containers[0].ports[0] too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'host port of the Marathon',
    {
      'containers[0].ports': [
        { container_port: 22, host_port: 19090, protocol: 'tcp', name: 'ssh' },
      ],
    },
    [
      'error containers[0].ports[0].host_port: 19090 is the port of the embedded Marathon of this cluster too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'host port of instances',
    {
      'clusters[1].engine': 'embedded',
      'containers[2].ports': [{ container_port: 80, host_port: 8080 }],
      'containers[2].instances': 2,
    },
    [
      'error containers[2].ports[0].host_port: 8080 is the port of all 2 instances, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    "host port twice on a Marathon of one's own",
    {
      'clusters[0].engine': undefined,
      'clusters[0].marathon_uri': 'http://127.0.0.1:9090',
      'containers[0].ports': [
        { container_port: 22, host_port: 2222, protocol: 'tcp', name: 'ssh' },
      ],
      'containers[1].ports': [{ container_port: 80, host_port: 2222 }],
    },
    [
      'warning containers[1].ports[0].host_port: 2222 is the port of containers[0].ports[0] too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'same host port of two protocols',
    {
      'containers[0].ports': [
        { container_port: 53, host_port: 53 },
        { container_port: 53, host_port: 53, protocol: 'udp' },
      ],
    },
    [],
  ],
  [
    'memory per slot',
    { 'containers[1].n_cpus': 5 },
    [
      'warning containers[1].mem: 4096 is 819 MB for each slot of 5, and a KINC job needs 1024 MB; write 5120 or more, or "n_cpus": 4',
    ],
  ],
  [
    'memory for no slot',
    { 'containers[1].n_cpus': 1, 'containers[1].mem': 512 },
    [
      'warning containers[1].mem: 512 is 512 MB for each slot of 1, and a KINC job needs 1024 MB; write 1024 or more',
    ],
  ],
  [
    'CPUs of a cluster',
    { 'clusters[0].engine.resources.cpus': 4.5 },
    [
      'warning clusters[0].engine.resources.cpus: 4.5 is less than the 5 CPUs that its containers ask for together, so some will wait; write 5 or more, or ask for less',
    ],
  ],
  [
    'memory of a cluster',
    { 'clusters[1].engine.resources.mem': 2048 },
    [
      'warning clusters[1].engine.resources.mem: 2048 is less than the 4096 MB of memory that its containers ask for together, so some will wait; write 4096 or more, or ask for less',
    ],
  ],
  [
    'disk of a cluster',
    { 'clusters[1].engine.resources.disk': 500 },
    [
      'warning clusters[1].engine.resources.disk: 500 is less than the 10000 MB of disk that its containers ask for together, so some will wait; write 10000 or more, or ask for less',
    ],
  ],
  [
    'flock list with a stranger',
    { 'containers[0].args': ['-f', '172.16.0.2,172.16.0.9'] },
    [
      'error containers[0].args[1]: "172.16.0.9" is an address that no executor has; write some of 172.16.0.2,172.16.0.3, or leave -f out',
    ],
  ],
  [
    'flock list with the submitter',
    { 'containers[0].args': ['-f', '172.16.0.1'] },
    [
      'error containers[0].args[1]: "172.16.0.1" is the address of "submitter", which is no executor; write some of 172.16.0.2,172.16.0.3, or leave -f out',
    ],
  ],
  [
    'flock list in one argument',
    { 'containers[0].args': ['-f172.16.0.2, runner2'] },
    [
      'error containers[0].args[0]: "runner2" in the flock list is not an address; write some of 172.16.0.2,172.16.0.3, or leave -f out',
    ],
  ],
  [
    'flock list missing',
    { 'containers[0].args': ['-u', 'me', '-f'] },
    [
      'error containers[0].args[2]: "-f" has no list after it; write some of 172.16.0.2,172.16.0.3, or leave -f out',
    ],
  ],
  [
    'placeholder',
    { 'containers[0].args': ['-k', '<ssh-pubkey>'] },
    [
      'incomplete containers[0].args[1]: "<ssh-pubkey>" is a placeholder that was left in; write what <ssh-pubkey> stands for',
    ],
  ],
  [
    'placeholder in a text',
    { 'clusters[0].engine': undefined, 'clusters[0].marathon_uri': 'http://<master>:9090' },
    [
      'incomplete clusters[0].marathon_uri: "http://<master>:9090" is a placeholder that was left in; write what <master> stands for',
    ],
  ],
  [
    'placeholder for a cluster',
    { 'containers[1].cluster': '<cluster>' },
    [
      'incomplete containers[1].cluster: "<cluster>" is a placeholder that was left in; write what <cluster> stands for',
    ],
  ],
  [
    'placeholder for a number',
    { 'containers[1].mem': '<memory>' },
    [
      'error containers[1].mem: "<memory>" is a placeholder that was left in; write what <memory> stands for',
    ],
  ],
  [
    'secret not set',
    { 'containers[0].args': ['-p', { $env: 'NOPE' }] },
    [
      'incomplete containers[0].args[1]: {"$env": "NOPE"} names an environment variable that is not set; set it: export NOPE=…',
    ],
  ],
  [
    'secret file missing',
    { 'containers[0].args': ['-p', { $file: 'none' }] },
    [
      'incomplete containers[0].args[1]: {"$file": "none"} names a file that does not exist; put the secret into /etc/pool/none, or write another path',
    ],
  ],
];

test.each(CASES)('tells about what is asked for: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});
