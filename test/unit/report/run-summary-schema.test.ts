import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import type { RunSummary } from '../../../src/ports/run-summary.js';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

const schema = read('schemas/run-summary.schema.json') as Part;
const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);

function problemsOf(summary: unknown): string[] {
  if (validate(summary)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

interface Part {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly items?: Part;
}

/** Every field with its path, those of objects in lists included. */
function fields(part: Part, path = ''): [string, Part][] {
  const own = Object.entries(part.properties ?? {});
  return own.flatMap(([name, field]): [string, Part][] => [
    [`${path}${name}`, field],
    ...fields(field, `${path}${name}.`),
    ...fields(field.items ?? {}, `${path}${name}[].`),
  ]);
}

describe('schema of run-summary.json', () => {
  const whole = read('test/fixtures/run-summary/succeeded.json') as RunSummary;

  it.each(['succeeded', 'failed'])('fits the captured summary of a run that %s', (name) => {
    expect(problemsOf(read(`test/fixtures/run-summary/${name}.json`))).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...whole, more: 1 }, ' must NOT have additional properties'],
    ['a missing field', { ...whole, jobs: undefined }, "must have required property 'jobs'"],
    ['an unknown outcome', { ...whole, outcome: 'done' }, '/outcome must be equal to one of'],
    ['a time that is none', { ...whole, endedAt: 'now' }, '/endedAt must match pattern'],
    ['less than no time', { ...whole, cpuSeconds: -1 }, '/cpuSeconds must be >= 0'],
    [
      'more work than there were slots',
      { ...whole, parallel: { ...whole.parallel, efficiency: 1.5 } },
      '/parallel/efficiency must be <= 1',
    ],
  ])('refuses %s', (_, summary, problem) => {
    expect(problemsOf(JSON.parse(JSON.stringify(summary)))).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it.each(fields(schema))('%s is described', (_, field) => {
    expect(field.description).toMatch(/^\S.*\.$/s);
  });

  it.each(fields(schema).filter(([path]) => path.endsWith('Seconds')))(
    '%s names its unit',
    (_, field) => {
      expect(field.description).toMatch(/Seconds\.$/);
    },
  );
});
