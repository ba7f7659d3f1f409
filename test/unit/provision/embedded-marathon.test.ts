import { describe, expect, it } from 'vitest';
import {
  checkMarathon,
  marathonChange,
  parseContainerFacts,
  removeMarathon,
  runMarathonArgv,
  type MarathonContainer,
} from '../../../src/provision/embedded-marathon.js';
import { FakeHost } from '../../fakes/fake-host.js';

const wanted: MarathonContainer = {
  deployment: 'demo',
  clusterId: 'azure',
  engine: { type: 'embedded', port: 19091, resources: { cpus: 6, mem: 8192 } },
};

function specOf(container: MarathonContainer): string {
  const label = runMarathonArgv(container).find((word) => word.startsWith('crossflock.spec='));
  return label?.slice('crossflock.spec='.length) ?? '';
}

const never = new AbortController().signal;

describe('runMarathonArgv', () => {
  it('starts one container with host networking and the Docker socket', () => {
    expect(runMarathonArgv(wanted)).toEqual([
      'docker',
      'run',
      '--detach',
      '--name',
      'demo-marathon-azure',
      '--label',
      `crossflock.spec=${specOf(wanted)}`,
      '--label',
      'crossflock.deployment=demo',
      '--network',
      'host',
      '--restart',
      'unless-stopped',
      '--volume',
      '/var/run/docker.sock:/var/run/docker.sock',
      '--env',
      'CROSSFLOCK_SCOPE=demo.azure',
      '--env',
      'CROSSFLOCK_PORT=19091',
      '--env',
      'CROSSFLOCK_CPUS=6',
      '--env',
      'CROSSFLOCK_MEM=8192',
      'crossflock/marathon',
    ]);
  });

  it('keeps credentials out of the arguments', () => {
    const auth = { username: 'me', password: 'correct horse' };
    const argv = runMarathonArgv({ ...wanted, auth });
    expect(argv.join(' ')).not.toContain('horse');
    expect(argv).toContain('CROSSFLOCK_CREDENTIALS');
    expect(marathonChange({ ...wanted, auth }, undefined, 'sha256:1')?.env).toEqual({
      CROSSFLOCK_CREDENTIALS: 'me:correct horse',
    });
  });
});

describe('where containers are created through a socket of the network', () => {
  const woven = { ...wanted, createSocket: '/var/run/weave/weave.sock' };

  it('mounts its folder and says where it is', () => {
    const argv = runMarathonArgv(woven).join(' ');
    expect(argv).toContain('--volume /var/run/weave:/var/run/weave ');
    expect(argv).toContain('--env CROSSFLOCK_CREATE_SOCKET=/var/run/weave/weave.sock ');
    expect(argv.endsWith(' crossflock/marathon')).toBe(true);
  });

  it('replaces a server that was started without it, and the other way round', () => {
    const seen = (container: MarathonContainer) => ({
      ...{ running: true, imageId: 'sha256:1' },
      spec: specOf(container),
    });
    expect(marathonChange(woven, seen(wanted), 'sha256:1')?.view.detail).toBe('settings differ');
    expect(marathonChange(wanted, seen(woven), 'sha256:1')?.view.detail).toBe('settings differ');
    expect(marathonChange(woven, seen(woven), 'sha256:1')).toBeUndefined();
  });

  it('leaves the servers of other networks as they are', () => {
    // Worked out when there was no such socket: another value would restart every server there is.
    expect(specOf(wanted)).toBe('fb19f91761f9e95f');
  });
});

describe('marathonChange', () => {
  const facts = { running: true, spec: specOf(wanted), imageId: 'sha256:1' };

  it('leaves one alone that is as wanted', () => {
    expect(marathonChange(wanted, facts, 'sha256:1')).toBeUndefined();
  });

  it.each([
    ['nothing there', undefined, 'create', 'on 127.0.0.1:19091'],
    ['a stopped one', { ...facts, running: false }, 'start', 'on 127.0.0.1:19091'],
    ['other settings', { ...facts, spec: 'older' }, 'update', 'settings differ'],
    ['an older image', { ...facts, imageId: 'sha256:0' }, 'update', 'newer image'],
  ] as const)('%s', (_, found, action, detail) => {
    const change = marathonChange(wanted, found, 'sha256:1');
    expect(change?.view).toEqual({ action, kind: 'marathon', target: 'azure', detail });
  });
});

describe('checkMarathon', () => {
  it('says what to do when the image was never built', async () => {
    const host = new FakeHost()
      .on(['docker', 'container', 'inspect', 'demo-marathon-azure'], {
        exitCode: 1,
        stdout: '[]\n',
        stderr: 'Error: No such container: demo-marathon-azure\n',
      })
      .on((argv) => argv[1] === 'image', {
        exitCode: 1,
        stderr: 'Error: No such image: crossflock/marathon\n',
      });
    await expect(checkMarathon(host, wanted, never)).rejects.toMatchObject({
      code: 'not-found',
      hint: 'scripts/demo builds it',
    });
  });

  it('tells a missing engine from a missing image', async () => {
    const host = new FakeHost().on(() => true, {
      exitCode: 1,
      stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.\n',
    });
    await expect(checkMarathon(host, wanted, never)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

describe('parseContainerFacts', () => {
  it('reads the parts of docker container inspect that matter', () => {
    const answer = JSON.stringify([
      {
        Image: 'sha256:1',
        State: { Running: true },
        Config: { Labels: { 'crossflock.spec': 'abc' } },
      },
    ]);
    expect(parseContainerFacts(answer)).toEqual({
      running: true,
      spec: 'abc',
      imageId: 'sha256:1',
    });
    expect(parseContainerFacts('[]')).toBeUndefined();
  });
});

describe('removeMarathon', () => {
  it('is content when there is none', async () => {
    const host = new FakeHost().on(() => true, {
      exitCode: 1,
      stderr: 'Error: No such container: demo-marathon-azure',
    });
    await expect(removeMarathon(host, 'demo', 'azure')).resolves.toBeUndefined();
  });
});
