import { CrossflockError } from '../errors/crossflock-error.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import type { ChangeView } from '../ports/reporter.js';

import type { AppInfo } from './answers.js';
import { differences } from './diff.js';
import { absoluteId } from './url.js';

/** Label of every app of a deployment; its value is the deployment's name. */
export const DEPLOYMENT_LABEL = 'crossflock.deployment';

export type AppChange =
  /** As wanted: left alone. */
  | { readonly action: 'none'; readonly appId: string; readonly wanted: MarathonApp }
  | { readonly action: 'create'; readonly appId: string; readonly wanted: MarathonApp }
  | {
      readonly action: 'update';
      readonly appId: string;
      readonly wanted: MarathonApp;
      /** In words, such as `cpus 2 → 4`. */
      readonly differences: readonly string[];
    }
  /** Delete and create anew, whether it differs or not. */
  | { readonly action: 'recreate'; readonly appId: string; readonly wanted: MarathonApp }
  /** Of this deployment, but no longer in the configuration. */
  | { readonly action: 'delete'; readonly appId: string }
  /** The same, and left where it is. */
  | { readonly action: 'orphan'; readonly appId: string };

export interface CheckOptions {
  /** The deployment's name. */
  readonly deployment: string;
  readonly mode: 'compare' | 'recreate';
  /** Delete what is no longer in the configuration. */
  readonly prune: boolean;
}

/**
 * What has to happen so that a Marathon holds exactly the apps wanted; pure. Throws `refused` when
 * an app of the same id belongs to another deployment: two of them would overwrite each other.
 * @param present all apps of the Marathon
 */
export function changesFor(
  wanted: readonly MarathonApp[],
  present: readonly AppInfo[],
  options: CheckOptions,
): readonly AppChange[] {
  const byId = new Map(present.map((app) => [app.id, app]));
  refuseForeign(wanted, byId, options.deployment);
  const ids = new Set(wanted.map((app) => absoluteId(app.id)));
  const left = present.filter(
    (app) => app.labels[DEPLOYMENT_LABEL] === options.deployment && !ids.has(app.id),
  );
  return [
    ...wanted.map((app) => changeFor(app, byId.get(absoluteId(app.id)), options.mode)),
    ...left.map(({ id }): AppChange => ({
      action: options.prune ? 'delete' : 'orphan',
      appId: id,
    })),
  ];
}

function changeFor(
  wanted: MarathonApp,
  current: AppInfo | undefined,
  mode: CheckOptions['mode'],
): AppChange {
  const appId = absoluteId(wanted.id);
  if (current === undefined) return { action: 'create', appId, wanted };
  if (mode === 'recreate') return { action: 'recreate', appId, wanted };
  const found = differences(wanted, current.definition);
  if (found.length === 0) return { action: 'none', appId, wanted };
  return { action: 'update', appId, wanted, differences: found };
}

function refuseForeign(
  wanted: readonly MarathonApp[],
  present: ReadonlyMap<string, AppInfo>,
  deployment: string,
): void {
  const foreign = wanted.flatMap(({ id }) => {
    const owner = present.get(absoluteId(id))?.labels[DEPLOYMENT_LABEL];
    return owner === undefined || owner === deployment ? [] : [`${absoluteId(id)} of "${owner}"`];
  });
  if (foreign.length === 0) return;
  throw new CrossflockError(`apps of other deployments are in the way: ${foreign.join(', ')}`, {
    code: 'refused',
    hint: 'rename these containers in the configuration, or take the other deployment down first',
  });
}

/** How a change is shown; undefined where there is nothing to do. */
export function changeView(change: AppChange, clusterId: string): ChangeView | undefined {
  const target = `${change.appId} on ${clusterId}`;
  switch (change.action) {
    case 'none':
    case 'orphan':
      return undefined;
    case 'create':
      return {
        action: 'create',
        kind: 'app',
        target,
        detail: change.wanted.container.docker.image,
      };
    case 'update':
      return { action: 'update', kind: 'app', target, detail: change.differences.join(', ') };
    case 'recreate':
      return { action: 'restart', kind: 'app', target, detail: 'delete, then create anew' };
    case 'delete':
      return { action: 'delete', kind: 'app', target, detail: 'no longer in the configuration' };
  }
}
