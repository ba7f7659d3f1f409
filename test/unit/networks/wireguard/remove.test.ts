import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { CrossflockError } from '../../../../src/errors/crossflock-error.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { captured, network, signal } from './kit.js';

const NETWORK = ['docker', 'network', 'inspect', '--', 'dep2'];
const CONTAINER = [
  ...['docker', 'container', 'inspect', '--format'],
  ...['{{index .Config.Labels "crossflock.deployment"}}', 'dep2-network'],
];
const START = ['docker', 'start', 'dep2-network'];
const LEAVE = ['docker', 'exec', 'dep2-network', 'crossflock-network', 'leave'];
const RM = ['docker', 'rm', '--force', 'dep2-network'];
const RM_NETWORK = ['docker', 'network', 'rm', '--', 'dep2'];
const SWEEP = [
  'sh',
  '-c',
  /rm -rf -- "\$folder"/,
  'sh',
  '/etc/crossflock/dep2/network',
  'cfwg-5c5cd3',
  'cfvx-5c5cd3',
];
const MISSING = {
  exitCode: 1,
  stderr: readFileSync(
    new URL('../../../fixtures/docker/network/inspect-missing.err', import.meta.url),
    'utf8',
  ),
};
const FOUND = JSON.parse(captured('up-networks.json')) as { Containers: object; Labels: object };
const NO_CONTAINER = {
  exitCode: 1,
  stderr: 'Error response from daemon: No such container: dep2-network\n',
};

function inspected(change: Partial<typeof FOUND>): { stdout: string } {
  return { stdout: JSON.stringify([{ ...FOUND, Containers: {}, ...change }]) };
}

function hostWithDocker(): FakeHost {
  return new FakeHost('h1').once(['docker', '--version'], { stdout: 'Docker version 26.1.5\n' });
}

describe('taking the network off a host', () => {
  it('takes container, interfaces, docker network and folder', async () => {
    const host = hostWithDocker()
      .once(NETWORK, inspected({}))
      .once(CONTAINER, { stdout: 'dep2\n' })
      .once(START, {})
      .once(LEAVE, { stdout: '{}' })
      .once(RM, {})
      .once(RM_NETWORK, {})
      .once(SWEEP, {});
    await network.remove(host, signal);
    host.verify();
    expect(host.runs.every(({ options }) => options.sudo === true)).toBe(true);
  });

  it('is fine with nothing there', async () => {
    const host = hostWithDocker()
      .once(NETWORK, MISSING)
      .once(CONTAINER, NO_CONTAINER)
      .once(SWEEP, {});
    await network.remove(host, signal);
    host.verify();
  });

  it('is fine without Docker', async () => {
    const host = new FakeHost('h1')
      .once(['docker', '--version'], {
        throws: new CrossflockError('no docker', { code: 'not-found' }),
      })
      .once(SWEEP, {});
    await network.remove(host, signal);
    host.verify();
  });

  it('goes on where the agent cannot be asked', async () => {
    const host = hostWithDocker()
      .once(NETWORK, MISSING)
      .once(CONTAINER, { stdout: 'dep2\n' })
      .once(START, { exitCode: 1 })
      .once(LEAVE, { exitCode: 1, stderr: 'is not running' })
      .once(RM, {})
      .once(SWEEP, {});
    await network.remove(host, signal);
    host.verify();
  });

  it('changes nothing while containers are on it', async () => {
    const host = hostWithDocker().once(
      NETWORK,
      inspected({ Containers: { a: { Name: 'runner1' } } }),
    );
    await expect(network.remove(host, signal)).rejects.toThrow('still in use; on it: runner1');
    host.verify();
  });

  it('changes nothing of somebody else', async () => {
    const foreign = hostWithDocker().once(NETWORK, inspected({ Labels: {} }));
    await expect(network.remove(foreign, signal)).rejects.toThrow('was not made by crossflock');
    const other = hostWithDocker().once(NETWORK, MISSING).once(CONTAINER, { stdout: '\n' });
    await expect(network.remove(other, signal)).rejects.toThrow('is not of the deployment dep2');
  });

  it('says when something stays', async () => {
    const host = hostWithDocker()
      .once(NETWORK, MISSING)
      .once(CONTAINER, NO_CONTAINER)
      .once(SWEEP, { exitCode: 1, stderr: 'RTNETLINK answers: Device or resource busy\n' });
    await expect(network.remove(host, signal)).rejects.toThrow('Device or resource busy');
  });
});
