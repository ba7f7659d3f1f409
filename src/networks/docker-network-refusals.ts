import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host, RunResult } from '../ports/host.js';
import { pasteable } from '../util/quote.js';

import type { DockerNetwork, WantedNetwork } from './docker-network.js';
import { DEPLOYMENT_LABEL, optionsOf } from './docker-network.js';

/** Words of Docker 20.10 to 29, and of the older client ("No such network: x"). */
export function isMissing({ stderr }: RunResult): boolean {
  return /network \S+ not found|no such network/i.test(stderr);
}

/** Throws `refused` for a network that is not of the deployment of its own name. */
export function refuseForeign(found: DockerNetwork, host: Pick<Host, 'name'>): void {
  const owner = found.labels[DEPLOYMENT_LABEL];
  if (owner === found.name) return;
  const whose =
    owner === undefined ? 'was not made by crossflock' : `belongs to the deployment ${owner}`;
  throw new CrossflockError(`the docker network ${found.name} on ${host.name} ${whose}`, {
    code: 'refused',
    hint: `give the deployment another "name" in the configuration, or remove the network with "docker network rm ${found.name}"`,
  });
}

/** Throws `refused` for a network with other addresses or settings: it is never changed. */
export function refuseDifferent(
  found: DockerNetwork,
  wanted: WantedNetwork,
  host: Pick<Host, 'name'>,
): void {
  const only = found.subnets.length === 1 ? found.subnets[0] : undefined;
  const options = Object.entries(optionsOf(wanted)).filter(
    ([key, value]) => found.options[key] !== value,
  );
  const isSame =
    found.driver === 'bridge' && only?.subnet === wanted.cidr && only.gateway === wanted.gateway;
  if (isSame && options.length === 0) return;
  const has = found.subnets.map(({ subnet, gateway }) => `${subnet}, gateway ${gateway ?? 'none'}`);
  const driver = found.driver === 'bridge' ? '' : `, driver ${found.driver}`;
  const without = options.map(([key, value]) => `, ${key} ${value}`);
  throw new CrossflockError(
    `the docker network ${found.name} on ${host.name} is ${has.join(' and ')}${driver}; ` +
      `wanted is ${wanted.cidr}, gateway ${wanted.gateway}${without.join('')}${onIt(found)}`,
    {
      code: 'refused',
      hint: 'run "crossflock down" with the former configuration first, or write its addresses into "network" again',
    },
  );
}

function onIt({ containers }: DockerNetwork): string {
  return containers.length === 0 ? '' : `; on it: ${containers.join(', ')}`;
}

/** Containers are still on a network that is to be removed. */
export function inUse(found: DockerNetwork, host: Pick<Host, 'name'>): CrossflockError {
  return new CrossflockError(
    `the docker network ${found.name} on ${host.name} is still in use${onIt(found)}`,
    { code: 'refused', hint: 'stop these containers, then run the command again' },
  );
}

/** A command that ended with a bad exit code, as an error to throw. */
export function commandFailed(
  result: RunResult,
  argv: readonly string[],
  hostName: string,
): CrossflockError {
  const said = result.stderr.trim().split('\n', 1)[0] ?? '';
  const noEngine = /cannot connect to the docker daemon|permission denied/i.test(said);
  return new CrossflockError(`"${pasteable(argv)}" failed on ${hostName}: ${said}`, {
    code: noEngine ? 'unreachable' : 'command-failed',
    ...(noEngine ? { hint: 'start the docker engine, and check that this user may use it' } : {}),
    cause: new Error(result.stderr),
  });
}

/** Why Docker did not make the network, as an error to throw. */
export function createFailed(
  result: RunResult,
  what: {
    readonly argv: readonly string[];
    readonly wanted: WantedNetwork;
    readonly host: Pick<Host, 'name'>;
  },
): CrossflockError {
  const { argv, wanted, host } = what;
  if (!/overlaps/.test(result.stderr)) return commandFailed(result, argv, host.name);
  return new CrossflockError(
    `network ${wanted.name} cannot have ${wanted.cidr} on ${host.name}: another docker network overlaps it`,
    {
      code: 'refused',
      hint: 'choose another "network.cidr", or remove the other network ("docker network ls")',
      cause: new Error(result.stderr),
    },
  );
}
