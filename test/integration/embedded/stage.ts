import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { cleanScope, docker } from './docker-cli.js';
import { ServerProcess, bundleServer, freePort } from './server-process.js';

export const image = 'debian:trixie-slim';
/** Unlike a shell as process 1, it ends as soon as it is asked to. */
const wait = 'trap "exit 0" TERM; sleep 100000 & wait';

/** As far as the tests look into answers. */
export interface Body {
  readonly app: { readonly lastTaskFailure?: Failure };
  readonly apps: { readonly id: string }[];
  readonly tasks: TaskView[];
  readonly deploymentId: string;
  readonly queue: {
    readonly delay: { readonly timeLeftSeconds: number };
    readonly processedOffersSummary: {
      readonly rejectSummaryLastOffers: { readonly reason: string; readonly declined: number }[];
    };
  }[];
}

export interface Failure {
  readonly message: string;
  readonly state: string;
  readonly taskId: string;
}

export interface TaskView {
  readonly id: string;
  readonly state: string;
  readonly startedAt?: string;
  readonly ports: number[];
  readonly ipAddresses: { readonly ipAddress: string }[];
  readonly healthCheckResults: { readonly alive: boolean }[];
}

export function app(id: string, fields: object = {}, dockerFields: object = {}): object {
  return {
    id,
    cmd: wait,
    cpus: 0.1,
    mem: 32,
    networks: [{ mode: 'container/bridge' }],
    container: { type: 'DOCKER', docker: { image, ...dockerFields }, portMappings: [] },
    ...fields,
  };
}

/** Makes a Docker network on addresses that no other one has; answers their first three numbers. */
async function createNetwork(name: string, scope: string): Promise<string> {
  // Files run side by side, and so may runs: the first that is free, from a place of one's own on.
  for (let tries = 0; ; tries += 1) {
    const prefix = `172.29.${(process.pid + tries) % 250}`;
    try {
      const label = `test=${scope}`;
      await docker('network', 'create', '--subnet', `${prefix}.0/24`, '--label', label, name);
      return prefix;
    } catch (thrown) {
      if (tries === 250 || !String(thrown).includes('overlaps')) throw thrown;
    }
  }
}

/** A real server, a scope and a network of its own for one test file. */
export class Stage {
  readonly scope: string;
  readonly network: string;
  /** The first three numbers of the network's addresses. */
  readonly prefix: string;
  readonly server: ServerProcess;
  readonly #bundle: string;

  private constructor(scope: string, prefix: string, bundle: string, server: ServerProcess) {
    this.scope = scope;
    this.network = `${scope}-net`;
    this.prefix = prefix;
    this.#bundle = bundle;
    this.server = server;
  }

  static async open(name: string, env: Record<string, string> = {}): Promise<Stage> {
    const scope = `cft-${name}-${process.pid}-${Date.now().toString(36)}`;
    const bundle = await bundleServer();
    const server = new ServerProcess(bundle, scope, await freePort(), env);
    const prefix = await createNetwork(`${scope}-net`, scope);
    const stage = new Stage(scope, prefix, bundle, server);
    await server.start().catch(async (thrown: unknown) => {
      await docker('network', 'rm', stage.network);
      throw thrown;
    });
    return stage;
  }

  async close(): Promise<void> {
    await this.server.end('SIGKILL');
    await cleanScope(this.scope);
    await docker('network', 'rm', this.network);
    await rm(dirname(this.#bundle), { recursive: true });
  }

  /** Deletes all apps, and waits until they are gone. */
  async clear(): Promise<void> {
    for (const { id } of (await this.get('/v2/apps')).apps) {
      await this.server.request('DELETE', `/v2/apps${id}`);
    }
    await this.noDeployment();
  }

  /** An app with an address of its own on the stage's network. */
  pinned(id: string, host: number, fields: object = {}): object {
    const parameters = [{ key: 'ip', value: `${this.prefix}.${host}` }];
    const alone = {
      networks: [{ mode: 'container', name: this.network }],
      upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
    };
    return app(id, { ...alone, ...fields }, { parameters });
  }

  async get(path: string): Promise<Body> {
    return (await this.server.request('GET', path)).body as Body;
  }

  async deployments(): Promise<string[]> {
    const { body } = await this.server.request('GET', '/v2/deployments');
    return (body as { id: string }[]).map(({ id }) => id);
  }

  async tasks(id: string): Promise<TaskView[]> {
    return (await this.get(`/v2/apps/${id}/tasks`)).tasks;
  }

  /** Waits until so many tasks run and no deployment does. */
  async running(id: string, count: number): Promise<TaskView[]> {
    return this.server.until(async () => {
      const all = await this.tasks(id);
      const settled = all.length === count && all.every(({ state }) => state === 'TASK_RUNNING');
      return settled && (await this.deployments()).length === 0 ? all : undefined;
    });
  }

  async noDeployment(): Promise<void> {
    await this.server.until(async () =>
      (await this.deployments()).length === 0 ? true : undefined,
    );
  }

  async failureOf(id: string): Promise<Failure> {
    return this.server.until(async () => (await this.get(`/v2/apps/${id}`)).app.lastTaskFailure);
  }

  async create(definition: object): Promise<void> {
    const { status, body } = await this.server.request('POST', '/v2/apps', definition);
    expect(status, JSON.stringify(body)).toBe(201);
  }

  /** The container of a task, whatever it is called. */
  async containerOf(taskId: string): Promise<string> {
    return docker('ps', '-aq', '--no-trunc', '--filter', `label=crossflock.task=${taskId}`);
  }

  /** Ids of the scope's containers that run, one a line. */
  async runningContainers(): Promise<string> {
    return docker('ps', '-q', '--no-trunc', '--filter', `label=crossflock.cluster=${this.scope}`);
  }
}
