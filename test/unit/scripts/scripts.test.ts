import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, run, Sandbox } from './sandbox.js';

const withoutTimes = (text: string) => text.replace(/\(\d+\.\d s\)/g, '(T)');

describe('usage', () => {
  it.each(['demo', 'test'])('scripts/%s refuses what it does not know', async (script) => {
    const outcome = await run(join(repository, 'scripts', script), ['--donw']);
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr).toContain(`scripts/${script}: unknown argument --donw`);
  });

  it.each(['demo', 'test'])('scripts/%s explains itself', async (script) => {
    const outcome = await run(join(repository, 'scripts', script), ['--help']);
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toContain(`usage: scripts/${script}`);
  });
});

describe('a step', () => {
  it('says in one line what was done, and keeps the output in a log', async () => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([
      'work() { echo much; note as wanted; }',
      'step "a thing" work',
    ]);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(withoutTimes(outcome.stdout)).toBe('a thing: as wanted (T)\n');
    const log = await readFile(join(sandbox.root, '.crossflock/logs/a-thing.log'), 'utf8');
    expect(log).toBe('much\n');
  });

  it('that fails shows the end of its output and what to try, and ends the script', async () => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([
      'work() { hint "this or that"; echo the reason; false; echo not reached; }',
      'step thing work',
      'echo not reached',
    ]);
    expect(outcome).toMatchObject({ status: 1, stdout: '' });
    expect(outcome.stderr).toContain('thing: failed with exit status 1');
    expect(outcome.stderr).toContain('  | the reason\n  try: this or that\n');
    expect(outcome.stderr).not.toContain('not reached');
  });

  it('can be attempted, and still stops at its first error', async () => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([
      'work() { echo one; (exit 7); echo two; }',
      'attempt status step thing work',
      'echo "status $status"',
    ]);
    expect(outcome).toMatchObject({ status: 0, stdout: 'status 7\n' });
    expect(outcome.stderr).not.toContain('two');
  });
});

describe('the lock', () => {
  it('makes a second run wait for the first, and say so', async () => {
    const sandbox = await Sandbox.make();
    // It says when it is about to wait: a call without -n.
    const real = 'PATH=${PATH#"$root/bin:"} exec flock "$@"';
    await sandbox.program(
      'flock',
      `root="${sandbox.root}"`,
      '[[ $1 == -n ]] || touch "$root/blocked"',
      real,
    );
    // The second holds no lock of its own: it is started by the first, and told to forget.
    const outcome = await sandbox.shell([
      `(unset CROSSFLOCK_LOCK_HELD; exec 9>&-; bash -c 'source "$1/scripts/lib/setup.sh"; setup_begin; [[ -e "$STATE/released" ]] && echo second' other "$ROOT") >>"$STATE/out" &`,
      'until [[ -e "$ROOT/blocked" ]] || ! kill -0 $! 2>/dev/null; do :; done',
      'touch "$STATE/released"',
      'exec 9>&-',
      'wait',
      'cat "$STATE/out"',
    ]);
    expect(outcome.stdout.replace(/\d+/, 'N')).toBe(
      'lock: some-script (process N) is at work in this folder; waiting until it is done\n' +
        'second\n',
    );
  });

  it('is not asked for again by a script that the holder starts', async () => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([
      `bash -c 'source "$1/scripts/lib/setup.sh"; setup_begin; echo inner' other "$ROOT"`,
    ]);
    expect(outcome.stdout).toBe('inner\n');
  });
});

describe('node', () => {
  it.each([
    ['22.18.0', '22.18', 0],
    ['22.9.1', '22.18', 1],
    ['18.20.4', '22.18', 1],
    ['24.0.0', '22.18', 0],
    ['', '22.18', 1],
  ])('version "%s" against the floor %s', async (version, floor, status) => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([`_version_at_least "${version}" "${floor}"`]);
    expect(outcome.status).toBe(status);
  });

  it('is used as it is when new enough', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.program('node', 'echo v22.18.1');
    const outcome = await sandbox.shell(['node_ready']);
    expect(withoutTimes(outcome.stdout)).toBe('node: 22.18.1 of this machine (T)\n');
  });

  it('is brought by npm when too old, and comes first on PATH', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.program('node', 'echo v18.1.0');
    await sandbox.program(
      'npm',
      'mkdir -p "$3/node_modules/node/bin" "$3/node_modules/npm/bin"',
      'touch "$3/node_modules/npm/bin/npm-cli.js"',
      `printf '#!/bin/bash\\necho v24.3.2\\n' >"$3/node_modules/node/bin/node"`,
      'chmod +x "$3/node_modules/node/bin/node"',
    );
    const outcome = await sandbox.shell(['node_ready', 'node --version']);
    expect(withoutTimes(outcome.stdout)).toBe(
      "node 24: brought 24.3.2 (this machine's is 18.1.0, 22.18 is needed) (T)\nv24.3.2\n",
    );
  });
});

describe('docker engine', () => {
  it('that answers is used', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.program('docker', 'echo 20.10.24');
    const outcome = await sandbox.shell(['docker_ready']);
    expect(withoutTimes(outcome.stdout)).toBe('docker engine: 20.10.24 answers (T)\n');
  });

  it('is not installed where somebody named another', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.program('docker', 'exit 1');
    await sandbox.program('sudo', 'exit 1');
    const outcome = await sandbox.shell(['docker_ready'], { DOCKER_HOST: 'tcp://192.0.2.1:1' });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain('no Docker Engine answers at DOCKER_HOST=tcp://192.0.2.1:1');
  });

  it('can be declared absent', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.program('docker', 'echo 20.10.24');
    const outcome = await sandbox.shell(['docker_try', 'echo "$DOCKER"'], {
      CROSSFLOCK_NO_DOCKER: '1',
    });
    expect(outcome.stdout).toBe('CROSSFLOCK_NO_DOCKER is set\n');
  });
});

describe('images', () => {
  // A Docker that knows images by the label they were built with.
  const docker = [
    'case $1 in',
    'build) echo "${3#*=}" >"$ROOT/label"; echo built >>"$ROOT/builds" ;;',
    'image) cat "$ROOT/label" 2>/dev/null ;;',
    'esac',
  ];

  async function prepared(): Promise<Sandbox> {
    const sandbox = await Sandbox.make();
    await sandbox.program('docker', ...docker);
    await sandbox.write('images/base/Dockerfile', 'FROM scratch');
    await sandbox.write('images/base/tests/one.py', 'pass');
    return sandbox;
  }
  const build = ['export ROOT', '_base_image'];

  it('are built once for the same inputs', async () => {
    const sandbox = await prepared();
    const first = await sandbox.shell(build);
    const second = await sandbox.shell(build);
    expect(withoutTimes(first.stdout)).toBe('image crossflock/base: built (T)\n');
    expect(withoutTimes(second.stdout)).toBe('image crossflock/base: is current (T)\n');
  });

  it.each([
    ['a changed file', 'images/base/Dockerfile', 'built'],
    ['a new file', 'images/base/more', 'built'],
    ['a changed test', 'images/base/tests/one.py', 'is current'],
  ])('after %s', async (_what, path, result) => {
    const sandbox = await prepared();
    await sandbox.shell(build);
    await sandbox.write(path, 'other');
    const outcome = await sandbox.shell(build);
    expect(withoutTimes(outcome.stdout)).toBe(`image crossflock/base: ${result} (T)\n`);
  });
});

describe('the sum of the tests', () => {
  const counts = join(repository, 'scripts/lib/vitest-counts.mjs');
  const report = (failed: number, file: string, tests: readonly string[]) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: failed,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [{ status: file, assertionResults: tests.map((status) => ({ status })) }],
    });

  it('adds up reports, and counts a file that cannot be loaded as a failure', async () => {
    const sandbox = await Sandbox.make();
    await sandbox.write('unit.json', report(1, 'failed', ['passed', 'failed']));
    await sandbox.write('integration.json', report(0, 'failed', []));
    await sandbox.write('e2e.skipped.json', JSON.stringify([{ name: 'a', file: '/x' }]));
    const files = ['unit.json', 'integration.json', 'e2e.skipped.json'];
    const outcome = await run('node', [counts, ...files.map((file) => join(sandbox.root, file))]);
    expect(outcome.stdout).toBe('6 passed, 2 failed, 5 skipped\n');
  });

  it('counts what was skipped for want of Docker, by name', async () => {
    const sandbox = await Sandbox.make();
    const list = JSON.stringify([{ name: 'pool > comes up', file: '/r/pool.test.ts' }]);
    const text = [
      'source "$ROOT/scripts/lib/parts.sh"',
      'parts_begin',
      `_vitest() { printf '%s' '${list}' >"\${4#--json=}"; }`,
      'part_vitest_skipped e2e "there is no engine"',
      'parts_summary',
    ];
    const outcome = await sandbox.shell(text);
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).toMatch(
      /^e2e: skipped: there is no engine\n {2}skipped .*pool\.test\.ts > pool > comes up\n/,
    );
    expect(outcome.stdout).toMatch(/\n0 passed, 0 failed, 1 skipped\n$/);
  });

  it('is followed by exit status 1 when a part failed', async () => {
    const sandbox = await Sandbox.make();
    const outcome = await sandbox.shell([
      'source "$ROOT/scripts/lib/parts.sh"',
      'parts_begin',
      'part format false',
      'part lint true',
      'parts_summary',
    ]);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toMatch(/format +failed.*\nlint +passed/);
  });
});
