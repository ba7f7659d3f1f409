import { describe, expect, it } from 'vitest';
import { accessDigest, knownHostsText } from '../../../src/lab/access.js';
import { imagesToSend, parseImages } from '../../../src/lab/images.js';
import { parseLook, untilBooted } from '../../../src/lab/look.js';
import { FakeHost } from '../../fakes/fake-host.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBhXNWd1nLEirnpm0iFaNCi76JJ3cFMWD3BlNgrp7zGW';

describe('parseLook', () => {
  it('reads a host that was just made', () => {
    expect(parseLook(`host-key ${KEY}\n`)).toEqual({ hostKey: KEY, cuts: [] });
  });

  it('reads access and cuts', () => {
    const text = `host-key ${KEY}\naccess 0f\ncut azure 10.199.0.32/28\ncut c 10.199.0.48/28\n`;
    expect(parseLook(text)).toEqual({
      hostKey: KEY,
      access: '0f',
      cuts: [
        { cloud: 'azure', range: '10.199.0.32/28' },
        { cloud: 'c', range: '10.199.0.48/28' },
      ],
    });
  });

  it('refuses an answer without a host key', () => {
    expect(() => parseLook('access 0f\n')).toThrow('shows no host key');
  });
});

describe('access', () => {
  it('has the digest that sha256sum makes on the host', () => {
    // printf 'ssh-ed25519 AAAA lab\nsecret\n' | sha256sum
    expect(accessDigest({ publicKey: 'ssh-ed25519 AAAA lab', password: 'secret' })).toBe(
      '710ade4ee0d77f755594e339fb627e5968642f1f4096bd0e2faadaa65b554cdb',
    );
  });

  it('lists the hosts by address for OpenSSH', () => {
    expect(knownHostsText([{ address: '10.199.0.17', hostKey: KEY }])).toBe(`10.199.0.17 ${KEY}\n`);
  });
});

describe('untilBooted', () => {
  const host = { id: 'a-1', cloud: 'a', number: 1, address: '', isBare: true, state: 'running' };
  const { signal } = new AbortController();

  it('says where to look when a host does not come up', async () => {
    const docker = new FakeHost().on(() => true, { exitCode: 1 });
    await expect(untilBooted(docker, 'lab', host, signal)).rejects.toMatchObject({
      code: 'timeout',
      message: 'a-1 did not boot within 90 s',
      hint: 'see docker logs lab-a-1',
    });
  });

  it('does not take other trouble for a slow boot', async () => {
    const said = 'OCI runtime exec failed: exec failed: permission denied: unknown\n';
    const docker = new FakeHost().on(() => true, { exitCode: 126, stdout: said });
    await expect(untilBooted(docker, 'lab', host, signal)).rejects.toMatchObject({
      code: 'command-failed',
      message: `a-1 cannot be asked whether it has booted: ${said.trim()}`,
    });
  });
});

describe('images of the registry', () => {
  it('are sent where they are missing or others', () => {
    const wanted = parseImages(
      'crossflock/b sha256:2\ncrossflock/a sha256:1\ncrossflock/c sha256:3\n',
    );
    const present = parseImages('crossflock/a sha256:1\ncrossflock/b sha256:0\n');
    expect(imagesToSend(wanted, present)).toEqual([
      { name: 'crossflock/b', id: 'sha256:2', isNew: false },
      { name: 'crossflock/c', id: 'sha256:3', isNew: true },
    ]);
  });
});
