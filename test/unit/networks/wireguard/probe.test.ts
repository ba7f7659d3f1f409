import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

import { captured, engine, network } from './kit.js';

const probe = network.probe();
const UP = {
  '/containers/dep2-network/json': captured('up-containers.json'),
  '/networks/dep2': captured('up-networks.json'),
  '/images/crossflock/network/json': captured('up-images.json'),
};

describe('the probe of the network', () => {
  it('asks Docker for the container, the network and the image', () => {
    expect(probe.get).toEqual(Object.keys(UP));
  });

  it('reads a host on which all is up', () => {
    const state = probe.parse(captured('up.txt'), engine(UP));
    expect(state).toMatchObject({
      hasEngine: true,
      container: { status: 'running', labels: { 'crossflock.deployment': 'dep2' } },
      network: { subnets: [{ subnet: '172.16.0.0/24', gateway: '172.16.0.254' }] },
      self: { id: 'h1', gateway: '172.16.0.254', address: '100.71.8.1', port: 51820 },
      problems: [],
      links: { wireguard: true, vxlan: true, bridge: true, attached: true },
      hasTun: true,
      facts: undefined,
    });
    expect(state.container?.imageId).toBe(state.imageId);
    expect(state.peers.map(({ id }) => id)).toEqual(['h2', 'h3']);
  });

  it('reads a host on which nothing is, and what decides there', () => {
    const state = probe.parse(captured('none.txt'), engine({}));
    expect(state).toEqual({
      hasEngine: true,
      isRoot: true,
      container: undefined,
      network: undefined,
      imageId: undefined,
      self: undefined,
      peers: [],
      problems: [],
      links: { wireguard: false, vxlan: false, bridge: false, attached: false },
      hasTun: true,
      facts: {
        wireguard: 'unknown',
        vxlan: 'loaded',
        nftables: 'unknown',
        udpPorts: [48354],
        routes: [
          { device: 'eth0', cidr: '10.77.0.0/24' },
          { device: 'docker0', cidr: '172.17.0.0/16' },
        ],
      },
    });
  });

  it('tells a look that was not taken as root', async () => {
    const { script, env = {} } = probe;
    const look = async (uid: string): Promise<boolean> => {
      // The script as it is, but for the file that says who runs it.
      const folder = await mkdtemp(join(tmpdir(), 'crossflock-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      await writeFile(join(folder, 'status'), `Name:\tsh\nUid:\t0\t${uid}\t0\t0\n`);
      const text = script.replace('/proc/self/status', join(folder, 'status'));
      const { stdout } = await promisify(execFile)('sh', ['-c', text], {
        env: { PATH: process.env['PATH'] ?? '', ...env },
      });
      return probe.parse(stdout, engine({})).isRoot;
    };
    expect(await look('0')).toBe(true);
    expect(await look('1000')).toBe(false);
  });

  it('tells a host without an engine', () => {
    expect(probe.parse(captured('none.txt'), engine(undefined)).hasEngine).toBe(false);
  });

  it('reads the record of a host whose agent never came up', () => {
    const self =
      '{"id":"h1","gateway":"172.16.0.9","address":"100.71.8.246","port":1,"publicKey":"k="}';
    const state = probe.parse(`\n@@ status\n\n@@ self\n${self}\n\n@@ links\n`, engine({}));
    expect(state.self?.gateway).toBe('172.16.0.9');
  });

  it.each([
    ['a broken record', '\n@@ status\n{"self": {"id"\n\n@@ links\n', 'status.json'],
    [
      'a record without a key',
      '\n@@ status\n{"self": {"id": "h1", "gateway": "g", "address": "a"}}',
      'publicKey',
    ],
  ])('says what it cannot read: %s', (_, answer, word) => {
    expect(() => probe.parse(answer, engine({}))).toThrow(word);
  });

  it('says so when Docker refuses', () => {
    const refuse = () => ({ status: 500, headers: {}, body: '{"message":"database is locked"}' });
    expect(() => probe.parse(captured('up.txt'), refuse)).toThrow(
      '500 {"message":"database is locked"}',
    );
  });
});
