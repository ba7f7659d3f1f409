/** `/v2/groups`. */
import type { DesiredChange } from '../../orchestrator.js';
import { checkAcrossApps, deploy, deploymentResult, location } from '../deploy.js';
import { conflict, notValid, unknownGroup, unprocessable } from '../errors.js';
import {
  allGroups,
  appsAt,
  appsBelow,
  type GroupEmbeds,
  groupExists,
  groupVersions,
  renderGroup,
} from '../group-tree.js';
import { type Answer, type Call, flagOf, ok, type Route } from '../http.js';
import { groupPatchType } from '../parse/app-types.js';
import { groupChange, parseGroup } from '../parse/group.js';
import { ROOT, absolutePath, isBelow, parentOf, urlTimestamp } from '../parse/path-id.js';
import type { RawGroup } from '../parse/raw-app.js';
import { read } from '../parse/reader.js';
import { renderApp, resolveEmbeds } from '../render/app.js';
import type { ApiContext } from '../server-options.js';

// The root is written without an id.
const GROUP = '\\/v2\\/groups(?:\\/(.+?))?';
const path = (rest: string): RegExp => new RegExp(`^${GROUP}${rest}$`);

export const groupRoutes: readonly Route[] = [
  { method: 'GET', path: path('\\/versions'), handle: listVersions },
  { method: 'GET', path: path('\\/versions\\/([^/]+)'), handle: showVersion },
  { method: 'GET', path: path('\\/apps'), handle: listGroupApps },
  { method: 'GET', path: path(''), handle: showGroup },
  { method: 'POST', path: path(''), handle: createGroup },
  { method: 'PUT', path: path(''), handle: putGroup },
  { method: 'PATCH', path: /^\/v2\/groups\/(.+)$/, handle: patchGroup },
  { method: 'DELETE', path: path(''), handle: deleteGroup },
];

const DEFAULT_EMBEDS = [
  'group.groups',
  'group.apps',
  'group.pods',
  'group.apps.counts',
  'group.apps.deployments',
];

const idOf = (call: Call): string => absolutePath(call.params[0] ?? '');

function embedsOf(call: Call): GroupEmbeds {
  const asked = call.query.getAll('embed');
  const values = asked.length > 0 ? asked : DEFAULT_EMBEDS;
  return {
    apps: values.includes('group.apps'),
    groups: values.includes('group.groups'),
    inApps: resolveEmbeds(values.filter((value) => value.startsWith('group.apps.'))),
  };
}

function existing(call: Call): string {
  const id = idOf(call);
  if (!groupExists(id, call.context.orchestrator)) throw unknownGroup(id);
  return id;
}

function showGroup(call: Call): Answer {
  const id = existing(call);
  const apps = call.context.orchestrator.apps();
  return ok(renderGroup(id, apps, embedsOf(call), call.context));
}

function listVersions(call: Call): Answer {
  return ok(groupVersions(existing(call), call.context));
}

function showVersion(call: Call): Answer {
  const version = urlTimestamp(call.params[1] ?? '');
  const id = existing(call);
  if (!groupVersions(id, call.context).includes(version)) throw unknownGroup(id);
  const apps = appsAt(id, version, call.context.orchestrator);
  return ok(renderGroup(id, apps, embedsOf(call), call.context));
}

function listGroupApps(call: Call): Answer {
  const { inApps } = embedsOf(call);
  const apps = appsBelow(existing(call), call.context.orchestrator);
  return ok(apps.map((app) => renderApp(app, inApps, call.context)));
}

async function createGroup(call: Call): Promise<Answer> {
  const { context } = call;
  const base = idOf(call);
  const group = parseGroup(call.json(), base);
  const id = absolutePath(group.id ?? '', base);
  if (groupExists(id, context.orchestrator)) {
    throw conflict(`Group ${id} is already created. Use PUT to change this group.`);
  }
  if (context.orchestrator.app(id) !== undefined) {
    throw conflict(`An app with the path ${id} already exists.`);
  }
  const deployment = await deploy(context, {
    change: changeOf(group, base, context),
    force: flagOf(call, 'force'),
    groupId: parentOf(base),
  });
  return deploymentResult(deployment, 201, location(id, context));
}

async function putGroup(call: Call): Promise<Answer> {
  const { context } = call;
  const base = idOf(call);
  const change = changeOf(parseGroup(call.json(), base), base, context);
  if (flagOf(call, 'dryRun')) {
    checkAcrossApps(context, change);
    return ok({ steps: context.orchestrator.plan(change) });
  }
  const deployment = await deploy(context, {
    change,
    force: flagOf(call, 'force'),
    groupId: parentOf(base),
  });
  return deploymentResult(deployment);
}

/** Version before scaleBy before contents, as Marathon has it. */
function changeOf(group: RawGroup, base: string, context: ApiContext): DesiredChange {
  const { orchestrator, settings } = context;
  const id = absolutePath(group.id ?? '', base);
  if (group.version !== undefined) return rollback(id, group.version, context);
  const { scaleBy } = group;
  if (scaleBy !== undefined) {
    const put = appsBelow(id, orchestrator).map(({ definition }) => ({
      ...definition,
      instances: Math.ceil(definition.instances * scaleBy),
    }));
    return { put, remove: [] };
  }
  const apps = orchestrator.apps().map(({ definition }) => definition);
  return groupChange(group, base, { apps, groups: [...allGroups(orchestrator)], settings });
}

function rollback(id: string, version: string, context: ApiContext): DesiredChange {
  const { orchestrator } = context;
  if (!groupVersions(id, context).includes(version)) {
    throw unprocessable(`Group ${id} not available in version ${version}`);
  }
  const put = appsAt(id, version, orchestrator).map(({ definition }) => definition);
  const stay = new Set(put.map((app) => app.id));
  const remove = appsBelow(id, orchestrator)
    .map(({ definition }) => definition.id)
    .filter((app) => !stay.has(app));
  return { put, remove };
}

/** Roles are not enforced here, so there is nothing to keep. */
function patchGroup(call: Call): Answer {
  const id = idOf(call);
  read(groupPatchType, call.json());
  if (parentOf(id) !== ROOT) {
    throw notValid([{ path: '/', errors: ['Path needs to be top-level'] }]);
  }
  existing(call);
  return { status: 200 };
}

async function deleteGroup(call: Call): Promise<Answer> {
  const { context } = call;
  const id = existing(call);
  const groups = context.orchestrator.groups();
  const deployment = await deploy(context, {
    change: {
      put: [],
      remove: appsBelow(id, context.orchestrator).map(({ definition }) => definition.id),
      groupsRemoved: groups.filter((group) => group === id || isBelow(group, id)),
    },
    force: flagOf(call, 'force'),
    groupId: parentOf(id),
  });
  return deploymentResult(deployment);
}
