/** The stand-in for Marathon: its API as the project's own, on a stand-in's Mesos. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from '../../../../src/embedded/api/server.js';
import type { ServerOptions } from '../../../../src/embedded/api/server-options.js';
import type { Clock } from '../../../../src/ports/clock.js';
import { standInMs } from '../common/duration.js';
import { Election } from '../common/election.js';
import { listenOn } from '../common/http.js';
import { announce } from '../common/log.js';
import { SchedulerDriver } from './driver.js';
import { frontServer } from './front.js';
import { MesosOrchestrator } from './orchestrator.js';
import { emptyStored, type StoredState } from './records.js';
import { type MarathonSettings, OptionError, readMarathonSettings } from './settings.js';

const VERSION = '1.11.24-stand-in';

const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};

function log(text: string): void {
  const time = new Date().toISOString().replace('T', ' ').replace('Z', '').replace('.', ',');
  process.stdout.write(`[${time}] INFO  ${text} (stand-in:main)\n`);
}

function crash(code: number, reason: string): never {
  process.stderr.write(`ERROR ${reason}\n`);
  process.exit(code);
}

class Marathon {
  readonly #settings: MarathonSettings;
  readonly #self: string;
  readonly #election: Election;
  readonly #orchestrator: MesosOrchestrator;
  readonly #driver: SchedulerDriver;
  #leader: string | undefined;
  #isLeading = false;
  #api: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Writes follow one another. */
  #saving: Promise<void> = Promise.resolve();

  constructor(settings: MarathonSettings) {
    this.#settings = settings;
    const { zk, hostname, port } = settings;
    this.#self = `${hostname}:${port}`;
    this.#driver = new SchedulerDriver({
      settings,
      orchestrator: () => this.#orchestrator,
      log,
      refused: (message) => crash(1, `Driver error: ${message}`),
    });
    this.#orchestrator = new MesosOrchestrator({
      hostname,
      driver: this.#driver,
      log,
      save: (state) => this.#save(state),
    });
    this.#election = new Election({
      url: { ...zk, path: `${zk.path}/leader-curator` },
      timeoutMs: standInMs('ZK_SESSION', 10_000),
      prefix: 'member_',
      member: this.#self,
      onLeader: (leader, isMe) => {
        this.#onLeader(leader, isMe);
      },
      onRefused: (reason) => crash(1, `ZooKeeper refused: KeeperErrorCode = ${reason}`),
    });
  }

  async start(): Promise<void> {
    const { address, port } = this.#settings;
    const front = frontServer({
      self: this.#self,
      options: this.#options(),
      leader: () => this.#leader,
      api: () => this.#api,
    });
    await listenOn(front, address, port).catch((thrown: unknown) =>
      crash(1, `Failed to bind to ${address}:${port}: ${(thrown as Error).message}`),
    );
    log(`Started ServerConnector@stand-in{HTTP/1.1,[http/1.1]}{${address}:${port}}`);
    log('All services up and running.');
  }

  #options(): ServerOptions {
    const { hostname, port, credentials, realm } = this.#settings;
    return {
      version: VERSION,
      host: hostname,
      port,
      leader: this.#self,
      clock,
      ...(credentials === undefined ? {} : { credentials }),
      ...(realm === undefined ? {} : { realm }),
    };
  }

  #onLeader(leader: string | undefined, isMe: boolean): void {
    this.#leader = leader;
    log(`Leader is ${leader ?? 'unknown'}`);
    if (isMe && !this.#isLeading) {
      this.#isLeading = true;
      void this.#lead();
    }
    // Marathon ends when it loses its lead; its supervisor starts it again.
    if (!isMe && this.#isLeading) crash(103, 'Lost leadership; crashing');
  }

  get #statePath(): string {
    return `${this.#settings.zk.path}/state/stand-in`;
  }

  async #lead(): Promise<void> {
    const { zk } = this.#election;
    let stored: StoredState = emptyStored();
    try {
      stored = JSON.parse(await zk.get(this.#statePath)) as StoredState;
    } catch (thrown) {
      if (!(thrown as Error).message.startsWith('NoNode'))
        crash(1, `cannot read the state: ${(thrown as Error).message}`);
      await zk.create({ path: this.#statePath, data: JSON.stringify(stored) });
    }
    this.#orchestrator.load(stored);
    const options = this.#options();
    // Known from the moment that a master has taken it in for the first time.
    Object.defineProperty(options, 'frameworkId', { get: () => this.#orchestrator.frameworkId });
    const api = createServer(this.#orchestrator, options);
    await api.ready();
    this.#api = (request, response) => {
      api.routing(request, response);
    };
    log('Elected as leader');
    await this.#driver.run();
  }

  async #save(state: StoredState): Promise<void> {
    const text = JSON.stringify(state);
    const saved = this.#saving.then(() => this.#election.zk.set(this.#statePath, text));
    // One that fails does not keep the next from being tried.
    this.#saving = saved.catch(() => undefined);
    await saved.catch((thrown: unknown) => {
      log(`cannot store the state: ${(thrown as Error).message}`);
    });
  }
}

announce('Marathon');
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));
try {
  void new Marathon(readMarathonSettings(process.argv.slice(2), process.env)).start();
} catch (thrown) {
  if (!(thrown instanceof OptionError)) throw thrown;
  process.stderr.write(`[scallop] Error: ${thrown.message}\n`);
  process.exit(1);
}
