import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

const read = (path: string): Buffer => readFileSync(new URL(`../../../${path}`, import.meta.url));

/** An image is built from its own folder alone, so the submitter's has a copy of the matrix. */
it('the submitter brings the matrix of the demo', () => {
  const copy = read('images/submitter/task-files/golub-gem.txt.gz');
  expect(copy.equals(read('data/golub-gem.txt.gz'))).toBe(true);
});
