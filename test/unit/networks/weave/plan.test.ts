import { describe, expect, it } from 'vitest';

import { hostAddresses } from '../../../../src/networks/weave/addresses.js';
import { planChanges, planLeaveChanges } from '../../../../src/networks/weave/plan.js';
import { peerName, SPEC_LABEL, specHash } from '../../../../src/networks/weave/settings.js';
import type { WeaveChange } from '../../../../src/networks/weave/change.js';
import { bareState, runningState, seenOf, settingsOf } from './members.js';

const SETTINGS = settingsOf();
const EXPOSED = { exposed: ['172.16.0.254/24'] };

function lines(changes: readonly WeaveChange[]): string[] {
  return changes.map(
    ({ memberId, phase, view }) =>
      `${memberId} ${phase}: ${view.action} ${view.kind}, ${view.detail ?? ''}`,
  );
}

describe('planChanges', () => {
  it('launches and connects everything on hosts that were never seen before', () => {
    const missingImages = ['rajchaudhuri/weave:2.9.0'];
    const a = seenOf('a', bareState({ hasScript: false, missingImages }));
    expect(lines(planChanges(SETTINGS, [a, seenOf('b', bareState())]))).toEqual([
      'a launch: create weave script, 2.9.0, from https://github.com/rajch/weave/releases/download/v2.9.0/weave',
      'a launch: create weave images, rajchaudhuri/weave:2.9.0',
      'a launch: start weave router, 2.9.0, encrypted',
      'a launch: create weave address, 172.16.0.254/24',
      'a connect: update weave peers, connect to b.example.org',
      'b launch: start weave router, 2.9.0, encrypted',
      'b launch: create weave address, 172.16.0.253/24',
      'b connect: update weave peers, connect to a.example.org',
    ]);
  });

  it('finds nothing to do where all is as wanted, however targets are written', () => {
    const a = seenOf(
      'a',
      runningState(
        { targets: ['B.example.org:6783', 'stale.example.org'], name: '02:00:00:00:00:01' },
        EXPOSED,
      ),
    );
    const b = seenOf(
      'b',
      runningState(
        { targets: ['a.example.org'], name: '02:00:00:00:00:02' },
        { exposed: ['172.16.0.253/24'] },
      ),
    );
    expect(planChanges(SETTINGS, [a, b])).toEqual([]);
  });

  it('uses the private address inside a cloud', () => {
    const members = [
      seenOf('a', runningState({}, EXPOSED), 'x'),
      seenOf('b', undefined, 'x'),
      seenOf('c', undefined, 'y'),
    ];
    expect(lines(planChanges(SETTINGS, members))).toEqual([
      'a connect: update weave peers, connect to 10.0.0.b, c.example.org',
    ]);
  });

  it('forgets nobody: neither unknown members nor targets of somebody else', () => {
    const a = seenOf(
      'a',
      runningState({ targets: ['b.example.org', 'other.example.org'] }, EXPOSED),
    );
    expect(planChanges(SETTINGS, [a, seenOf('b', undefined)])).toEqual([]);
    expect(planChanges(SETTINGS, [a])).toEqual([]);
  });

  it('connects a router that was stopped to all again: a new container has no targets', () => {
    const container = { image: 'rajchaudhuri/weave:2.9.0', state: 'exited', labels: {} };
    const a = seenOf('a', bareState({ container, bridge: 'bridge', ...EXPOSED }));
    expect(lines(planChanges(SETTINGS, [a, seenOf('b', undefined)]))).toEqual([
      'a launch: start weave router, 2.9.0, encrypted',
      'a connect: update weave peers, connect to b.example.org',
    ]);
  });

  it('takes a router of its own by its hash, and refuses it when that differs', () => {
    const container = (hash: string) => ({
      ...{ image: 'rajchaudhuri/weave:2.9.0', state: 'running' },
      labels: { [SPEC_LABEL]: hash },
    });
    const own = runningState({}, { ...EXPOSED, container: container(specHash(SETTINGS, 'a')) });
    expect(planChanges(SETTINGS, [seenOf('a', own)])).toEqual([]);
    const other = runningState({}, { ...EXPOSED, container: container('0123456789abcdef') });
    expect(() => planChanges(SETTINGS, [seenOf('a', other)])).toThrow(
      'it was launched from other settings',
    );
  });

  it('names everything that is in the way, on all hosts at once', () => {
    const notEncrypted = runningState({ encrypted: false, allocationRange: '172.16.0.0/12' });
    const noProxy = runningState({ proxy: [], name: '02:00:00:00:00:02' });
    const older = runningState(
      {},
      { container: { image: 'rajchaudhuri/weave:2.8.10', state: 'running', labels: {} } },
    );
    const dies = runningState(
      {},
      { container: { image: 'rajchaudhuri/weave:2.9.0', state: 'restarting', labels: {} } },
    );
    const silent = runningState({}, { report: undefined });
    const noDummy = bareState({ modules: { openvswitch: 'no', dummy: 'no' } });
    const members = [notEncrypted, noProxy, older, dies, silent, noDummy].map((state, at) =>
      seenOf('abcdef'[at]!, state),
    );
    expect(() => planChanges(SETTINGS, members)).toThrow(
      [
        'a: the weave router runs, and has no password, and "network.weave.password" gives one; its --ipalloc-range is 172.16.0.0/12, inside "network.cidr", wanted is 10.32.0.0/12',
        'b: the weave router runs, and its proxy for docker does not listen on /var/run/weave/weave.sock',
        'c: the image of the weave router is rajchaudhuri/weave:2.8.10, wanted is rajchaudhuri/weave:2.9.0',
        'd: the weave router dies again and again',
        'e: the weave router runs and does not answer',
        'f: the kernel has no module "dummy", without which the weave router ends at once',
      ].join('; '),
    );
  });

  it('refuses routers launched by hand on machines cloned from one disk', () => {
    const members = [seenOf('a', runningState()), seenOf('b', runningState())];
    expect(() => planChanges(SETTINGS, members)).toThrow(
      'a and b: both weave routers have the peer name ce:46:72:24:19:80',
    );
  });
});

describe('hostAddresses', () => {
  const given = (...states: Parameters<typeof seenOf>[1][]) =>
    Object.fromEntries(
      hostAddresses(
        SETTINGS,
        states.map((state, at) => seenOf('abc'[at]!, state)),
      ),
    );

  it('keeps what hosts have, and gives the highest free ones', () => {
    expect(
      given(bareState(), bareState({ exposed: ['172.16.0.254/24', '10.32.0.1/12'] }), bareState()),
    ).toEqual({
      a: { wanted: '172.16.0.253/24', surplus: [] },
      b: { wanted: '172.16.0.254/24', surplus: [] },
      c: { wanted: '172.16.0.252/24', surplus: [] },
    });
  });

  it('gives nobody a new one while a member cannot be asked', () => {
    expect(given(bareState(), undefined, bareState(EXPOSED))).toEqual({
      a: { wanted: undefined, surplus: [] },
      b: { wanted: undefined, surplus: [] },
      c: { wanted: '172.16.0.254/24', surplus: [] },
    });
  });

  it('takes an address from a host that a container or another host has', () => {
    const clash = { exposed: ['172.16.0.2/24'] };
    expect(given(bareState(clash), bareState(EXPOSED), bareState(EXPOSED))).toEqual({
      a: { wanted: '172.16.0.253/24', surplus: ['172.16.0.2/24'] },
      b: { wanted: '172.16.0.254/24', surplus: [] },
      c: { wanted: '172.16.0.252/24', surplus: ['172.16.0.254/24'] },
    });
  });

  it('gives none where all are taken', () => {
    const settings = settingsOf({ cidr: '172.16.0.0/30' });
    const [first] = hostAddresses(settings, [seenOf('a', bareState())]).values();
    expect(first).toEqual({ wanted: undefined, surplus: [] });
  });
});

describe('planLeaveChanges', () => {
  const leave = (...members: ReturnType<typeof seenOf>[]) =>
    lines(planLeaveChanges(SETTINGS, members, 'c'));
  const a = seenOf('a', runningState({ targets: ['c.example.org', 'b.example.org'] }));
  const b = seenOf('b', runningState({ targets: ['c.example.org:6783'] }));

  it('resets the host, forgets it everywhere, removes the peer on one', () => {
    expect(leave(a, b, seenOf('c', runningState({ name: '02:00:00:00:00:0c' })))).toEqual([
      'c leave: delete weave router, leaves the network',
      'a leave: update weave peers, forget c.example.org',
      'b leave: update weave peers, forget c.example.org:6783',
      'a leave: delete weave peer, c (02:00:00:00:00:0c)',
    ]);
  });

  it('works without the host, by the name that it was given', () => {
    expect(leave(a, seenOf('b', undefined), seenOf('c', undefined))).toEqual([
      'a leave: update weave peers, forget c.example.org',
      `a leave: delete weave peer, c (${peerName('cft', 'c')})`,
    ]);
  });

  it('finds the name of a router that was launched by hand in what the others remember', () => {
    const peers = [{ name: 'ce:00:00:00:00:0c', nickname: 'c' }];
    expect(leave(seenOf('a', runningState({ peers })), seenOf('c', undefined))).toEqual([
      'a leave: delete weave peer, c (ce:00:00:00:00:0c)',
    ]);
  });

  it('does nothing for a host that was never a peer, and for an unknown id', () => {
    expect(leave(seenOf('a', runningState()), seenOf('c', bareState()))).toEqual([]);
    expect(planLeaveChanges(SETTINGS, [a], 'nobody')).toEqual([]);
  });

  it('removes the peer on no host whose router is down', () => {
    const peers = [{ name: peerName('cft', 'c'), nickname: 'c' }];
    const own = seenOf('b', runningState({ peers }));
    expect(leave(seenOf('a', bareState()), own, seenOf('c', undefined))).toEqual([
      `b leave: delete weave peer, c (${peerName('cft', 'c')})`,
    ]);
  });

  it('removes no peer that nobody has heard of', () => {
    expect(leave(seenOf('a', runningState()), seenOf('c', undefined))).toEqual([]);
  });
});
