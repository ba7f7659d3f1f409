import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const STAND_IN = fileURLToPath(new URL('../../fakes/kinc3', import.meta.url));

/** Runs a program in the executor's image as a job would: neither root nor any privilege. */
function inExecutor(options: readonly string[], argv: readonly string[]) {
  const [program = '', ...rest] = argv;
  return execa(
    'docker',
    [
      ...['run', '--rm', '--network', 'none', '--user', '1000:1000', '--workdir', '/tmp'],
      ...options,
      ...['--entrypoint', program, 'crossflock/executor', ...rest],
    ],
    { reject: false },
  );
}

describe('KINC 3', () => {
  it('has a stand-in that keeps to its page', async () => {
    const mounted = ['-v', `${STAND_IN}:/tests:ro`];
    const test = ['python3', '-m', 'unittest', 'discover', '--start-directory', '/tests'];
    const { exitCode, stderr } = await inExecutor(mounted, test);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
  });

  it('is started in another root without privileges, and its exit code comes through', async () => {
    // Another root with no more than a shell, and a program that tells where it is.
    const program =
      '#!/usr/bin/sh\ncat job.txt /etc/where; echo "$LD_LIBRARY_PATH $*" >left; exit 3\n';
    const script = [
      'set -e',
      'mkdir -p root/usr/local/bin root/usr/lib root/usr/lib64 root/usr/bin root/etc job && cd root',
      'ln -s usr/bin usr/lib usr/lib64 .',
      'cp --parents -L $(ldd /usr/bin/sh /usr/bin/cat | grep -o "/[^ :]*" | sort -u) .',
      'cp /usr/bin/sh /usr/bin/cat /usr/bin/env usr/bin/ && echo inside >etc/where',
      'printf %s "$1" >usr/local/bin/kinc && chmod 755 usr/local/bin/kinc',
      'cd ../job && echo outside >job.txt',
      'code=0; KINC_ROOT=/tmp/root kinc3 run "a b" || code=$?',
      'cat left; test ! -e /etc/where; exit $code',
    ].join('\n');
    const { exitCode, stdout, stderr } = await inExecutor([], ['sh', '-c', script, 'sh', program]);
    expect({ exitCode, stdout }, stderr).toEqual({
      exitCode: 3,
      stdout: 'outside\ninside\n/usr/local/lib:/usr/local/cuda/lib64 run a b',
    });
  });

  it('that an executor does not have is told', async () => {
    const { exitCode, stderr } = await inExecutor([], ['kinc3', 'run', 'rmt']);
    expect(exitCode).toBe(127);
    expect(stderr).toContain('its image has to be crossflock/executor-kinc3');
  });
});
