import { CrossflockError } from '../errors/crossflock-error.js';
import type { MarathonApp } from '../ports/marathon-app.js';

import type { AppChange } from './check.js';
import { differences } from './diff.js';
import { pendingReason } from './reasons.js';
import { refusalOf } from './refusal.js';
import type { Session } from './session.js';
import { startDeadline } from './session.js';

/** Milliseconds to wait for a deployment that holds an app before giving up on the change. */
export const LOCK_WAIT_MS = 60_000;

/**
 * Makes one change. Answers the id of the deployment that it started, and undefined where there is
 * none: nothing to do, or the app was found to be as wanted already. Throws `CrossflockError`.
 */
export async function applyChange(
  session: Session,
  change: AppChange,
): Promise<string | undefined> {
  switch (change.action) {
    case 'none':
    case 'orphan':
      return undefined;
    case 'create':
      return createOrAdopt(session, change.wanted);
    case 'update':
      return update(session, change.wanted);
    case 'recreate':
      await deleteAndWait(session, change.appId);
      return createOrAdopt(session, change.wanted);
    case 'delete':
      return deleteAndWait(session, change.appId);
  }
}

async function createOrAdopt(session: Session, app: MarathonApp): Promise<string | undefined> {
  const { client, signal } = session;
  try {
    return await despiteLocks(session, app.id, (force) => client.createApp(app, { signal, force }));
  } catch (error) {
    if (refusalOf(error)?.kind !== 'exists') throw error;
    // Somebody created it since it was looked for.
    return update(session, app);
  }
}

async function update(session: Session, app: MarathonApp): Promise<string | undefined> {
  const { client, signal } = session;
  return despiteLocks(session, app.id, async (force, attempt) => {
    if (attempt > 1) {
      // What held it may have been this very change, sent by a request whose answer was lost.
      const current = await client.getApp(app.id, { signal });
      if (current !== undefined && differences(app, current.definition).length === 0) {
        return current.deployments[0];
      }
    }
    return client.updateApp(app, { signal, force });
  });
}

/** Deletes an app and waits until its tasks are gone; an app that is not there is fine. */
export async function deleteAndWait(session: Session, appId: string): Promise<undefined> {
  const { signal } = session;
  const deployment = await session.client.deleteApp(appId, { signal });
  if (deployment === undefined) return;
  session.onProgress({ appId, message: 'is being stopped' });
  await deploymentsOver(session, [deployment]);
}

/** Resolves when none of these deployments is running any more, however they ended. */
export async function deploymentsOver(session: Session, ids: readonly string[]): Promise<void> {
  const { client, signal } = session;
  await session.watch.until(async () => {
    const running = await client.deployments({ signal, once: true });
    return running.some(({ id }) => ids.includes(id)) ? undefined : true;
  }, signal);
}

/**
 * Repeats a write that a running deployment holds up: with force where the person asked for it,
 * else when that deployment is over, as often as it takes within `LOCK_WAIT_MS`.
 */
async function despiteLocks<T>(
  session: Session,
  appId: string,
  write: (force: boolean, attempt: number) => Promise<T>,
): Promise<T> {
  const patience = startDeadline(session.clock, LOCK_WAIT_MS);
  const patient = { ...session, signal: AbortSignal.any([session.signal, patience.signal]) };
  try {
    for (let attempt = 1; ; attempt++) {
      const isForced = session.force && attempt > 1;
      try {
        return await write(isForced, attempt);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal?.kind !== 'locked' || isForced) throw error;
        if (session.force) continue;
        await lockOver(patient, appId, refusal.deployments);
        if (!patient.signal.aborted) continue;
        throw await stuck(session, appId, error as CrossflockError);
      }
    }
  } finally {
    patience.cancel();
  }
}

/** Resolves when the lock is gone; also when the patience of `session` is at its end. */
async function lockOver(session: Session, appId: string, ids: readonly string[]): Promise<void> {
  const by = ids.length === 0 ? 'a deployment' : `deployment ${ids.join(', ')}`;
  session.onProgress({ appId, message: `is locked by ${by}; waiting for it to end` });
  try {
    if (ids.length > 0) await deploymentsOver(session, ids);
    else await deploymentsOfAppOver(session, appId);
  } catch (error) {
    if (!isOutOfPatience(session, error)) throw error;
  }
}

/** For versions that do not say which deployment it is. */
async function deploymentsOfAppOver(
  { client, watch, signal }: Session,
  appId: string,
): Promise<void> {
  await watch.until(async () => {
    const running = await client.deployments({ signal, once: true });
    return running.some(({ affectedApps }) => affectedApps.includes(appId)) ? undefined : true;
  }, signal);
}

/** The time for this lock or the deadline of everything has passed; Ctrl-C is something else. */
function isOutOfPatience({ signal }: Session, error: unknown): boolean {
  return signal.aborted && error instanceof CrossflockError && error.code === 'timeout';
}

/** The lock as an error that says why what holds the app does not end. */
async function stuck(
  session: Session,
  appId: string,
  locked: CrossflockError,
): Promise<CrossflockError> {
  const app = await session.client.getApp(appId, { once: true }).catch(() => undefined);
  if (app === undefined) return locked;
  const queue = await session.client.queue({ once: true }).catch(() => []);
  const { reason } = pendingReason(app, queue, []);
  return new CrossflockError(`${locked.message}, which does not end: ${reason}`, {
    code: locked.code,
    hint: 'override that deployment with --force, or start afresh with --recreate',
    retryable: true,
    cause: locked.cause,
  });
}
