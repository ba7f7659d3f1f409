/** Groups, which exist by the apps in them or by having been made. */
import type { AppVersion, Orchestrator } from '../orchestrator.js';
import { ROOT, groupsOnTheWay, isBelow, parentOf } from './parse/path-id.js';
import { type Embed, renderApp } from './render/app.js';
import type { ApiContext } from './server-options.js';

/** All groups but the root. */
export function allGroups(orchestrator: Orchestrator): ReadonlySet<string> {
  const made = orchestrator.groups();
  const ids = orchestrator.apps().map(({ definition }) => definition.id);
  return new Set([...[...ids, ...made].flatMap(groupsOnTheWay), ...made]);
}

export function groupExists(id: string, orchestrator: Orchestrator): boolean {
  return id === ROOT || allGroups(orchestrator).has(id);
}

export function appsBelow(group: string, orchestrator: Orchestrator): readonly AppVersion[] {
  return orchestrator.apps().filter(({ definition }) => isBelow(definition.id, group));
}

/** Versions of a group: whenever one of its apps changed; newest first. */
export function groupVersions(group: string, context: ApiContext): readonly string[] {
  const { orchestrator } = context;
  const versions = appsBelow(group, orchestrator).flatMap(({ definition }) =>
    orchestrator.versions(definition.id).map(({ version }) => version),
  );
  const distinct = [...new Set(versions)].sort().reverse();
  return distinct.length > 0 ? distinct : [context.startedAt];
}

/** The apps of a group as they were at a time; those that did not exist then are left out. */
export function appsAt(
  group: string,
  version: string,
  orchestrator: Orchestrator,
): readonly AppVersion[] {
  return appsBelow(group, orchestrator).flatMap(
    ({ definition }) =>
      orchestrator.versions(definition.id).find((app) => app.version <= version) ?? [],
  );
}

export interface GroupEmbeds {
  readonly apps: boolean;
  readonly groups: boolean;
  readonly inApps: ReadonlySet<Embed>;
}

/** `GroupInfo`, with the groups below it. No `enforceRole`: roles are not enforced here. */
export function renderGroup(
  id: string,
  apps: readonly AppVersion[],
  embeds: GroupEmbeds,
  context: ApiContext,
): Readonly<Record<string, unknown>> {
  const here = apps.filter(({ definition }) => parentOf(definition.id) === id);
  const below = [...allGroups(context.orchestrator)].filter((group) => parentOf(group) === id);
  const newest = apps
    .filter(({ definition }) => isBelow(definition.id, id))
    .reduce((latest, { version }) => (version > latest ? version : latest), '');
  return {
    id,
    apps: embeds.apps ? here.map((app) => renderApp(app, embeds.inApps, context)) : [],
    pods: [],
    groups: embeds.groups
      ? below.sort().map((group) => renderGroup(group, apps, embeds, context))
      : [],
    dependencies: [],
    version: newest === '' ? context.startedAt : newest,
  };
}
