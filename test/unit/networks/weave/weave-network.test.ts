import { describe, expect, it } from 'vitest';

import { readMeasurement } from '../../../../src/networks/weave/measure.js';
import { WeaveNetwork } from '../../../../src/networks/weave/weave-network.js';
import { CrossflockError } from '../../../../src/errors/crossflock-error.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { wantedApp } from '../../marathon/apps.js';
import { bareState, runningState, seenOf, weavePlan } from './members.js';
import { block } from './transcripts.js';

const NETWORK = new WeaveNetwork(weavePlan({ cidr: '172.16.0.0/20' }));
const { signal } = new AbortController();

describe('WeaveNetwork', () => {
  it('gives an app its address by an environment variable alone', () => {
    const app = wantedApp('/executor');
    expect(NETWORK.decorate(app, '172.16.0.2')).toEqual({
      ...app,
      container: { ...app.container, docker: { ...app.container.docker, parameters: [] } },
      env: { ...app.env, WEAVE_CIDR: '172.16.0.2/20' },
      networks: [{ mode: 'container/bridge' }],
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    });
  });

  it('needs the ports of control, of data and of the fast datapath', () => {
    expect(NETWORK.ports.map(({ protocol, port }) => `${protocol} ${port}`)).toEqual([
      ...['tcp 6783', 'udp 6783', 'udp 6784'],
    ]);
  });

  it('takes no change of another network', async () => {
    const change = {
      view: { action: 'create', kind: 'x', target: 'y' },
      memberId: 'a',
      phase: 'launch',
    } as const;
    await expect(NETWORK.apply(seenOf('a', undefined).member, change, signal)).rejects.toThrow(
      'a change of another network was given to weave',
    );
  });

  it('has no way from a host that cannot be asked, or without a router', async () => {
    const to = [seenOf('b', runningState())];
    expect(await NETWORK.measure(seenOf('a', undefined), to, signal)).toEqual([
      { from: 'a', to: 'b', reachable: false, why: 'it could not be asked' },
    ]);
    expect(await NETWORK.measure(seenOf('a', bareState()), to, signal)).toEqual([
      { from: 'a', to: 'b', reachable: false, why: 'its router does not run' },
    ]);
  });

  it('has none where the router does not answer, and passes failures of the host on', async () => {
    const host = new FakeHost('a');
    const { member, state } = seenOf('a', runningState());
    const from = { member: { ...member, host }, state };
    host.once(['sh', '-s'], { stdout: '\n@@ report\n' });
    const [pair] = await NETWORK.measure(from, [seenOf('b', runningState())], signal);
    expect(pair).toMatchObject({ reachable: false, why: 'its router does not answer' });
    host.once(['sh', '-s'], { throws: new CrossflockError('gone', { code: 'unreachable' }) });
    await expect(NETWORK.measure(from, [], signal)).rejects.toThrow('gone');
    host.verify();
  });
});

describe('readMeasurement', () => {
  it('reads the round trips that ping printed', () => {
    const { stdout } = block('2.8.1/expose.txt', 'ping -c 2 172.16.0.253');
    const lost = '4 packets transmitted, 0 received, 100% packet loss, time 3065ms';
    const { pings, hasPing } = readMeasurement(
      `\n@@ ping-172.16.0.253\n${stdout}\n@@ ping-172.16.0.9\n${lost}\n@@ report\n`,
    );
    expect([...pings]).toEqual([
      ['172.16.0.253', 1.116],
      ['172.16.0.9', undefined],
    ]);
    expect(hasPing).toBe(true);
  });
});
