/**
 * Reads JSON against a table of types, collecting every problem with Marathon's path and key
 * (`/container/portMappings(0)/containerPort`, `error.max`). Properties the table does not name
 * are dropped, `null` is absent, enum values are matched without regard to case.
 * Keys: Play JSON's, as Marathon 1.5+ answers them.
 */
import { type ErrorDetail, invalidJson } from '../errors.js';

export type Type =
  | { readonly kind: 'string'; readonly min?: number; readonly max?: number; readonly is?: RegExp }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'number' | 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | {
      readonly kind: 'array';
      readonly items: Type;
      readonly min?: number;
      /** A set: later equal elements are dropped. */
      readonly unique?: true;
    }
  | { readonly kind: 'map'; readonly values: Type }
  | { readonly kind: 'object'; readonly fields: Fields }
  | { readonly kind: 'choice'; readonly choose: (value: unknown) => Type };

export interface Field {
  readonly type: Type;
  readonly required?: true;
  readonly default?: unknown;
}

export type Fields = Readonly<Record<string, Field>>;

type TypeOf<K extends Type['kind']> = Extract<Type, { kind: K }>;

class Reading {
  readonly #problems = new Map<string, string[]>();

  /** Notes the problem; the returned `undefined` stands for the value that is not there. */
  fail(path: string, key: string): unknown {
    this.#problems.set(path, [...(this.#problems.get(path) ?? []), key]);
    return undefined;
  }

  get details(): readonly ErrorDetail[] {
    return [...this.#problems].map(([path, errors]) => ({ path, errors }));
  }
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const INT_MAX = 2 ** 31 - 1;

/**
 * Reads `value` as `type`. The caller asserts the TypeScript shape that its table describes.
 * @throws ApiError 422 `Invalid JSON` with all problems
 */
export function read(type: Type, value: unknown): unknown {
  const reading = new Reading();
  const result = readValue(type, value, '', reading);
  if (reading.details.length > 0) throw invalidJson(reading.details);
  return result;
}

/** The same object type with nothing required and nothing defaulted at its top level. */
export function partial(type: TypeOf<'object'>): TypeOf<'object'> {
  const fields = Object.entries(type.fields).map(([name, field]) => [name, { type: field.type }]);
  return { kind: 'object', fields: Object.fromEntries(fields) as Fields };
}

function readValue(type: Type, value: unknown, path: string, reading: Reading): unknown {
  switch (type.kind) {
    case 'string':
      return readString(type, value, path, reading);
    case 'timestamp':
      return readTimestamp(value, path, reading);
    case 'number':
    case 'integer':
      return readNumber(type, value, path, reading);
    case 'boolean':
      return typeof value === 'boolean' ? value : reading.fail(path, 'error.expected.jsboolean');
    case 'enum':
      return readEnum(type, value, path, reading);
    case 'array':
      return readArray(type, value, path, reading);
    case 'map':
      return readMap(type, value, path, reading);
    case 'object':
      return readObject(type, value, path, reading);
    case 'choice':
      return readValue(type.choose(value), value, path, reading);
  }
}

function readString(type: TypeOf<'string'>, value: unknown, path: string, reading: Reading) {
  if (typeof value !== 'string') return reading.fail(path, 'error.expected.jsstring');
  if (value.length < (type.min ?? 0)) return reading.fail(path, 'error.minLength');
  if (value.length > (type.max ?? Infinity)) return reading.fail(path, 'error.maxLength');
  if (type.is !== undefined && !type.is.test(value)) return reading.fail(path, 'error.pattern');
  return value;
}

function readTimestamp(value: unknown, path: string, reading: Reading) {
  if (typeof value !== 'string') return reading.fail(path, 'error.expected.jsstring');
  const date = new Date(value);
  if (!TIMESTAMP.test(value) || Number.isNaN(date.getTime())) {
    return reading.fail(path, 'error.expected.date.isoformat');
  }
  return date.toISOString();
}

function readNumber(
  type: TypeOf<'number' | 'integer'>,
  value: unknown,
  path: string,
  reading: Reading,
) {
  if (typeof value !== 'number') return reading.fail(path, 'error.expected.jsnumber');
  if (type.kind === 'integer' && (!Number.isInteger(value) || Math.abs(value) > INT_MAX)) {
    return reading.fail(path, 'error.expected.int');
  }
  if (value < (type.min ?? -Infinity)) return reading.fail(path, 'error.min');
  if (value > (type.max ?? Infinity)) return reading.fail(path, 'error.max');
  return value;
}

function readEnum(type: TypeOf<'enum'>, value: unknown, path: string, reading: Reading) {
  if (typeof value !== 'string') return reading.fail(path, 'error.expected.jsstring');
  const known = type.values.find((name) => name.toLowerCase() === value.toLowerCase());
  return known ?? reading.fail(path, 'error.unknown.enum.literal');
}

function readArray(type: TypeOf<'array'>, value: unknown, path: string, reading: Reading) {
  if (!Array.isArray(value)) return reading.fail(path, 'error.expected.jsarray');
  if (value.length < (type.min ?? 0)) return reading.fail(path, 'error.minLength');
  const items = value.map((item, index) =>
    readValue(type.items, item, `${path}(${index})`, reading),
  );
  return type.unique === true ? distinct(items) : items;
}

function distinct(items: readonly unknown[]): readonly unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readMap(type: TypeOf<'map'>, value: unknown, path: string, reading: Reading) {
  if (!isObject(value)) return reading.fail(path, 'error.expected.jsobject');
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    readValue(type.values, item, `${path}/${key}`, reading),
  ]);
  return Object.fromEntries(entries) as unknown;
}

function readObject(type: TypeOf<'object'>, value: unknown, path: string, reading: Reading) {
  if (!isObject(value)) return reading.fail(path, 'error.expected.jsobject');
  const entries: [string, unknown][] = [];
  for (const [name, field] of Object.entries(type.fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const at = `${path}/${name}`;
    if (given !== undefined && given !== null) {
      entries.push([name, readValue(field.type, given, at, reading)]);
    } else if (field.required === true) {
      // Play quotes the whole object that lacks the property.
      reading.fail(at, `'${name}' is undefined on object: ${JSON.stringify(value)}`);
    } else if (field.default !== undefined) {
      entries.push([name, structuredClone(field.default)]);
    }
  }
  return Object.fromEntries(entries);
}
