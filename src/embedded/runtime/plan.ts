import { isDeepStrictEqual } from 'node:util';
import type {
  AppDefinition,
  AppVersion,
  DeploymentAction,
  DesiredChange,
} from '../orchestrator.js';
import { assignServicePorts, servicePorts } from './ports.js';

export interface DeploymentStep {
  readonly actions: readonly DeploymentAction[];
}

/** What a change comes to: the versions to write, the apps to remove, and in which order. */
export interface ChangePlan {
  readonly put: readonly AppVersion[];
  readonly remove: readonly string[];
  readonly steps: readonly DeploymentStep[];
}

type Difference = 'new' | 'scale' | 'config' | 'none';

/**
 * Compares a change with what is there (Marathon's `DeploymentPlan`): removed apps stop first, new
 * ones are registered next, then apps are scaled or restarted in the order of their dependencies.
 * `version` is the timestamp of everything that changes; an app that stays as it is keeps its own.
 */
export function planChange(
  current: ReadonlyMap<string, AppVersion>,
  change: DesiredChange,
  version: string,
): ChangePlan {
  const remove = change.remove.filter((id) => current.has(id));
  const restart = new Set(change.restart ?? []);
  const put: AppVersion[] = [];
  const differences = new Map<string, Difference>();
  const used = usedServicePorts(current, change);
  for (const wanted of wantedDefinitions(current, change)) {
    const former = current.get(wanted.id);
    const definition = assignServicePorts(wanted, former?.definition, used);
    for (const port of servicePorts(definition)) used.add(port);
    const difference = restart.has(wanted.id) ? 'config' : compare(former, definition);
    if (difference === 'none') continue;
    differences.set(definition.id, difference);
    put.push(versioned(definition, former, difference, version));
  }
  return { put, remove, steps: orderSteps(current, put, remove, differences) };
}

function wantedDefinitions(
  current: ReadonlyMap<string, AppVersion>,
  change: DesiredChange,
): AppDefinition[] {
  const put = new Map(change.put.map((app) => [app.id, app]));
  for (const id of change.restart ?? []) {
    const app = current.get(id);
    if (app !== undefined && !put.has(id)) put.set(id, app.definition);
  }
  return [...put.values()];
}

/** Service ports of all apps that the change leaves alone. */
function usedServicePorts(
  current: ReadonlyMap<string, AppVersion>,
  change: DesiredChange,
): Set<number> {
  const touched = new Set([...change.put.map(({ id }) => id), ...change.remove]);
  const others = [...current.values()].filter(({ definition }) => !touched.has(definition.id));
  return new Set(others.flatMap(({ definition }) => servicePorts(definition)));
}

function compare(former: AppVersion | undefined, wanted: AppDefinition): Difference {
  if (former === undefined) return 'new';
  if (!isDeepStrictEqual(configuration(former.definition), configuration(wanted))) return 'config';
  return former.definition.instances === wanted.instances ? 'none' : 'scale';
}

/** Everything about an app but how often it runs and when it was written. */
function configuration(app: AppDefinition): unknown {
  const shown = { ...app, instances: 0, version: undefined, versionInfo: undefined };
  return JSON.parse(JSON.stringify(shown));
}

function versioned(
  definition: AppDefinition,
  former: AppVersion | undefined,
  difference: Difference,
  version: string,
): AppVersion {
  const lastConfigChangeAt =
    difference === 'scale' ? (former?.lastConfigChangeAt ?? version) : version;
  return { definition, version, lastScalingAt: version, lastConfigChangeAt };
}

function orderSteps(
  current: ReadonlyMap<string, AppVersion>,
  put: readonly AppVersion[],
  remove: readonly string[],
  differences: ReadonlyMap<string, Difference>,
): DeploymentStep[] {
  const step = (action: DeploymentAction['action'], apps: readonly string[]): DeploymentStep => ({
    actions: apps.map((app) => ({ action, app })),
  });
  const ids = put.map(({ definition }) => definition.id);
  const target = new Map([...current].map(([id, { definition }]) => [id, definition]));
  for (const id of remove) target.delete(id);
  for (const { definition } of put) target.set(definition.id, definition);
  const layers = new Map<number, DeploymentAction[]>();
  const depth = depthIn(target);
  for (const { definition } of put) {
    const restarts = differences.get(definition.id) === 'config' && definition.instances > 0;
    const layer = depth(definition.id);
    const actions = layers.get(layer) ?? [];
    actions.push({
      action: restarts ? 'RestartApplication' : 'ScaleApplication',
      app: definition.id,
    });
    layers.set(layer, actions);
  }
  const ordered = [...layers].sort(([a], [b]) => a - b).map(([, actions]) => ({ actions }));
  const added = ids.filter((id) => differences.get(id) === 'new');
  return [step('StopApplication', remove), step('StartApplication', added), ...ordered].filter(
    ({ actions }) => actions.length > 0,
  );
}

/** How long the longest chain of dependencies below an app is. A cycle counts once. */
function depthIn(target: ReadonlyMap<string, AppDefinition>): (id: string) => number {
  const known = new Map<string, number>();
  const depth = (id: string): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    known.set(id, 0);
    const below = (target.get(id)?.dependencies ?? []).flatMap((path) =>
      [...target.keys()].filter((app) => app === path || app.startsWith(`${path}/`)),
    );
    const result = 1 + Math.max(0, ...below.map(depth));
    known.set(id, result);
    return result;
  };
  return depth;
}
