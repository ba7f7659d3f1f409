import type { RecordedRequest } from './fake-marathon.js';

export type Json = Readonly<Record<string, unknown>>;

interface App {
  definition: Json;
  version: string;
  tasks: Json[];
  lastTaskFailure?: Json;
}

interface Deployment {
  readonly id: string;
  readonly app: string;
  readonly action: string;
}

interface Result {
  readonly status: number;
  readonly body: Json | readonly Json[];
}

/** What a test says about a task; the rest is made up. */
export interface TaskFacts {
  readonly host?: string;
  readonly ip?: string;
  readonly state?: string;
  readonly startedAt?: string;
}

export interface FailureFacts {
  readonly message: string;
  readonly state?: string;
  readonly host?: string;
}

/** Properties of an app that this fake knows; any other one is a mistake of the client. */
const APP_PROPERTIES = new Set([
  'id',
  'cmd',
  'args',
  'cpus',
  'mem',
  'disk',
  'instances',
  'container',
  'networks',
  'env',
  'labels',
  'constraints',
  'healthChecks',
  'upgradeStrategy',
  'taskKillGracePeriodSeconds',
]);

/** Apps, tasks, deployments and the queue of a fake Marathon, and its answers about them. */
export class FakeMarathonState {
  readonly #apps = new Map<string, App>();
  readonly #queue = new Map<string, Json>();
  #deployments: Deployment[] = [];
  #counter = 0;
  readonly #emit: (event: Json) => void;
  /** Starts every task at once and lets deletions end at once, for tests that wait for nothing. */
  isAutomatic = false;

  constructor(emit: (event: Json) => void) {
    this.#emit = emit;
  }

  /** Ids of the apps there are. */
  get ids(): readonly string[] {
    return [...this.#apps.keys()].sort();
  }

  /** Ids of the deployments that run, oldest first. */
  get deploymentIds(): readonly string[] {
    return this.#deployments.map(({ id }) => id);
  }

  definition(id: string): Json {
    return this.#need(id).definition;
  }

  /** Puts an app there that runs already, as if somebody had created it long ago. */
  addRunning(definition: Json, facts: TaskFacts = {}): void {
    const id = String(definition['id']);
    this.#apps.set(id, { definition: withDefaults(definition), version: this.#time(), tasks: [] });
    this.startTask(id, facts);
  }

  /** A task of the app's current version begins to run; tasks of older ones are gone. */
  startTask(id: string, facts: TaskFacts = {}): void {
    const app = this.#need(id);
    const task = this.#task(id, app, facts);
    app.tasks = [task];
    this.#queue.delete(id);
    const { id: taskId, host, state: taskStatus } = task;
    this.#emit({ eventType: 'status_update_event', taskId, taskStatus, appId: id, host });
    const hasChecks = Array.isArray(app.definition['healthChecks']);
    if (taskStatus === 'TASK_RUNNING' && !hasChecks) this.finish(id);
  }

  /** The result of the app's health checks, for all of its tasks. */
  setHealth(id: string, alive: boolean, lastFailureCause?: string): void {
    const app = this.#need(id);
    const result = {
      alive,
      consecutiveFailures: alive ? 0 : 3,
      ...(lastFailureCause === undefined ? {} : { lastFailureCause }),
    };
    const checks = (app.definition['healthChecks'] ?? []) as readonly unknown[];
    const healthCheckResults = checks.map(() => result);
    app.tasks = app.tasks.map((task) => ({ ...task, healthCheckResults }));
    this.#emit({ eventType: 'health_status_changed_event', appId: id, alive });
    if (alive) this.finish(id);
  }

  /** The app's task fails; nothing takes its place until the test says so. */
  failTask(id: string, facts: FailureFacts): void {
    const app = this.#need(id);
    const taskId = app.tasks[0]?.['id'] ?? this.#taskId(id);
    app.tasks = [];
    app.lastTaskFailure = {
      appId: id,
      taskId,
      host: facts.host ?? 'agent1',
      message: facts.message,
      state: facts.state ?? 'TASK_FAILED',
      timestamp: this.#time(),
      version: app.version,
    };
    this.#emit({ eventType: 'status_update_event', appId: id, taskId, taskStatus: 'TASK_FAILED' });
  }

  /** The app's oldest deployment ends well; a StopApplication takes the tasks with it. */
  finish(id: string): void {
    const ended = this.#deployments.find(({ app }) => app === id);
    if (ended === undefined) return;
    this.#deployments = this.#deployments.filter((one) => one !== ended);
    this.#emit({ eventType: 'deployment_success', id: ended.id, plan: planOf(ended) });
  }

  /** What `GET /v2/queue` says about an app, beside the app itself. */
  setQueue(id: string, item: Json): void {
    this.#queue.set(id, item);
  }

  /** An app changes without any request, as when somebody else changed it. */
  tamper(id: string, change: Json): void {
    const app = this.#need(id);
    app.definition = { ...app.definition, ...change };
    this.#emit({ eventType: 'api_post_event', appDefinition: { id } });
  }

  remove(id: string): void {
    this.#apps.delete(id);
    this.#emit({ eventType: 'app_terminated_event', appId: id });
  }

  /** A deployment of somebody else, which holds the app. Answers its id. */
  lock(id: string): string {
    return this.#deploy(id, 'ScaleApplication');
  }

  /** Undefined: it was not told about such a request. */
  answer(request: RecordedRequest): Result | undefined {
    const [, version, area, ...rest] = request.path.split('/');
    if (request.path === '/ping') return { status: 200, body: { pong: true } };
    if (version !== 'v2') return undefined;
    const id = `/${rest.join('/')}`;
    switch (`${request.method} ${area ?? ''}${rest.length > 0 ? '/{id}' : ''}`) {
      case 'GET apps':
        return { status: 200, body: { apps: this.#list(request.query) } };
      case 'POST apps':
        return this.#create(request);
      case 'GET apps/{id}':
        return this.#get(id);
      case 'PUT apps/{id}':
        return this.#update(id, request);
      case 'DELETE apps/{id}':
        return this.#delete(id, request.query);
      case 'GET deployments':
        return { status: 200, body: this.#deployments.map(deploymentJson) };
      case 'GET queue':
        return { status: 200, body: { queue: this.#queueItems() } };
      case 'GET info':
        return { status: 200, body: { version: '1.11.24', leader: 'fake:8080', name: 'marathon' } };
      default:
        return undefined;
    }
  }

  #list(query: URLSearchParams): readonly Json[] {
    const [name, value] = (query.get('label') ?? '').split('==');
    return this.ids
      .map((id) => this.#info(id))
      .filter((app) => {
        const labels = (app['labels'] ?? {}) as Json;
        return name === undefined || name === '' || labels[name] === value;
      });
  }

  #get(id: string): Result {
    if (id.endsWith('/tasks')) {
      const app = this.#apps.get(id.slice(0, -'/tasks'.length));
      if (app !== undefined) return { status: 200, body: { tasks: app.tasks } };
    }
    if (!this.#apps.has(id)) return missing(id);
    return { status: 200, body: { app: this.#info(id) } };
  }

  #create(request: RecordedRequest): Result | undefined {
    const body = request.body as Json;
    if (!isKnown(body, request)) return undefined;
    const id = String(body['id']);
    const locked = this.#lockedBy(id, request.query.get('force') === 'true');
    if (locked !== undefined) return locked;
    if (this.#apps.has(id)) {
      return { status: 409, body: { message: `An app with id [${id}] already exists.` } };
    }
    const definition = withDefaults(body);
    this.#apps.set(id, { definition, version: this.#time(), tasks: [] });
    const deployment = this.#deploy(id, 'StartApplication');
    if (this.isAutomatic) this.startTask(id);
    return { status: 201, body: { ...this.#info(id), deployments: [{ id: deployment }] } };
  }

  #update(id: string, request: RecordedRequest): Result | undefined {
    const body = request.body as Json;
    if (!isKnown(body, request) || request.query.get('partialUpdate') !== 'false') return undefined;
    const locked = this.#lockedBy(id, request.query.get('force') === 'true');
    if (locked !== undefined) return locked;
    const app = this.#apps.get(id);
    const definition = withDefaults(body);
    const version = this.#time();
    if (app === undefined) this.#apps.set(id, { definition, version, tasks: [] });
    else Object.assign(app, { definition, version });
    const deploymentId = this.#deploy(id, 'RestartApplication');
    if (this.isAutomatic) this.startTask(id);
    return { status: app === undefined ? 201 : 200, body: { version, deploymentId } };
  }

  #delete(id: string, query: URLSearchParams): Result {
    if (!this.#apps.has(id)) return missing(id);
    const locked = this.#lockedBy(id, query.get('force') !== 'false');
    if (locked !== undefined) return locked;
    this.#apps.delete(id);
    const deploymentId = this.#deploy(id, 'StopApplication');
    if (this.isAutomatic) this.finish(id);
    return { status: 200, body: { version: this.#time(), deploymentId } };
  }

  #lockedBy(id: string, force: boolean): Result | undefined {
    const holding = this.#deployments.filter(({ app }) => app === id);
    if (holding.length === 0) return undefined;
    if (force) {
      this.#deployments = this.#deployments.filter(({ app }) => app !== id);
      return undefined;
    }
    const message =
      "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.";
    return { status: 409, body: { message, deployments: holding.map((one) => ({ id: one.id })) } };
  }

  #deploy(app: string, action: string): string {
    const deployment = { id: `deployment-${++this.#counter}`, app, action };
    this.#deployments.push(deployment);
    this.#emit({ eventType: 'deployment_info', plan: planOf(deployment) });
    return deployment.id;
  }

  #info(id: string): Json {
    const app = this.#need(id);
    const held = this.#deployments.filter((one) => one.app === id).map((one) => ({ id: one.id }));
    return {
      ...app.definition,
      version: app.version,
      versionInfo: { lastScalingAt: app.version, lastConfigChangeAt: app.version },
      tasks: app.tasks,
      deployments: held,
      ...(app.lastTaskFailure === undefined ? {} : { lastTaskFailure: app.lastTaskFailure }),
    };
  }

  #queueItems(): readonly Json[] {
    return [...this.#queue].map(([id, item]) => ({
      count: 1,
      role: '*',
      since: '2026-01-02T03:04:05.678Z',
      delay: { timeLeftSeconds: 0, overdue: true },
      processedOffersSummary: { processedOffersCount: 0, unusedOffersCount: 0 },
      ...item,
      app: this.#need(id).definition,
    }));
  }

  #task(id: string, app: App, facts: TaskFacts): Json {
    const state = facts.state ?? 'TASK_RUNNING';
    const startedAt = facts.startedAt ?? '2026-01-02T03:04:06.000Z';
    return {
      appId: id,
      id: this.#taskId(id),
      host: facts.host ?? 'agent1',
      ports: [31022],
      servicePorts: [],
      ipAddresses: [{ ipAddress: facts.ip ?? '172.16.0.1', protocol: 'IPv4' }],
      healthCheckResults: [],
      localVolumes: [],
      role: '*',
      slaveId: 'S0',
      state,
      stagedAt: this.#time(),
      version: app.version,
      ...(state === 'TASK_RUNNING' ? { startedAt } : {}),
    };
  }

  #taskId(id: string): string {
    return `${id.slice(1).replaceAll('/', '_')}.instance-${++this.#counter}._app.1`;
  }

  #need(id: string): App {
    const app = this.#apps.get(id);
    if (app === undefined) throw new Error(`fake marathon has no app ${id}`);
    return app;
  }

  /** Later with each call, so that versions and failures have an order. */
  #time(): string {
    return new Date(Date.UTC(2026, 0, 2, 3, 4, 5, ++this.#counter)).toISOString();
  }
}

function isKnown(body: Json, request: RecordedRequest): boolean {
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  return isJson && Object.keys(body).every((key) => APP_PROPERTIES.has(key));
}

function missing(id: string): Result {
  return { status: 404, body: { message: `App '${id}' does not exist` } };
}

function planOf({ id, app, action }: Deployment): Json {
  return { id, steps: [{ actions: [{ action, app }] }], version: '2026-01-02T03:04:05.678Z' };
}

function deploymentJson({ id, app, action }: Deployment): Json {
  return {
    id,
    version: '2026-01-02T03:04:05.678Z',
    affectedApps: [app],
    affectedPods: [],
    steps: [{ actions: [{ action, app }] }],
    currentActions: [{ action, app, readinessCheckResults: [] }],
    currentStep: 1,
    totalSteps: 1,
  };
}

/** What Marathon 1.11 adds to an app and leaves out of it when it shows it. */
function withDefaults(app: Json): Json {
  const filled: Record<string, unknown> = {
    backoffFactor: 1.15,
    backoffSeconds: 1,
    executor: '',
    gpus: 0,
    killSelection: 'YOUNGEST_FIRST',
    maxLaunchDelaySeconds: 300,
    requirePorts: false,
    role: '*',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    labels: {},
    ...app,
    container: filledContainer((app['container'] ?? {}) as Json),
  };
  for (const key of ['args', 'constraints', 'env', 'healthChecks']) {
    const value = filled[key];
    const isEmpty = value === undefined || Object.keys(value as object).length === 0;
    if (isEmpty) Reflect.deleteProperty(filled, key);
  }
  return filled;
}

function filledContainer(container: Json): Json {
  const mappings = (container['portMappings'] ?? []) as readonly Json[];
  return {
    ...container,
    docker: { forcePullImage: false, ...(container['docker'] as Json) },
    portMappings: mappings.map((mapping, index) => ({
      labels: {},
      servicePort: 10_000 + index,
      ...mapping,
    })),
  };
}
