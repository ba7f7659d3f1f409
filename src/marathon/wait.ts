import { toCrossflockError } from '../errors/crossflock-error.js';
import type { MarathonApp } from '../ports/marathon-app.js';

import type { AppInfo } from './answers.js';
import type { AppState } from './app-state.js';
import { appState, isRunning } from './app-state.js';
import { DEPLOYMENT_LABEL } from './check.js';
import { differences } from './diff.js';
import { currentFailure, isImageMissing, pendingReason } from './reasons.js';
import type { Session } from './session.js';
import type { Details } from './status.js';
import { readAll } from './status.js';
import { absoluteId } from './url.js';

/** An app that is waited for. */
export interface AwaitedApp {
  readonly app: MarathonApp;
  /** The deployment that was started for it. */
  readonly deploymentId: string | undefined;
}

/**
 * An app is given up before the deadline when this many of its tasks failed because there is no such
 * image: one might be a registry that is being filled, a second one is a misspelt name.
 */
export const MISSING_IMAGE_LIMIT = 2;

/** Watches apps until each of them runs or has failed for good, and keeps what was last seen. */
export class AppWaiter {
  readonly #session: Session;
  readonly #awaited: readonly AwaitedApp[];
  readonly #label: string | undefined;
  readonly #imageFailures = new Map<string, Set<string>>();
  readonly #told = new Map<string, string>();
  readonly #unchanged = new Set<string>();
  #states: readonly AppState[];

  constructor(session: Session, awaited: readonly AwaitedApp[]) {
    this.#session = session;
    this.#awaited = awaited;
    this.#label = commonSelector(awaited.map(({ app }) => app));
    this.#states = awaited.map(({ app }) => unseen(app));
    // That an app runs is news only where something was done for it, or it was seen waiting.
    for (const { app, deploymentId } of awaited) {
      if (deploymentId === undefined) this.#unchanged.add(absoluteId(app.id));
    }
  }

  /** What was last seen, in the order of the apps. */
  get states(): readonly AppState[] {
    return this.#states;
  }

  /** Resolves when there is nothing left to wait for; throws the reason of the signal when it fires. */
  async untilDecided(): Promise<void> {
    const { watch, client, signal } = this.#session;
    if (this.#awaited.length === 0) return;
    await watch.until(async (isQuiet) => {
      const options = { signal, once: true };
      const apps = await client.listApps({ ...options, label: this.#label });
      watch.answered();
      // The reasons cost two more requests: when nothing happens, they are worth them.
      const details = isQuiet
        ? { queue: await client.queue(options), deployments: await client.deployments(options) }
        : undefined;
      this.#states = this.#assess(apps, details);
      this.#tellNews();
      return this.#states.some(({ state }) => state === 'pending') ? undefined : true;
    }, signal);
  }

  /**
   * Reads once more and says why each pending app is pending. For after the deadline: a server that
   * does not answer becomes the reason.
   */
  async explain(signal: AbortSignal): Promise<readonly AppState[]> {
    try {
      const options = { label: this.#label, signal, once: true };
      const { apps, ...details } = await readAll(this.#session.client, options);
      this.#states = this.#assess(apps, details);
    } catch (error) {
      const reason = toCrossflockError(error).message;
      this.#states = this.#states.map((one) =>
        one.state === 'pending' ? { ...one, reason } : one,
      );
    }
    return this.#states;
  }

  #assess(apps: readonly AppInfo[], details: Details | undefined): readonly AppState[] {
    const byId = new Map(apps.map((app) => [app.id, app]));
    return this.#awaited.map((one) => {
      const found = byId.get(absoluteId(one.app.id));
      if (found === undefined) {
        return { ...unseen(one.app), reason: 'it is not there any more: somebody deleted it' };
      }
      return this.#assessOne(found, one, details);
    });
  }

  #assessOne(found: AppInfo, one: AwaitedApp, details: Details | undefined): AppState {
    const state = appState(found, one.deploymentId);
    const foreign = differences(one.app, found.definition);
    if (foreign.length > 0) {
      const reason = `somebody else changed it; to be as wanted: ${foreign.join(', ')}`;
      return { ...state, state: 'pending', reason };
    }
    if (state.state === 'running') return state;
    if (this.#isHopeless(found)) {
      return {
        ...state,
        state: 'failed',
        ...pendingReason(found, [], []),
        hint: `check the image ${one.app.container.docker.image}`,
      };
    }
    if (details === undefined) return state;
    return { ...state, ...pendingReason(found, details.queue, details.deployments) };
  }

  /** Counts the tasks that failed for want of the image. */
  #isHopeless(app: AppInfo): boolean {
    const failure = currentFailure(app);
    if (failure === undefined || !isImageMissing(failure)) return false;
    const tasks = this.#imageFailures.get(app.id) ?? new Set<string>();
    this.#imageFailures.set(app.id, tasks.add(`${failure.taskId} ${failure.timestamp}`));
    return tasks.size >= MISSING_IMAGE_LIMIT && !app.tasks.some(isRunning);
  }

  /** Every app's news, once. */
  #tellNews(): void {
    for (const state of this.#states) {
      if (state.state !== 'running') this.#unchanged.delete(state.appId);
      const message = this.#unchanged.has(state.appId) ? undefined : news(state);
      if (message === undefined || this.#told.get(state.appId) === message) continue;
      this.#told.set(state.appId, message);
      this.#session.onProgress({ appId: state.appId, message });
    }
  }
}

function news(state: AppState): string | undefined {
  const on = state.host === undefined || state.host === '' ? '' : ` on ${state.host}`;
  if (state.state === 'running') return `runs${on}`;
  if (state.state === 'failed') return `is given up: ${state.reason ?? 'it failed'}`;
  return state.reason === undefined ? undefined : `waits: ${state.reason}`;
}

function unseen(app: MarathonApp): AppState {
  return { appId: absoluteId(app.id), state: 'pending', ports: [] };
}

/** A label selector that picks all these apps, so that a shared Marathon need not list them all. */
function commonSelector(apps: readonly MarathonApp[]): string | undefined {
  const names = new Set(apps.map((app) => app.labels[DEPLOYMENT_LABEL]));
  const [name] = names;
  // Other characters would need quoting, which versions differ in.
  if (names.size !== 1 || name === undefined || !/^[A-Za-z0-9._-]+$/.test(name)) return undefined;
  return `${DEPLOYMENT_LABEL}==${name}`;
}
