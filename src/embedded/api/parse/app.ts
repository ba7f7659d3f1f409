/**
 * From a request's JSON to an app in canonical form: read, translate the legacy properties,
 * check the rules, fill in the defaults.
 */
import type { AppDefinition } from '../../orchestrator.js';
import { unprocessable, Violations } from '../errors.js';
import type { RuleContext } from '../rules/context.js';
import { checkCanonicalApp } from '../rules/index.js';
import { isResident } from '../rules/scheduling.js';
import { appType } from './app-types.js';
import {
  EMPTY_MESOS_CONTAINER,
  checkLegacy,
  isHost,
  toCanonical,
  updateToCanonical,
} from './legacy.js';
import { ROOT, absolutePath, parentOf, topLevelOf } from './path-id.js';
import { omit, optionally } from './objects.js';
import type { RawApp, RawContainer, RawUpdate } from './raw-app.js';
import { partial, read } from './reader.js';

/** The server's settings that decide what is accepted. */
export interface ParseSettings {
  readonly features: ReadonlySet<string>;
  /** `--mesos_role`. */
  readonly defaultRole: string;
}

const updateType = partial(appType);

/** Roles: the server's own, the top-level group's, and the one the app already has. */
function ruleContext(id: string, settings: ParseSettings, existing?: AppDefinition): RuleContext {
  const validRoles = new Set([settings.defaultRole]);
  if (parentOf(id) !== ROOT) {
    validRoles.add(topLevelOf(id));
    if (existing !== undefined) validRoles.add(existing.role);
  }
  return { features: settings.features, validRoles };
}

/**
 * A new app, or one replaced as a whole.
 * @param json parsed body
 * @param id the id that the URL gives, overriding the body's
 * @throws ApiError 422, 500
 */
export function parseApp(json: unknown, settings: ParseSettings, id?: string): AppDefinition {
  const whole =
    id !== undefined && typeof json === 'object' && json !== null && !Array.isArray(json)
      ? { ...json, id }
      : json;
  return normalizeApp(read(appType, whole) as RawApp, settings, ROOT);
}

/** An app that has been read already, its id relative to `base`. */
export function normalizeApp(
  app: RawApp,
  settings: ParseSettings,
  base: string,
  existing?: AppDefinition,
): AppDefinition {
  const resident = (app.container?.volumes ?? []).some(
    ({ persistent }) => persistent !== undefined,
  );
  const withIds: RawApp = {
    ...app,
    id: absolutePath(app.id, base),
    ...(app.dependencies && {
      dependencies: app.dependencies.map((path) => absolutePath(path, base)),
    }),
  };
  const violations = new Violations();
  checkLegacy(withIds, violations);
  violations.throwIfAny();
  const canonical: RawApp = {
    ...toCanonical(withIds),
    role: app.role ?? settings.defaultRole,
    ...(resident && app.residency === undefined && { residency: { ...DEFAULT_RESIDENCY } }),
  };
  checkCanonicalApp(canonical, ruleContext(withIds.id, settings, existing));
  return finish(canonical);
}

const DEFAULT_RESIDENCY = {
  relaunchEscalationTimeoutSeconds: 3600,
  taskLostBehavior: 'WAIT_FOREVER',
};

/** An update as it stands in the request, legacy properties translated. */
export function parseUpdate(json: unknown): RawUpdate {
  return checkUpdate(read(updateType, json) as RawUpdate);
}

/** The elements of an array of updates; each must say which app it is for. */
export function parseUpdates(json: unknown): readonly (RawUpdate & { readonly id: string })[] {
  const updates = read({ kind: 'array', items: updateType }, json) as readonly RawUpdate[];
  return updates.map((update) => {
    if (update.id === undefined) {
      throw unprocessable('requirement failed: App Update must have app id set');
    }
    return { ...checkUpdate(update), id: absolutePath(update.id) };
  });
}

/** The elements of an array of whole apps. */
export function parseApps(json: unknown, settings: ParseSettings): readonly AppDefinition[] {
  const apps = read({ kind: 'array', items: appType }, json) as readonly RawApp[];
  return apps.map((app) => normalizeApp(app, settings, ROOT));
}

function checkUpdate(update: RawUpdate): RawUpdate {
  const canonical = updateToCanonical(update);
  const others = Object.keys(canonical).filter((name) => name !== 'id' && name !== 'version');
  const violations = new Violations();
  violations.check(
    canonical.version === undefined || others.length === 0,
    '/',
    "The 'version' field may only be combined with the 'id' field.",
  );
  violations.throwIfAny();
  return canonical;
}

/**
 * The app that an update makes of an existing one. What the update leaves out stays, but for
 * `executorResources` and `resourceLimits`, which Marathon always replaces.
 * @throws ApiError 422, 500
 */
export function applyUpdate(
  existing: AppDefinition,
  update: RawUpdate,
  settings: ParseSettings,
): AppDefinition {
  const kept = omit(existing, 'executorResources', 'resourceLimits');
  const changes = omit(update, 'version');
  const merged = { ...kept, ...changes, id: existing.id } as unknown as RawApp;
  return normalizeApp(merged, settings, ROOT, existing);
}

/** The app that an update of an unknown id makes. */
export function createFromUpdate(
  id: string,
  update: RawUpdate,
  settings: ParseSettings,
): AppDefinition {
  const given = omit(update, 'version');
  return normalizeApp(read(appType, { ...given, id }) as RawApp, settings, ROOT);
}

const KEPT_WHEN_EMPTY = new Set(['labels', 'networks', 'portDefinitions', 'executor']);

/** Fills in what depends on other properties and leaves out what is empty, as Marathon writes it. */
function finish(app: RawApp): AppDefinition {
  const networks = app.networks ?? [];
  const host = isHost(networks);
  const base = app.container ?? (host ? undefined : EMPTY_MESOS_CONTAINER);
  const bridge = networks.some(({ mode }) => mode === 'container/bridge');
  const complete = {
    ...omit(app, 'version', 'container'),
    ...optionally('container', base && finishContainer(base, bridge)),
    networks: networks.length === 0 ? [{ mode: 'host' }] : networks.map(finishNetwork),
    portDefinitions: app.portDefinitions?.map(finishNetwork),
    upgradeStrategy: app.upgradeStrategy ?? defaultUpgrade(app),
    unreachableStrategy: finishUnreachable(app),
    requirePorts: host && app.requirePorts,
  };
  const entries = Object.entries(complete).filter(
    ([name, value]) => value !== undefined && (KEPT_WHEN_EMPTY.has(name) || !isEmpty(value)),
  );
  return Object.fromEntries(entries) as unknown as AppDefinition;
}

/** Apps that own data are replaced in place, others side by side. */
function defaultUpgrade(app: RawApp): RawApp['upgradeStrategy'] {
  const external = (app.container?.volumes ?? []).some((volume) => volume.external !== undefined);
  const inPlace = isResident(app) || external;
  return {
    minimumHealthCapacity: inPlace ? 0.5 : 1,
    maximumOverCapacity: inPlace ? 0 : 1,
  };
}

function finishUnreachable(app: RawApp): unknown {
  const given = app.unreachableStrategy;
  // Any string disables.
  if (typeof given === 'string' || (given === undefined && isResident(app))) return 'disabled';
  return given ?? { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
}

/** Leaves out empty labels, as Marathon writes networks and port definitions. */
function finishNetwork<T extends { readonly labels?: object }>(network: T): Partial<T> {
  const { labels, ...rest } = network;
  return isEmpty(labels) ? (rest as Partial<T>) : network;
}

function finishContainer(container: RawContainer, bridge: boolean): RawContainer {
  if (!bridge || container.portMappings === undefined) return container;
  const portMappings = container.portMappings.map((mapping) => {
    const finished = { ...mapping, hostPort: mapping.hostPort ?? 0 };
    return finished;
  });
  return { ...container, portMappings };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).length === 0;
}
