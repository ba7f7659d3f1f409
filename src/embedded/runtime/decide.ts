/** A task as far as the decision goes. */
export interface TaskView {
  readonly id: string;
  /** App version it was started from. */
  readonly version: string;
  readonly state: 'staging' | 'running' | 'killing';
  /** Running and, where the app has health checks, healthy. */
  readonly ready: boolean;
  readonly stagedAt: string;
}

/** What an app should be like now. */
export interface Goal {
  readonly instances: number;
  /** Tasks of versions before this one are outdated. */
  readonly configVersion: string;
  readonly minimumHealthCapacity: number;
  readonly maximumOverCapacity: number;
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
}

export interface Decision {
  readonly launch: number;
  readonly kill: readonly string[];
}

/**
 * What to do about an app's tasks: pure, and asked again after each change, so nothing is kept from
 * one decision to the next. `goal` is undefined for an app that is to go.
 *
 * Replacing outdated tasks follows Marathon's `TaskReplaceActor`: never fewer ready tasks than
 * `instances * minimumHealthCapacity` (rounded up), never more tasks than
 * `instances * (1 + maximumOverCapacity)` (rounded down), and one above that where both are equal,
 * since nothing could ever be replaced otherwise.
 */
export function decide(goal: Goal | undefined, tasks: readonly TaskView[]): Decision {
  const alive = tasks.filter(({ state }) => state !== 'killing');
  if (goal === undefined || goal.instances === 0) {
    return { launch: 0, kill: alive.map(({ id }) => id) };
  }
  const outdated = alive.filter(({ version }) => version < goal.configVersion);
  const current = alive.filter(({ version }) => version >= goal.configVersion);
  const surplus = pickSurplus(current, current.length - goal.instances, goal);
  const replaced = pickReplaced(outdated, current, goal);
  return { launch: launchCount(goal, tasks, current), kill: [...surplus, ...replaced] };
}

/** Whether the app is as wanted: what a deployment's step waits for. */
export function settled(goal: Goal | undefined, tasks: readonly TaskView[]): boolean {
  if (goal === undefined) return tasks.length === 0;
  return (
    tasks.length === goal.instances &&
    tasks.every(
      ({ version, state, ready }) => version >= goal.configVersion && state === 'running' && ready,
    )
  );
}

function launchCount(goal: Goal, tasks: readonly TaskView[], current: readonly TaskView[]): number {
  // A task that is being killed keeps its place until it has ended: its address, its ports.
  const leaving = tasks.filter(
    ({ version, state }) => state === 'killing' && version >= goal.configVersion,
  );
  const missing = goal.instances - current.length - leaving.length;
  const places = maximumTasks(goal) - tasks.length;
  return Math.max(0, Math.min(missing, places));
}

function minimumReady(goal: Goal): number {
  return Math.ceil(goal.instances * goal.minimumHealthCapacity);
}

function maximumTasks(goal: Goal): number {
  const most = Math.floor(goal.instances * (1 + goal.maximumOverCapacity));
  return minimumReady(goal) >= most ? most + 1 : most;
}

function pickReplaced(
  outdated: readonly TaskView[],
  current: readonly TaskView[],
  goal: Goal,
): string[] {
  const spare = [...outdated, ...current].filter(({ ready }) => ready).length - minimumReady(goal);
  const useless = outdated.filter(({ ready }) => !ready);
  const useful = outdated.filter(({ ready }) => ready).sort(byAge);
  return [...useless, ...useful.slice(0, Math.max(0, spare))].map(({ id }) => id);
}

/** The tasks to give up when there are too many: those that do not run yet first. */
function pickSurplus(current: readonly TaskView[], count: number, goal: Goal): string[] {
  if (count <= 0) return [];
  const oldestFirst = [...current].sort(byAge);
  const ordered = goal.killSelection === 'OLDEST_FIRST' ? oldestFirst : oldestFirst.reverse();
  const notRunning = ordered.filter(({ state }) => state === 'staging');
  const running = ordered.filter(({ state }) => state === 'running');
  return [...notRunning, ...running].slice(0, count).map(({ id }) => id);
}

function byAge(a: TaskView, b: TaskView): number {
  return a.stagedAt < b.stagedAt ? -1 : a.stagedAt > b.stagedAt ? 1 : 0;
}
