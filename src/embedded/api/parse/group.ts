/** Group requests: what a `PUT` of a group makes of the apps that are there. */
import type { AppDefinition, DesiredChange } from '../../orchestrator.js';
import { Violations } from '../errors.js';
import { type ParseSettings, normalizeApp } from './app.js';
import { groupType } from './app-types.js';
import { ROOT, absolutePath, checkSegments, groupsOnTheWay, isBelow, parentOf } from './path-id.js';
import type { RawGroup } from './raw-app.js';
import { read } from './reader.js';

/** @throws ApiError 422 */
export function parseGroup(json: unknown, base: string): RawGroup {
  const group = read(groupType, json) as RawGroup;
  const violations = new Violations();
  checkGroup(group, base, '', violations);
  violations.throwIfAny();
  return group;
}

function checkGroup(group: RawGroup, base: string, at: string, violations: Violations): void {
  const given = Object.keys(group).length;
  for (const name of ['version', 'scaleBy'] as const) {
    violations.check(
      group[name] === undefined || given === 1,
      `${at}/${name}`,
      'not allowed in conjunction with other properties.',
    );
  }
  const id = absolutePath(group.id ?? '', base);
  checkSegments(id, `${at}/id`, violations);
  violations.check(
    group.enforceRole !== true || (id !== ROOT && parentOf(id) === ROOT),
    `${at}/enforceRole`,
    `enforceRole can only be set for top-level groups, and ${id} is not top-level`,
  );
  (group.apps ?? []).forEach((app, index) => {
    violations.check(
      parentOf(absolutePath(app.id, id)) === id,
      `${at}/apps(${index})/id`,
      `Identifier is not child of '${id}'`,
    );
  });
  (group.groups ?? []).forEach((child, index) => {
    checkGroup(child, id, `${at}/groups(${index})`, violations);
  });
}

/** The apps and groups that are there now. */
export interface Present {
  readonly apps: readonly AppDefinition[];
  readonly groups: readonly string[];
  readonly settings: ParseSettings;
}

/**
 * The change that puts `group`: listed apps replace those of the group, listed groups its groups;
 * what is not listed at all stays.
 * @param base the group that the ids are relative to
 */
export function groupChange(group: RawGroup, base: string, present: Present): DesiredChange {
  const kept = keep(group, base, present);
  const id = absolutePath(group.id ?? '', base);
  const remain = new Set([...kept.put.map((app) => app.id), ...kept.stay]);
  const groups = new Set([...groupsOnTheWay(id), ...kept.groups].filter((path) => path !== ROOT));
  return {
    put: kept.put,
    remove: present.apps
      .filter((app) => isBelow(app.id, id) && !remain.has(app.id))
      .map((app) => app.id),
    groupsAdded: [...groups].filter((path) => !present.groups.includes(path)),
    groupsRemoved: present.groups.filter((path) => isBelow(path, id) && !groups.has(path)),
  };
}

interface Kept {
  readonly put: readonly AppDefinition[];
  readonly stay: readonly string[];
  readonly groups: readonly string[];
}

function keep(group: RawGroup, base: string, present: Present): Kept {
  const id = absolutePath(group.id ?? '', base);
  const below = (group.groups ?? []).map((child) => keep(child, id, present));
  const own = present.apps.filter((app) => parentOf(app.id) === id);
  const deeper = present.apps.filter((app) => isBelow(app.id, id) && parentOf(app.id) !== id);
  const oldGroups = present.groups.filter((path) => isBelow(path, id));
  return {
    put: [
      ...(group.apps ?? []).map((app) =>
        normalizeApp(
          app,
          present.settings,
          id,
          own.find((old) => old.id === absolutePath(app.id, id)),
        ),
      ),
      ...below.flatMap(({ put }) => put),
    ],
    stay: [
      ...(group.apps === undefined ? own.map((app) => app.id) : []),
      ...(group.groups === undefined ? deeper.map((app) => app.id) : []),
      ...below.flatMap(({ stay }) => stay),
    ],
    groups: [
      id,
      ...(group.groups === undefined ? oldGroups : []),
      ...below.flatMap(({ groups }) => groups),
    ],
  };
}
