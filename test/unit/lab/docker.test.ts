import { describe, expect, it } from 'vitest';
import { docker, dockerFailure, isOverlap, requireImages } from '../../../src/lab/docker.js';
import { FakeHost } from '../../fakes/fake-host.js';

const signal = new AbortController().signal;

describe('dockerFailure', () => {
  // What Docker 20.10.24 and 28.2.2 wrote.
  it.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'unreachable',
      'no docker engine answers on this machine',
    ],
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.41/containers/json": dial unix /var/run/docker.sock: connect: permission denied',
      'unauthorized',
      'this user may not use the docker engine',
    ],
    [
      "docker: Error response from daemon: No such image: crossflock/lab-host:latest\n\nRun 'docker run --help' for more information",
      'not-found',
      'there is no image crossflock/lab-host',
    ],
    [
      'docker: Error response from daemon: Conflict. The container name "/lab-azure-1" is already in use by container "ab12". You have to remove (or rename) that container to be able to reuse that name.\nSee \'docker run --help\'.',
      'refused',
      "a container that is not this lab's is called lab-azure-1",
    ],
    [
      'Error response from daemon: network with name lab-lab already exists',
      'refused',
      "a docker network that is not this lab's is called lab-lab",
    ],
    [
      "docker: Error response from daemon: something else.\n\nRun 'docker run --help' for more information",
      'command-failed',
      'docker run --detach failed: docker: Error response from daemon: something else.',
    ],
    ['', 'command-failed', 'docker run --detach failed: it does not say why'],
  ])('%s', (stderr, code, message) => {
    expect(dockerFailure(['run', '--detach', 'x'], stderr)).toMatchObject({ code, message });
  });

  it('is thrown with what docker wrote', async () => {
    const host = new FakeHost();
    host.on(['docker', 'ps'], { exitCode: 1, stderr: 'no\n' });
    await expect(docker(host, ['ps'])).rejects.toThrow('docker ps failed: no');
  });

  it('tells a range that is taken from other failures', () => {
    const said = 'Error response from daemon: Pool overlaps with other one on this address space';
    expect(isOverlap(dockerFailure(['network', 'create'], said))).toBe(true);
    expect(isOverlap(dockerFailure(['network', 'create'], 'other'))).toBe(false);
  });
});

describe('requireImages', () => {
  const images = ['crossflock/lab-host', 'crossflock/lab-bare'];
  const hostWith = (stdout: string) =>
    new FakeHost().on((argv) => argv.slice(0, 3).join(' ') === 'docker image ls', { stdout });

  it('is content with all that are needed', async () => {
    const host = hostWith('crossflock/lab-bare:latest\ncrossflock/lab-host:latest\n');
    await expect(requireImages(host, images, signal)).resolves.toBeUndefined();
  });

  it('names what is missing and what builds it', async () => {
    await expect(
      requireImages(hostWith('crossflock/lab-bare:latest\n'), images, signal),
    ).rejects.toMatchObject({
      message: 'there is no image crossflock/lab-host',
      hint: 'scripts/lab builds it: run scripts/lab up',
    });
    await expect(requireImages(hostWith(''), images, signal)).rejects.toThrow(
      'there is no image crossflock/lab-host and no image crossflock/lab-bare',
    );
  });
});
