import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { BridgeNetwork } from '../../../../src/networks/bridge/bridge-network.js';
import { createArgv, parseInspect } from '../../../../src/networks/docker-network.js';
import type { NetworkPlan } from '../../../../src/plan/types.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { surveyAnswer } from '../../../fakes/survey-answer.js';
import { survey } from '../../../../src/provision/survey.js';
import { wantedApp } from '../../marathon/apps.js';

/** Printed by Docker 28.2 on an engine 20.10, for networks made with the commands under test. */
function captured(name: string): string {
  return readFileSync(new URL(`../../../fixtures/docker/network/${name}`, import.meta.url), 'utf8');
}

const PLAN: NetworkPlan = {
  driver: 'bridge',
  name: 'cft-bridge-a',
  cidr: '172.29.77.0/24',
  gateway: '172.29.77.254',
  port: 51820,
  taken: [],
};
const INSPECT = ['docker', 'network', 'inspect', '--', 'cft-bridge-a'];
const CREATE = createArgv(PLAN);
const REMOVE = ['docker', 'network', 'rm', '--', 'cft-bridge-a'];
const USED = { stdout: captured('inspect-used.json') };
const UNUSED = { stdout: captured('inspect-unused.json') };
const MISSING = {
  exitCode: 1,
  stdout: captured('inspect-missing.out'),
  stderr: captured('inspect-missing.err'),
};
const { signal } = new AbortController();

describe('parseInspect', () => {
  it('reads a network with a container on it', () => {
    expect(parseInspect(USED.stdout, 'cft-bridge-a')).toEqual({
      name: 'cft-bridge-a',
      driver: 'bridge',
      subnets: [{ subnet: '172.29.77.0/24', gateway: '172.29.77.254' }],
      labels: { 'crossflock.deployment': 'cft-bridge-a' },
      options: {},
      containers: ['cft-bridge-c1'],
    });
  });

  it('reads a network without containers and labels', () => {
    expect(parseInspect(captured('inspect-default-ipam.json'), 'cft-bridge-e')).toMatchObject({
      subnets: [{ subnet: '172.18.0.0/16', gateway: '172.18.0.1' }],
      labels: {},
      containers: [],
    });
  });

  it('takes a network of another name for none', () => {
    expect(parseInspect(UNUSED.stdout, 'df1ff0a52f3d')).toBeUndefined();
    expect(parseInspect(MISSING.stdout, 'cft-bridge-a')).toBeUndefined();
  });

  it.each(['', '{}', 'Cannot connect'])('refuses what is no list of networks: %j', (stdout) => {
    expect(() => parseInspect(stdout, 'x')).toThrow('cannot read what "docker network inspect"');
  });
});

/** What the driver plans for a host whose probe answers this. */
async function planned(plan: NetworkPlan, answer: string) {
  const host = new FakeHost().on(['sh', '-s'], surveyAnswer({ bridge: answer }));
  const network = new BridgeNetwork(plan);
  const member = memberOn(host);
  const { state } = await survey(host, { state: network.probe(member) }, signal);
  return network.plan([{ member, state }]);
}

function memberOn(host: FakeHost) {
  const address = '127.0.0.1';
  return { id: 'here', clusterId: 'local', host, address, privateAddress: address };
}

describe('BridgeNetwork.plan', () => {
  it('wants a missing network created, with its addresses and its label', async () => {
    expect(await planned(PLAN, `${MISSING.stdout}${MISSING.stderr}`)).toEqual([
      {
        view: {
          action: 'create',
          kind: 'network',
          target: 'cft-bridge-a on fake',
          detail: '172.29.77.0/24',
        },
        memberId: 'here',
        phase: 'launch',
        argv: CREATE,
      },
    ]);
    expect(CREATE.join(' ')).toBe(
      'docker network create --driver bridge --subnet 172.29.77.0/24 --gateway 172.29.77.254' +
        ' --label crossflock.deployment=cft-bridge-a -- cft-bridge-a',
    );
  });

  it('leaves a network that is as wanted alone, and one that could not be looked at', async () => {
    expect(await planned(PLAN, USED.stdout)).toEqual([]);
    const member = memberOn(new FakeHost());
    expect(new BridgeNetwork(PLAN).plan([{ member, state: undefined }])).toEqual([]);
  });

  it.each([
    [
      { cidr: '172.29.78.0/24', gateway: '172.29.78.254' },
      'wanted is 172.29.78.0/24, gateway 172.29.78.254',
    ],
    [{ gateway: '172.29.77.253' }, 'wanted is 172.29.77.0/24, gateway 172.29.77.253'],
  ])('refuses one with other addresses %j, and says who is on it', async (change, wanted) => {
    await expect(planned({ ...PLAN, ...change }, USED.stdout)).rejects.toMatchObject({
      code: 'refused',
      message:
        'the docker network cft-bridge-a on fake is 172.29.77.0/24, gateway 172.29.77.254; ' +
        `${wanted}; on it: cft-bridge-c1`,
      hint: expect.stringContaining('crossflock down') as string,
    });
  });

  it('refuses one that crossflock did not make', async () => {
    const plan = { ...PLAN, name: 'cft-bridge-e', cidr: '172.18.0.0/16', gateway: '172.18.0.1' };
    await expect(planned(plan, captured('inspect-default-ipam.json'))).rejects.toMatchObject({
      code: 'refused',
      message: 'the docker network cft-bridge-e on fake was not made by crossflock',
    });
  });

  it('says when there is no engine', async () => {
    await expect(planned(PLAN, captured('no-daemon.err'))).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('start the docker engine') as string,
    });
  });
});

describe('BridgeNetwork.apply', () => {
  async function applied(host: FakeHost): Promise<void> {
    const network = new BridgeNetwork(PLAN);
    const member = memberOn(host);
    const [change] = network.plan([{ member, state: { network: undefined } }]);
    await network.apply(member, change!, signal);
  }

  it('runs the command of the change', async () => {
    const host = new FakeHost().once(CREATE, { stdout: 'df1ff0a52f3d\n' });
    await applied(host);
    host.verify();
  });

  it('says which addresses are taken', async () => {
    const host = new FakeHost().once(CREATE, {
      exitCode: 1,
      stderr: captured('create-overlap.err'),
    });
    await expect(applied(host)).rejects.toMatchObject({
      code: 'refused',
      message:
        'network cft-bridge-a cannot have 172.29.77.0/24 on fake: another docker network overlaps it',
    });
  });

  it('is content with the same network made by somebody else meanwhile', async () => {
    const exists = { exitCode: 1, stderr: captured('create-exists.err') };
    const host = new FakeHost().once(CREATE, exists).once(INSPECT, UNUSED);
    await applied(host);
    host.verify();
  });
});

describe('BridgeNetwork.remove', () => {
  it('removes its network, and is content where there is none', async () => {
    const host = new FakeHost().once(INSPECT, UNUSED).once(REMOVE, { stdout: 'cft-bridge-a\n' });
    await new BridgeNetwork(PLAN).remove(host, signal);
    host.verify();
    const bare = new FakeHost().once(INSPECT, MISSING);
    await new BridgeNetwork(PLAN).remove(bare, signal);
    const raced = new FakeHost()
      .once(INSPECT, UNUSED)
      .once(REMOVE, { exitCode: 1, stderr: captured('rm-missing.err') });
    await new BridgeNetwork(PLAN).remove(raced, signal);
  });

  it('names the containers that are still on it', async () => {
    const host = new FakeHost()
      .once(INSPECT, USED)
      .once(REMOVE, { exitCode: 1, stderr: captured('rm-in-use.err') });
    await expect(new BridgeNetwork(PLAN).remove(host, signal)).rejects.toMatchObject({
      code: 'refused',
      message: 'the docker network cft-bridge-a on fake is still in use; on it: cft-bridge-c1',
    });
  });
});

describe('BridgeNetwork.decorate', () => {
  it('pins the address on the deployment’s network, once, and allows one task at a time', () => {
    const network = new BridgeNetwork(PLAN);
    const app = wantedApp('/a');
    const once = network.decorate(app, '172.29.77.9');
    expect(once.networks).toEqual([{ mode: 'container', name: 'cft-bridge-a' }]);
    expect(once.container.docker.parameters).toEqual([{ key: 'ip', value: '172.29.77.9' }]);
    expect(once.upgradeStrategy).toEqual({ minimumHealthCapacity: 0, maximumOverCapacity: 0 });
    expect(network.decorate(once, '172.29.77.9')).toEqual(once);
    expect(app).toEqual(wantedApp('/a'));
  });
});
