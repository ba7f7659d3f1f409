/** The stand-in for mesos-agent, and (`executor`) for mesos-docker-executor. */
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { acceptChannels, Channel, type Endpoint, openChannel } from '../common/channel.js';
import { prove } from '../common/credentials.js';
import { standInMs } from '../common/duration.js';
import { Election } from '../common/election.js';
import {
  type HttpAnswer,
  httpServer,
  json,
  listenOn,
  VERSION,
  VERSION_ANSWER,
} from '../common/http.js';
import { announce, exitWith, glog } from '../common/log.js';
import type { AgentSays, MasterInfo, MasterTellsAgent } from '../common/mesos.js';
import { showFlags } from '../common/flags.js';
import { Checkpoint } from './checkpoint.js';
import { incompatibility } from './compatibility.js';
import { executorMain } from './executor.js';
import type { AgentTellsExecutor, ExecutorSays } from './executor-protocol.js';
import { checkHost } from './preflight.js';
import { recoveryHints, Runs } from './runs.js';
import { type AgentSettings, readAgentSettings } from './settings.js';
import { type AgentFacts, containersView, metricsView, stateView } from './views.js';

const RETRY_MS = 500;
const REGISTER_AGAIN_MS = 2000;
/** A master that does not ask for so long is gone. */
const SILENCE_MS = 75_000;

class Agent {
  readonly #settings: AgentSettings;
  readonly #checkpoint: Checkpoint;
  readonly #runs: Runs;
  readonly #startTime = Date.now() / 1000;
  #id: string | undefined;
  #masterHostname = '';
  #isRegistered = false;
  #silence: NodeJS.Timeout | undefined;
  #master: Channel<MasterTellsAgent, AgentSays> | undefined;
  /** Where the leading master is. */
  #leader: Endpoint | undefined;

  constructor(settings: AgentSettings) {
    this.#settings = settings;
    this.#checkpoint = new Checkpoint(settings.workDir);
    this.#runs = new Runs(settings, this.#checkpoint);
    this.#runs.onStatus = (frameworkId, status) =>
      this.#master?.send({ type: 'status', frameworkId, status });
  }

  async start(): Promise<void> {
    const { ip, info } = this.#settings;
    const server = httpServer((path) => this.#handle(path));
    acceptChannels(server, (path, socket) => this.#accept(path, socket));
    await listenOn(server, ip, info.port).catch((thrown: unknown) =>
      exitWith(
        1,
        `Failed to initialize: Failed to bind on ${ip}:${info.port}: ${(thrown as Error).message}`,
      ),
    );
    glog.info(`Mesos agent started on (1)@${ip}:${info.port}`);
    glog.info(`Flags at startup: ${showFlags(this.#settings.flags)}`);
    await this.#recover();
    this.#findMaster();
    await this.#stayRegistered();
  }

  async #recover(): Promise<void> {
    const { info, policy, workDir } = this.#settings;
    glog.info(`Recovering state from '${workDir}/meta'`);
    const before = this.#checkpoint.read();
    const problem = before === undefined ? undefined : incompatibility(before.info, info, policy);
    if (problem !== undefined) {
      exitWith(1, `Failed to perform recovery: ${problem}${recoveryHints(workDir)}`);
    }
    this.#id = before?.id;
    await this.#runs.recover(this.#id);
    if (this.#id !== undefined) this.#checkpoint.write(this.#id, info);
  }

  #findMaster(): void {
    const { master, flags } = this.#settings;
    if (!('zk' in master)) {
      this.#leader = master;
      return;
    }
    new Election({
      url: master.zk,
      timeoutMs: standInMs('ZK_SESSION', 10_000),
      prefix: 'json.info_',
      onLeader: (text) => {
        const leader = text === undefined ? undefined : (JSON.parse(text) as MasterInfo);
        this.#leader = leader === undefined ? undefined : { host: leader.ip, port: leader.port };
        glog.info(
          `Detected a new leader: ${leader === undefined ? 'None' : `master@${leader.ip}:${leader.port}`}`,
        );
        this.#master?.close();
      },
    });
    if (flags.get('credential') === undefined) {
      glog.info('No credentials provided. Attempting to register without authentication');
    }
  }

  async #stayRegistered(): Promise<never> {
    for (;;) {
      const leader = this.#leader;
      const socket =
        leader === undefined
          ? undefined
          : await openChannel(leader, '/stand-in/agent').catch(() => undefined);
      if (socket !== undefined) await this.#converse(socket);
      await delay(RETRY_MS);
    }
  }

  /** Resolves when the master has gone. */
  async #converse(socket: Duplex): Promise<void> {
    let again: NodeJS.Timeout | undefined;
    const channel = new Channel<MasterTellsAgent, AgentSays>(socket, (told) => {
      if (told.type === 'challenge') {
        this.#register(channel, told);
        again = setInterval(() => {
          if (!this.#isRegistered) this.#register(channel, told);
        }, REGISTER_AGAIN_MS);
      } else this.#onMaster(channel, told);
    });
    this.#master = channel;
    await channel.closed;
    clearInterval(again);
    this.#master = undefined;
    this.#isRegistered = false;
    glog.warn('Master disconnected! Waiting for a new master to be elected');
  }

  #register(
    channel: Channel<MasterTellsAgent, AgentSays>,
    { nonce, master }: Extract<MasterTellsAgent, { type: 'challenge' }>,
  ): void {
    const { credential, info } = this.#settings;
    const runs = this.#runs.open();
    if (credential !== undefined) glog.info(`Authenticating with master ${master}`);
    channel.send({
      type: 'register',
      ...(credential === undefined ? {} : { proof: prove(credential, nonce) }),
      ...(this.#id === undefined ? {} : { agentId: this.#id }),
      info,
      tasks: runs.map(({ task }) => task),
      frameworks: [...new Map(runs.map(({ framework }) => [framework.id, framework])).values()],
    });
  }

  #onMaster(
    channel: Channel<MasterTellsAgent, AgentSays>,
    told: Exclude<MasterTellsAgent, { type: 'challenge' }>,
  ): void {
    switch (told.type) {
      case 'refused':
        exitWith(
          1,
          `Master master@${this.#leader?.host ?? ''}:${this.#leader?.port ?? 0} refused authentication`,
        );
        break;
      case 'registered':
        this.#registered(told);
        break;
      case 'shutdown':
        glog.info('Agent asked to shut down by the master because it was marked gone');
        void this.leave();
        break;
      case 'ping':
        channel.send({ type: 'pong' });
        clearTimeout(this.#silence);
        this.#silence = setTimeout(() => {
          channel.close();
        }, SILENCE_MS);
        break;
      case 'launch':
        void this.#runs.launch(this.#id ?? '', told.framework, told.task);
        break;
      case 'kill':
        this.#runs.kill(told.taskId);
        break;
      case 'ack':
        this.#runs.acknowledged(told.taskId, told.uuid);
        break;
    }
  }

  #registered({
    agentId,
    isNew,
    hostname,
  }: Extract<MasterTellsAgent, { type: 'registered' }>): void {
    this.#isRegistered = true;
    this.#masterHostname = hostname;
    this.#id = agentId;
    this.#checkpoint.write(agentId, this.#settings.info);
    const pid = `master@${this.#leader?.host ?? ''}:${this.#leader?.port ?? 0}`;
    glog.info(
      isNew
        ? `Registered with master ${pid}; given agent ID ${agentId}`
        : `Re-registered with master ${pid}`,
    );
    // What happened while the registration was on its way.
    for (const { task, framework } of this.#runs.open()) {
      const last = task.statuses.at(-1);
      if (last !== undefined)
        this.#master?.send({ type: 'status', frameworkId: framework.id, status: last });
    }
  }

  #accept(path: string, socket: Duplex): boolean {
    if (path !== '/stand-in/executor') return false;
    const channel = new Channel<ExecutorSays, AgentTellsExecutor>(socket, (said) => {
      if (said.type === 'hello') this.#runs.connected(channel, said.containerId);
      else this.#runs.said(channel, said.status);
    });
    return true;
  }

  /** SIGUSR1: the agent goes for good, and its tasks with it. */
  async leave(): Promise<void> {
    glog.info('Received SIGUSR1 signal; unregistering and shutting down');
    this.#master?.send({ type: 'unregister' });
    this.#checkpoint.forget();
    await this.#runs.shutdown();
    glog.info('Agent terminating');
    process.exit(0);
  }

  #facts(): AgentFacts {
    return {
      settings: this.#settings,
      id: this.#id ?? '',
      runs: this.#runs.all(),
      checkpoint: this.#checkpoint,
      masterHostname: this.#masterHostname,
      registered: this.#isRegistered,
      startTime: this.#startTime,
    };
  }

  #handle(path: string): HttpAnswer {
    const plain = path.replace(/^\/slave\(1\)/, '');
    switch (plain) {
      case '/health':
        return { status: 200 };
      case '/state':
      case '/state.json':
        return json(stateView(this.#facts()));
      case '/flags':
        return json({ flags: Object.fromEntries(this.#settings.flags) });
      case '/containers':
        return json(containersView(this.#facts()));
      case '/metrics/snapshot':
        return json(metricsView(this.#facts()));
      case '/version':
        return json(VERSION_ANSWER);
      default:
        return { status: 404 };
    }
  }
}

async function main(): Promise<void> {
  if (process.argv[2] === 'executor') {
    await executorMain();
    return;
  }
  announce('Apache Mesos (agent)');
  const settings = readAgentSettings(process.argv.slice(2), process.env);
  glog.info(`Version: ${VERSION} (stand-in)`);
  await checkHost(settings);
  const agent = new Agent(settings);
  process.once('SIGUSR1', () => void agent.leave());
  process.once('SIGTERM', () => {
    glog.warn('RAW: Received signal SIGTERM; exiting');
    process.exit(143);
  });
  process.once('SIGINT', () => process.exit(130));
  await agent.start();
}

void main();
