import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import { expect, it } from 'vitest';

const AGENT = fileURLToPath(new URL('../../../images/network/', import.meta.url));

/** In the base image, which has all of Python; the network's own has the smallest part of it. */
it('the tests of the agent pass', async () => {
  const run = await execa(
    'docker',
    [
      ...['run', '--rm', '--network', 'none', '--entrypoint', 'python3'],
      ...['-v', `${AGENT}:/agent:ro`, '-e', 'PYTHONPATH=/agent', 'crossflock/base'],
      ...['-m', 'unittest', 'discover', '--start-directory', '/agent/tests'],
    ],
    { reject: false },
  );
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stderr).toMatch(/Ran [1-9]\d* tests/);
});
