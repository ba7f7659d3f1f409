import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cpuCount, parseHostFacts } from '../../../../src/provision/facts/host-facts.js';
import { canInstall, parseOsRelease } from '../../../../src/provision/facts/os-release.js';
import { timeSkew } from '../../../../src/provision/facts/time-skew.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/host-facts/${name}`, import.meta.url), 'utf8');
}

describe('parseHostFacts', () => {
  it('reads a machine that runs Docker', () => {
    expect(parseHostFacts(fixture('debian-12-vm.txt'))).toEqual({
      os: {
        id: 'debian',
        like: [],
        version: '12',
        codename: 'bookworm',
        name: 'Debian GNU/Linux 12 (bookworm)',
      },
      architecture: 'x86_64',
      kernel: '6.18.44-fc-v669',
      cpus: 2,
      memoryMb: 24_105,
      diskFreeMb: expect.any(Number) as number,
      cgroup: 'hybrid',
      init: 'sysv',
      isRoot: true,
      maySpeakToDocker: true,
      programs: new Set(['docker', 'dockerd', 'apt-get', 'perl', 'curl']),
      lacksAppArmor: false,
      dockerGroup: [],
      unfinished: [],
      time: 1795275393.639653,
    });
  });

  it('reads a machine without Docker', () => {
    const facts = parseHostFacts(fixture('debian-13-bare.txt'));
    expect(facts).toMatchObject({
      os: { codename: 'trixie' },
      cgroup: 'v1',
      maySpeakToDocker: undefined,
      dockerGroup: undefined,
    });
    expect(facts.programs).toEqual(new Set(['apt-get', 'perl', 'curl']));
    expect(facts.diskFreeMb).toBe(Math.floor(73_021_080 / 1024));
  });

  it('tells a user who may not speak to Docker', () => {
    const facts = parseHostFacts(fixture('debian-13-user.txt'));
    expect(facts).toMatchObject({ isRoot: false, maySpeakToDocker: false });
  });

  it('names the members of the group docker', () => {
    const text = fixture('debian-13-docker.txt').replace('docker:x:102:', 'docker:x:102:cc,ubuntu');
    expect(parseHostFacts(text).dockerGroup).toEqual(['cc', 'ubuntu']);
  });

  it('names packages that were not installed to their end', () => {
    const status = [
      'Package: docker.io',
      'Status: install ok half-configured',
      '--',
      'Package: x',
      'Status: install ok unpacked',
    ];
    const text = `${fixture('debian-13-docker.txt')}\n@@ unfinished\n${status.join('\n')}`;
    expect(parseHostFacts(text).unfinished).toEqual(['docker.io', 'x']);
  });

  it('refuses what is no Linux', () => {
    expect(() => parseHostFacts('@@ time\n1\n@@ os\n')).toThrow(/memory and its kernel/);
  });
});

describe('cpuCount', () => {
  it.each([
    ['0', 1],
    ['0-1', 2],
    ['0-3,6', 5],
    ['0-3,8-11', 8],
  ])('%s', (list, count) => {
    expect(cpuCount(list)).toBe(count);
  });
});

describe('os-release', () => {
  it.each([
    ['debian-12', 'debian 12 bookworm', true],
    ['debian-13', 'debian 13 trixie', true],
    ['ubuntu-22.04', 'ubuntu 22.04 jammy', true],
    ['ubuntu-24.04', 'ubuntu 24.04 noble', true],
    ['rocky-9', 'rocky 9.6 ', false],
  ])('of %s', (name, told, supported) => {
    const os = parseOsRelease(fixture(`os-release-${name}`));
    expect(`${os.id} ${os.version} ${os.codename}`).toBe(told);
    expect(canInstall(os)).toBe(supported);
  });

  it('knows what is too old, and takes a release without a number for a new one', () => {
    const os = parseOsRelease('ID=debian\nVERSION_ID="10"');
    expect(canInstall(os)).toBe(false);
    expect(canInstall({ ...os, version: '' })).toBe(true);
    expect(canInstall(parseOsRelease('ID=ubuntu\nVERSION_ID="18.04"'))).toBe(false);
  });

  it('reads quotes as a shell does, and lists what it is like', () => {
    const os = parseOsRelease(`ID='x'\nPRETTY_NAME="a \\"b\\" c"\nID_LIKE="rhel centos"`);
    expect(os).toMatchObject({ id: 'x', name: 'a "b" c', like: ['rhel', 'centos'] });
    expect(parseOsRelease('').id).toBe('linux');
  });
});

describe('timeSkew', () => {
  it('leaves out what the way there and back may have taken', () => {
    const asked = { from: 100, to: 104 };
    expect(timeSkew(102, asked)).toBe(0);
    expect(timeSkew(164, asked)).toBe(60);
    expect(timeSkew(40, asked)).toBe(-60);
    expect(timeSkew(Number.NaN, asked)).toBe(0);
  });
});
