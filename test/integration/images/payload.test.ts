import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const IMAGES = fileURLToPath(new URL('../../../images/', import.meta.url));

/** The Python tests need nothing but the image that their code is in. */
describe('python code of the images', () => {
  it.each(['base', 'submitter', 'executor'])('tests of %s pass in its image', async (image) => {
    const tests = `${IMAGES}${image}/tests:/tests:ro`;
    const run = await execa(
      'docker',
      [
        ...['run', '--rm', '--entrypoint', 'python3', '-v', tests, `crossflock/${image}`],
        ...['-m', 'unittest', 'discover', '--start-directory', '/tests'],
      ],
      { reject: false },
    );
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/Ran [1-9]\d* tests/);
  });
});
