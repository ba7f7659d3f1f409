import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { JsonReporter } from '../../../src/adapters/reporters/json-reporter.js';
import type { ErrorCode } from '../../../src/errors/crossflock-error.js';
import type { ReportEvent, WorkflowSnapshot } from '../../../src/ports/reporter.js';
import { Redactor } from '../../../src/util/redact.js';

/** With every optional field, those inside included. */
type Full<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]-?: Full<T[K]> }
    : T;
type Type = ReportEvent['type'];

const SNAPSHOT: Full<WorkflowSnapshot> = {
  ...{ runId: 'kinc-1', total: 35, idle: 9, running: 8, done: 18, failed: 0, held: 0 },
  ...{ queue: { later: 3, queued: 4, retrying: 1, lost: 1 }, meanSeconds: 12.4, cost: 0.42 },
  ...{ runningByCluster: { azure: 8 }, doneByCluster: { azure: 18 }, jobsPerMinute: 38.2 },
  ...{ secondsLeft: 12, secondsLeftRange: [8, 18], elapsedSeconds: 9.5, phase: 'similarity' },
  executors: [
    {
      ...{ address: '172.16.0.3', cluster: 'azure', slots: 8, running: 8, done: 18, failed: 0 },
      ...{ jobsPerMinute: 38.2, meanSeconds: 12.4, goneSeconds: 42 },
    },
  ],
};

/** A type or field that is new in the program does not compile until it is here. */
const SAMPLES: { readonly [T in Type]: Full<Extract<ReportEvent, { type: T }>> } = {
  started: { type: 'started', command: 'validate', version: '0.1.0' },
  'step-started': { type: 'step-started', step: 'apps', title: 'apps' },
  'step-progress': { type: 'step-progress', step: 'apps', message: '2 of 3 run' },
  'step-finished': {
    ...{ type: 'step-finished', step: 'apps', title: 'apps', outcome: 'changed' },
    ...{ message: '3 apps run', milliseconds: 12.5 },
  },
  'step-failed': {
    ...{ type: 'step-failed', step: 'apps', title: 'apps', milliseconds: 3 },
    error: { code: 'timeout', message: 'no answer', hint: 'is it up?' },
  },
  change: {
    ...{ type: 'change', step: 'apps', state: 'planned' },
    change: { action: 'update', kind: 'app', target: '/a on azure', detail: 'cpus 2 → 4' },
  },
  problem: {
    type: 'problem',
    problem: {
      ...{ severity: 'error', path: 'containers[1].mem', value: '"4g"' },
      ...{ message: 'is not a number of megabytes', fix: 'write 4096' },
    },
  },
  notice: { type: 'notice', level: 'warning', message: 'runner2 offers no slots' },
  table: { type: 'table', title: '', columns: ['id', 'cpus'], rows: [['runner1', 4]] },
  report: { type: 'report', lines: ['', 'wall time   15.2 s'] },
  'workflow-progress': { type: 'workflow-progress', snapshot: SNAPSHOT },
  'workflow-status': { type: 'workflow-status', snapshot: SNAPSHOT },
  'workflow-event': {
    ...{ type: 'workflow-event', runId: 'kinc-1', level: 'info', message: 'held' },
    at: '2026-11-21T11:33:58.120Z',
  },
  failed: { type: 'failed', error: { code: 'refused', message: 'no', hint: 'ask' } },
  summary: { type: 'summary', ok: true, message: 'done', data: { changes: 0 } },
};
const CODES: Readonly<Record<ErrorCode, true>> = {
  ...{ 'invalid-input': true, unreachable: true, timeout: true, unavailable: true },
  ...{ unauthorized: true, refused: true, 'not-found': true, 'command-failed': true },
  ...{ aborted: true, 'work-failed': true, unexpected: true },
};

interface Part {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly definitions?: Readonly<Record<string, Part>>;
  readonly oneOf?: readonly { readonly $ref: string }[];
}

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const schema = JSON.parse(read('schemas/events.schema.json')) as Part;
const compile = (part: Part): ValidateFunction =>
  new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false }).compile(
    part,
  );
const open = compile(schema);
/** The schema lets unknown fields pass, for readers of later versions; what we write has none. */
const closed = compile(closedPart(schema));

function closedPart(part: Part): Part {
  const text = JSON.stringify(part, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'description' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  return JSON.parse(text) as Part;
}

/** The event as `--json` writes it. */
function written(event: ReportEvent): Readonly<Record<string, unknown>> {
  let line = '';
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  new JsonReporter((text) => (line += text), now, new Redactor()).emit(event);
  return JSON.parse(line) as Record<string, unknown>;
}

const TYPES = Object.keys(SAMPLES) as Type[];
const EXAMPLES = [...read('docs/events.md').matchAll(/^\{"time".*\}$/gm)].map(
  ([line]) => JSON.parse(line) as { readonly type: string },
);

describe('schema of the events', () => {
  it('has each type, and no other', () => {
    const refs = schema.oneOf?.map(({ $ref }) => $ref.replace('#/definitions/', ''));
    expect(refs?.toSorted()).toEqual(TYPES.toSorted());
    const codes = schema.definitions?.['error']?.properties?.['code']?.enum;
    expect(codes?.toSorted()).toEqual(Object.keys(CODES).toSorted());
  });

  it.each(TYPES)('has every field of %s', (type) => {
    closed(written(SAMPLES[type]));
    expect(closed.errors ?? []).toEqual([]);
  });

  it('lets a field pass that came later', () => {
    const later = { ...written(SAMPLES.notice), more: 1 };
    expect(open(later)).toBe(true);
    expect(closed(later)).toBe(false);
  });

  it.each<[string, object]>([
    ['a type that is none', { type: 'news' }],
    ['a time that is none', { time: 'now' }],
    ['a level that is none', { level: 'loud' }],
    ['a missing field', { message: undefined }],
  ])('refuses %s', (_, change) => {
    const event = JSON.parse(JSON.stringify({ ...written(SAMPLES.notice), ...change })) as object;
    expect(open(event)).toBe(false);
  });
});

describe('docs/events.md', () => {
  it.each(TYPES)('explains %s with a heading and an example', (type) => {
    expect(read('docs/events.md')).toContain(`\n### \`${type}\`\n`);
    expect(EXAMPLES.filter((example) => example.type === type)).not.toEqual([]);
  });

  it.each(EXAMPLES)('has an example of $type that fits the schema', (example) => {
    closed(example);
    expect(closed.errors ?? []).toEqual([]);
  });
});
