/** Writes: checks across apps, the call to the orchestrator, and the common answer. */
import {
  type AppDefinition,
  type Deployment,
  type DesiredChange,
  LockedError,
} from '../orchestrator.js';
import { ApiError, Violations } from './errors.js';
import type { Answer } from './http.js';
import { ROOT, groupsOnTheWay } from './parse/path-id.js';
import type { ApiContext } from './server-options.js';

/** `--max_running_deployments` */
const MAX_DEPLOYMENTS = 100;

/** `DeploymentResult`, with its header. */
export function deploymentResult(
  deployment: Deployment,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { ...headers, 'Marathon-Deployment-Id': deployment.id },
    body: { version: deployment.version, deploymentId: deployment.id },
  };
}

/** `Location` of a created app or group. Marathon resolves the bare id against the server's root. */
export function location(id: string, context: ApiContext): Readonly<Record<string, string>> {
  return { Location: `http://${context.options.leader}${id}` };
}

export interface Write {
  readonly change: DesiredChange;
  readonly force: boolean;
  /** The group named in `group_change_success`. */
  readonly groupId: string;
}

/**
 * Stores a change and starts its deployment.
 * @throws ApiError 403, 409 locked, 422 for a clash of ids or a circle of dependencies
 */
export async function deploy(context: ApiContext, write: Write): Promise<Deployment> {
  const { orchestrator } = context;
  checkAcrossApps(context, write.change);
  if (!write.force && orchestrator.deployments().length >= MAX_DEPLOYMENTS) throw tooMany();
  return withGroupEvents(context, write.groupId, () =>
    orchestrator.deploy(write.change, write.force),
  );
}

/**
 * Runs a write, tells the subscribers how it went, and turns a lock into its answer. A write that
 * comes to nothing (undefined) is not told.
 */
export async function withGroupEvents<T extends Deployment | undefined>(
  context: ApiContext,
  groupId: string,
  write: () => Promise<T>,
): Promise<T> {
  const timestamp = (): string => context.options.clock.now().toISOString();
  try {
    const deployment = await write();
    if (deployment === undefined) return deployment;
    context.orchestrator.publish({
      eventType: 'group_change_success',
      timestamp: timestamp(),
      groupId,
      version: deployment.version,
    });
    return deployment;
  } catch (error) {
    const failure = error instanceof LockedError ? locked(error) : error;
    context.orchestrator.publish({
      eventType: 'group_change_failed',
      timestamp: timestamp(),
      groupId,
      version: timestamp(),
      reason: failure instanceof Error ? failure.message : String(failure),
    });
    throw failure;
  }
}

/** 409 naming the deployments that hold the app. `<DEPLOYMENT_ID>` is literal in Marathon. */
export function locked(error: LockedError): ApiError {
  return new ApiError(
    409,
    "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
    { deployments: error.deployments.map((id) => ({ id })) },
  );
}

function tooMany(): ApiError {
  // "oneusing" is Marathon's own missing space.
  return new ApiError(
    403,
    `Max number (${MAX_DEPLOYMENTS}) of running deployments is achieved. Wait for existing deployments to complete or cancel oneusing force=true parameter. You can increase max deployment number by using --max_running_deployments parameter but be advised that this can have negative effects on the performance.`,
  );
}

/** What only shows when all apps are looked at: shared ids of apps and groups, circles. */
export function checkAcrossApps(context: ApiContext, change: DesiredChange): void {
  const { orchestrator } = context;
  const gone = new Set([...change.remove, ...change.put.map(({ id }) => id)]);
  const stay = orchestrator.apps().map(({ definition }) => definition);
  const apps = [...stay.filter(({ id }) => !gone.has(id)), ...change.put];
  const forgotten = new Set(change.groupsRemoved ?? []);
  const groups = new Set([
    ...orchestrator.groups().filter((id) => !forgotten.has(id)),
    ...(change.groupsAdded ?? []),
    ...apps.flatMap(({ id }) => groupsOnTheWay(id)),
  ]);
  const violations = new Violations();
  violations.check(
    !apps.some(({ id }) => groups.has(id)),
    ROOT,
    'Groups and Applications may not have the same identifier.',
  );
  violations.check(!hasCircle(apps), ROOT, 'Dependency graph has cyclic dependencies.');
  violations.throwIfAny();
}

/** A dependency may name an app, or a group for all apps in it. */
function hasCircle(apps: readonly AppDefinition[]): boolean {
  const needed = new Map(
    apps.map((app) => {
      const wanted = app.dependencies ?? [];
      const targets = apps.filter(
        ({ id }) =>
          id !== app.id && wanted.some((path) => id === path || id.startsWith(`${path}/`)),
      );
      return [app.id, wanted.includes(app.id) ? [app.id] : targets.map(({ id }) => id)];
    }),
  );
  const done = new Set<string>();
  const onWay = new Set<string>();
  const visit = (id: string): boolean => {
    if (onWay.has(id)) return true;
    if (done.has(id)) return false;
    onWay.add(id);
    const circle = (needed.get(id) ?? []).some(visit);
    onWay.delete(id);
    done.add(id);
    return circle;
  };
  return apps.some(({ id }) => visit(id));
}
