/** `/v2/apps`: list, create, show, replace, update, delete, restart. */
import type { AppDefinition, AppVersion } from '../../orchestrator.js';
import { deploy, deploymentResult, location } from '../deploy.js';
import { conflict, unknownApp, unknownGroup } from '../errors.js';
import { type Answer, type Call, flagOf, ok, type Route } from '../http.js';
import {
  applyUpdate,
  createFromUpdate,
  parseApp,
  parseApps,
  parseUpdate,
  parseUpdates,
} from '../parse/app.js';
import { labelSelector } from '../parse/label-selector.js';
import { ROOT, absolutePath, isBelow, parentOf, urlTimestamp } from '../parse/path-id.js';
import type { RawUpdate } from '../parse/raw-app.js';
import { type Embed, renderApp, resolveEmbeds } from '../render/app.js';
import type { ApiContext } from '../server-options.js';
import { groupExists } from '../group-tree.js';

export const appRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/apps$/, handle: listApps },
  { method: 'POST', path: /^\/v2\/apps$/, handle: createApp },
  { method: 'PUT', path: /^\/v2\/apps$/, handle: (call) => putMany(call, true) },
  { method: 'PATCH', path: /^\/v2\/apps$/, handle: (call) => putMany(call, false) },
  { method: 'POST', path: /^\/v2\/apps\/(.+)\/restart$/, handle: restartApp },
  { method: 'GET', path: /^\/v2\/apps\/((?:.+\/)?)\*$/, handle: listGroupApps },
  { method: 'GET', path: /^\/v2\/apps\/(.+)$/, handle: showApp },
  { method: 'PUT', path: /^\/v2\/apps\/(.+)$/, handle: putApp },
  { method: 'PATCH', path: /^\/v2\/apps\/(.+)$/, handle: patchApp },
  { method: 'DELETE', path: /^\/v2\/apps\/(.+)$/, handle: deleteApp },
];

const ALWAYS_LISTED: readonly Embed[] = ['counts', 'deployments'];
const ALWAYS_SHOWN: readonly Embed[] = ['counts', 'tasks', 'lastTaskFailure', 'deployments'];

const embedsOf = (call: Call, always: readonly Embed[]): ReadonlySet<Embed> =>
  new Set([...resolveEmbeds(call.query.getAll('embed')), ...always]);

/** The app that the URL names. */
export function appOf(call: Call): AppVersion {
  const id = absolutePath(call.params[0] ?? '');
  const app = call.context.orchestrator.app(id);
  if (app === undefined) throw unknownApp(id);
  return app;
}

function listApps(call: Call): Answer {
  const cmd = call.query.get('cmd')?.toLowerCase();
  const id = call.query.get('id')?.toLowerCase();
  const label = call.query.get('label');
  const hasLabels = label === null ? () => true : labelSelector(label);
  const embeds = embedsOf(call, ALWAYS_LISTED);
  const apps = call.context.orchestrator
    .apps()
    .filter(
      ({ definition }) =>
        (cmd === undefined || (definition.cmd ?? '').toLowerCase().includes(cmd)) &&
        (id === undefined || definition.id.toLowerCase().includes(id)) &&
        hasLabels(definition.labels),
    );
  return ok({ apps: apps.map((app) => renderApp(app, embeds, call.context)) });
}

function listGroupApps(call: Call): Answer {
  const group = absolutePath(call.params[0] ?? '');
  if (!groupExists(group, call.context.orchestrator)) throw unknownGroup(group);
  const embeds = embedsOf(call, ALWAYS_SHOWN);
  const apps = call.context.orchestrator
    .apps()
    .filter(({ definition }) => isBelow(definition.id, group));
  return ok({ '*': apps.map((app) => renderApp(app, embeds, call.context)) });
}

function showApp(call: Call): Answer {
  return ok({ app: renderApp(appOf(call), embedsOf(call, ALWAYS_SHOWN), call.context) });
}

async function createApp(call: Call): Promise<Answer> {
  const { context } = call;
  const app = parseApp(call.json(), context.settings);
  if (context.orchestrator.app(app.id) !== undefined) {
    throw conflict(`An app with id [${app.id}] already exists.`);
  }
  const deployment = await deploy(context, {
    change: { put: [app], remove: [] },
    force: flagOf(call, 'force'),
    groupId: parentOf(app.id),
  });
  // The app as it was asked for: service ports not assigned yet, no versionInfo.
  const body = { ...app, version: deployment.version };
  publishPost(call, body);
  return {
    status: 201,
    headers: { ...location(app.id, context), 'Marathon-Deployment-Id': deployment.id },
    body: {
      ...body,
      tasksStaged: 0,
      tasksRunning: 0,
      tasksHealthy: 0,
      tasksUnhealthy: 0,
      deployments: [{ id: deployment.id }],
    },
  };
}

function publishPost(call: Call, appDefinition: object): void {
  call.context.orchestrator.publish({
    eventType: 'api_post_event',
    timestamp: call.context.options.clock.now().toISOString(),
    clientIp: call.clientIp,
    uri: call.uri.split('?')[0],
    appDefinition,
  });
}

async function putApp(call: Call): Promise<Answer> {
  const id = absolutePath(call.params[0] ?? '');
  const existing = call.context.orchestrator.app(id);
  const json = call.json();
  const replace = existing === undefined || !flagOf(call, 'partialUpdate', true);
  const app = replace
    ? parseApp(json, call.context.settings, id)
    : updated(call.context, existing, parseUpdate(json));
  return storeOne(call, app, existing === undefined);
}

async function patchApp(call: Call): Promise<Answer> {
  const id = absolutePath(call.params[0] ?? '');
  const existing = call.context.orchestrator.app(id);
  const json = call.json();
  if (existing === undefined) {
    // Marathon looks at it as a new app before it misses the old one.
    parseApp(json, call.context.settings, id);
    throw unknownApp(id);
  }
  return storeOne(call, updated(call.context, existing, parseUpdate(json)), false);
}

async function storeOne(call: Call, app: AppDefinition, created: boolean): Promise<Answer> {
  const deployment = await deploy(call.context, {
    change: { put: [app], remove: [] },
    force: flagOf(call, 'force'),
    groupId: parentOf(app.id),
  });
  publishPost(call, { ...app, version: deployment.version });
  const headers = created ? location(app.id, call.context) : {};
  return deploymentResult(deployment, created ? 201 : 200, headers);
}

/** An existing app after an update, or as it was in the version that the update names. */
function updated(context: ApiContext, existing: AppVersion, update: RawUpdate): AppDefinition {
  const { definition } = existing;
  if (update.version === undefined) return applyUpdate(definition, update, context.settings);
  const version = urlTimestamp(update.version);
  const former = context.orchestrator
    .versions(definition.id)
    .find((app) => app.version === version);
  if (former === undefined) throw unknownApp(definition.id);
  return former.definition;
}

async function putMany(call: Call, mayCreate: boolean): Promise<Answer> {
  const partial = !mayCreate || flagOf(call, 'partialUpdate', true);
  const json = call.json();
  const put = partial
    ? parseUpdates(json).map((update) => updateOrCreate(call.context, update, mayCreate))
    : parseApps(json, call.context.settings);
  const deployment = await deploy(call.context, {
    change: { put, remove: [] },
    force: flagOf(call, 'force'),
    groupId: ROOT,
  });
  return deploymentResult(deployment);
}

function updateOrCreate(
  context: ApiContext,
  update: RawUpdate & { readonly id: string },
  mayCreate: boolean,
): AppDefinition {
  const existing = context.orchestrator.app(update.id);
  if (existing !== undefined) return updated(context, existing, update);
  if (!mayCreate) throw unknownApp(update.id);
  return createFromUpdate(update.id, update, context.settings);
}

async function deleteApp(call: Call): Promise<Answer> {
  const { id } = appOf(call).definition;
  const deployment = await deploy(call.context, {
    change: { put: [], remove: [id] },
    // Only here is force the default.
    force: flagOf(call, 'force', true),
    groupId: parentOf(id),
  });
  return deploymentResult(deployment);
}

async function restartApp(call: Call): Promise<Answer> {
  const { id } = appOf(call).definition;
  const deployment = await deploy(call.context, {
    change: { put: [], remove: [], restart: [id] },
    force: flagOf(call, 'force'),
    groupId: parentOf(id),
  });
  return deploymentResult(deployment);
}
