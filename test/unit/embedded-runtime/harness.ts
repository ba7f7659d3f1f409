import type { MarathonEvent } from '../../../src/embedded/orchestrator.js';
import { DockerOrchestrator } from '../../../src/embedded/runtime/docker-orchestrator.js';
import type { ProbeOutcome } from '../../../src/embedded/runtime/health.js';
import type { ContainerEngine } from '../../../src/embedded/runtime/engine.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeDocker } from '../../fakes/fake-docker.js';

interface Connection {
  readonly engine: ContainerEngine;
  cut(): void;
}

/** The engine as one process sees it: once cut, no call is made and no answer comes. */
function connect(engine: ContainerEngine): Connection {
  const state = { alive: true };
  const isAlive = (): boolean => state.alive;
  const never = (): Promise<never> => new Promise(() => undefined);
  const proxy = new Proxy(engine, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]): Promise<unknown> => {
        if (!isAlive()) return never();
        const answer: unknown = await Reflect.apply(method, target, args);
        return isAlive() ? answer : never();
      };
    },
  });
  return {
    engine: proxy,
    cut: () => {
      state.alive = false;
    },
  };
}

/** Servers on one engine that outlives them, and a clock that stands still. */
export class Harness {
  readonly clock = new FakeClock();
  readonly engine = new FakeDocker(() => this.clock.now());
  readonly events: MarathonEvent[] = [];
  readonly warnings: string[] = [];
  /** What every health check finds. */
  outcome: ProbeOutcome = { alive: true };
  readonly #servers = new Map<DockerOrchestrator, Connection>();

  constructor() {
    this.engine.images.add('image');
  }

  create(cpus = 4): DockerOrchestrator {
    const connection = connect(this.engine);
    const server = new DockerOrchestrator({
      engine: connection.engine,
      clock: this.clock,
      log: { info: () => undefined, warn: (_, message) => this.warnings.push(message) },
      probe: () => Promise.resolve(this.outcome),
      random: () => 0,
      options: {
        scope: 'test',
        hostname: 'host1',
        publishAddress: '127.0.0.1',
        resources: { cpus, mem: 1024, disk: 1000, ports: { first: 31000, last: 31010 } },
        killGraceSeconds: 3,
        maxVersions: 3,
      },
    });
    this.#servers.set(server, connection);
    server.subscribe((event) => this.events.push(event));
    return server;
  }

  async serve(cpus = 4): Promise<DockerOrchestrator> {
    const server = this.create(cpus);
    await server.start();
    await this.quiet();
    return server;
  }

  /** `kill -9`: whatever the server had begun, it never hears of the engine again. */
  async crash(server: DockerOrchestrator): Promise<void> {
    this.#servers.get(server)?.cut();
    await server.close();
  }

  /** Ends what the tests began. */
  async close(): Promise<void> {
    for (const server of this.#servers.keys()) await server.close();
    this.#servers.clear();
  }

  /** Lets everything happen that needs no time. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await this.clock.advance(0);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.quiet();
  }

  types(): string[] {
    return this.events.map(({ eventType }) => eventType);
  }
}
