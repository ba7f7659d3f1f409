import { describe, expect, it } from 'vitest';

import { runArgv, wantedNetwork } from '../../../../src/networks/wireguard/settings.js';
import type { Action } from '../../../../src/networks/wireguard/change.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { network, member, peer, SETTINGS, signal } from './kit.js';

const PLACE = { id: 'h1', gateway: '172.16.0.254' };
const RUN = runArgv(SETTINGS, PLACE, true);
const AGENT = ['docker', 'exec', 'dep2-network', 'crossflock-network'];
const WELL = { stdout: '{"problems": []}' };

async function apply(host: FakeHost, action: Action): Promise<void> {
  const change = {
    view: { action: 'update', kind: 'network', target: 'h1' },
    memberId: 'h1',
    phase: 'launch',
    action,
  } as const;
  await network.apply(member(1, { host }), change, signal);
  host.verify();
}

describe('starting a host’s part', () => {
  it('hands in nothing secret, and no more than it needs', () => {
    const text = RUN.join(' ');
    expect(text).toContain('--network host --cap-drop ALL --cap-add NET_ADMIN --cap-add NET_RAW');
    expect(text).toContain('--restart unless-stopped');
    expect(text).toContain('/etc/crossflock/dep2/network:/etc/crossflock/network');
    expect(text).not.toMatch(/privileged|privateKey|password/);
    expect(RUN.slice(-3)).toEqual(['--device', '/dev/net/tun', 'crossflock/network']);
    expect(runArgv(SETTINGS, PLACE, false)).not.toContain('--device');
  });

  it('makes the docker network of the wanted size', async () => {
    const host = new FakeHost('h1');
    host.once((argv) => argv.includes('create'), {});
    await apply(host, { type: 'create-network', network: wantedNetwork(SETTINGS, '172.16.0.254') });
    expect(host.commandLines).toEqual([
      'docker network create --driver bridge --subnet 172.16.0.0/24 --gateway 172.16.0.254 ' +
        '--opt com.docker.network.driver.mtu=1370 --opt com.docker.network.bridge.name=cfbr-5c5cd3 ' +
        '--label crossflock.deployment=dep2 -- dep2',
    ]);
  });

  it('waits for the agent', async () => {
    const host = new FakeHost('h1').once(RUN, {}).once([...AGENT, 'status'], WELL);
    await apply(host, { type: 'run-agent', place: PLACE, replaces: false, hasTun: true });
    expect(host.runs.every(({ options }) => options.sudo === true)).toBe(true);
  });

  it('takes a former container away first', async () => {
    const host = new FakeHost('h1')
      .once(['docker', 'rm', '--force', 'dep2-network'], {})
      .once(RUN, {})
      .once([...AGENT, 'status'], WELL);
    await apply(host, { type: 'run-agent', place: PLACE, replaces: true, hasTun: true });
    expect(host.commandLines[0]).toContain('rm --force');
  });

  it('says which image is missing', async () => {
    // Printed by Docker 26.1.
    const stderr =
      'docker: Error response from daemon: No such image: crossflock/network:latest.\n';
    const host = new FakeHost('h1').once(RUN, { exitCode: 125, stderr });
    await expect(
      apply(host, { type: 'run-agent', place: PLACE, replaces: false, hasTun: true }),
    ).rejects.toMatchObject({ code: 'not-found', message: 'h1 has no image crossflock/network' });
  });

  it('shows the log of an agent that ended at once', async () => {
    const host = new FakeHost('h1')
      .once(RUN, {})
      .once([...AGENT, 'status'], {
        exitCode: 1,
        stderr:
          'Error response from daemon: Container 40 is restarting, wait until it is running\n',
      })
      .once(['docker', 'logs', '--tail', '3', 'dep2-network'], {
        stderr: 'crossflock-network: /etc/crossflock/network/peers.json is not JSON\n',
      });
    await expect(
      apply(host, { type: 'run-agent', place: PLACE, replaces: false, hasTun: true }),
    ).rejects.toThrow('peers.json is not JSON');
  });

  it('fails with what the agent could not do', async () => {
    const host = new FakeHost('h1').once([...AGENT, 'status'], {
      stdout: '{"problems": ["UDP port 51820 is in use on this host"]}',
    });
    await expect(apply(host, { type: 'repair' })).rejects.toThrow('UDP port 51820 is in use');
  });

  it('starts one that was stopped', async () => {
    const host = new FakeHost('h1')
      .once(['docker', 'start', 'dep2-network'], {})
      .once([...AGENT, 'status'], WELL);
    await apply(host, { type: 'start-agent' });
  });
});

describe('peers', () => {
  const ADD = ['docker', 'exec', '--interactive', 'dep2-network', 'crossflock-network', 'add'];

  it('are handed over in one command, on its standard input', async () => {
    const host = new FakeHost('h1').once(ADD, WELL);
    await apply(host, { type: 'add-peers', peers: [peer(2), peer(3)], unknown: [] });
    expect(JSON.parse(host.runs[0]!.stdin)).toEqual([peer(2), peer(3)]);
  });

  it('are not added before their keys are known', async () => {
    await expect(
      apply(new FakeHost('h1'), { type: 'add-peers', peers: [], unknown: ['h2'] }),
    ).rejects.toThrow('h2 cannot be connected yet');
  });

  it('are forgotten by key', async () => {
    const host = new FakeHost('h1').once([...AGENT, 'forget', 'k='], WELL);
    await apply(host, { type: 'forget-peer', peers: ['k='] });
  });

  it('an answer that nothing can read is said', async () => {
    const host = new FakeHost('h1').once([...AGENT, 'forget', 'k='], { stdout: 'hm' });
    await expect(apply(host, { type: 'forget-peer', peers: ['k='] })).rejects.toThrow(
      "cannot read the agent's answer: hm",
    );
  });
});

it('refuses a change of another network', async () => {
  const view = { action: 'create', kind: 'network', target: 'x' } as const;
  const change = { view, memberId: 'h1', phase: 'launch' } as const;
  await expect(network.apply(member(1), change, signal)).rejects.toMatchObject({
    code: 'unexpected',
  });
});
