/** `embed=apps.taskStats`: counts and life times by kind of version (Marathon's TaskStatsByVersion). */
import type { AppVersion, Task } from '../../orchestrator.js';
import { countTasks, isActive } from './task.js';

type Stats = { readonly stats: Readonly<Record<string, unknown>> };

/**
 * Groups without tasks are left out.
 * @param now for the life times, in seconds
 */
export function taskStats(
  app: AppVersion,
  tasks: readonly Task[],
  now: Date,
): Readonly<Record<string, Stats>> {
  const active = tasks.filter(isActive);
  const groups = {
    startedAfterLastScaling: active.filter(({ version }) => version >= app.lastScalingAt),
    withLatestConfig: active.filter(({ version }) => version >= app.lastConfigChangeAt),
    withOutdatedConfig: active.filter(({ version }) => version < app.lastConfigChangeAt),
    totalSummary: active,
  };
  const present = Object.entries(groups).filter(([, group]) => group.length > 0);
  return Object.fromEntries(present.map(([name, group]) => [name, statsOf(group, now)]));
}

function statsOf(tasks: readonly Task[], now: Date): Stats {
  const { tasksStaged, tasksRunning, tasksHealthy, tasksUnhealthy } = countTasks(tasks);
  const lives = tasks
    .flatMap(({ startedAt }) => (startedAt === undefined ? [] : [Date.parse(startedAt)]))
    .map((started) => (now.getTime() - started) / 1000)
    .sort((a, b) => a - b);
  return {
    stats: {
      counts: {
        staged: tasksStaged,
        running: tasksRunning,
        healthy: tasksHealthy,
        unhealthy: tasksUnhealthy,
      },
      ...(lives.length > 0 && {
        lifeTime: { averageSeconds: average(lives), medianSeconds: median(lives) },
      }),
    },
  };
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of sorted values. */
function median(values: readonly number[]): number {
  const middle = values.length / 2;
  return average(values.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}
