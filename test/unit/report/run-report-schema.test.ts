import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import type { RunReport } from '../../../src/ports/run-report.js';
import { renderJson } from '../../../src/report/json/render-json.js';
import { reportOf } from './fixture.js';

const read = (name: string): Part =>
  JSON.parse(readFileSync(new URL(`../../../schemas/${name}`, import.meta.url), 'utf8')) as Part;

interface Part {
  readonly $ref?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly definitions?: Readonly<Record<string, Part>>;
  readonly items?: Part;
}

const schema = read('run-report.schema.json');
const summary = read('run-summary.schema.json');
const ajv = new Ajv({ allErrors: true, strict: true });
ajv.addSchema(summary, 'run-summary.schema.json');
const validate = ajv.compile(schema);

function problemsOf(report: RunReport, change: object = {}): string[] {
  const written = { ...(JSON.parse(renderJson(report)) as object), ...change };
  if (validate(JSON.parse(JSON.stringify(written)))) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

/** Every field with its path, those of objects in lists included. */
function fields(part: Part, path = ''): [string, Part][] {
  return Object.entries(part.properties ?? {}).flatMap(([name, field]): [string, Part][] => [
    [`${path}${name}`, field],
    ...fields(field, `${path}${name}.`),
    ...fields(field.items ?? {}, `${path}${name}[].`),
  ]);
}

describe('schema of the report as JSON', () => {
  const whole = reportOf(60);
  const [first] = whole.executions;
  const most = ['kinc', 'submitterCluster', 'configuration'];
  const least = Object.fromEntries(
    Object.entries(whole).filter(([name]) => !most.includes(name)),
  ) as unknown as RunReport;

  it.each<[string, RunReport]>([
    ['a KINC run', whole],
    ['a run of another workflow', least],
    ['a run with nothing done', reportOf(0)],
    [
      'a run under way',
      {
        ...whole,
        summary: { ...whole.summary, outcome: 'running' },
        executions: [
          { node: 'merge', try: 1, cluster: 'unknown', startedAt: 5, outcome: 'running' },
        ],
        jobs: [{ node: 'merge', state: 'running' }],
        clusters: [{ cluster: 'azure', executors: [{ address: '172.16.0.3' }] }],
        kinc: {},
      },
    ],
  ])('fits the report of %s', (_name, report) => {
    expect(problemsOf(report)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { more: 1 }, ' must NOT have additional properties'],
    ['a missing field', { executions: undefined }, "must have required property 'executions'"],
    ['another version', { formatVersion: 2 }, '/formatVersion must be equal to constant'],
    [
      'a summary that is none',
      { summary: { ...whole.summary, cpuSeconds: -1 } },
      '/summary/cpuSeconds must be >= 0',
    ],
    [
      'an unknown outcome of an execution',
      { executions: [{ ...first, outcome: 'gone' }] },
      '/executions/0/outcome must be equal to one of',
    ],
    [
      'a time in words',
      { executions: [{ ...first, startedAt: '2026-03-04' }] },
      '/executions/0/startedAt must be integer',
    ],
  ])('refuses %s', (_name, change, problem) => {
    expect(problemsOf(whole, change)).toEqual([expect.stringContaining(problem)]);
  });

  it('has every field of a summary', () => {
    const own = schema.properties?.['summary'];
    expect(Object.keys(own?.properties ?? {})).toEqual(Object.keys(summary.properties ?? {}));
    expect(own?.required).toEqual(summary.required);
  });

  const all = [...fields(schema), ...fields(schema.definitions?.['execution'] ?? {})];

  it.each(all.filter(([, { $ref }]) => $ref === undefined))('%s is described', (_name, field) => {
    expect(field.description).toMatch(/^\S.*\.$/s);
  });

  it.each(all.filter(([path, { $ref }]) => path.endsWith('Seconds') && $ref === undefined))(
    '%s names its unit',
    (_name, field) => {
      expect(field.description).toMatch(/Seconds\.$/);
    },
  );
});
