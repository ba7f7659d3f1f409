import type { MarathonApp } from '../ports/marathon-app.js';
import type { JsonObject } from './answers.js';
import type { CanonicalApp, CanonicalPort, NumberName } from './canonical.js';
import { canonical } from './canonical.js';

/**
 * What the server's app would have to change to be as wanted, in words: `cpus 2 → 4`,
 * `env FOO added`. Empty: it is as wanted. Defaults that the server filled in, the order of things
 * that have none, and the way older versions write things do not count; what is wanted empty and is
 * not, does. Values that may be secret (cmd, args, env, labels, health check commands, most Docker
 * parameters) are never shown. Pure.
 * @param current an app as `GET /v2/apps` shows it
 */
export function differences(wanted: MarathonApp, current: JsonObject): readonly string[] {
  const to = canonical(wanted as unknown as JsonObject);
  const from = canonical(current);
  return [
    ...numberDifferences(from, to),
    ...changed('image', from.image, to.image),
    ...commandDifferences(from, to),
    ...changed('privileged', from.privileged, to.privileged),
    // Where it is not asked for, what the server has by default is right.
    ...(to.forcePull === undefined
      ? []
      : changed('force pull', from.forcePull ?? false, to.forcePull)),
    ...changed('network', from.networks.join(', '), to.networks.join(', ')),
    ...parameterDifferences(from, to),
    ...setDifferences('volume', from.volumes, to.volumes),
    ...portDifferences(from.ports, to.ports),
    ...mapDifferences('env', from.env, to.env),
    ...mapDifferences('label', from.labels, to.labels),
    ...setDifferences('constraint', from.constraints, to.constraints),
    ...healthDifferences(from.healthChecks, to.healthChecks),
    ...strategyDifferences(from, to),
    ...(to.killGraceSeconds === undefined
      ? []
      : changed('kill grace seconds', from.killGraceSeconds, to.killGraceSeconds)),
  ];
}

const NUMBERS: readonly (readonly [NumberName, string])[] = [
  ['cpus', ''],
  ['mem', ' MB'],
  ['disk', ' MB'],
  ['instances', ''],
];

function numberDifferences(from: CanonicalApp, to: CanonicalApp): readonly string[] {
  return NUMBERS.flatMap(([name, unit]) => {
    const [before, after] = [from.numbers[name], to.numbers[name]];
    return Math.abs(before - after) < 1e-6 ? [] : [`${name} ${before} → ${after}${unit}`];
  });
}

type Scalar = string | number | boolean | undefined;

function changed(name: string, before: Scalar, after: Scalar): readonly string[] {
  return before === after ? [] : [`${name} ${shown(before)} → ${shown(after)}`];
}

function shown(value: Scalar): string {
  return value === undefined || value === '' ? 'none' : String(value);
}

function commandDifferences(from: CanonicalApp, to: CanonicalApp): readonly string[] {
  const lines: string[] = [];
  if (from.cmd !== to.cmd) lines.push(`cmd ${verb(from.cmd, to.cmd)}`);
  if (from.args.length !== to.args.length) {
    lines.push(`args ${from.args.length} → ${to.args.length} words`);
  } else {
    const places = to.args.flatMap((arg, index) => (arg === from.args[index] ? [] : [index + 1]));
    if (places.length > 0) lines.push(`args changed (word ${places.join(', ')})`);
  }
  return lines;
}

function verb(before: unknown, after: unknown): string {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** Docker parameters whose values name things that nobody keeps secret. */
const PLAIN_PARAMETERS = new Set([
  'cap-add',
  'cap-drop',
  'cgroup-parent',
  'dns',
  'hostname',
  'ip',
  'mac-address',
  'net',
  'network',
  'network-alias',
  'shm-size',
  'tmpfs',
  'ulimit',
  'user',
  'volume',
]);

function parameterDifferences(from: CanonicalApp, to: CanonicalApp): readonly string[] {
  const keys = new Set([...from.parameters, ...to.parameters].map(({ key }) => key));
  return [...keys].sort().flatMap((key) => {
    const before = valuesOf(from, key);
    const after = valuesOf(to, key);
    if (before.join('\n') === after.join('\n')) return [];
    if (PLAIN_PARAMETERS.has(key)) {
      return changed(`docker parameter ${key}`, before.join(', '), after.join(', '));
    }
    return [`docker parameter ${key} ${verb(before[0], after[0])}`];
  });
}

function valuesOf(app: CanonicalApp, key: string): readonly string[] {
  return app.parameters
    .filter((parameter) => parameter.key === key)
    .map(({ value }) => value)
    .sort();
}

function setDifferences(
  name: string,
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  return [
    ...after.filter((item) => !before.includes(item)).map((item) => `${name} ${item} added`),
    ...before.filter((item) => !after.includes(item)).map((item) => `${name} ${item} removed`),
  ];
}

function portDifferences(
  before: readonly CanonicalPort[],
  after: readonly CanonicalPort[],
): readonly string[] {
  // Their order decides which port of the host is whose, so the same ports in another order differ.
  if (before.length === after.length) {
    return after.flatMap((port, index) => onePortDifference(before[index], port));
  }
  const lines = setDifferences('port', before.map(portKey), after.map(portKey));
  return lines.length > 0 ? lines : [`ports ${before.length} → ${after.length}`];
}

function onePortDifference(
  before: CanonicalPort | undefined,
  after: CanonicalPort,
): readonly string[] {
  if (before === undefined) return [];
  if (portKey(before) !== portKey(after)) return changed('port', portKey(before), portKey(after));
  const name = after.name === undefined || after.name === before.name;
  return [
    ...changed(`host port of ${portKey(after)}`, hostPort(before), hostPort(after)),
    ...(name ? [] : changed(`name of port ${portKey(after)}`, before.name, after.name)),
  ];
}

function portKey(port: CanonicalPort): string {
  return `${port.container}/${port.protocol}`;
}

function hostPort(port: CanonicalPort): string {
  if (port.host === undefined) return 'none';
  return port.host === 0 ? 'any' : String(port.host);
}

function mapDifferences(
  name: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => `${name} ${key} ${verb(before[key], after[key])}`);
}

function healthDifferences(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): readonly string[] {
  if (before.length !== after.length) return [`health checks ${before.length} → ${after.length}`];
  return after.flatMap((check, index) =>
    Object.entries(check)
      .filter(([key, value]) => value !== undefined && !same(value, before[index]?.[key]))
      .map(([key]) => `health check ${index + 1}: ${key} changed`),
  );
}

function strategyDifferences(from: CanonicalApp, to: CanonicalApp): readonly string[] {
  return Object.entries(to.upgradeStrategy ?? {})
    .filter(([key, value]) => !same(value, from.upgradeStrategy?.[key]))
    .map(([key]) => `upgrade strategy: ${key} changed`);
}

/** Equal as far as Marathon is concerned: words in any case, objects by the properties wanted. */
function same(wanted: unknown, current: unknown): boolean {
  if (typeof wanted === 'number') return Number(current) === wanted;
  if (wanted !== null && typeof wanted === 'object') {
    const inner = (current ?? {}) as JsonObject;
    return Object.entries(wanted).every(([key, value]) => same(value, inner[key]));
  }
  if (typeof wanted === 'string' && typeof current === 'string') {
    return (
      wanted === current || (isEnumWord(wanted) && wanted.toUpperCase() === current.toUpperCase())
    );
  }
  return wanted === current;
}

function isEnumWord(text: string): boolean {
  return /^(MESOS_)?(HTTPS?|TCP|COMMAND)$|^IPV[46]$/i.test(text);
}
