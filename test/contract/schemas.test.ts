/** The conformance data agrees with itself: each example against each of its schemas. */
import { describe, expect, it } from 'vitest';
import { example, manifest, problems } from './support/schemas.js';

const pairs = manifest.flatMap(({ file, schema, valid }) =>
  schema.map((name) => ({ file, name, valid })),
);

describe('conformance data', () => {
  it('holds all examples', () => {
    expect(manifest).toHaveLength(164);
    expect(pairs).toHaveLength(201);
  });

  it.each(pairs)('$file is judged by $name as the manifest says', ({ file, name, valid }) => {
    expect(problems(name, example(file)) === undefined).toBe(valid);
  });
});
