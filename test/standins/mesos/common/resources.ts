/** `cpus:2;mem:2048;ports:[31000-32000]`, or the same as JSON. */
import { existsSync, readFileSync } from 'node:fs';
import type { Attributes, Range, Resources } from './mesos.js';

interface JsonResource {
  readonly name: string;
  readonly scalar?: { readonly value: number };
  readonly ranges?: { readonly range: readonly Range[] };
}

/** @throws Error with Mesos' words for a bad value */
export function parseResources(text: string): Partial<Resources> {
  const value = contents(text);
  if (value.trim().startsWith('[')) {
    const all = JSON.parse(value) as readonly JsonResource[];
    const pairs = all.map(({ name, scalar, ranges }) => [name, ranges?.range ?? scalar?.value]);
    return Object.fromEntries(pairs) as Partial<Resources>;
  }
  const result: Record<string, unknown> = {};
  for (const part of value.split(';').filter((word) => word.trim() !== '')) {
    const [name = '', amount] = part.split(/:(.*)/s).map((word) => word.trim());
    if (amount === undefined || amount === '') {
      throw new Error(`Bad value for resources, missing or extra ':' in ${part}`);
    }
    const plain = name.replace(/\(.*\)$/, '');
    result[plain] = plain === 'ports' ? parseRanges(amount) : parseScalar(plain, amount);
  }
  return result;
}

function contents(text: string): string {
  const path = text.replace(/^file:\/\//, '');
  return path.startsWith('/') && existsSync(path) ? readFileSync(path, 'utf8') : text;
}

function parseScalar(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`Bad value for resource '${name}': ${text}`);
  return value;
}

export function parseRanges(text: string): readonly Range[] {
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  if (inside === undefined) throw new Error(`Bad value for ranges: ${text}`);
  return inside
    .split(',')
    .map((range) => range.trim().split('-').map(Number))
    .map(([begin = NaN, end = NaN]) => ({ begin, end }));
}

export const showRanges = (ranges: readonly Range[]): string =>
  `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(', ')}]`;

/** `rack:a;n:1` */
export function parseAttributes(text: string): Attributes {
  const attributes: Record<string, string | number> = {};
  for (const part of text.split(';').filter((word) => word.trim() !== '')) {
    const at = part.indexOf(':');
    if (at < 0) throw new Error(`Invalid attribute key:value pair '${part}'`);
    const value = part.slice(at + 1).trim();
    attributes[part.slice(0, at).trim()] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return attributes;
}

export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
}

export function sum(all: readonly Amounts[]): Amounts {
  const of = (key: keyof Amounts): number =>
    Number(all.reduce((total, each) => total + each[key], 0).toFixed(3));
  return { cpus: of('cpus'), mem: of('mem'), disk: of('disk') };
}

/** As state and slaves of a master show it. */
export function showResources(
  { cpus, mem, disk }: Amounts,
  ports?: readonly Range[],
): Readonly<Record<string, unknown>> {
  return {
    disk,
    mem,
    gpus: 0,
    cpus,
    ...(ports === undefined || ports.length === 0 ? {} : { ports: showRanges(ports) }),
  };
}

/** The `…_full` form. */
export function fullResources({ cpus, mem, disk, ports }: Resources): readonly unknown[] {
  const scalar = (name: string, value: number): unknown => ({
    name,
    type: 'SCALAR',
    scalar: { value },
    role: '*',
  });
  return [
    scalar('cpus', cpus),
    scalar('mem', mem),
    scalar('disk', disk),
    { name: 'ports', type: 'RANGES', ranges: { range: ports }, role: '*' },
  ];
}
