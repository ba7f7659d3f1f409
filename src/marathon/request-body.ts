import type { MarathonApp } from '../ports/marathon-app.js';

/**
 * The body of a PUT that replaces the whole app. Lists that are absent are written as empty ones:
 * versions before 1.5 do not know `partialUpdate=false` and would keep what they have.
 */
export function forUpdate(app: MarathonApp): MarathonApp {
  return { ...app, constraints: app.constraints ?? [], healthChecks: app.healthChecks ?? [] };
}
