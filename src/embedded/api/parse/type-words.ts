/** Words in which the type tables are written. */
import type { Field, Fields, Type } from './reader.js';

export type ObjectType = Extract<Type, { kind: 'object' }>;

export const string: Type = { kind: 'string' };
export const bool: Type = { kind: 'boolean' };
export const timestamp: Type = { kind: 'timestamp' };
export const anyPort: Type = { kind: 'integer', min: 0, max: 65535 };
/** RAML `LegacyName`: ports and the like. */
export const shortName: Type = { kind: 'string', min: 1, is: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/ };

const bounds = (min?: number, max?: number): { min?: number; max?: number } => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

export const number = (min?: number, max?: number): Type => ({
  kind: 'number',
  ...bounds(min, max),
});
export const integer = (min?: number, max?: number): Type => ({
  kind: 'integer',
  ...bounds(min, max),
});
export const oneOf = (...values: string[]): Type => ({ kind: 'enum', values });
export const listOf = (items: Type, min?: number): Type => ({
  kind: 'array',
  items,
  ...bounds(min),
});
export const setOf = (items: Type, min?: number): Type => ({
  kind: 'array',
  items,
  unique: true,
  ...bounds(min),
});
export const mapOf = (values: Type): Type => ({ kind: 'map', values });
export const labels: Type = mapOf(string);
export const object = (fields: Fields): ObjectType => ({ kind: 'object', fields });

export const required = (type: Type): Field => ({ type, required: true });
export const optional = (type: Type, fallback?: unknown): Field =>
  fallback === undefined ? { type } : { type, default: fallback };
/** An integer of at least `min`, with a default. */
export const wholeFrom = (min: number, fallback: number): Field => optional(integer(min), fallback);
export const flag = (fallback: boolean): Field => optional(bool, fallback);
