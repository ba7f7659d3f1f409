import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addAgent, addHost, removeHost } from '../../../src/config/edit-hosts.js';
import { pin } from '../../../src/config/edit-pins.js';
import type { Config } from '../../../src/config/types.js';

const LOCAL = readFileSync(new URL('../../../configs/local.json', import.meta.url), 'utf8');

const ADDITION = {
  host: { id: 'lab-1', address: '192.0.2.7', user: 'cc' },
  clusterId: 'cloudlab',
  executor: {},
  ip: '172.16.0.4',
};

function config(text: string): Config {
  return JSON.parse(text) as Config;
}

function document(changes: Partial<Config> = {}): string {
  const base: Config = {
    clusters: [
      { id: 'a', engine: 'embedded', hosts: [{ address: '192.0.2.1' }] },
      { id: 'b', engine: 'embedded', hosts: [{ id: 'b1', address: '192.0.2.2' }] },
    ],
    containers: [
      { id: 'submitter', cluster: 'a', image: 'crossflock/submitter', n_cpus: 1, mem: 1024 },
      { id: 'r1', cluster: 'b', image: 'x/executor', n_cpus: 4, mem: 4096, instances: 2 },
      { id: 'other', cluster: 'b', image: 'x/y', n_cpus: 1, mem: 16 },
    ],
    network: {
      cidr: '172.16.0.0/24',
      containers: [
        { id: 'r1', ip_addr: '172.16.0.2' },
        { id: 'submitter', ip_addr: '172.16.0.1' },
        { id: 'other', ip_addr: '172.16.0.9' },
      ],
    },
  };
  return JSON.stringify({ ...base, ...changes }, null, 2);
}

describe('addHost', () => {
  it('adds a cluster, an executor like the last one, and its address, and changes no line', () => {
    const { text, changes } = addHost(LOCAL, ADDITION);
    const [before, after] = [config(LOCAL), config(text)];
    expect(after.clusters).toEqual([
      ...before.clusters,
      { id: 'cloudlab', engine: before.clusters[1]?.engine, hosts: [ADDITION.host] },
    ]);
    const like = before.containers.at(-1);
    expect(after.containers).toEqual([
      ...before.containers,
      { ...like, id: 'runner3', cluster: 'cloudlab' },
    ]);
    expect(after.network.containers?.at(-1)).toEqual({ id: 'runner3', ip_addr: '172.16.0.4' });
    const kept = new Set(text.split('\n').map((line) => line.replace(/,$/, '')));
    expect(LOCAL.split('\n').filter((line) => !kept.has(line.replace(/,$/, '')))).toEqual([]);
    expect(changes.map(({ kind, target, detail }) => `${kind} ${target}: ${detail ?? ''}`)).toEqual(
      [
        'cluster cloudlab: host lab-1',
        'container runner3: crossflock/executor, 4 CPUs, 4096 MB, 172.16.0.4',
      ],
    );
  });

  it('takes over references to secrets as they are written, not instances or constraints', () => {
    const args = ['-p', { $env: 'IRODS_PASSWORD' }];
    const executor = {
      ...{ id: 'e9', cluster: 'b', image: 'x/executor', n_cpus: 4, mem: 4096 },
      ...{ instances: 3, constraints: [['hostname', 'LIKE', 'b.*']], args },
    };
    const { text } = addHost(document({ containers: [executor] }), ADDITION);
    expect(config(text).containers.at(-1)).toEqual({
      ...{ id: 'e10', cluster: 'cloudlab', image: 'x/executor', n_cpus: 4, mem: 4096, args },
    });
  });

  it('makes an executor from the given size where there is none, and refuses without one', () => {
    const none = document({ containers: [] });
    const { text } = addHost(none, {
      ...ADDITION,
      executor: { cpus: 2, mem: 2048, image: 'my/i' },
    });
    expect(config(text).containers).toEqual([
      { id: 'runner1', cluster: 'cloudlab', image: 'my/i', n_cpus: 2, mem: 2048 },
    ]);
    expect(() => addHost(none, { ...ADDITION, executor: { cpus: 2 } })).toThrow(/size/);
  });

  it('says that it is an executor where neither the name nor the image does', () => {
    const like = { id: 'calc', cluster: 'b', image: 'x/y', n_cpus: 1, mem: 1 };
    const containers = [{ ...like, role: 'executor' as const }];
    expect(config(addHost(document({ containers }), ADDITION).text).containers[1]).toMatchObject({
      id: 'calc2',
      role: 'executor',
    });
  });

  it('gives the engine what the model has to give away, where the executor fits into it', () => {
    const resources = { cpus: 4, mem: 8192 };
    const engine = { type: 'embedded' as const, resources, port: 19100 };
    const text = document({ clusters: [{ id: 'b', engine }] });
    const engineOf = (executor: object) =>
      config(addHost(text, { ...ADDITION, executor }).text).clusters[1]?.engine;
    expect(engineOf({})).toEqual({ type: 'embedded', resources });
    expect(engineOf({ cpus: 8 })).toBe('embedded');
  });

  it('writes a port where the default one is taken', () => {
    const clusters = [{ id: 'a', engine: { type: 'embedded' as const, port: 19091 } }];
    expect(config(addHost(document({ clusters }), ADDITION).text).clusters[1]?.engine).toEqual({
      type: 'embedded',
      port: 19092,
    });
  });

  it('makes the list of addresses where there is none', () => {
    const text = document({ network: { cidr: '172.16.0.0/24' } });
    expect(config(addHost(text, ADDITION).text).network.containers).toEqual([
      { id: 'r2', ip_addr: '172.16.0.4' },
    ]);
  });
});

describe('removeHost', () => {
  it('takes back what addHost wrote, to the last character', () => {
    const text = document();
    expect(removeHost(addHost(text, ADDITION).text, 'lab-1').text).toBe(text);
    expect(removeHost(addHost(LOCAL, ADDITION).text, 'lab-1').text).toBe(LOCAL);
  });

  it('takes the cluster, its containers and their addresses, and names them', () => {
    const { text, changes } = removeHost(document(), 'b1');
    const left = config(text);
    expect(left.clusters.map(({ id }) => id)).toEqual(['a']);
    expect(left.containers.map(({ id }) => id)).toEqual(['submitter']);
    expect(left.network.containers).toEqual([{ id: 'submitter', ip_addr: '172.16.0.1' }]);
    expect(changes.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      'cluster b',
      'container r1',
      'container other',
    ]);
  });

  it('leaves a cluster that others serve', () => {
    const hosts = [{ address: '192.0.2.1' }, { address: '192.0.2.2' }];
    const clusters = [{ id: 'a', marathon_uri: 'http://192.0.2.9:9090', hosts }];
    const once = removeHost(document({ clusters }), '192.0.2.2').text;
    expect(config(once).clusters[0]?.hosts).toEqual([hosts[0]]);
    expect(config(once).containers).toHaveLength(3);
    expect(config(removeHost(once, '192.0.2.1').text).clusters[0]).not.toHaveProperty('hosts');
  });

  it('finds nothing to do for a host that is not there', () => {
    expect(removeHost(document(), 'c')).toEqual({ text: document(), changes: [] });
  });
});

describe('pin', () => {
  it('writes addresses and ports out', () => {
    const { text } = pin(document({ network: { cidr: '172.16.0.0/24' } }), {
      addresses: new Map([['r1', '172.16.0.2']]),
      ports: new Map([['b', 19091]]),
    });
    expect(config(text).network.containers).toEqual([{ id: 'r1', ip_addr: '172.16.0.2' }]);
    expect(config(text).clusters[1]?.engine).toEqual({ type: 'embedded', port: 19091 });
  });

  it('keeps the other settings of an engine', () => {
    const engine = { type: 'embedded' as const, resources: { cpus: 2 } };
    const { text } = pin(document({ clusters: [{ id: 'a', engine }] }), {
      addresses: new Map(),
      ports: new Map([['a', 19090]]),
    });
    expect(config(text).clusters[0]?.engine).toEqual({ ...engine, port: 19090 });
  });
});

const CLUSTER: Partial<Config> = {
  clusters: [
    {
      id: 'a',
      engine: 'mesos',
      hosts: [{ id: 'a1', address: '192.0.2.1', role: 'master' }, { address: '192.0.2.2' }],
    },
    { id: 'b', engine: 'embedded', hosts: [{ address: '192.0.2.9' }] },
  ],
};

describe('addAgent', () => {
  const host = { id: 'a3', address: '192.0.2.3', private_address: '10.0.0.3' };
  const place = { host, clusterId: 'a', privateAddress: '10.0.0.3' };

  it('adds a host to the cluster, and an executor that runs there alone', () => {
    const executor = { cpus: 2, mem: 1024, ip: '172.16.0.4' };
    const { text, changes } = addAgent(document(CLUSTER), { ...place, executor });
    const { clusters, containers, network } = config(text);
    expect(clusters[0]?.hosts?.at(-1)).toEqual(host);
    expect(clusters).toHaveLength(2);
    expect(containers.at(-1)).toEqual({
      ...{ id: 'r2', cluster: 'a', image: 'x/executor', n_cpus: 2, mem: 1024 },
      constraints: [['hostname', 'CLUSTER', '10.0.0.3']],
    });
    expect(network.containers?.at(-1)).toEqual({ id: 'r2', ip_addr: '172.16.0.4' });
    expect(changes.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      ...['host a3 of cluster a', 'container r2'],
    ]);
  });

  it('adds the host alone where no executor is wanted', () => {
    const { text } = addAgent(document(CLUSTER), { ...place, executor: undefined });
    expect(config(text).containers).toEqual(config(document(CLUSTER)).containers);
  });

  it('is taken back by removeHost with its containers, to the last character', () => {
    const executor = { ip: '172.16.0.4' };
    const { text } = addAgent(document(CLUSTER), { ...place, executor });
    const removed = removeHost(text, 'a3', new Set(['r2']));
    expect(removed.text).toBe(document(CLUSTER));
    expect(removed.changes.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      ...['host a3 of cluster a', 'container r2'],
    ]);
  });
});
