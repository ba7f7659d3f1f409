import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

const AZURE = {
  'clusters[1].hosts': [{ id: 'z1', address: '192.0.2.9' }],
  'network.driver': undefined,
};
const ADVICE = `write the host's address in its own cloud as "private_address", such as "10.0.0.4"`;

interface Host {
  readonly role?: string;
  readonly address?: string;
  readonly private_address?: string;
}

/** The first cluster on these hosts with the engine `mesos`, the second on a host of its own. */
function mesos(hosts: readonly Host[], settings: object = {}): Changes {
  return {
    ...AZURE,
    'clusters[0].engine': { type: 'mesos', ...settings },
    'clusters[0].hosts': hosts.map((host, index) => ({
      ...{ id: `h${index + 1}`, address: `192.0.2.${index + 1}` },
      private_address: `10.0.0.${index + 1}`,
      ...host,
    })),
  };
}

/** All containers on the first cluster: nine CPUs together, none more than four. */
const LARGER: Changes = { 'containers[2].cluster': 'chameleon' };

/** Both containers of the first cluster want this port of their host. */
function portsOf(host_port: number): Changes {
  const ports = [{ container_port: 22, host_port, protocol: 'tcp', name: 'ssh' }];
  return { 'containers[0].ports': ports, 'containers[1].ports': ports };
}

/** What is broken, how, and every problem that must be told. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  ['nothing: one host', mesos([{}]), []],
  ['nothing: one host by its public address', mesos([{ private_address: '192.0.2.1' }]), []],
  ['nothing: several hosts', mesos([{}, {}, {}]), []],
  ['nothing: three masters', mesos([1, 2, 3].map(() => ({ role: 'both' }))), []],
  [
    'no hosts',
    { 'clusters[0].engine': 'mesos' },
    [
      'error clusters[0].hosts: is missing, and Mesos is set up on hosts that answer to SSH; write the machines of the cluster as hosts, or take "engine": "embedded" for this machine',
    ],
  ],
  [
    'two masters',
    mesos([{ role: 'both' }, { role: 'both' }, {}]),
    [
      'error clusters[0].hosts: 2 of 3 are masters gives no ensemble that stands the loss of a host as well as it could; write "role": "master" or "both" for 1 host, or for 3',
    ],
  ],
  [
    'no master',
    mesos([{ role: 'agent' }, {}]),
    [
      'error clusters[0].hosts: 0 of 2 are masters gives no ensemble that stands the loss of a host as well as it could; write "role": "master" or "both" for one host',
    ],
  ],
  [
    'six masters',
    mesos([1, 2, 3, 4, 5, 6].map(() => ({ role: 'both' }))),
    [
      'error clusters[0].hosts: 6 of 6 are masters gives no ensemble that stands the loss of a host as well as it could; write "role": "master" or "both" for 5 hosts',
    ],
  ],
  [
    'no agent',
    mesos([{ role: 'master' }]),
    [
      'error clusters[0].hosts: a list of 1 has no agent, so nothing could run there; write "role": "both" for a master, or add a host with "role": "agent"',
    ],
  ],
  [
    'a public address to listen on',
    mesos([{}, { private_address: '130.202.88.202' }]),
    [
      `error clusters[0].hosts[1].private_address: "130.202.88.202" can be reached from anywhere, and ZooKeeper, Mesos and Marathon would listen there; ${ADVICE}`,
    ],
  ],
  [
    'a loopback address to listen on',
    mesos([{}, { private_address: '127.0.0.1' }]),
    [
      `error clusters[0].hosts[1].private_address: "127.0.0.1" is reached by no other host of the cluster; ${ADVICE}`,
    ],
  ],
  [
    'a name to listen on',
    mesos([{}, { private_address: 'h2.internal' }]),
    [
      `error clusters[0].hosts[1].private_address: "h2.internal" is no IPv4 address, and Mesos listens on one; ${ADVICE}`,
    ],
  ],
  [
    'one port for two parts',
    mesos([{}], { ports: { marathon: 5050 } }),
    ['error clusters[0].engine.ports.marathon: 5050 is the port of master too; write another one'],
  ],
  [
    'a flag that is set already, and one that is no name',
    mesos([{}], { flags: { agent: { work_dir: '/tmp', '--attributes': 'a:b' } } }),
    [
      'error clusters[0].engine.flags.agent["--attributes"]: "--attributes" is not the long name of a flag; write it in lower case, with "_" between words and without "--"',
      'error clusters[0].engine.flags.agent.work_dir: is a flag that crossflock sets itself; remove it',
    ],
  ],
  [
    'flags that nobody knows, or that bring trouble back',
    mesos([{}], {
      flags: {
        agent: { atributes: 'a:b', no_switch_user: true, recover: 'cleanup' },
        master: { authenticate_slaves: true, log_dir: '/var/log/mesos', no_hostname_lookup: true },
        marathon: { disable_checkpoint: true, task_lunch_timeout: 1, zk_timeout: 9 },
      },
    }),
    [
      'error clusters[0].engine.flags.agent.atributes: is no flag of the mesos agent that crossflock knows; did you mean "attributes"?',
      'error clusters[0].engine.flags.agent.no_switch_user: is no flag of the mesos agent that crossflock knows; write "switch_user": false',
      'error clusters[0].engine.flags.agent.recover: would end all running tasks when the agent starts again; remove it',
      'error clusters[0].engine.flags.master.authenticate_slaves: is another name of a flag that crossflock sets itself; remove it',
      'error clusters[0].engine.flags.master.log_dir: would write files that grow without end, where what the part prints is kept and rotated; remove it; see "docker logs" of the part, or "journalctl" for the agent',
      'error clusters[0].engine.flags.master.no_hostname_lookup: is a flag that crossflock sets itself; remove it',
      'error clusters[0].engine.flags.marathon.disable_checkpoint: would end all running tasks when an agent starts again; remove it; checkpoints are on',
      'error clusters[0].engine.flags.marathon.task_lunch_timeout: is no flag of marathon that crossflock knows; did you mean "task_launch_timeout"?',
    ],
  ],
  [
    'a flag of another version',
    mesos([{}], {
      images: { agent: 'registry.example/mesos-agent:2.0' },
      flags: { agent: { newer_flag: 1 } },
    }),
    [
      'warning clusters[0].engine.flags.agent.newer_flag: is no flag of the mesos agent that crossflock knows; look at the flags in its documentation, or remove it',
    ],
  ],
  [
    'settings of the other way to install',
    mesos([{}], { install: 'source', images: { prefix: 'mirror' } }),
    ['warning clusters[0].engine.images: is not used when Mesos is compiled; remove it'],
  ],
  [
    'cores without compiling',
    mesos([{}], { cores: 8 }),
    ['warning clusters[0].engine.cores: is used with "install": "source" only; remove it'],
  ],
  [
    'nothing: resources that are enough on two agents together',
    mesos([{ role: 'master' }, {}, {}], { resources: { cpus: 4 } }),
    [],
  ],
  [
    'too little on all agents together',
    { ...mesos([{ role: 'master' }, {}, {}], { resources: { cpus: 4 } }), ...LARGER },
    [
      'warning clusters[0].engine.resources.cpus: 4 on each of 2 agents is less than the 9 CPUs that its containers ask for together, so some will wait; write 4.5 or more, or ask for less',
    ],
  ],
  [
    'a container that is larger than an agent',
    mesos([{}, {}, {}], { resources: { cpus: 3 } }),
    [
      'warning clusters[0].engine.resources.cpus: 3 is what one agent has, less than the 4 CPUs that runner1 asks for, so it will not start; write 4 or more, or ask for less',
    ],
  ],
  [
    'a port that no agent offers',
    { ...mesos([{}]), ...portsOf(5050) },
    [
      'error containers[0].ports[0].host_port: 5050 is no port that a Mesos agent offers, 31000 to 32000, so the container would wait for ever; write one of those, or 0 for any free port',
      'error containers[1].ports[0].host_port: 5050 is no port that a Mesos agent offers, 31000 to 32000, so the container would wait for ever; write one of those, or 0 for any free port',
    ],
  ],
  [
    'one port twice, which two agents have room for',
    { ...mesos([{}, {}, {}]), ...portsOf(31_000) },
    [
      'warning containers[1].ports[0].host_port: 31000 is the port of containers[0].ports[0] too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'one port twice on the only agent',
    { ...mesos([{ role: 'master' }, {}]), ...portsOf(31_000) },
    [
      'error containers[1].ports[0].host_port: 31000 is the port of containers[0].ports[0] too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'a Marathon beside it',
    { ...mesos([{}]), 'clusters[0].marathon_uri': 'http://192.0.2.77:8080' },
    [
      'warning clusters[0].marathon_uri: "http://192.0.2.77:8080" is not used, because the engine mesos goes first; remove it, or remove "engine" to use this Marathon',
    ],
  ],
];

test.each(CASES)('tells about mesos: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});
