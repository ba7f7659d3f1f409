import { expect, test } from 'vitest';
import { loadText, localConfig, problemsAfter, type Changes } from './support.js';

const ONE = { id: 'c1', address: '192.0.2.1' };
const TWO = { id: 'a1', address: '192.0.2.2' };
/** A host for each cluster: nothing is wrong with that. */
const HOSTS = { 'clusters[0].hosts': [ONE], 'clusters[1].hosts': [TWO] };
const JUMP_FORM = 'write "user@address:port", the user and the port only where they are needed';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  ['nothing', HOSTS, []],
  [
    'several hosts on an embedded engine',
    { ...HOSTS, 'clusters[0].hosts': [ONE, { address: '192.0.2.3' }] },
    [
      'error clusters[0].hosts: a list of 2 is more than the embedded engine serves, which is one host; write a cluster for each host',
    ],
  ],
  [
    'one id twice',
    { ...HOSTS, 'clusters[1].hosts': [{ ...TWO, id: 'c1' }] },
    [
      'error clusters[1].hosts[0].id: "c1" is the id of clusters[0].hosts[0] too; give one of the two another id',
    ],
  ],
  [
    "an id that is another's address",
    { 'clusters[0].hosts': [{ address: 'h1' }], 'clusters[1].hosts': [{ ...TWO, id: 'h1' }] },
    [
      'error clusters[1].hosts[0].id: "h1" is the address, and so the id, of clusters[0].hosts[0] too; give one of the two another id',
    ],
  ],
  [
    "an address that is another's id",
    { ...HOSTS, 'clusters[1].hosts': [{ address: 'c1' }] },
    [
      'error clusters[1].hosts[0].address: "c1" is the id of clusters[0].hosts[0] too; give it an "id" of its own',
    ],
  ],
  [
    'one machine twice, with two users and the same port in two ways',
    {
      'clusters[0].hosts': [{ ...ONE, address: 'Host.example.org', user: 'cc' }],
      'clusters[1].hosts': [{ ...TWO, address: 'host.example.org', port: 22 }],
    },
    [
      'error clusters[1].hosts[0].address: "host.example.org" is the same machine as clusters[0].hosts[0]; write each machine once; one cluster can have all its containers',
    ],
  ],
  [
    'one machine twice, without ids',
    { 'clusters[0].hosts': [{ address: 'h' }], 'clusters[1].hosts': [{ address: 'h' }] },
    [
      'error clusters[1].hosts[0].address: "h" is the same machine as clusters[0].hosts[0]; write each machine once; one cluster can have all its containers',
    ],
  ],
  [
    'two machines behind one address',
    { ...HOSTS, 'clusters[1].hosts': [{ ...TWO, address: '192.0.2.1', port: 2222 }] },
    [
      'warning clusters[1].hosts[0].address: "192.0.2.1" is the address of clusters[0].hosts[0] too, and at UDP port 51820 other clusters reach only one of the two; give each host an address of its own',
    ],
  ],
  [
    'an id that is too long',
    { ...HOSTS, 'clusters[0].hosts': [{ ...ONE, id: 'x'.repeat(64) }] },
    [`error clusters[0].hosts[0].id: "${'x'.repeat(64)}" has 64 characters; write at most 63`],
  ],
  [
    'a role on an embedded engine',
    { ...HOSTS, 'clusters[0].hosts': [{ ...ONE, role: 'agent' }] },
    [
      'warning clusters[0].hosts[0].role: "agent" has no effect, because the host of an embedded engine does everything; remove it',
    ],
  ],
  [
    'private addresses',
    {
      'clusters[0].hosts': [{ ...ONE, private_address: '10.0.0.4/24' }],
      'clusters[1].hosts': [{ ...TWO, private_address: 'in the office' }],
    },
    [
      'error clusters[0].hosts[0].private_address: "10.0.0.4/24" is an address with a prefix; write "10.0.0.4"',
      'error clusters[1].hosts[0].private_address: "in the office" is not an address; write one, such as "10.0.0.4"',
    ],
  ],
  [
    'hosts in the network of the containers',
    {
      'clusters[0].hosts': [{ ...ONE, address: '172.16.0.9' }],
      'clusters[1].hosts': [{ ...TWO, private_address: '172.16.0.10' }],
    },
    [
      'error clusters[0].hosts[0].address: "172.16.0.9" is inside network.cidr 172.16.0.0/24 (172.16.0.0 to 172.16.0.255); write another network.cidr, one that no host is in',
      'error clusters[1].hosts[0].private_address: "172.16.0.10" is inside network.cidr 172.16.0.0/24 (172.16.0.0 to 172.16.0.255); write another network.cidr, one that no host is in',
    ],
  ],
  [
    'jump hosts',
    {
      ...HOSTS,
      ssh: {
        jump: [
          'cc@192.0.2.9:2200',
          'me:hunter2@gate',
          'a,b@c',
          'ssh://cc@gate',
          'ssh://me:hunter2@gate',
        ],
      },
      'clusters[0].hosts': [
        { ...ONE, jump: ['gate:0', 'none', '2001:db8::1', 'cc@[2001:db8::1]:22'] },
      ],
    },
    [
      `error ssh.jump[1]: "me:…@gate" is not a host to jump over; ${JUMP_FORM}`,
      'error ssh.jump[2]: "a,b@c" is more than one host; write ["a", "b@c"]',
      'error ssh.jump[3]: "ssh://cc@gate" is a URL; write "cc@gate"',
      `error ssh.jump[4]: "ssh://me:…@gate" is a URL; ${JUMP_FORM}`,
      `error clusters[0].hosts[0].jump[0]: "gate:0" is not a host to jump over; ${JUMP_FORM}`,
      'error clusters[0].hosts[0].jump[1]: "none" is not a host; write [] for no jump host',
      `error clusters[0].hosts[0].jump[2]: "2001:db8::1" is not a host to jump over; ${JUMP_FORM}`,
    ],
  ],
  [
    'a bridge over several hosts',
    { ...HOSTS, 'network.driver': 'bridge' },
    [
      'error network.driver: "bridge" reaches containers of one machine only, and there are 2 machines; write "wireguard"',
    ],
  ],
  ...[
    { how: 'at other ports, which may be tunnels', one: { port: 2201 }, two: { port: 2202 } },
    { how: 'behind a jump host', one: { jump: ['gate'] }, two: { jump: ['gate'] } },
    { how: 'one of them elsewhere', one: {}, two: { address: '192.0.2.2' } },
  ].map(({ how, one, two }): (typeof CASES)[number] => [
    `a bridge over loopback addresses, ${how}`,
    {
      'clusters[0].hosts': [{ ...ONE, address: '127.0.0.1', ...one }],
      'clusters[1].hosts': [{ ...TWO, address: '127.0.0.2', ...two }],
      'network.driver': 'bridge',
    },
    [
      'error network.driver: "bridge" reaches containers of one machine only, and there are 2 machines; write "wireguard"',
    ],
  ]),
  [
    'a bridge over loopback addresses of this machine, which is one',
    {
      'clusters[0].hosts': [{ ...ONE, address: '127.0.0.1' }],
      'clusters[1].hosts': [{ ...TWO, address: '127.0.3.2' }],
      'network.driver': 'bridge',
    },
    [],
  ],
  [
    'nobody who is root for the network, and who may be',
    {
      ssh: { user: 'cc', sudo: 'none' },
      'clusters[0].hosts': [ONE],
      'clusters[1].hosts': [{ ...TWO, user: 'ubuntu', sudo: 'none' }],
      'clusters[2]': {
        id: 'third',
        engine: 'embedded',
        hosts: [{ id: 't1', address: '192.0.2.3', user: 'root' }],
      },
      'clusters[3]': {
        id: 'fourth',
        engine: 'embedded',
        hosts: [{ id: 'f1', address: '192.0.2.4', sudo: 'passwordless' }],
      },
      'clusters[4]': {
        id: 'fifth',
        engine: 'embedded',
        hosts: [{ id: 'v1', address: '192.0.2.5' }],
      },
    },
    [
      'warning ssh.sudo: "none" leaves nobody on the host who can make the wireguard network, unless the user is root by another name; write "passwordless" or {"password": {"$env": "SUDO_PASSWORD"}}, or log in as root',
      'warning clusters[1].hosts[0].sudo: "none" leaves nobody on the host who can make the wireguard network, unless the user is root by another name; write "passwordless" or {"password": {"$env": "SUDO_PASSWORD"}}, or log in as root',
    ],
  ],
  ['no sudo where the user may be root after all', { ...HOSTS, ssh: { sudo: 'none' } }, []],
  [
    'a bridge over a host and this machine',
    { 'clusters[0].hosts': [ONE], 'network.driver': 'bridge' },
    [
      'error network.driver: "bridge" reaches containers of one machine only, and there are 2 machines; write "wireguard"',
    ],
  ],
  [
    'a cluster of this machine beside hosts',
    { 'clusters[0].hosts': [ONE] },
    [
      'error clusters[1].engine: is on this machine, which is no host of the wireguard network; give this machine to the cluster as a host: "hosts": [{"address": …}]',
    ],
  ],
  [
    'no host for wireguard',
    { 'network.driver': 'wireguard' },
    [
      'error network.driver: "wireguard" is a network of hosts, and no cluster has any; write the machines of each cluster as "hosts", or "bridge" for this machine alone',
    ],
  ],
  [
    'no host for weave on embedded clusters',
    { 'network.driver': 'weave' },
    [
      'error network.driver: "weave" is a network of hosts, and no cluster has any; write the machines of each cluster as "hosts", or "bridge" for this machine alone',
    ],
  ],
  [
    'no host for weave on Marathons of others',
    {
      'network.driver': 'weave',
      'clusters[0]': { id: 'chameleon', marathon_uri: 'http://192.0.2.10:9090' },
      'clusters[1]': { id: 'azure', marathon_uri: 'http://192.0.2.11:9090' },
    },
    [
      'warning network.driver: "weave" is not brought anywhere, because no cluster has hosts: it has to be there already; write the machines of each cluster as "hosts" to have it brought there',
    ],
  ],
  [
    'a Marathon without hosts beside one with hosts',
    {
      'clusters[0]': { id: 'chameleon', marathon_uri: 'http://192.0.2.10:9090', hosts: [ONE] },
      'clusters[1]': { id: 'azure', marathon_uri: 'http://192.0.2.11:9090' },
    },
    [
      'warning clusters[1].hosts: is missing, so the wireguard network cannot be brought to its containers; write the machines of the cluster as hosts',
    ],
  ],
  [
    'neither engine nor Marathon on hosts',
    { ...HOSTS, 'clusters[0].engine': undefined },
    [
      'error clusters[0].marathon_uri: is missing, and there is no embedded engine either; write the address of a Marathon, such as "http://192.0.2.10:9090", or "engine": "embedded"',
    ],
  ],
  [
    'settings of other drivers',
    { 'network.port': 51821, 'network.weave': { password: { $env: 'WEAVE_PASSWORD' } } },
    [
      'warning network.port: 51821 is not used by the driver bridge; remove it, or write "driver": "wireguard"',
      'warning network.weave: is not used by the driver bridge; remove it, or write "driver": "weave"',
      'incomplete network.weave.password: {"$env": "WEAVE_PASSWORD"} names an environment variable that is not set; set it: export WEAVE_PASSWORD=…',
    ],
  ],
  [
    'weave without a password',
    { ...HOSTS, 'network.driver': 'weave' },
    [
      'warning network.weave.password: is missing, so the traffic between the hosts is not encrypted; write a reference to a secret, such as "weave": {"password": {"$env": "WEAVE_PASSWORD"}}',
    ],
  ],
  [
    "the hosts' own addresses",
    {
      ...HOSTS,
      'network.containers[0].ip_addr': '172.16.0.254',
      'network.containers[1].ip_addr': '172.16.0.253',
      'network.containers[2].ip_addr': '172.16.0.252',
    },
    [
      'error network.containers[0].ip_addr: "172.16.0.254" is kept for the hosts\' own addresses: one for each of the 2 hosts; write one from 172.16.0.1 to 172.16.0.252',
      'error network.containers[1].ip_addr: "172.16.0.253" is kept for the hosts\' own addresses: one for each of the 2 hosts; write one from 172.16.0.1 to 172.16.0.252',
    ],
  ],
  [
    'addresses across clouds, all that is wrong with them at once',
    {
      'clusters[0].hosts': [ONE],
      'clusters[1].hosts': [{ ...TWO, address: ONE.address }],
      'network.containers[0].ip_addr': '172.16.0.254',
      'network.containers[1].ip_addr': '172.16.0.9',
      'network.containers[2].ip_addr': '172.16.0.9',
      'network.containers[3]': { id: 'submitter', ip_addr: '10.0.0.1' },
    },
    [
      'error clusters[1].hosts[0].address: "192.0.2.1" is the same machine as clusters[0].hosts[0]; write each machine once; one cluster can have all its containers',
      'error network.containers[3].id: "submitter" has its address in network.containers[0] already; remove one of the two',
      'error network.containers[0].ip_addr: "172.16.0.254" is kept for the hosts\' own addresses: one for each of the 2 hosts; write one from 172.16.0.1 to 172.16.0.252',
      'error network.containers[2].ip_addr: "172.16.0.9" is the address of network.containers[1] too; write another one',
      'error network.containers[3].ip_addr: "10.0.0.1" is outside 172.16.0.0/24; write one from 172.16.0.1 to 172.16.0.252',
    ],
  ],
  [
    'no room beside the hosts',
    {
      ...HOSTS,
      'network.cidr': '172.16.0.0/29',
      'clusters[0].engine': 'embedded',
      'containers[1].instances': 3,
    },
    [
      'error network.cidr: "172.16.0.0/29" has room for 4 of 5 containers, beside the addresses of 2 hosts; write a prefix of 28 or less',
      'error network.containers[2].ip_addr: "172.16.0.3" is the address of an instance of network.containers[1] too; write another one',
    ],
  ],
  [
    'the range that WireGuard uses',
    { ...HOSTS, 'network.cidr': '100.64.7.0/24', 'network.containers': undefined },
    [
      'error network.cidr: "100.64.7.0/24" overlaps 100.64.0.0/10, which the hosts use among themselves; write "172.16.0.0/24"',
    ],
  ],
  [
    "a container's port that is WireGuard's",
    {
      ...HOSTS,
      'containers[0].ports': [{ container_port: 1, host_port: 51820, protocol: 'udp' }],
      'containers[1].ports': [{ container_port: 1, host_port: 51820, protocol: 'tcp' }],
    },
    [
      'error containers[0].ports[0].host_port: 51820 is the port of the wireguard network too, and a port of a host can be given once; write another one, or 0 for any free port',
    ],
  ],
  [
    'one engine port on two hosts, which is no problem',
    { ...HOSTS, 'clusters[0].engine.port': 20000, 'clusters[1].engine.port': 20000 },
    [],
  ],
];

/** The driver that fits, unless the case has one of its own. */
const byDefault = (changes: Changes): Changes => ({ 'network.driver': undefined, ...changes });

test.each(CASES)('tells about hosts: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(byDefault(changes))).toEqual(expected);
});

test('passwords of sudo and of Weave Net are secrets, and addresses are none', async () => {
  const { secrets, problems } = await loadText(
    JSON.stringify(
      localConfig({
        ssh: { sudo: { password: 'sesame-1' } },
        'clusters[0].hosts': [{ ...ONE, sudo: { password: { $env: 'SUDO' } } }],
        'clusters[1].hosts': [{ ...TWO, private_address: '10.0.0.4' }],
        'network.driver': 'weave',
        'network.weave': { password: 'sesame-3' },
      }),
    ),
    { env: { SUDO: 'sesame-2' } },
  );
  expect(problems).toEqual([]);
  expect([...secrets].sort()).toEqual(['sesame-1', 'sesame-2', 'sesame-3']);
});

test('a password in the place of sudo itself is not shown', async () => {
  const changes = byDefault({ ...HOSTS, ssh: { sudo: 'hunter2' } });
  expect(await problemsAfter(changes)).toEqual([
    'error ssh.sudo: (hidden) is not "none", "passwordless" or {"password": {"$env": "NAME"}}; write "none", "passwordless" or {"password": {"$env": "NAME"}}',
  ]);
  const { secrets } = await loadText(JSON.stringify(localConfig(changes)));
  expect(secrets).toEqual(['hunter2']);
  expect(await problemsAfter(byDefault({ ...HOSTS, ssh: { sudo: 'paswordless' } }))).toEqual([
    'error ssh.sudo: "paswordless" is not "none", "passwordless" or {"password": {"$env": "NAME"}}; write "none", "passwordless" or {"password": {"$env": "NAME"}}',
  ]);
});
