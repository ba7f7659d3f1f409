import { CrossflockError } from '../errors/crossflock-error.js';

/**
 * What a Marathon answers, read leniently: every version since 1.4 writes some of these properties
 * and leaves out others. Only what crossflock uses is read; `definition` keeps the whole app.
 */
export interface AppInfo {
  readonly id: string;
  readonly definition: JsonObject;
  /** ISO time of the current version. */
  readonly version?: string;
  /** ISO time of the last change of anything but `instances`. */
  readonly lastConfigChangeAt?: string;
  readonly instances: number;
  readonly healthChecks: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly tasks: readonly TaskInfo[];
  /** Ids of the deployments that hold the app. */
  readonly deployments: readonly string[];
  readonly lastTaskFailure?: TaskFailureInfo;
}

export interface TaskInfo {
  readonly id: string;
  readonly appId: string;
  /** `TASK_RUNNING`, …; Marathon before 1.4 wrote none. */
  readonly state?: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly ip?: string;
  readonly stagedAt?: string;
  readonly startedAt?: string;
  readonly version?: string;
  readonly health: readonly HealthInfo[];
}

export interface HealthInfo {
  readonly alive: boolean;
  readonly consecutiveFailures: number;
  readonly lastFailureCause?: string;
}

export interface TaskFailureInfo {
  readonly taskId: string;
  readonly host: string;
  /** First line: what happened; further lines: the end of the task's log, where the server has it. */
  readonly message: string;
  readonly state: string;
  readonly timestamp: string;
  readonly version?: string;
}

export interface DeploymentInfo {
  readonly id: string;
  readonly affectedApps: readonly string[];
  /** 1-based */
  readonly currentStep: number;
  readonly totalSteps: number;
  readonly currentActions: readonly { readonly action: string; readonly app: string }[];
}

export interface QueueInfo {
  readonly appId: string;
  readonly count: number;
  /** Seconds until the next attempt, after failures. */
  readonly delaySeconds: number;
  readonly since?: string;
  readonly processedOffers: number;
  /** Why the last offers were of no use; `declined` out of the `processed` that got that far. */
  readonly rejections: readonly RejectionInfo[];
  /** Resources (`cpus`, `mem`, …) of the last offers that were of no use, where they were kept. */
  readonly unusedOffers: readonly Readonly<Record<string, number>>[];
}

export interface RejectionInfo {
  readonly reason: string;
  readonly declined: number;
  readonly processed: number;
}

export interface MarathonInfo {
  readonly version: string;
  readonly leader?: string;
}

export interface MarathonEvent {
  readonly eventType: string;
  readonly data: JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** An object that is really one, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Numbers also where they were written as text. */
export function numberOf(value: unknown, fallback: number): number {
  if (typeof value === 'string' && value.trim() !== '') return Number(value);
  return typeof value === 'number' ? value : fallback;
}

export function textMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value));
  return Object.fromEntries(entries.map(([key, item]) => [key, wordOf(item)]));
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Leaves out the properties that are undefined. */
export function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as T;
}

export function readAppInfo(value: unknown): AppInfo {
  const app = expectObject(value, 'an app');
  const id = textOf(app['id']);
  if (id === undefined) throw strange('an app with an id', value);
  const versionInfo = objectOf(app['versionInfo']);
  const failure = app['lastTaskFailure'];
  return compact<AppInfo>({
    id,
    definition: app,
    version: textOf(app['version']),
    lastConfigChangeAt: textOf(versionInfo['lastConfigChangeAt']),
    instances: numberOf(app['instances'], 1),
    healthChecks: arrayOf(app['healthChecks']).length,
    labels: textMap(app['labels']),
    tasks: arrayOf(app['tasks']).map(readTask),
    deployments: arrayOf(app['deployments']).flatMap((item) => textOf(objectOf(item)['id']) ?? []),
    lastTaskFailure: isObject(failure) ? readFailure(failure) : undefined,
  });
}

export function readTask(value: unknown): TaskInfo {
  const task = objectOf(value);
  const addresses = arrayOf(task['ipAddresses']).map(objectOf);
  return compact<TaskInfo>({
    id: textOf(task['id']) ?? '',
    appId: textOf(task['appId']) ?? '',
    state: textOf(task['state']),
    host: textOf(task['host']) ?? '',
    ports: arrayOf(task['ports']).map((port) => numberOf(port, 0)),
    ip: textOf(addresses[0]?.['ipAddress']),
    stagedAt: textOf(task['stagedAt']),
    startedAt: textOf(task['startedAt']),
    version: textOf(task['version']),
    health: arrayOf(task['healthCheckResults']).filter(isObject).map(readHealth),
  });
}

function readHealth(health: JsonObject): HealthInfo {
  return compact<HealthInfo>({
    alive: health['alive'] === true,
    consecutiveFailures: numberOf(health['consecutiveFailures'], 0),
    lastFailureCause: textOf(health['lastFailureCause']),
  });
}

function readFailure(failure: JsonObject): TaskFailureInfo {
  return compact<TaskFailureInfo>({
    taskId: textOf(failure['taskId']) ?? '',
    host: textOf(failure['host']) ?? '',
    message: textOf(failure['message']) ?? '',
    state: textOf(failure['state']) ?? '',
    timestamp: textOf(failure['timestamp']) ?? '',
    version: textOf(failure['version']),
  });
}

export function readDeployments(value: unknown): readonly DeploymentInfo[] {
  if (!Array.isArray(value)) throw strange('a list of deployments', value);
  return value.map((item): DeploymentInfo => {
    const deployment = expectObject(item, 'a deployment');
    return {
      id: textOf(deployment['id']) ?? '',
      affectedApps: arrayOf(deployment['affectedApps']).flatMap((app) => textOf(app) ?? []),
      currentStep: numberOf(deployment['currentStep'], 1),
      totalSteps: numberOf(deployment['totalSteps'], arrayOf(deployment['steps']).length),
      currentActions: arrayOf(deployment['currentActions'])
        .map(objectOf)
        .map((action) => ({
          action: textOf(action['action']) ?? '',
          app: textOf(action['app']) ?? textOf(action['pod']) ?? '',
        })),
    };
  });
}

export function readQueue(value: unknown): readonly QueueInfo[] {
  const items = expectObject(value, '{"queue":[…]}')['queue'];
  if (!Array.isArray(items)) throw strange('{"queue":[…]}', value);
  return items.map(objectOf).map((item) => {
    const summary = objectOf(item['processedOffersSummary']);
    return compact<QueueInfo>({
      appId: textOf(objectOf(item['app'])['id']) ?? textOf(objectOf(item['pod'])['id']) ?? '',
      count: numberOf(item['count'], 0),
      delaySeconds: numberOf(objectOf(item['delay'])['timeLeftSeconds'], 0),
      since: textOf(item['since']),
      processedOffers: numberOf(summary['processedOffersCount'], 0),
      rejections: arrayOf(summary['rejectSummaryLastOffers']).map(objectOf).map(readRejection),
      unusedOffers: arrayOf(item['lastUnusedOffers']).map(objectOf).map(readOffer),
    });
  });
}

function readOffer(item: JsonObject): Readonly<Record<string, number>> {
  const resources = arrayOf(objectOf(item['offer'])['resources']).map(objectOf);
  const amounts: Record<string, number> = {};
  // One resource may come in several pieces, of different roles.
  for (const resource of resources) {
    const name = textOf(resource['name']) ?? '';
    amounts[name] = (amounts[name] ?? 0) + numberOf(resource['scalar'], 0);
  }
  return amounts;
}

function readRejection(item: JsonObject): RejectionInfo {
  return {
    reason: textOf(item['reason']) ?? '',
    declined: numberOf(item['declined'], 0),
    processed: numberOf(item['processed'], 0),
  };
}

export function readInfo(value: unknown): MarathonInfo {
  const info = expectObject(value, 'the description of a marathon');
  const version = textOf(info['version']);
  if (version === undefined) throw strange('the description of a marathon', value);
  return compact<MarathonInfo>({ version, leader: textOf(info['leader']) });
}

/** The id of the deployment that a write started. */
export function readDeploymentId(value: unknown): string | undefined {
  const answer = objectOf(value);
  return (
    textOf(answer['deploymentId']) ?? textOf(objectOf(arrayOf(answer['deployments'])[0])['id'])
  );
}

export function expectObject(value: unknown, expected: string): JsonObject {
  if (!isObject(value)) throw strange(expected, value);
  return value;
}

/** An answer that is valid JSON, yet not what a Marathon says. */
export function strange(expected: string, value: unknown): CrossflockError {
  const shown = (JSON.stringify(value) as string | undefined) ?? 'nothing';
  return new CrossflockError(`expected ${expected}, got ${shown.slice(0, 80)}`, {
    code: 'refused',
    hint: 'check that marathon_uri is the address of a marathon',
  });
}
