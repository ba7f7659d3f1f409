import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.generated.js';
import { pathOf } from './support.js';

type Part = Readonly<Record<string, unknown>>;
const definitions = configSchema['definitions'] as Readonly<Record<string, Part>>;
const propertiesOf = (part: Part): [string, Part][] =>
  Object.entries((part['properties'] ?? {}) as Readonly<Record<string, Part>>);

/** Every field with what its reference adds. */
const fields = [['top level', configSchema] as const, ...Object.entries(definitions)].flatMap(
  ([owner, part]) =>
    propertiesOf(part).map(([name, field]) => {
      const target = definitions[String(field['$ref']).split('/').at(-1) ?? ''] ?? {};
      return [`${owner}.${name}`, { ...target, ...field }] as const;
    }),
);

test('is the file that editors read', () => {
  const file: unknown = JSON.parse(readFileSync(pathOf('schemas/config.schema.json'), 'utf8'));
  expect(configSchema).toEqual(file);
});

describe('a field', () => {
  test('there are as many as there should be', () => {
    expect(fields.length).toBeGreaterThan(60);
  });

  test.each(fields)('%s says what it is, what to write and how it looks', (_name, field) => {
    expect(field['description']).toMatch(/^[A-Z].*\.$/s);
    expect(field['x-write']).toMatch(/\S/);
    expect(field['examples']).toSatisfy((list) => Array.isArray(list) && list.length > 0);
  });

  test.each(fields)('%s has examples that are right', (_name, field) => {
    const ajv = new Ajv({ strict: true, strictRequired: false });
    ajv.addVocabulary(['x-write']);
    const { $ref, ...rest } = field;
    const validate = ajv.compile({ ...rest, ...($ref === undefined ? {} : { $ref }), definitions });
    for (const example of field['examples'] as unknown[]) {
      expect([validate(example), validate.errors]).toEqual([true, null]);
    }
  });
});

test('the manual shows every field', () => {
  const manual = readFileSync(pathOf('docs/configuration.md'), 'utf8');
  const missing = fields.filter(
    ([name]) => !manual.includes(`\`${name.split('.').at(-1) ?? ''}\``),
  );
  expect(missing.map(([name]) => name).filter((name) => !name.includes('$'))).toEqual([]);
});
