/** Rules about networks and ports (Marathon's NetworkValidation and AppValidation). */
import type { AppNetwork } from '../../orchestrator.js';
import type { Violations } from '../errors.js';
import type { RawApp, RawPortMapping } from '../parse/raw-app.js';
import { repeats } from './context.js';

const named = ({ name }: AppNetwork): boolean => name !== undefined && name !== '';
const labelled = ({ labels }: AppNetwork): boolean => Object.keys(labels ?? {}).length > 0;

/** Networks are checked in Marathon's order, and only the first broken rule is named. */
const NETWORK_RULES: readonly (readonly [string, (networks: readonly AppNetwork[]) => boolean])[] =
  [
    [
      'Host networks may not have names or labels',
      (nets) => !nets.some((net) => net.mode === 'host' && (named(net) || labelled(net))),
    ],
    [
      'Bridge networks may not have names',
      (nets) => !nets.some((net) => net.mode === 'container/bridge' && named(net)),
    ],
    [
      'Duplicate networks are not allowed',
      (nets) =>
        nets.filter((net) => net.mode === 'container' && !named(net)).length < 2 &&
        !repeats(nets.flatMap(({ name }) => name ?? [])),
    ],
    [
      'May specify a single host network, single bridge network, or else 1-to-n container networks',
      (nets) => nets.length <= 1 || nets.every(({ mode }) => mode === 'container'),
    ],
  ];

export function checkNetworks(app: RawApp, violations: Violations): void {
  const networks = app.networks ?? [];
  for (const [message, holds] of NETWORK_RULES) {
    if (!holds(networks)) violations.add('/networks', message);
  }
  violations.check(
    networks.every((net) => net.mode !== 'container' || named(net)),
    '/networks',
    'Network name must be specified when container network is selected.',
  );
  violations.check(
    app.container?.type !== 'DOCKER' ||
      networks.filter(({ mode }) => mode === 'container').length <= 1,
    '/',
    'may only specify a single container network when using the Docker container engine',
  );
}

export function checkPorts(app: RawApp, violations: Violations): void {
  const definitions = app.portDefinitions ?? [];
  const definedNames = definitions.flatMap(({ name }) => name ?? []);
  violations.check(!repeats(definedNames), '/portDefinitions', 'Port names must be unique.');
  const fixed = definitions.map(({ port }) => port).filter((port) => port !== 0);
  violations.check(!repeats(fixed), '/portDefinitions', 'Ports must be unique.');

  const mappings = app.container?.portMappings ?? [];
  const mappedNames = mappings.flatMap(({ name }) => name ?? []);
  violations.check(!repeats(mappedNames), '/container/portMappings', 'Port names must be unique.');
  mappings.forEach((mapping, index) => {
    const at = `/container/portMappings(${index})`;
    checkMappingNetworks(mapping, app.networks ?? [], at, violations);
  });
}

function checkMappingNetworks(
  mapping: RawPortMapping,
  networks: readonly AppNetwork[],
  at: string,
  violations: Violations,
): void {
  const known = networks.flatMap(({ name }) => name ?? []);
  const several = networks.filter(({ mode }) => mode === 'container').length > 1;
  violations.check(
    !several || mapping.hostPort === undefined || (mapping.networkNames ?? []).length === 1,
    at,
    'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
  );
  (mapping.networkNames ?? []).forEach((name, index) => {
    violations.check(
      known.includes(name),
      `${at}/networkNames(${index})`,
      `is not one of (${known.join(',')})`,
    );
  });
}
