/** Whether an agent that has run before may go on with other resources or attributes. */
import { isDeepStrictEqual } from 'node:util';
import type { AgentInfo, Resources } from '../common/mesos.js';

/** Why not, in Mesos' words; undefined when it may. */
export function incompatibility(
  old: AgentInfo,
  now: AgentInfo,
  policy: string,
): string | undefined {
  if (policy === 'any' || isDeepStrictEqual(withoutAddress(old), withoutAddress(now)))
    return undefined;
  if (policy === 'additive') {
    const change = notAdditive(old, now);
    if (change === undefined) return undefined;
    return `${head(old, now)}\nReason: ${change}\n`;
  }
  return head(old, now);
}

/** The address is no part of what is compared; the name that it is known by is. */
function withoutAddress(info: AgentInfo): unknown {
  return { ...info, ip: '' };
}

function notAdditive(old: AgentInfo, now: AgentInfo): string | undefined {
  const prefix = "Configuration change not permitted under 'additive' policy:";
  if (old.hostname !== now.hostname) {
    return `${prefix} Hostname changed from ${old.hostname} to ${now.hostname}`;
  }
  if (old.port !== now.port) return `${prefix} Port changed from ${old.port} to ${now.port}`;
  for (const name of ['cpus', 'mem', 'disk'] as const) {
    const [before, after] = [old.resources[name], now.resources[name]];
    if (after < before) {
      return `${prefix} Value of scalar resource '${name}' decreased from ${before} to ${after}`;
    }
  }
  if (!containsPorts(now.resources, old.resources))
    return `${prefix} New value of range resource 'ports' does not include all old values`;
  for (const [name, value] of Object.entries(old.attributes)) {
    if (!(name in now.attributes)) return `${prefix} Couldn't find attribute ${name}: ${value}`;
    if (now.attributes[name] !== value) {
      return `${prefix} Value of attribute '${name}' changed from ${value} to ${now.attributes[name] ?? ''}`;
    }
  }
  return undefined;
}

function containsPorts(outer: Resources, inner: Resources): boolean {
  return inner.ports.every(({ begin, end }) =>
    outer.ports.some((range) => range.begin <= begin && range.end >= end),
  );
}

const LINE = '-'.repeat(60);

function head(old: AgentInfo, now: AgentInfo): string {
  return `Incompatible agent info detected. \n\n${LINE}\nOld agent info:\n${show(old)}\n\n${LINE}\nNew agent info:\n${show(now)}\n`;
}

/** As a protobuf is printed. */
function show({ hostname, port, resources, attributes }: AgentInfo): string {
  const scalar = (name: string, value: number): string =>
    `resources {\n  name: "${name}"\n  type: SCALAR\n  scalar {\n    value: ${value}\n  }\n}\n`;
  const ranges = resources.ports
    .map(({ begin, end }) => `    range {\n      begin: ${begin}\n      end: ${end}\n    }\n`)
    .join('');
  const texts = Object.entries(attributes)
    .map(
      ([name, value]) =>
        `attributes {\n  name: "${name}"\n  text {\n    value: "${value}"\n  }\n}\n`,
    )
    .join('');
  return (
    `hostname: "${hostname}"\n` +
    (['cpus', 'mem', 'disk'] as const).map((name) => scalar(name, resources[name])).join('') +
    `resources {\n  name: "ports"\n  type: RANGES\n  ranges {\n${ranges}  }\n}\n` +
    `${texts}checkpoint: true\nport: ${port}\n`
  );
}
