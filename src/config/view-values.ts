import { isObject } from './paths.js';

export type Properties = Readonly<Record<string, unknown>>;

/** An object's properties; none for anything else. */
export function object(value: unknown): Properties {
  return isObject(value) ? value : {};
}

/** A list's items; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A string that is not empty: the schema complains about empty ones. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number that is not below 0: the schema complains about those. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
