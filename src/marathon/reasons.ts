import type {
  AppInfo,
  DeploymentInfo,
  QueueInfo,
  RejectionInfo,
  TaskFailureInfo,
  TaskInfo,
} from './answers.js';
import { arrayOf, numberOf } from './answers.js';
import { isRunning, newest } from './app-state.js';

export interface Reason {
  readonly reason: string;
  readonly log?: readonly string[];
}

const LOG_LINES = 10;

/** Why an app is not running yet, in words; the most telling reason first. Pure. */
export function pendingReason(
  app: AppInfo,
  queue: readonly QueueInfo[],
  deployments: readonly DeploymentInfo[],
): Reason {
  const item = queue.find(({ appId }) => appId === app.id);
  const failure = currentFailure(app);
  const task = newest(app.tasks);
  const reasons = [
    task === undefined ? undefined : unhealthy(task),
    item === undefined ? undefined : unmetNeeds(app, item),
    failure === undefined ? undefined : failureText(failure),
    item === undefined || item.delaySeconds <= 0
      ? undefined
      : `next attempt in ${item.delaySeconds} s`,
  ].filter((text) => text !== undefined);
  if (reasons.length === 0) reasons.push(quietReason(app, item, deployments));
  const log = failure === undefined ? [] : logOf(failure);
  return { reason: reasons.join('; '), ...(log.length === 0 ? {} : { log }) };
}

/** The last failure, unless it is of a definition that is no longer the current one. */
export function currentFailure(app: AppInfo): TaskFailureInfo | undefined {
  const failure = app.lastTaskFailure;
  const since = app.lastConfigChangeAt ?? app.version;
  if (failure === undefined || since === undefined) return failure;
  return (failure.version ?? failure.timestamp) >= since ? failure : undefined;
}

/**
 * Whether a failure says that there is no such image. Such a mistake does not mend itself, unlike a
 * registry that is slow or unreachable. Words of the Docker Engine, alone or quoted by Mesos.
 */
export function isImageMissing(failure: TaskFailureInfo): boolean {
  return /manifest unknown|manifest for \S+ not found|repository does not exist|pull access denied|no such image|invalid reference format/i.test(
    failure.message,
  );
}

export function failureText(failure: TaskFailureInfo): string {
  const state = failure.state.replace(/^TASK_/, '').toLowerCase();
  const message = failure.message.split('\n', 1)[0]?.trim() ?? '';
  const host = failure.host === '' ? '' : ` on ${failure.host}`;
  const what = state === '' ? 'ended' : state;
  return `last task ${what}${host}${message === '' ? '' : `: ${shortened(message)}`}`;
}

function logOf(failure: TaskFailureInfo): readonly string[] {
  const lines = failure.message.split('\n').slice(1);
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-LOG_LINES);
}

function unhealthy(task: TaskInfo): string | undefined {
  if (!isRunning(task)) return undefined;
  const failing = task.health.find(({ alive }) => !alive);
  if (failing === undefined) return undefined;
  const cause = failing.lastFailureCause ?? 'no reason given';
  return `its health check failed ${times(failing.consecutiveFailures)} in a row: ${shortened(cause)}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** The resources it asks for and the last offers did not have. */
function unmetNeeds(app: AppInfo, item: QueueInfo): string | undefined {
  const unmet = item.rejections.filter(({ declined }) => declined > 0);
  if (unmet.length === 0) return undefined;
  return unmet.map((rejection) => need(app, item, rejection)).join('; ');
}

interface Resource {
  /** Name among an offer's resources and in the app. */
  readonly name: string;
  readonly words: (amount: number) => string;
}

const RESOURCES: Readonly<Record<string, Resource>> = {
  InsufficientCpus: { name: 'cpus', words: (n) => `${n} ${n === 1 ? 'CPU' : 'CPUs'}` },
  InsufficientMemory: { name: 'mem', words: (n) => `${n} MB of memory` },
  InsufficientDisk: { name: 'disk', words: (n) => `${n} MB of disk` },
  InsufficientGpus: { name: 'gpus', words: (n) => `${n} ${n === 1 ? 'GPU' : 'GPUs'}` },
};

function need(app: AppInfo, item: QueueInfo, rejection: RejectionInfo): string {
  const resource = RESOURCES[rejection.reason];
  if (resource === undefined) {
    return `${otherNeed(app, rejection.reason)}, ${offerWords(rejection, 'does')}`;
  }
  const wanted = resource.words(numberOf(app.definition[resource.name], 0));
  const most = Math.max(...item.unusedOffers.map((offer) => offer[resource.name] ?? 0));
  const best = Number.isFinite(most) && most > 0 ? ` (the most was ${round(most)})` : '';
  return `needs ${wanted}, ${offerWords(rejection, 'had it')}${best}`;
}

function offerWords({ declined, processed }: RejectionInfo, verb: 'had it' | 'does'): string {
  if (processed > declined) return `only ${processed - declined} of ${processed} offers ${verb}`;
  if (declined > 1) return `none of ${declined} offers ${verb}`;
  return verb === 'had it' ? 'the only offer did not have it' : 'the only offer does not';
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function otherNeed(app: AppInfo, reason: string): string {
  const constraints = arrayOf(app.definition['constraints']).map((item) => arrayOf(item).join(' '));
  switch (reason) {
    case 'InsufficientPorts':
      return 'the offer must have its host ports free';
    case 'UnfulfilledConstraint':
      return `the host must fit the constraint ${constraints.join(', ') || 'of the app'}`;
    case 'UnfulfilledRole':
      return 'the offer must be for a role that the app accepts';
    case 'AgentMaintenance':
      return 'the agent must not be in maintenance';
    case 'NoCorrespondingReservationFound':
      return 'the offer must hold the volume that is reserved for the app';
    default:
      return `the offer must pass ${reason}`;
  }
}

/** Nothing is wrong as far as the server says: what it is busy with, or waits for. */
function quietReason(
  app: AppInfo,
  item: QueueInfo | undefined,
  deployments: readonly DeploymentInfo[],
): string {
  const task = newest(app.tasks);
  if (task !== undefined) return taskReason(task, app);
  const held = deployments.find((deployment) => app.deployments.includes(deployment.id));
  const others = (held?.currentActions ?? []).filter((action) => action.app !== app.id);
  if (held !== undefined && others.length > 0 && others.length === held.currentActions.length) {
    const names = others.map((action) => `${action.app} (${action.action})`).join(', ');
    return `its deployment waits for ${names}, step ${held.currentStep} of ${held.totalSteps}`;
  }
  if (item === undefined) return 'not started yet';
  if (item.processedOffers > 0) return 'waits to be started';
  return 'no resources have been offered for it: is any agent connected';
}

function taskReason(task: TaskInfo, app: AppInfo): string {
  const on = task.host === '' ? '' : ` on ${task.host}`;
  if (task.state === 'TASK_KILLING') return `its former task${on} is being stopped`;
  if (!isRunning(task)) {
    const state = (task.state ?? 'TASK_STAGING').replace(/^TASK_/, '').toLowerCase();
    const image = state === 'staging' ? ': its image is being pulled, or it is about to start' : '';
    return `its task is ${state}${on}${image}`;
  }
  if (task.health.length < app.healthChecks)
    return `its task runs${on}, not checked for health yet`;
  return `its task runs${on}, but its deployment is not over`;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
