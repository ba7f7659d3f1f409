/** Apps as the API shows them, with what a request wants embedded. */
import type { AppVersion } from '../../orchestrator.js';
import { optionally } from '../parse/objects.js';
import type { ApiContext } from '../server-options.js';
import { taskStats } from './task-stats.js';
import { countTasks, renderFailure, renderTask } from './task.js';

export type Embed =
  'tasks' | 'counts' | 'deployments' | 'readiness' | 'lastTaskFailure' | 'taskStats';

const EMBEDS: Readonly<Record<string, readonly Embed[]>> = {
  tasks: ['tasks', 'deployments'],
  failures: ['tasks', 'lastTaskFailure', 'deployments'],
  counts: ['counts'],
  deployments: ['deployments'],
  readiness: ['readiness'],
  lastTaskFailure: ['lastTaskFailure'],
  taskStats: ['taskStats'],
};

/** What the `embed` parameters ask for; unknown ones are ignored. */
export function resolveEmbeds(values: readonly string[]): ReadonlySet<Embed> {
  const names = values.map((value) => value.replace(/^(?:group\.apps|apps|app)\./, ''));
  return new Set(names.flatMap((name) => (Object.hasOwn(EMBEDS, name) ? EMBEDS[name] : []) ?? []));
}

/** The bare app of `GET …/versions/{ts}` and the queue. */
export function renderVersion(app: AppVersion): Readonly<Record<string, unknown>> {
  const { lastScalingAt, lastConfigChangeAt, version } = app;
  return { ...app.definition, version, versionInfo: { lastScalingAt, lastConfigChangeAt } };
}

/** `AppInfo`. */
export function renderApp(
  app: AppVersion,
  embeds: ReadonlySet<Embed>,
  context: ApiContext,
): Readonly<Record<string, unknown>> {
  const { orchestrator, options } = context;
  const id = app.definition.id;
  const tasks = orchestrator.tasks(id);
  const failure = embeds.has('lastTaskFailure') ? orchestrator.lastFailure(id) : undefined;
  return {
    ...renderVersion(app),
    ...(embeds.has('counts') && countTasks(tasks)),
    ...(embeds.has('deployments') && { deployments: deploymentsOf(id, context) }),
    ...(embeds.has('readiness') && { readinessCheckResults: [] }),
    ...(embeds.has('tasks') && { tasks: tasks.map((task) => renderTask(task, app, options)) }),
    ...optionally('lastTaskFailure', failure && renderFailure(failure, options)),
    ...(embeds.has('taskStats') && {
      tasksStats: taskStats(app, tasks, options.clock.now()),
    }),
  };
}

function deploymentsOf(id: string, context: ApiContext): readonly { readonly id: string }[] {
  return context.orchestrator
    .deployments()
    .filter(({ affectedApps }) => affectedApps.includes(id))
    .map((deployment) => ({ id: deployment.id }));
}
