import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseOsRelease } from '../../../../src/provision/facts/os-release.js';
import { mesosPaths } from '../../../../src/provision/mesos/paths.js';
import {
  sourceMarker,
  sourceObstacles,
  sourcePackages,
  sourceSteps,
} from '../../../../src/provision/mesos/source.js';

const PATHS = mesosPaths('demo', 'chameleon');
const GCC = new Set(['gcc-12', 'g++-12']);

describe('what is compiled, and where', () => {
  const steps = sourceSteps(PATHS, { cores: 6 }, GCC);

  it('is the release of a checksum, below the prefix that the services look in', () => {
    expect(steps.map(({ id }) => id)).toEqual([
      ...['fetch', 'unpack', 'configure', 'mend', 'make', 'install', 'finish'],
    ]);
    expect(steps[0]?.env).toEqual({
      CC: 'gcc-12',
      CXX: 'g++-12',
      CROSSFLOCK_BUILD: '/var/lib/crossflock/demo/mesos/chameleon/source-build-1.11.0',
      CROSSFLOCK_CORES: '6',
      CROSSFLOCK_MARKER: '/var/lib/crossflock/demo/mesos/chameleon/source/compiled',
      CROSSFLOCK_MARKER_TEXT: 'mesos 1.11.0\n',
      CROSSFLOCK_PREFIX: PATHS.source,
      CROSSFLOCK_SHA256: 'ce08cb648a21502a4a0c45d240a596d9ac860fcaf717f9a3dc986da9d406fe34',
      CROSSFLOCK_URL: 'https://archive.apache.org/dist/mesos/1.11.0/mesos-1.11.0.tar.gz',
    });
  });

  it('gives each step a deadline, compiling hours, and says where its output is', () => {
    expect(steps.map(({ timeoutMs }) => timeoutMs / 60_000)).toEqual([30, 10, 30, 10, 480, 30, 10]);
    expect(steps[4]?.log).toBe(
      '/var/lib/crossflock/demo/mesos/chameleon/source-build-1.11.0/make.log',
    );
  });

  it('takes GCC 12 where there is one, and otherwise the default one', () => {
    expect(sourcePackages(GCC)).toEqual(expect.arrayContaining(['gcc-12', 'g++-12']));
    expect(sourcePackages(new Set(['gcc-12'])).slice(0, 2)).toEqual(['gcc', 'g++']);
    expect(sourceSteps(PATHS, { cores: 1 }, new Set())[0]?.env).toMatchObject({ CXX: 'g++' });
  });
});

describe('what is in the way', () => {
  const os = parseOsRelease('ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04"');
  const facts = { os, memoryMb: 16_000, diskFreeMb: 40_000 };

  it('is nothing on a large host', () => {
    expect(sourceObstacles(facts, { cores: 4 })).toEqual([]);
  });

  it('is told all at once, with what to do', () => {
    const fedora = parseOsRelease('ID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora Linux 42"');
    const small = { os: fedora, memoryMb: 3900, diskFreeMb: 8000 };
    expect(sourceObstacles(small, { cores: 4 })).toEqual([
      {
        what: 'Fedora Linux 42 is none of the systems that Mesos is compiled on here: Debian 11 or later, Ubuntu 20.04 or later',
        todo: 'take "install": "images"',
      },
      {
        what: 'compiling mesos takes about 10000 MB of disk, and 8000 MB are free',
        todo: 'make room under /var/lib, or take "install": "images"',
      },
      {
        what: '4 compilers at once may need 6000 MB of memory, and the host has 3900 MB',
        todo: 'write "cores": 2, or take "install": "images"',
      },
    ]);
    expect(sourceObstacles({ ...facts, memoryMb: 900 }, { cores: 1 })[0]?.todo).toBe(
      'take a larger host, or "install": "images"',
    );
  });
});

/** The script itself, on an archive and with programs of the test's own. */
describe('the script', () => {
  let root: string;
  let archive: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'crossflock-source-'));
    await mkdir(join(root, 'bin'));
    await mkdir(join(root, 'mesos-1.11.0'));
    archive = join(root, 'archive.tar.gz');
    const call = 'echo "$(basename "$0") $*" >>"$CROSSFLOCK_TEST/calls"\n';
    await program(join(root, 'mesos-1.11.0', 'configure'), `${call}mkdir -p 3rdparty`);
    await promisify(execFile)('tar', ['-czf', archive, '-C', root, 'mesos-1.11.0']);
    await program(
      join(root, 'bin', 'curl'),
      `${call}while [ "$1" != -o ]; do shift; done; cp "$CROSSFLOCK_TEST/archive.tar.gz" "$2"`,
    );
    await program(
      join(root, 'bin', 'make'),
      `${call}[ ! -e "$CROSSFLOCK_TEST/broken" ] || { echo "cc1plus: out of memory"; exit 2; }
case $* in
  *-stamp) lib=grpc-1.10.0/src/core/lib; mkdir -p $lib/gpr $lib/iomgr
    for file in gpr/log_linux.cc gpr/log_posix.cc iomgr/ev_epollex_linux.cc; do
      echo 'static long gettid(void) { return syscall(__NR_gettid); }' >$lib/$file
    done ;;
  *install) mkdir -p "$CROSSFLOCK_PREFIX/sbin"
    for name in agent master; do
      printf '#!/bin/sh\\necho mesos 1.11.0\\n' >"$CROSSFLOCK_PREFIX/sbin/mesos-$name"
      chmod 755 "$CROSSFLOCK_PREFIX/sbin/mesos-$name"
    done ;;
esac`,
    );
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function program(path: string, text: string): Promise<void> {
    await writeFile(path, `#!/bin/sh\nset -e\n${text}\n`);
    await chmod(path, 0o755);
  }

  interface Outcome {
    readonly code: number;
    readonly stderr: string;
  }

  async function runStep(id: string): Promise<Outcome> {
    const paths = { ...PATHS, data: join(root, 'data'), source: join(root, 'data/source') };
    const step = sourceSteps(paths, { cores: 3 }, new Set()).find((each) => each.id === id);
    const [file = '', ...args] = step?.argv ?? [];
    const sum = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    const env = {
      ...step?.env,
      CROSSFLOCK_SHA256: sum,
      CROSSFLOCK_TEST: root,
      PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    };
    return new Promise((resolve) => {
      execFile(file, args, { env }, (error, _stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stderr });
      });
    });
  }

  async function upTo(last: string): Promise<void> {
    for (const { id } of sourceSteps(PATHS, { cores: 1 }, new Set())) {
      expect(await runStep(id)).toEqual({ code: 0, stderr: '' });
      if (id === last) return;
    }
  }

  const calls = async () => (await readFile(join(root, 'calls'), 'utf8')).trimEnd().split('\n');
  const build = () => join(root, 'data', 'source-build-1.11.0');

  it('goes from the archive to programs that work, and leaves nothing else', async () => {
    await upTo('finish');
    expect((await calls()).map((call) => call.replaceAll(root, ''))).toEqual([
      'curl -fsSL --retry 3 -o mesos.tar.gz https://archive.apache.org/dist/mesos/1.11.0/mesos-1.11.0.tar.gz',
      'configure --prefix=/data/source --disable-java --disable-python --enable-optimize --disable-werror',
      'make grpc-1.10.0-stamp',
      'make -C mesos/build -j3 V=0',
      'make -C mesos/build install',
    ]);
    expect(await readdir(join(root, 'data'))).toEqual(['source']);
    const marker = sourceMarker({ ...PATHS, source: join(root, 'data/source') });
    expect(await readFile(marker.path, 'utf8')).toBe(marker.content);
  });

  it('renames what glibc has a name for, and only that', async () => {
    await upTo('mend');
    const file = 'mesos/build/3rdparty/grpc-1.10.0/src/core/lib/gpr/log_linux.cc';
    expect(await readFile(join(build(), file), 'utf8')).toBe(
      'static long sys_gettid(void) { return syscall(__NR_gettid); }\n',
    );
  });

  it('does what is done no second time, and goes on where it was', async () => {
    await upTo('configure');
    const before = await calls();
    await upTo('configure');
    expect(await calls()).toEqual(before);
    await writeFile(join(root, 'broken'), '');
    expect(await runStep('make')).toEqual({ code: 2, stderr: 'cc1plus: out of memory\n' });
    await rm(join(root, 'broken'));
    expect(await runStep('make')).toEqual({ code: 0, stderr: '' });
    expect((await calls()).filter((call) => call.includes('-j3'))).toHaveLength(2);
  });

  it('refuses another archive than the one that was released, and keeps it not', async () => {
    await writeFile(
      join(root, 'bin', 'curl'),
      '#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done; echo other >"$2"\n',
    );
    const outcome = await runStep('fetch');
    expect(outcome).toEqual({
      code: 1,
      stderr: 'the archive is not the one that was released\n',
    });
    expect(await readdir(build())).not.toContain('mesos.tar.gz');
  });
});
