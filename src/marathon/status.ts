import type { AppInfo, DeploymentInfo, QueueInfo } from './answers.js';
import type { AppState } from './app-state.js';
import { appState } from './app-state.js';
import type { CallOptions, ListOptions } from './client-options.js';
import type { MarathonClient } from './client.js';
import { pendingReason } from './reasons.js';
import { absoluteId } from './url.js';

/** What the reasons of pending apps are found in. */
export interface Details {
  readonly queue: readonly QueueInfo[];
  readonly deployments: readonly DeploymentInfo[];
}

/** Everything there is to know about where apps stand, in three requests at the same time. */
export async function readAll(
  client: MarathonClient,
  options: ListOptions,
): Promise<Details & { readonly apps: readonly AppInfo[] }> {
  const [apps, queue, deployments] = await Promise.all([
    client.listApps(options),
    client.queue(options),
    client.deployments(options),
  ]);
  return { apps, queue, deployments };
}

/**
 * The states of these apps as they are now, with the reasons of those that do not run; an app that
 * the server does not have is `absent`. Throws what the client throws.
 */
export async function appStatus(
  client: MarathonClient,
  ids: readonly string[],
  options: CallOptions,
): Promise<readonly AppState[]> {
  const { apps, queue, deployments } = await readAll(client, options);
  const byId = new Map(apps.map((app) => [app.id, app]));
  return ids.map(absoluteId).map((appId) => {
    const app = byId.get(appId);
    if (app === undefined) return { appId, state: 'absent', ports: [] };
    const state = appState(app);
    if (state.state === 'running') return state;
    return { ...state, ...pendingReason(app, queue, deployments) };
  });
}
