import { expect, test } from 'vitest';
import { problemsAfter, type Changes } from './support.js';

/** What is broken, how, and every problem that must be told: place, wrong value and what to write. */
const CASES: readonly (readonly [string, Changes, readonly string[]])[] = [
  [
    'host bits',
    { 'network.cidr': '172.16.0.1/24' },
    [
      'error network.cidr: "172.16.0.1/24" is an address inside the network 172.16.0.0/24, not the network; write "172.16.0.0/24"',
    ],
  ],
  [
    'no prefix',
    { 'network.cidr': '172.16.0.0' },
    ['error network.cidr: "172.16.0.0" has no prefix length; write "172.16.0.0/24"'],
  ],
  [
    'IPv6',
    { 'network.cidr': 'fd00::/64' },
    [
      'error network.cidr: "fd00::/64" is an IPv6 range, which is not supported yet; write "172.16.0.0/24"',
    ],
  ],
  [
    'no room at all',
    { 'network.cidr': '172.16.0.0/31' },
    [
      'error network.cidr: "172.16.0.0/31" has no room for a container and the host; write a prefix of 30 or less, such as "172.16.0.0/24"',
    ],
  ],
  [
    'no room for all',
    { 'network.cidr': '172.16.0.0/30', 'network.containers[1].ip_addr': '172.16.0.9' },
    [
      'error network.cidr: "172.16.0.0/30" has room for 1 of 3 containers; write a prefix of 29 or less',
      'error network.containers[1].ip_addr: "172.16.0.9" is outside 172.16.0.0/30; write one from 172.16.0.1 to 172.16.0.1',
      'error network.containers[2].ip_addr: "172.16.0.3" is the network\'s broadcast address; write one from 172.16.0.1 to 172.16.0.1',
    ],
  ],
  [
    'prefix too long',
    { 'network.cidr': '172.16.0.0/33' },
    [
      'error network.cidr: "172.16.0.0/33" is not an address range; write four numbers and a prefix, such as "172.16.0.0/24"',
    ],
  ],
  [
    'no range',
    { 'network.cidr': 'hello' },
    [
      'error network.cidr: "hello" is not an address range; write four numbers and a prefix, such as "172.16.0.0/24"',
    ],
  ],
  [
    'octal part',
    { 'network.cidr': '172.016.0.0/24' },
    [
      'error network.cidr: "172.016.0.0/24" is not an address range; write four numbers and a prefix, such as "172.16.0.0/24"',
    ],
  ],
  [
    'loopback',
    { 'network.cidr': '127.0.0.0/24' },
    [
      'error network.cidr: "127.0.0.0/24" is in the range that every machine keeps for itself; write "172.16.0.0/24"',
    ],
  ],
  [
    'multicast',
    { 'network.cidr': '224.0.0.0/24' },
    ['error network.cidr: "224.0.0.0/24" is in the range for multicast; write "172.16.0.0/24"'],
  ],
  [
    'public',
    {
      'network.cidr': '8.8.8.0/24',
      'network.containers[0].ip_addr': '8.8.8.1',
      'network.containers[1].ip_addr': '8.8.8.2',
      'network.containers[2].ip_addr': '8.8.8.3',
    },
    [
      'warning network.cidr: "8.8.8.0/24" hides the public addresses 8.8.8.0 to 8.8.8.255 from the containers; write a private range, such as "172.16.0.0/24"',
    ],
  ],
  [
    'outside',
    { 'network.containers[0].ip_addr': '172.16.1.1' },
    [
      'error network.containers[0].ip_addr: "172.16.1.1" is outside 172.16.0.0/24; write one from 172.16.0.1 to 172.16.0.253',
    ],
  ],
  [
    'network address',
    { 'network.containers[0].ip_addr': '172.16.0.0' },
    [
      'error network.containers[0].ip_addr: "172.16.0.0" is the network\'s own address; write one from 172.16.0.1 to 172.16.0.253',
    ],
  ],
  [
    'broadcast address',
    { 'network.containers[0].ip_addr': '172.16.0.255' },
    [
      'error network.containers[0].ip_addr: "172.16.0.255" is the network\'s broadcast address; write one from 172.16.0.1 to 172.16.0.253',
    ],
  ],
  [
    'gateway address',
    { 'network.containers[0].ip_addr': '172.16.0.254' },
    [
      'error network.containers[0].ip_addr: "172.16.0.254" is the host\'s own address in the network; write one from 172.16.0.1 to 172.16.0.253',
    ],
  ],
  [
    'address twice',
    { 'network.containers[2].ip_addr': '172.16.0.1' },
    [
      'error network.containers[2].ip_addr: "172.16.0.1" is the address of network.containers[0] too; write another one',
    ],
  ],
  [
    'address with a prefix',
    { 'network.containers[0].ip_addr': '172.16.0.1/24' },
    [
      'error network.containers[0].ip_addr: "172.16.0.1/24" is an address with a prefix; write "172.16.0.1"',
    ],
  ],
  [
    'no address',
    { 'network.containers[0].ip_addr': '172.16.0.256' },
    [
      'error network.containers[0].ip_addr: "172.16.0.256" is not an IPv4 address; write four numbers, such as "172.16.0.1"',
    ],
  ],
  [
    'no address in the network is free',
    {
      'network.cidr': '172.16.0.0/29',
      'clusters[0].engine': 'embedded',
      'containers[1].instances': 3,
      'network.containers': [
        { id: 'submitter', ip_addr: '172.16.0.3' },
        { id: 'runner2', ip_addr: '172.16.0.5' },
      ],
    },
    [
      'error containers[1].id: "runner1" finds no 3 free addresses in a row in 172.16.0.0/29; move the addresses in network.containers together, or write a larger network.cidr',
    ],
  ],
  [
    'address for no container',
    {
      'network.containers': [
        { id: 'submitter', ip_addr: '172.16.0.1' },
        { id: 'runner1', ip_addr: '172.16.0.2' },
        { id: 'runner2', ip_addr: '172.16.0.3' },
        { id: 'ghost', ip_addr: '172.16.0.9' },
      ],
    },
    [
      'error network.containers[3].id: "ghost" is not the id of a container; remove it, or add the container',
    ],
  ],
  [
    'address for a misspelt container',
    { 'network.containers[2].id': 'runer2' },
    [
      'error network.containers[2].id: "runer2" is not the id of a container; did you mean "runner2"?',
    ],
  ],
  [
    'address for an instance',
    {
      'clusters[1].engine': 'embedded',
      'containers[2].instances': 2,
      'network.containers[2].id': 'runner2-1',
    },
    [
      'error network.containers[2].id: "runner2-1" is not the id of a container; write "runner2" with the first address; the others follow',
    ],
  ],
  [
    'two addresses for one container',
    {
      'network.containers': [
        { id: 'submitter', ip_addr: '172.16.0.1' },
        { id: 'runner1', ip_addr: '172.16.0.2' },
        { id: 'runner2', ip_addr: '172.16.0.3' },
        { id: 'runner1', ip_addr: '172.16.0.9' },
      ],
    },
    [
      'error network.containers[3].id: "runner1" has its address in network.containers[1] already; remove one of the two',
    ],
  ],
  [
    'instances beyond the network',
    {
      'clusters[1].engine': 'embedded',
      'containers[2].instances': 2,
      'network.containers[2].ip_addr': '172.16.0.253',
    },
    [
      'error network.containers[2].ip_addr: "172.16.0.253" is the first of 2, of which 172.16.0.254 is the host\'s own address in the network; write an earlier first address, or fewer instances',
    ],
  ],
  [
    'instances over another container',
    { 'clusters[0].engine': 'embedded', 'containers[1].instances': 2 },
    [
      'error network.containers[2].ip_addr: "172.16.0.3" is the address of an instance of network.containers[1] too; write another one',
    ],
  ],
];

test.each(CASES)('tells about the network: %s', async (_name, changes, expected) => {
  expect(await problemsAfter(changes)).toEqual(expected);
});

test.each([
  ['no list at all', undefined],
  ['a list of some', [{ id: 'runner1', ip_addr: '172.16.0.2' }]],
  ['an empty list', []],
])('says nothing about containers without an address: %s', async (_name, containers) => {
  expect(await problemsAfter({ 'network.containers': containers })).toEqual([]);
});
