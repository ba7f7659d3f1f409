import type { CrossflockError } from '../errors/crossflock-error.js';
import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Clock } from '../ports/clock.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import { fanOut } from '../util/fan-out.js';

import type { AppState } from './app-state.js';
import { applyChange, deleteAndWait } from './apply.js';
import type { AppChange } from './check.js';
import { changesFor } from './check.js';
import type { MarathonClient } from './client.js';
import type { Progress, Session } from './session.js';
import { startDeadline } from './session.js';
import { absoluteId } from './url.js';
import { AppWaiter } from './wait.js';
import { Watch } from './watch.js';

/** How many apps are written at a time. */
const WRITES_AT_ONCE = 8;

export interface ClusterOptions {
  readonly client: MarathonClient;
  readonly clock: Clock;
  /** Milliseconds from now until everything must run. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Override deployments that hold an app; default false: they are waited for. */
  readonly force?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface CheckClusterOptions {
  readonly client: MarathonClient;
  /** The apps of this cluster, decorated, with the label `crossflock.deployment`. */
  readonly apps: readonly MarathonApp[];
  /** The deployment's name. */
  readonly deployment: string;
  /** `recreate` deletes every app first. Default `compare`. */
  readonly mode?: 'compare' | 'recreate';
  /** Delete the deployment's apps that are no longer wanted; default false: they are reported. */
  readonly prune?: boolean;
  readonly signal: AbortSignal;
}

export interface DeployResult {
  /**
   * `running`: every app runs and is healthy. `failed`: at least one cannot, the others run.
   * `deadline`: some still wait. `interrupted`: the signal fired; what is known so far is in `apps`.
   */
  readonly outcome: 'running' | 'failed' | 'deadline' | 'interrupted';
  readonly changes: readonly AppChange[];
  /**
   * One for each wanted app, in their order, and one for each app that could not be pruned.
   */
  readonly apps: readonly AppState[];
}

/**
 * What has to change on a cluster. Throws what the client throws, and `refused` when an app's id is
 * taken by another deployment.
 */
export async function checkCluster(options: CheckClusterOptions): Promise<readonly AppChange[]> {
  const present = await options.client.listApps({ signal: options.signal });
  return changesFor(options.apps, present, {
    deployment: options.deployment,
    mode: options.mode ?? 'compare',
    prune: options.prune ?? false,
  });
}

/**
 * Makes the changes, then waits until every wanted app runs and is healthy. One app that cannot be
 * written does not stop the others: it is `failed` in the result. A server that goes away meanwhile
 * is waited for. What happens to apps is never thrown; a server that refuses to be read
 * (`unauthorized`, `refused`) while they are waited for is.
 */
export async function applyAndWait(
  options: ClusterOptions,
  changes: readonly AppChange[],
): Promise<DeployResult> {
  return inSession(options, changedIds(changes), async (session, ended) => {
    const applied = await fanOut(changes, WRITES_AT_ONCE, (change) => applyChange(session, change));
    const refused = new Map(
      applied.failed.map(({ target, error }) => [target.appId, toCrossflockError(error)]),
    );
    const ids = new Map(applied.done.map(({ target, value }) => [target.appId, value]));
    const waiter = new AppWaiter(session, wantedOf(changes, ids, refused));
    const how = ended() ?? (await decided(waiter, ended));
    if (how === 'deadline') await waiter.explain(options.signal);
    const apps = merged(changes, waiter.states, how === undefined ? refused : stopped(refused));
    return { outcome: how ?? outcomeOf(apps, refused), changes, apps };
  });
}

export interface DeleteResult {
  readonly outcome: 'deleted' | 'failed' | 'deadline' | 'interrupted';
  readonly failed: readonly { readonly appId: string; readonly error: CrossflockError }[];
}

/** Deletes apps and waits until their tasks are gone. An app that is not there is fine. */
export async function deleteApps(
  options: ClusterOptions,
  ids: readonly string[],
): Promise<DeleteResult> {
  const appIds = ids.map(absoluteId);
  return inSession(options, appIds, async (session, ended) => {
    const deleted = await fanOut(appIds, WRITES_AT_ONCE, (id) => deleteAndWait(session, id));
    const failed = deleted.failed.map(({ target, error }) => ({
      appId: target,
      error: toCrossflockError(error),
    }));
    return { outcome: ended() ?? (failed.length === 0 ? 'deleted' : 'failed'), failed };
  });
}

type Ended = () => 'deadline' | 'interrupted' | undefined;

/** Opens the watch and the deadline for `work`, and closes them whatever happens. */
async function inSession<T>(
  options: ClusterOptions,
  appIds: readonly string[],
  work: (session: Session, ended: Ended) => Promise<T>,
): Promise<T> {
  const { client, clock } = options;
  const onProgress = options.onProgress ?? ((): void => undefined);
  const deadline = startDeadline(clock, options.deadlineMs);
  const signal = AbortSignal.any([options.signal, deadline.signal]);
  const onTrouble = (message: string): void => {
    onProgress({ message });
  };
  const watch = new Watch({ client, clock, signal, appIds, onTrouble });
  const ended: Ended = () => {
    if (options.signal.aborted) return 'interrupted';
    return deadline.signal.aborted ? 'deadline' : undefined;
  };
  const force = options.force ?? false;
  try {
    return await work({ client, clock, watch, signal, force, onProgress }, ended);
  } finally {
    deadline.cancel();
    await watch.close();
  }
}

async function decided(waiter: AppWaiter, ended: Ended): Promise<ReturnType<Ended>> {
  try {
    await waiter.untilDecided();
    return undefined;
  } catch (error) {
    const how = ended();
    if (how === undefined) throw error;
    return how;
  }
}

function changedIds(changes: readonly AppChange[]): readonly string[] {
  return changes.map(({ appId }) => appId);
}

const UNWRITTEN = 'there was no time left to write it';

type Refused = ReadonlyMap<string, CrossflockError>;

function wantedOf(
  changes: readonly AppChange[],
  deployments: ReadonlyMap<string, string | undefined>,
  refused: Refused,
): readonly { readonly app: MarathonApp; readonly deploymentId: string | undefined }[] {
  return changes.flatMap((change) =>
    'wanted' in change && !refused.has(change.appId)
      ? [{ app: change.wanted, deploymentId: deployments.get(change.appId) }]
      : [],
  );
}

/** Writes that were cut short by the end of the session did not fail by themselves. */
function stopped(refused: Refused): Refused {
  return new Map([...refused].filter(([, { code }]) => code !== 'aborted' && code !== 'timeout'));
}

function merged(
  changes: readonly AppChange[],
  states: readonly AppState[],
  refused: Refused,
): readonly AppState[] {
  const seen = new Map(states.map((state) => [state.appId, state]));
  return changes.flatMap((change): readonly AppState[] => {
    const { appId } = change;
    const error = refused.get(appId);
    if (error === undefined) {
      if (!('wanted' in change)) return [];
      return [seen.get(appId) ?? { appId, state: 'pending', ports: [], reason: UNWRITTEN }];
    }
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return [{ appId, state: 'failed', ports: [], reason: error.message, ...hint }];
  });
}

function outcomeOf(apps: readonly AppState[], refused: Refused): 'running' | 'failed' {
  const isFine = refused.size === 0 && apps.every(({ state }) => state === 'running');
  return isFine ? 'running' : 'failed';
}
