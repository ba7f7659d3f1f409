import { describe, expect, it } from 'vitest';
import { parseOsRelease } from '../../../../src/provision/facts/os-release.js';
import { applyMesosChange } from '../../../../src/provision/mesos/apply.js';
import { inTurn } from '../../../../src/provision/mesos/change.js';
import { mesosObstacles } from '../../../../src/provision/mesos/obstacles.js';
import { mesosProbe } from '../../../../src/provision/mesos/probe.js';
import type { MesosSeen } from '../../../../src/provision/mesos/seen.js';
import { sourceMarker } from '../../../../src/provision/mesos/source.js';
import { mesosTodo } from '../../../../src/provision/mesos/todo.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { BARE } from './seen.js';
import { SECRETS, wantedOf } from './support.js';

const WANTED = wantedOf({ settings: { install: 'source', cores: 3 } });
const MARKER = sourceMarker(WANTED.paths);
const COMPILED: MesosSeen = {
  ...BARE,
  files: new Map([[MARKER.path, { sha256: MARKER.sha256, mode: 0o644 }]]),
};
const SMALL = {
  os: parseOsRelease('ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"'),
  memoryMb: 2000,
  diskFreeMb: 40_000,
};

const kinds = (seen: MesosSeen) =>
  inTurn(mesosTodo(WANTED, seen)).map(({ part, view }) => `${part}: ${view.kind}`);

describe('Mesos from source', () => {
  it('is compiled once on a host, before its first service', () => {
    const services = ['master: mesos master', 'marathon: marathon', 'agent: mesos agent'];
    const before = ['secrets: mesos secrets', 'zookeeper: zookeeper'];
    expect(kinds(BARE)).toEqual([...before, 'master: mesos', ...services]);
    expect(kinds(COMPILED)).toEqual([...before, ...services]);
  });

  it('says beforehand that it takes long', () => {
    const change = mesosTodo(WANTED, BARE).find(({ view }) => view.kind === 'mesos');
    expect(change?.view.detail).toBe('compiled on the host with 3 cores, which may take hours');
  });

  it('is looked for with the other files, and only where it is wanted', () => {
    const files = (wanted: typeof WANTED) => mesosProbe(wanted).env?.['CROSSFLOCK_MESOS_FILES'];
    expect(files(WANTED)?.split('\n')).toContain(MARKER.path);
    expect(files(wantedOf())?.split('\n')).not.toContain(MARKER.path);
  });

  it('needs room until it is there', () => {
    const what = (seen: MesosSeen) => mesosObstacles(SMALL, seen, WANTED).map((each) => each.what);
    expect(what(BARE)).toEqual([
      '3 compilers at once may need 4500 MB of memory, and the host has 2000 MB',
    ]);
    expect(what(COMPILED)).toEqual([]);
    expect(mesosObstacles(SMALL, BARE, wantedOf())).toEqual([]);
  });

  it('installs what it is compiled with, and goes step by step', async () => {
    const { host, steps, told, apply } = compiling();
    await apply();
    expect(steps()).toEqual([
      ...['fetch', 'unpack', 'configure', 'mend', 'make', 'install', 'finish'],
    ]);
    const install = host.runs.find(({ argv }) => argv.includes('install') && argv[0] === 'env');
    expect(install?.argv).toEqual(expect.arrayContaining(['gcc-12', 'g++-12', 'libsvn-dev']));
    expect(told).toContain('m1: compiling mesos 1.11.0, which may take hours');
  });

  it('tells the end of what a step said, and where the rest is', async () => {
    const { steps, apply } = compiling('make');
    await expect(apply()).rejects.toMatchObject({
      code: 'command-failed',
      hint: `all that it said is in ${WANTED.paths.data}/source-build-1.11.0/make.log on the host; the same command goes on from here`,
      cause: { said: ['g++: fatal error: Killed signal terminated program cc1plus'] },
    });
    expect(steps().at(-1)).toBe('make');
  });
});

/** A host that compiles, up to the step at which it fails. */
function compiling(fails?: string) {
  const host = new FakeHost('m1')
    .on((argv) => argv.includes('apt-cache'), {
      stdout: 'gcc-12:\n  Candidate: 12.4.0-5\ng++-12:\n  Candidate: 12.4.0-5\n',
    })
    .on((argv) => argv.includes('apt-get'), {})
    .on((argv) => argv[0] === 'sh' && argv.at(-1) === fails, {
      exitCode: 2,
      stderr: 'g++: fatal error: Killed signal terminated program cc1plus\n',
    })
    .on((argv) => argv[0] === 'sh', {});
  const told: string[] = [];
  const change = mesosTodo(WANTED, BARE).find(({ view }) => view.kind === 'mesos');
  const { signal } = new AbortController();
  return {
    host,
    told,
    steps: () => host.runs.filter(({ argv }) => argv[0] === 'sh').map(({ argv }) => argv.at(-1)),
    apply: () =>
      applyMesosChange(host, change!, {
        ...{ wanted: WANTED, signal, secrets: () => Promise.resolve(SECRETS) },
        progress: (message) => told.push(message),
      }),
  };
}
