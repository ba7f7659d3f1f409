/** Tasks of an app, of all apps; killing with and without scaling. */
import type { Task } from '../../orchestrator.js';
import { deploymentResult, withGroupEvents } from '../deploy.js';
import { badRequest, notFound, unknownApp, unknownTask, unprocessable } from '../errors.js';
import { type Answer, type Call, flagOf, ok, type Route } from '../http.js';
import { deleteTasksType } from '../parse/app-types.js';
import { ROOT, absolutePath, isBelow } from '../parse/path-id.js';
import { read } from '../parse/reader.js';
import { instanceIdOf, isActive, renderTask, servicePorts } from '../render/task.js';

export const taskRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/apps\/(.+)\/tasks$/, handle: listAppTasks },
  { method: 'DELETE', path: /^\/v2\/apps\/(.+)\/tasks$/, handle: killAppTasks },
  { method: 'DELETE', path: /^\/v2\/apps\/(.+)\/tasks\/([^/]+)$/, handle: killOneTask },
  { method: 'GET', path: /^\/v2\/tasks$/, handle: listTasks },
  { method: 'POST', path: /^\/v2\/tasks\/delete$/, handle: killTasks },
];

const STATUSES: Readonly<Record<string, Task['state']>> = {
  running: 'TASK_RUNNING',
  staging: 'TASK_STAGING',
};
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function render(call: Call, tasks: readonly Task[], withServicePorts = false) {
  const { orchestrator, options } = call.context;
  return tasks.map((task) => {
    const app = orchestrator.app(task.appId);
    const ports = withServicePorts && app !== undefined ? servicePorts(app.definition) : [];
    return renderTask(task, app, options, ports);
  });
}

function listAppTasks(call: Call): Answer {
  const { orchestrator } = call.context;
  const path = call.params[0] ?? '';
  if (path === '*' || path.endsWith('/*')) {
    const group = absolutePath(path.slice(0, -1));
    const below = orchestrator.tasks().filter(({ appId }) => isBelow(appId, group));
    return ok({ tasks: render(call, below) });
  }
  const id = absolutePath(path);
  if (orchestrator.app(id) === undefined) throw unknownApp(id);
  return ok({ tasks: render(call, orchestrator.tasks(id)) });
}

function listTasks(call: Call): Answer {
  const asked = [...call.query.getAll('status'), ...call.query.getAll('status[]')];
  const states = asked.flatMap((status) => STATUSES[status.toLowerCase()] ?? []);
  const tasks = call.context.orchestrator
    .tasks()
    .filter(({ state }) => states.length === 0 || states.includes(state));
  return ok({ tasks: render(call, tasks, true) });
}

/** Query of a kill; scaling and wiping exclude each other. */
function killOptions(call: Call): { scale: boolean; wipe: boolean; force: boolean } {
  const scale = flagOf(call, 'scale');
  const wipe = flagOf(call, 'wipe');
  if (scale && wipe) throw badRequest('You cannot use scale and wipe at the same time.');
  return { scale, wipe, force: flagOf(call, 'force') };
}

async function killAppTasks(call: Call): Promise<Answer> {
  const options = killOptions(call);
  const id = absolutePath(call.params[0] ?? '');
  if (call.context.orchestrator.app(id) === undefined) throw missing(id, options.scale);
  const host = call.query.get('host');
  const tasks = call.context.orchestrator
    .tasks(id)
    .filter((task) => host === null || host === '*' || task.host.includes(host));
  if (options.scale) return scaleDown(call, tasks, options.force);
  // Rendered as they were: the caller wants to know whom it killed.
  const body = { tasks: render(call, tasks) };
  await call.context.orchestrator.killTasks(idsOf(tasks), { wipe: options.wipe });
  return ok(body);
}

async function killOneTask(call: Call): Promise<Answer> {
  const options = killOptions(call);
  const id = absolutePath(call.params[0] ?? '');
  const taskId = call.params[1] ?? '';
  if (call.context.orchestrator.app(id) === undefined) throw missing(id, options.scale);
  checkInstanceUuid(taskId);
  const tasks = call.context.orchestrator.tasks(id).filter((task) => sameInstance(task, taskId));
  if (options.scale) return scaleDown(call, tasks, options.force);
  const [task] = tasks;
  if (task === undefined) throw unknownTask(taskId);
  const body = { task: render(call, [task])[0] };
  await call.context.orchestrator.killTasks([task.id], { wipe: options.wipe });
  return ok(body);
}

async function killTasks(call: Call): Promise<Answer> {
  const options = killOptions(call);
  const { ids } = read(deleteTasksType, call.json()) as { readonly ids: readonly string[] };
  const bad = ids.find((id) => !/^.+[._].+$/.test(id));
  if (bad !== undefined) throw badRequest(`Invalid task id '${bad}'. [${bad} is not a task id]`);
  const tasks = call.context.orchestrator
    .tasks()
    .filter((task) => ids.some((id) => sameInstance(task, id)));
  if (options.scale) return scaleDown(call, tasks, options.force);
  const body = { tasks: render(call, tasks) };
  await call.context.orchestrator.killTasks(idsOf(tasks), { wipe: options.wipe });
  return ok(body);
}

async function scaleDown(call: Call, tasks: readonly Task[], force: boolean): Promise<Answer> {
  const active = tasks.filter((task) => isActive(task));
  const deployment = await withGroupEvents(call.context, ROOT, () =>
    call.context.orchestrator.killAndScale(idsOf(active), force),
  );
  return deploymentResult(deployment);
}

const idsOf = (tasks: readonly Task[]): readonly string[] => tasks.map(({ id }) => id);

/** Marathon kills instances: any incarnation of a task's instance names it. */
const sameInstance = (task: Task, id: string): boolean =>
  instanceIdOf(task.id) === instanceIdOf(id);

const missing = (id: string, scale: boolean) =>
  scale ? notFound(`Path '${id}' does not exist`) : unknownApp(id);

function checkInstanceUuid(taskId: string): void {
  const uuid = /\.(?:instance|marathon)-([^.]+)/.exec(taskId)?.[1];
  if (uuid !== undefined && !UUID.test(uuid)) throw unprocessable(`Invalid UUID string: ${uuid}`);
}
