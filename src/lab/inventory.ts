import type { Host } from '../ports/host.js';
import { docker } from './docker.js';
import type { Lab, LabHost } from './model.js';
import { LABEL } from './names.js';
import { parseAddress } from '../plan/addressing.js';

const SEPARATOR = '\t';

const CONTAINER_FORMAT = [
  '{{.State}}',
  ...[LABEL.lab, LABEL.part, LABEL.address, LABEL.cloud, LABEL.number, LABEL.bare].map(
    (label) => `{{.Label "${label}"}}`,
  ),
].join(SEPARATOR);

const NETWORK_FORMAT = [LABEL.lab, LABEL.subnet, LABEL.registry]
  .map((label) => `{{.Label "${label}"}}`)
  .join(SEPARATOR);

/** All labs on the Docker Engine of this machine, by name. Docker's labels are the only record. */
export async function readLabs(host: Host, signal: AbortSignal): Promise<readonly Lab[]> {
  const filter = ['--filter', `label=${LABEL.lab}`, '--format'];
  const [containers, networks] = await Promise.all([
    docker(host, ['ps', '--all', ...filter, CONTAINER_FORMAT], { signal }),
    docker(host, ['network', 'ls', ...filter, NETWORK_FORMAT], { signal }),
  ]);
  return parseLabs(containers, networks);
}

/** One lab; an empty one where nothing of it is there. */
export async function readLab(host: Host, name: string, signal: AbortSignal): Promise<Lab> {
  const labs = await readLabs(host, signal);
  return labs.find((lab) => lab.name === name) ?? { name, wantsRegistry: false, hosts: [] };
}

/** Reads what `docker ps` and `docker network ls` print in the formats above; pure. */
export function parseLabs(containers: string, networks: string): readonly Lab[] {
  const parts = rows(containers);
  const wanted = new Map(rows(networks).map(([lab = '', ...rest]) => [lab, rest]));
  const names = [...new Set([...parts.map(([, lab = '']) => lab), ...wanted.keys()])];
  return names.sort().map((name) => {
    const own = parts.filter(([, lab]) => lab === name);
    const [subnet, wantsRegistry] = wanted.get(name) ?? [];
    const registry = own.find(([, , part]) => part === 'registry');
    return {
      name,
      ...(subnet === undefined ? {} : { subnet }),
      wantsRegistry: wantsRegistry === 'true' || registry !== undefined,
      ...(registry === undefined
        ? {}
        : { registry: { state: registry[0] ?? '', address: registry[3] ?? '' } }),
      hosts: own.flatMap(readHost).sort(byAddress),
    };
  });
}

function readHost(row: readonly string[]): readonly LabHost[] {
  const [state = '', , part, address = '', cloud = '', number = '', bare] = row;
  if (part !== 'host') return [];
  const id = `${cloud}-${number}`;
  return [{ id, cloud, number: Number(number), address, isBare: bare === 'true', state }];
}

function byAddress(a: LabHost, b: LabHost): number {
  return (parseAddress(a.address) ?? 0) - (parseAddress(b.address) ?? 0);
}

function rows(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(SEPARATOR));
}
