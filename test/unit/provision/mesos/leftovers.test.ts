import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LocalHost } from '../../../../src/adapters/local-host.js';
import {
  leftoverPaths,
  leftoverProbe,
  removeLeftovers,
} from '../../../../src/provision/mesos/leftovers.js';
import { mesosPaths } from '../../../../src/provision/mesos/paths.js';
import { survey } from '../../../../src/provision/survey.js';

/** A folder `…/crossflock` with these files, and a list of these mounts. */
function place(files: readonly string[], mounts: readonly string[] = []) {
  const outside = mkdtempSync(join(tmpdir(), 'cf-'));
  onTestFinished(() => {
    rmSync(outside, { recursive: true });
  });
  const at = (path: string): string => join(outside, 'crossflock', path);
  for (const path of files) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), '');
  }
  const list = join(outside, 'mountinfo');
  const lines = ['/', ...mounts.map(at)].map((point) => `1 2 0:3 / ${point} rw - ext4 x rw\n`);
  writeFileSync(list, lines.join(''));
  return { at, list, outside };
}

it('finds what is there, with a real shell', async () => {
  const { at } = place(['demo/a b', 'demo/c']);
  const paths = [at('demo/a b'), at('demo/c*'), at('demo'), at('demo/d')];
  const { left } = await survey(
    new LocalHost(),
    { left: leftoverProbe(paths) },
    new AbortController().signal,
  );
  expect(left).toEqual([at('demo/a b'), at('demo')]);
});

it('removes paths, and the folders around them that are empty then', async () => {
  const { at, list, outside } = place(['demo/mesos/one/agent/env', 'demo/secrets/pool-key']);
  const argv = removeLeftovers([at('demo/mesos/one/agent'), at('demo/mesos/one/master')], list);
  expect(await new LocalHost().run(argv)).toMatchObject({ exitCode: 0 });
  expect(existsSync(at('demo/mesos'))).toBe(false);
  expect(existsSync(at('demo/secrets/pool-key'))).toBe(true);
  expect((await new LocalHost().run(removeLeftovers([at('demo')], list))).exitCode).toBe(0);
  expect(existsSync(outside)).toBe(true);
});

it('removes nothing at all where something is mounted below one of them', async () => {
  const { at, list } = place(['demo/file', 'demo/root/x'], ['demo/root/host']);
  const argv = removeLeftovers([at('demo/file'), at('demo/root')], list);
  const { exitCode, stderr } = await new LocalHost().run(argv);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(`${at('demo/root/host')} is mounted below ${at('demo/root')}\n`);
  expect(existsSync(at('demo/file'))).toBe(true);
});

it('keeps what only a next set-up needs apart from what goes with the parts', () => {
  const { always, kept } = leftoverPaths('demo', 'one', mesosPaths('demo', 'one'));
  expect(kept).toEqual(['/etc/crossflock/demo/mesos/one', '/var/lib/crossflock/demo/mesos/one']);
  expect(always).toEqual(
    expect.arrayContaining([
      '/etc/crossflock/demo/mesos/one/agent',
      '/var/lib/crossflock/demo/mesos/one/agent-root',
      '/var/log/crossflock/crossflock-demo-mesos-agent-one.log',
    ]),
  );
  const own = /\/(secrets|source|zookeeper|master)$/;
  expect(always.filter((path) => path.startsWith('/var/lib') && own.test(path))).toEqual([]);
  expect(always).not.toContain('/etc/crossflock/demo/mesos/one/secrets');
});
