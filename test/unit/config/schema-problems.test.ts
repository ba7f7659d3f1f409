import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'number in quotes',
    { 'containers[1].mem': '4096' },
    ['error containers[1].mem: "4096" is not a number of megabytes; write 4096'],
  ],
  [
    'number with a unit',
    { 'containers[1].mem': '4g' },
    ['error containers[1].mem: "4g" is not a number of megabytes; write one, such as 4096'],
  ],
  [
    'number for a string',
    { 'containers[1].args': ['-P', 1247] },
    [
      'error containers[1].args[1]: 1247 is not a string, {"$env": "NAME"} or {"$file": "path"}; write "1247"',
    ],
  ],
  [
    'boolean in quotes',
    { 'containers[1].privileged': 'False' },
    ['error containers[1].privileged: "False" is not true or false; write false'],
  ],
  [
    'boolean for an environment value',
    { 'containers[1].env': { DEBUG: true } },
    [
      'error containers[1].env.DEBUG: true is not a string, {"$env": "NAME"} or {"$file": "path"}; write "true"',
    ],
  ],
  [
    'null for a string',
    { 'containers[1].args': [null] },
    [
      'error containers[1].args[0]: null is not a string, {"$env": "NAME"} or {"$file": "path"}; write a string, {"$env": "NAME"} or {"$file": "path"}',
    ],
  ],
  [
    'fraction for a whole number',
    { 'workflow.jobs': 1.5 },
    [
      'error workflow.jobs: 1.5 is not a whole number from 1 to 100000, or "auto"; write a whole number from 1 to 100000, or "auto"',
    ],
  ],
  [
    'below the least value',
    { 'containers[1].disk': -1 },
    ['error containers[1].disk: -1 is below 0; write a number of megabytes, such as 10000'],
  ],
  [
    'not above zero',
    { 'containers[1].n_cpus': 0 },
    ['error containers[1].n_cpus: 0 is not above 0; write a number of CPUs, such as 4'],
  ],
  [
    'above the greatest value',
    {
      'containers[0].ports': [
        { container_port: 70000, host_port: 0, protocol: 'tcp', name: 'ssh' },
      ],
    },
    [
      'error containers[0].ports[0].container_port: 70000 is above 65535; write a port number, such as 22',
    ],
  ],
  [
    'empty string',
    { 'containers[1].image': '' },
    [
      'error containers[1].image: "" is empty; write the name of an image, such as "crossflock/executor"',
    ],
  ],
  [
    'empty list',
    { clusters: [] },
    [
      'error clusters: [] is empty; write a list of clusters, such as [{"id":"chameleon","marathon_uri":"http://192.0.2.10:9090/v2/apps"}]',
      'error containers[0].cluster: "chameleon" is not the id of a cluster; write a cluster under "clusters" first',
      'error containers[1].cluster: "chameleon" is not the id of a cluster; write a cluster under "clusters" first',
      'error containers[2].cluster: "azure" is not the id of a cluster; write a cluster under "clusters" first',
    ],
  ],
  [
    'object for a list',
    { containers: {} },
    [
      'error containers: {} is not a list of containers; write one, such as [{"id":"runner1","cluster":"chameleon","image":"crossflock/executor","n_cpus":4,"mem":4096}]',
    ],
  ],
  [
    'null for an object',
    { network: null },
    [
      'error network: null is not an object; write one, such as {"cidr":"172.16.0.0/24","containers":[{"id":"submitter","ip_addr":"172.16.0.1"}]}',
    ],
  ],
  [
    'list too short',
    { 'containers[1].constraints': [['hostname']] },
    [
      'error containers[1].constraints[0]: a list of 1 is too short; write a list of two or three strings, such as ["hostname","UNIQUE"]',
    ],
  ],
  [
    'list too long',
    { 'containers[1].constraints': [['hostname', 'LIKE', 'a', 'b']] },
    [
      'error containers[1].constraints[0]: a list of 4 is too long; write a list of two or three strings, such as ["hostname","UNIQUE"]',
    ],
  ],
  [
    'missing property',
    { 'containers[1].mem': undefined },
    ['error containers[1].mem: is missing; write a number of megabytes, such as "mem": 4096'],
  ],
  [
    'misspelt property',
    { 'containers[1].mem': undefined, 'containers[1].memory': 4096 },
    ['error containers[1].memory: "memory" is not a property here; did you mean "mem"?'],
  ],
  [
    'property with the name of Marathon',
    { 'containers[1].n_cpus': undefined, 'containers[1].cpus': 4 },
    ['error containers[1].cpus: "cpus" is not a property here; did you mean "n_cpus"?'],
  ],
  [
    'misspelt property at the top',
    { workfow: {} },
    ['error workfow: "workfow" is not a property here; did you mean "workflow"?'],
  ],
  [
    'property nothing is like',
    { 'network.containers[0].zzz': 1 },
    [
      'error network.containers[0].zzz: "zzz" is not a property here; remove it, or write id or ip_addr',
    ],
  ],
  [
    'value in the wrong case',
    { 'containers[0].ports': [{ container_port: 22, host_port: 0, protocol: 'TCP', name: 'ssh' }] },
    ['error containers[0].ports[0].protocol: "TCP" is not "tcp", "udp" or "udp,tcp"; write "tcp"'],
  ],
  [
    'value out of a set',
    { 'workflow.method': 'spearman' },
    ['error workflow.method: "spearman" is not "sc" or "pc"; write "sc" or "pc"'],
  ],
  [
    'unknown engine',
    { 'clusters[0].engine': 'nomad' },
    [
      'error clusters[0].engine: "nomad" is not "embedded", "mesos", or an object with that as its "type"; write "embedded", "mesos", or an object with that as its "type"',
    ],
  ],
  [
    'setting of the other engine',
    { 'clusters[0].engine': { type: 'mesos', port: 19090 } },
    [
      'error clusters[0].engine.port: "port" is not a property here; did you mean "ports"?',
      'error clusters[0].hosts: is missing, and Mesos is set up on hosts that answer to SSH; write the machines of the cluster as hosts, or take "engine": "embedded" for this machine',
    ],
  ],
  [
    'unknown setting of an engine',
    { 'clusters[0].engine.prot': 19090 },
    ['error clusters[0].engine.prot: "prot" is not a property here; did you mean "port"?'],
  ],
  [
    'unknown resource',
    { 'clusters[0].engine.resources.cpu': 4 },
    ['error clusters[0].engine.resources.cpu: "cpu" is not a property here; did you mean "cpus"?'],
  ],
  [
    'engine without a type',
    { 'clusters[0].engine.type': undefined },
    [
      'error clusters[0].engine: {"resources": …} is not "embedded", "mesos", or an object with that as its "type"; write "embedded", "mesos", or an object with that as its "type"',
    ],
  ],
  [
    'threshold above one',
    { 'workflow.threshold': 2 },
    [
      'error workflow.threshold: 2 is not a number from 0 to 1, or "rmt"; write a number from 0 to 1, or "rmt"',
    ],
  ],
  [
    'relative path in a container',
    { 'containers[1].volumes': [{ container_path: 'data', name: 'gem' }] },
    [
      'error containers[1].volumes[0].container_path: "data" is not an absolute path; write one, such as "/data"',
    ],
  ],
  [
    'variable with a space',
    { 'containers[1].env': { 'MY KEY': 'x' } },
    [
      'error containers[1].env["MY KEY"]: "MY KEY" cannot name an environment variable; write letters, digits and "_", with no digit first',
    ],
  ],
  [
    'misspelt secret',
    { 'containers[1].args': [{ $evn: 'X' }] },
    [
      'error containers[1].args[0]: {"$evn": …} is not a string, {"$env": "NAME"} or {"$file": "path"}; write a string, {"$env": "NAME"} or {"$file": "path"}',
    ],
  ],
  [
    'secret in no variable',
    { 'containers[1].args': [{ $env: '1X' }] },
    [
      'error containers[1].args[0].$env: "1X" is not the name of an environment variable; write one, such as "IRODS_PASSWORD"',
    ],
  ],
  [
    'secret of two kinds',
    { 'containers[1].args': [{ $env: 'X', $file: 'y' }] },
    [
      'error containers[1].args[0]: {"$env": …, "$file": …} is not a string, {"$env": "NAME"} or {"$file": "path"}; write a string, {"$env": "NAME"} or {"$file": "path"}',
    ],
  ],
  [
    'password as a number',
    { 'clusters[0].auth': { username: 'me', password: 987654 } },
    [
      'error clusters[0].auth.password: (hidden) is not a string, {"$env": "NAME"} or {"$file": "path"}; write it in double quotes, or better {"$env": "NAME"}',
    ],
  ],
  [
    'password argument as a number',
    { 'containers[0].args': ['-p', 987654] },
    [
      'error containers[0].args[1]: (hidden) is not a string, {"$env": "NAME"} or {"$file": "path"}; write it in double quotes, or better {"$env": "NAME"}',
    ],
  ],
];

test.each(CASES)('tells about the shape: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});
