import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPeers } from '../../../src/actions/peers-check.js';
import { connectPeer, forgetPeer } from '../../../src/actions/peers-connect.js';
import { listPeers } from '../../../src/actions/peers-list.js';
import { FILE, runningWorld, type World } from './peers-world.js';

let world: World;

beforeEach(async () => {
  world = await runningWorld();
});
afterEach(async () => {
  await world.stop();
});

const openNetwork = () => world.network;

async function run(action: typeof listPeers) {
  const { context, reporter } = world.context();
  const code = await action(context, { config: FILE }, openNetwork);
  return { code, reporter, summary: reporter.of('summary').at(-1) };
}

async function one(action: typeof connectPeer, host: string, dryRun = false) {
  const { context, reporter } = world.context();
  const code = await action(context, { config: FILE, host, dryRun }, openNetwork);
  return { code, reporter, summary: reporter.of('summary').at(-1) };
}

function changesNothing(): void {
  expect(world.network.applied).toEqual([]);
  expect(world.here.puts).toEqual([]);
  expect([...world.machines.values()].flatMap(({ host }) => host.puts)).toEqual([]);
}

describe('peers list', () => {
  it('shows every host with its place in the network', async () => {
    const { code, reporter, summary } = await run(listPeers);
    expect(code).toBe(0);
    const [table] = reporter.of('table');
    expect(table?.columns.slice(3)).toEqual(['gateway', 'network', 'peers', 'handshake']);
    expect(table?.rows[1]).toEqual([
      ...['azure-1', 'azure', '192.0.2.2', '10.77.0.254', 'up', '2/2', '42 s ago'],
    ]);
    expect(summary?.message).toBe('3 of 3 hosts are in the network and know all others');
    changesNothing();
  });

  it('tells a host that does not answer, one that was never launched, and a peer that is missing', async () => {
    world.at('azure-1').die();
    world.network.states.delete('cloudlab-1');
    world.network.states.set('chameleon-1', { launched: true, peers: ['azure-1'] });
    const { code, reporter, summary } = await run(listPeers);
    expect(code).toBe(1);
    expect(reporter.of('table')[0]?.rows.map((row) => row.slice(4, 6))).toEqual([
      ['up', '1/2'],
      ['no answer', '?/2'],
      ['absent', '0/2'],
    ]);
    expect(reporter.of('notice').map(({ message }) => message)).toEqual([
      'azure-1: cannot reach azure-1 over SSH: no answer',
    ]);
    expect(summary).toMatchObject({ ok: false, data: { hosts: [{ id: 'chameleon-1' }, {}, {}] } });
  });
});

/** What lets the network in on a host from another one. */
function rules(to: string, from: string, source: string): readonly string[] {
  return [
    `let UDP 51820 in on ${to}, from ${from}:`,
    '  Linux (iptables):',
    `    sudo iptables -I INPUT -p udp --dport 51820 -s ${source} -j ACCEPT`,
    '  Azure:',
    `    az network nsg rule create --resource-group GROUP --nsg-name NSG --name crossflock-udp-51820 --priority 1000 --direction Inbound --access Allow --protocol Udp --destination-port-ranges 51820 --source-address-prefixes ${source}`,
    '  OpenStack, Chameleon:',
    `    openstack security group rule create --ingress --protocol udp --dst-port 51820 --remote-ip ${source}/32 SECURITY_GROUP`,
  ];
}

describe('peers check', () => {
  it('shows all pairs, and all of them in its data', async () => {
    const { code, reporter, summary } = await run(checkPeers);
    expect(code).toBe(0);
    expect(reporter.of('table')[0]?.rows).toEqual([
      ['1 chameleon-1', '·', '1.3', '1.3'],
      ['2 azure-1', '1.3', '·', '1.3'],
      ['3 cloudlab-1', '1.3', '1.3', '·'],
    ]);
    expect(reporter.of('table')[1]?.rows[0]).toEqual([
      ...['chameleon-1', '2/2', '1.3', '1.3', '1370', '42 s ago'],
    ]);
    expect(summary?.message).toBe('6 of 6 ways work');
    const { pairs } = summary?.data as { pairs: readonly unknown[] };
    expect(pairs).toHaveLength(6);
    expect(pairs[0]).toEqual({
      ...{ from: 'chameleon-1', to: 'azure-1', reachable: true },
      ...{ latencyMs: 1.26, mtu: 1370, handshakeSeconds: 42 },
    });
    changesNothing();
  });

  it('says of a cut why and what to let in where, and ends with 1', async () => {
    world.network.cut.add('chameleon-1').add('azure-1');
    const { code, reporter, summary } = await run(checkPeers);
    expect(code).toBe(1);
    expect(reporter.of('notice').map(({ message }) => message)).toEqual([
      'chameleon-1 → azure-1: no handshake with azure-1',
      'azure-1 → chameleon-1: no handshake with chameleon-1',
    ]);
    const lines = reporter.of('report').flatMap((event) => event.lines);
    expect(lines).toEqual([
      '',
      'where a firewall is in the way:',
      ...rules('azure-1', 'chameleon-1', '192.0.2.1'),
      ...rules('chameleon-1', 'azure-1', '192.0.2.2'),
      '',
    ]);
    expect(summary).toMatchObject({ message: '4 of 6 ways work', data: { failed: 2 } });
  });

  it('says why a host is not asked once, and blames no firewall for it', async () => {
    world.at('azure-1').die();
    const { code, reporter } = await run(checkPeers);
    expect(code).toBe(1);
    expect(reporter.of('notice').map(({ message }) => message)).toEqual([
      'chameleon-1 → azure-1: no handshake with azure-1',
      'azure-1 → all others: cannot reach azure-1 over SSH: no answer',
      'cloudlab-1 → azure-1: no handshake with azure-1',
    ]);
    expect(reporter.of('report')).toEqual([]);
  });
});

describe('peers connect and forget', () => {
  it('take a host out of the network and let it in again, and touch nothing else', async () => {
    const { text } = world;
    expect((await one(forgetPeer, '192.0.2.2')).code).toBe(0);
    expect(world.network.states.has('azure-1')).toBe(false);
    expect(world.network.states.get('chameleon-1')?.peers).toEqual(['cloudlab-1']);
    expect((await one(connectPeer, 'azure-1')).summary?.message).toBe('azure-1 is connected');
    expect(world.network.states.get('azure-1')?.peers).toEqual(['chameleon-1', 'cloudlab-1']);
    expect(world.network.states.get('cloudlab-1')?.peers).toContain('azure-1');
    expect(world.text).toBe(text);
    expect(world.at('azure-1').marathon.requests).toEqual([]);
    expect(world.flock).toHaveLength(2);
  });

  it('find nothing to change the second time', async () => {
    const { summary } = await one(connectPeer, 'azure-1');
    expect(summary?.message).toBe('nothing to change: azure-1 is connected');
    changesNothing();
  });

  it('only show it in a dry run', async () => {
    expect((await one(forgetPeer, 'azure-1', true)).summary?.message).toBe(
      '3 changes to make, nothing was changed',
    );
    changesNothing();
  });

  it('forget a host that does not answer on all others', async () => {
    world.at('azure-1').die();
    const { code, summary } = await one(forgetPeer, 'azure-1');
    expect(code).toBe(0);
    expect(summary?.message).toMatch(/nothing on itself was changed/);
    expect(world.network.states.get('cloudlab-1')?.peers).toEqual(['chameleon-1']);
  });

  it('do not let a host in that does not answer, and keep it with the others', async () => {
    world.at('azure-1').die();
    expect((await one(connectPeer, 'azure-1')).code).toBe(1);
    changesNothing();
    expect(world.network.states.get('cloudlab-1')?.peers).toContain('azure-1');
  });

  it('refuse a name that nobody knows, and forget one that a host still knows', async () => {
    await expect(one(connectPeer, 'azur-1')).rejects.toMatchObject({
      message: 'config.json names no host "azur-1"',
      hint: 'did you mean "azure-1"?',
    });
    await expect(one(forgetPeer, 'azur-1')).rejects.toMatchObject({ code: 'invalid-input' });
    world.network.states.set('azure-1', { launched: true, peers: ['old-1', 'chameleon-1'] });
    expect((await one(forgetPeer, 'old-1')).code).toBe(0);
    expect(world.network.states.get('azure-1')?.peers).toEqual(['chameleon-1']);
  });
});
