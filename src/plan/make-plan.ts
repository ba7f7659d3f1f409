import type { ResolvedConfig, ResolvedContainer } from '../config/types.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { formatAddress, parseAddress, parseNetwork, type Network } from './addressing.js';
import { planApp, type AppContext, type PlacedContainer } from './apps.js';
import { planClusters } from './clusters.js';
import { instanceIds } from './instances.js';
import { roleOf } from './roles.js';
import type { PoolKey } from './pool-key.js';
import type { Plan, WorkflowPlan } from './types.js';

export const DEFAULT_NAME = 'crossflock';

/**
 * The whole deployment, worked out from a configuration that has passed every check.
 *
 * @throws CrossflockError `invalid-input` when an address or a cluster is missing, which the checks
 * of the configuration would have told.
 */
export function makePlan(config: ResolvedConfig, poolKey: PoolKey): Plan {
  const name = config.name ?? DEFAULT_NAME;
  const network = networkFrom(config);
  const placed = place(config);
  const clusters = planClusters(config.clusters);
  const context: AppContext = {
    name,
    cidr: network.cidr,
    executorAddresses: placed.filter(({ role }) => role === 'executor').map(({ ip }) => ip),
    embedded: new Set(
      clusters.filter(({ engine }) => engine.type === 'embedded').map(({ id }) => id),
    ),
    poolKey,
  };
  return {
    name,
    clusters,
    apps: placed.map((container) => planApp(container, context)),
    network: {
      driver: config.network.driver ?? 'bridge',
      name,
      cidr: network.cidr,
      gateway: formatAddress(network.gateway),
    },
    workflow: planWorkflow(config.workflow ?? {}),
  };
}

function networkFrom(config: ResolvedConfig): Network {
  const parsed = parseNetwork(config.network.cidr);
  if (!parsed.ok) throw unchecked(`network.cidr "${config.network.cidr}" is no network`);
  return parsed.network;
}

/** Every instance of every container with its role and its address. */
function place(config: ResolvedConfig): readonly PlacedContainer[] {
  const addresses = new Map(config.network.containers.map(({ id, ip_addr }) => [id, ip_addr]));
  return config.containers.flatMap((container) => {
    const first = parseAddress(addresses.get(container.id) ?? '');
    if (first === undefined) throw unchecked(`container "${container.id}" has no address`);
    return instances(container, first);
  });
}

function instances(container: ResolvedContainer, first: number): readonly PlacedContainer[] {
  const role = roleOf(container);
  return instanceIds(container.id, container.instances ?? 1).map((id, index) => ({
    id,
    role,
    ip: formatAddress(first + index),
    container,
  }));
}

function planWorkflow(workflow: NonNullable<ResolvedConfig['workflow']>): WorkflowPlan {
  return {
    ...(workflow.jobs === undefined ? {} : { jobs: workflow.jobs }),
    ...(workflow.gem === undefined ? {} : { gem: workflow.gem }),
    method: workflow.method ?? 'sc',
    minObs: workflow.min_obs ?? 30,
    naValue: workflow.na_val ?? 'NA',
    threshold: workflow.threshold ?? 'rmt',
    requestMemoryMb: workflow.request_memory_mb ?? 1024,
    retries: workflow.retries ?? 2,
  };
}

function unchecked(message: string): CrossflockError {
  return new CrossflockError(message, {
    code: 'invalid-input',
    hint: 'run crossflock validate on the configuration',
  });
}
