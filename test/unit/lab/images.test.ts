import { describe, expect, it } from 'vitest';
import { sendImages, servedImages } from '../../../src/lab/images.js';
import { FakeHost } from '../../fakes/fake-host.js';

const { signal } = new AbortController();

describe('servedImages', () => {
  it('are those that hosts run', async () => {
    const names = ['base', 'executor', 'lab-host', 'lab-bare', 'lab-registry', 'basement'];
    const stdout = names.map((name) => `crossflock/${name} sha256:1\n`).join('');
    const host = new FakeHost().on((argv) => argv[1] === 'image', { stdout });
    expect((await servedImages(host, signal)).map(({ name }) => name)).toEqual([
      'crossflock/basement',
      'crossflock/executor',
    ]);
  });
});

describe('sendImages', () => {
  const shell = (argv: readonly string[]) => argv[0] === 'sh';

  it('gives names to the shell as arguments, never as text', async () => {
    const host = new FakeHost().on(shell, {});
    await sendImages(host, 'lab', ['crossflock/a', '$(b)'], signal);
    const [run] = host.runs;
    expect(run?.argv.slice(3)).toEqual(['lab-registry', 'crossflock/a', '$(b)']);
    expect(run?.argv[2]).not.toContain('crossflock');
  });

  it('says why the registry did not take them', async () => {
    const stderr = 'Traceback\nlab-images: PUT /v2/x: 500 disk is full\n';
    const host = new FakeHost().on(shell, { exitCode: 1, stderr });
    await expect(sendImages(host, 'lab', ['x'], signal)).rejects.toThrow(
      'the registry did not take the images: lab-images: PUT /v2/x: 500 disk is full',
    );
  });
});
