import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  aptInstallArgv,
  CONFIGURE_ARGV,
  listsLockedBy,
  parseCandidates,
  waitForProcessArgv,
} from '../../../../src/provision/docker/apt.js';
import { dockerNeed, needsNothing } from '../../../../src/provision/docker/docker-need.js';
import {
  distributionPackages,
  installDocker,
  repositoryKeyCommands,
  repositoryRelease,
  repositorySource,
} from '../../../../src/provision/docker/install.js';
import { startDocker, startWays } from '../../../../src/provision/docker/start.js';
import { parseHostFacts } from '../../../../src/provision/facts/host-facts.js';
import { FakeHost } from '../../../fakes/fake-host.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/host-facts/${name}`, import.meta.url), 'utf8');
}

const bare = parseHostFacts(fixture('debian-13-bare.txt'));
const withDocker = parseHostFacts(fixture('debian-13-docker.txt'));
const engine = { version: '26.1.5', api: '1.45', minApi: '1.24' };
const { signal } = new AbortController();
const quiet = { signal, progress: () => undefined };
const noUsers = { groupUsers: [] };
const apt = (verb: string) => (argv: readonly string[]) =>
  argv.includes('apt-get') && argv.includes(verb);
const isPolicy = (argv: readonly string[]) => argv.includes('apt-cache');

describe('dockerNeed', () => {
  it('is nothing where the engine answers and the client is there', () => {
    const need = dockerNeed(withDocker, { engine, containers: [] }, noUsers);
    expect(needsNothing(need)).toBe(true);
  });

  it('is everything on a bare host', () => {
    const need = dockerNeed(bare, { engine: undefined, containers: [] }, { groupUsers: ['cc'] });
    expect(need).toEqual({
      install: ['engine', 'client'],
      finish: false,
      start: true,
      users: ['cc'],
    });
  });

  it('is a start where the engine is there and does not answer', () => {
    const need = dockerNeed(withDocker, { engine: undefined, containers: [] }, noUsers);
    expect(need).toEqual({ install: [], finish: false, start: true, users: [] });
  });

  it('is the end of an interrupted installation, also where the engine came up', () => {
    const docker = { engine, containers: [] };
    const half = { ...withDocker, unfinished: ['nginx', 'docker.io'] };
    expect(dockerNeed(half, docker, noUsers)).toMatchObject({ install: [], finish: true });
    expect(needsNothing(dockerNeed(half, docker, noUsers))).toBe(false);
    const others = { ...withDocker, unfinished: ['nginx'] };
    expect(needsNothing(dockerNeed(others, docker, noUsers))).toBe(true);
  });

  it('leaves out users who are in the group already', () => {
    const facts = { ...withDocker, dockerGroup: ['cc'] };
    const docker = { engine, containers: [] };
    expect(dockerNeed(facts, docker, { groupUsers: ['cc', 'me'] }).users).toEqual(['me']);
  });
});

describe('apt', () => {
  it('asks no question and waits for others', () => {
    const line = aptInstallArgv(['docker.io']).join(' ');
    expect(line).toMatch(/^env DEBIAN_FRONTEND=noninteractive .* apt-get -y -q /);
    expect(line).toContain('-o DPkg::Lock::Timeout=300');
    expect(line).toMatch(/install --no-install-recommends docker\.io$/);
  });

  it('finds the packages that the lists know', () => {
    const both = new Set(['docker.io', 'docker-cli']);
    expect(parseCandidates(fixture('apt-policy-debian-13.txt'))).toEqual(both);
    expect(parseCandidates(fixture('apt-policy-no-lists.txt'))).toEqual(new Set());
    expect(parseCandidates('docker.io:\n  Installed: (none)\n  Candidate: (none)\n')).toEqual(
      new Set(),
    );
  });

  it('reads who has the lists', () => {
    const said =
      'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1234 (apt-get)';
    expect(listsLockedBy(said)).toBe('1234');
    expect(listsLockedBy('E: something else')).toBeUndefined();
  });
});

describe('installDocker from the distribution', () => {
  const need = { install: ['engine', 'client'], finish: false, start: true, users: [] } as const;
  const options = { ...quiet, source: 'distribution', facts: bare, unfinished: false } as const;

  it('takes the client as a package of its own where there is one', () => {
    const known = new Set(['docker.io', 'docker-cli']);
    expect(distributionPackages(need, bare, known)).toEqual([
      'docker.io',
      'iptables',
      'ca-certificates',
      'docker-cli',
    ]);
    expect(distributionPackages(need, bare, new Set(['docker.io']))).not.toContain('docker-cli');
    expect(distributionPackages(need, { lacksAppArmor: true }, known)).toContain('apparmor');
    expect(distributionPackages({ ...need, install: ['client'] }, bare, known)).toEqual([
      'docker-cli',
    ]);
  });

  it('fetches lists only where they do not know the package', async () => {
    const host = new FakeHost()
      .once(isPolicy, { stdout: fixture('apt-policy-no-lists.txt') })
      .once(apt('update'), {})
      .once(isPolicy, { stdout: fixture('apt-policy-debian-13.txt') })
      .once(apt('install'), {});
    await installDocker(host, need, options);
    host.verify();
    const fresh = new FakeHost()
      .once(isPolicy, { stdout: fixture('apt-policy-debian-13.txt') })
      .once(apt('install'), {});
    await installDocker(fresh, need, options);
    fresh.verify();
  });

  it('tries once more with fresh lists, and then tells the end of what apt said', async () => {
    const stderr = 'Err:1 x\nE: Failed to fetch http://a/docker.deb  404  Not Found\n';
    const host = new FakeHost()
      .on(isPolicy, { stdout: fixture('apt-policy-debian-13.txt') })
      .once(apt('update'), {})
      .on(apt('install'), { exitCode: 100, stderr });
    await expect(installDocker(host, need, options)).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringMatching(/^"apt-get .*" ended with 100: E: Failed to fetch/) as string,
      hint: expect.stringContaining('sudo apt-get install docker.io') as string,
      cause: { said: stderr.trim().split('\n') },
    });
    expect(host.commandLines.filter((line) => line.includes(' install '))).toHaveLength(2);
    host.verify();
  });

  it('waits for the process that has the lists, and goes on', async () => {
    const stderr =
      'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (apt-get)\n';
    const host = new FakeHost()
      .once(isPolicy, { stdout: '' })
      .once(apt('update'), { exitCode: 100, stderr })
      .once(waitForProcessArgv('77'), {})
      .once(apt('update'), {})
      .once(isPolicy, { stdout: fixture('apt-policy-debian-13.txt') })
      .once(apt('install'), {});
    await installDocker(host, need, options);
    host.verify();
  });

  it('finishes first what an interrupted run left', async () => {
    const host = new FakeHost()
      .once(CONFIGURE_ARGV, {})
      .on(isPolicy, { stdout: fixture('apt-policy-debian-13.txt') })
      .on(apt('install'), {});
    await installDocker(host, need, { ...options, unfinished: true });
    expect(host.commandLines[0]).toContain('dpkg');
    host.verify();
  });
});

describe('installDocker from Docker', () => {
  const os = { ...bare.os, id: 'ubuntu', codename: 'noble' };
  it('adds the repository with its key, as documented', async () => {
    const host = new FakeHost().on(apt('update'), {}).on(apt('install'), {});
    for (const argv of repositoryKeyCommands(os)) host.once(argv, {});
    const need = { install: ['engine', 'client'], finish: false, start: true, users: [] } as const;
    const facts = { ...bare, os };
    await installDocker(host, need, { ...quiet, source: 'docker', facts, unfinished: false });
    host.verify();
    expect(host.puts).toEqual([
      {
        path: '/etc/apt/sources.list.d/docker.sources',
        content: repositorySource(os),
        mode: 0o644,
      },
    ]);
    expect(host.commandLines.at(-1)).toMatch(/install .*docker-ce docker-ce-cli containerd\.io$/);
  });

  it('names the distribution and its release', () => {
    expect(repositorySource(os)).toBe(
      [
        'Types: deb',
        'URIs: https://download.docker.com/linux/ubuntu',
        'Suites: noble',
        'Components: stable',
        'Signed-By: /etc/apt/keyrings/docker.asc',
        '',
      ].join('\n'),
    );
    expect(repositoryRelease(bare.os)).toBe(
      'https://download.docker.com/linux/debian/dists/trixie/InRelease',
    );
  });
});

describe('startDocker', () => {
  const isWait = (argv: readonly string[]) => (argv[2] ?? '').includes('docker version');

  it('leaves alone what the package has started', async () => {
    const host = new FakeHost().once(isWait, { stdout: '26.1.5\n' });
    expect(await startDocker(host, 'systemd', quiet)).toBe('26.1.5');
    host.verify();
  });

  it('starts it directly where the script did not help', async () => {
    const host = new FakeHost()
      .once(isWait, { exitCode: 1 })
      .once(['service', 'docker', 'start'], { exitCode: 1, stderr: 'no' })
      .once((argv) => argv[0] === 'tail', { stdout: '' })
      .once((argv) => (argv[2] ?? '').startsWith('setsid dockerd'), {})
      .once(isWait, { stdout: '26.1.5\n' });
    expect(await startDocker(host, 'sysv', quiet)).toBe('26.1.5');
    host.verify();
  });

  it('tells what the log says when it does not come', async () => {
    const host = new FakeHost()
      .on(isWait, { exitCode: 1, stderr: 'Cannot connect' })
      .on(['systemctl', 'enable', '--now', 'docker'], {})
      .on((argv) => argv[0] === 'journalctl', { stdout: 'failed to start daemon: no iptables\n' });
    await expect(startDocker(host, 'systemd', quiet)).rejects.toMatchObject({
      message: expect.stringContaining('no iptables') as string,
      hint: expect.stringContaining('journalctl --unit docker') as string,
    });
  });

  it('knows a way for every kind of init', () => {
    const programs = (init: 'systemd' | 'sysv' | 'none') =>
      startWays(init).map(({ argv }) => argv[0]);
    expect(programs('systemd')).toEqual(['systemctl']);
    expect(programs('sysv')).toEqual(['service', 'sh']);
    expect(programs('none')).toEqual(['sh']);
  });
});
