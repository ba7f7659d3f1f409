import type { AppState } from '../marathon/app-state.js';
import type { Plan } from '../plan/types.js';
import type { Cell } from '../ports/reporter.js';

export const APP_COLUMNS = [
  'container',
  'cluster',
  'host',
  'virtual ip',
  'state',
  'since (UTC)',
  'ports',
];

/** One row a container, in the order of the configuration. */
export function appRows(
  plan: Plan,
  states: ReadonlyMap<string, AppState>,
): readonly (readonly Cell[])[] {
  return plan.apps.map(({ app, containerId, clusterId, ip }) => {
    const state = states.get(app.id);
    return [
      containerId,
      clusterId,
      hostName(plan, clusterId, state) ?? '-',
      ip,
      state?.state ?? 'unknown',
      state?.since?.slice(0, 19).replace('T', ' ') ?? '-',
      portsOf(app.container.portMappings, state),
    ];
  });
}

/** Mesos knows an agent by the address that it listens on, which no user has to know. */
function hostName(
  { clusters }: Plan,
  clusterId: string,
  state: AppState | undefined,
): string | undefined {
  const engine = clusters.find(({ id }) => id === clusterId)?.engine;
  const agents = engine?.type === 'mesos' ? engine.agents : [];
  return agents.find(({ address }) => address === state?.host)?.hostId ?? state?.host;
}

/** `22→31004` for each mapped port. */
function portsOf(
  mappings: readonly { readonly containerPort: number }[],
  state: AppState | undefined,
): string {
  const pairs = mappings.flatMap(({ containerPort }, index) => {
    const hostPort = state?.ports[index];
    return hostPort === undefined ? [] : [`${containerPort}→${hostPort}`];
  });
  return pairs.length === 0 ? '-' : pairs.join(' ');
}
