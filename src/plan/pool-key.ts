import type { MarathonApp } from '../ports/marathon-app.js';

/** How the pool's signing key reaches the containers. */
export interface PoolKey {
  /** Folder on the host that holds the file `pool-key`; mounted where the engine is embedded. */
  readonly directory: string;
  /**
   * The key itself, for Marathons on machines that hold no such file. Without it a plan can be made
   * and shown, but not deployed to those.
   */
  readonly value?: string;
}

/** Where the images look for the folder with the key. */
export const POOL_KEY_FOLDER = '/run/secrets/crossflock';
/** Where the images look for the key when there is no file. */
export const POOL_KEY_VARIABLE = 'CROSSFLOCK_POOL_KEY';
/** Stands for the key in a plan that was made without it. */
export const NO_POOL_KEY = '<pool-key>';

/** The app with the key in place of its stand-in; other apps as they are. */
export function withPoolKey(app: MarathonApp, key: string | undefined): MarathonApp {
  if (key === undefined || app.env[POOL_KEY_VARIABLE] !== NO_POOL_KEY) return app;
  return { ...app, env: { ...app.env, [POOL_KEY_VARIABLE]: key } };
}
