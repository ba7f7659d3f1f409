/** The stand-in for mesos-master. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { acceptChannels } from '../common/channel.js';
import { standInMs } from '../common/duration.js';
import { Election } from '../common/election.js';
import {
  bodyOf,
  type HttpAnswer,
  httpServer,
  json,
  listenOn,
  VERSION,
  VERSION_ANSWER,
} from '../common/http.js';
import { announce, exitWith, glog } from '../common/log.js';
import type { MasterInfo } from '../common/mesos.js';
import { Master, suicide } from './master.js';
import { Registry, type RegistryState } from './registry.js';
import { REGISTRY_PATH, Replicas } from './replicas.js';
import { type MasterSettings, readMasterSettings } from './settings.js';
import {
  frameworksView,
  type MasterFacts,
  metricsView,
  slavesView,
  stateView,
  taskView,
} from './views.js';

/** Paths that only the leader answers. */
const LEADER_PATHS = /^(\/master)?\/(state|state\.json|slaves|tasks|frameworks|state-summary)$/;

class Server {
  readonly #settings: MasterSettings;
  readonly #self: MasterInfo;
  readonly #registry: Registry;
  readonly #replicas: Replicas;
  readonly #master: Master;
  readonly #election: Election | undefined;
  readonly #startTime = Date.now() / 1000;
  #leader: MasterInfo | undefined;

  constructor(settings: MasterSettings) {
    this.#settings = settings;
    const { ip, port, hostname, zk, quorum, workDir } = settings;
    this.#self = { id: randomUUID(), ip, port, hostname };
    this.#registry = new Registry(workDir);
    this.#election = zk === undefined ? undefined : this.#contend();
    this.#replicas = new Replicas({
      registry: this.#registry,
      quorum,
      self: this.#self,
      zk: this.#election?.zk,
      path: zk?.path ?? '',
    });
    this.#master = new Master({
      settings,
      self: this.#self,
      replicas: this.#replicas,
      agents: () => this.#registry.state.agents,
    });
  }

  async start(): Promise<void> {
    const { ip, port } = this.#settings;
    const server = httpServer((path, request) => this.#handle(path, request));
    acceptChannels(server, (path, socket) => this.#master.accept(path, socket));
    await listenOn(server, ip, port).catch((thrown: unknown) =>
      exitWith(
        1,
        `Failed to initialize: Failed to bind on ${ip}:${port}: ${(thrown as Error).message}`,
      ),
    );
    glog.info(`Master ${this.#self.id} (${this.#settings.hostname}) started on ${ip}:${port}`);
    this.#sayAuthentication();
    if (this.#election === undefined) {
      this.#leader = this.#self;
      this.#master.lead();
    } else this.#lookForQuorum();
  }

  #sayAuthentication(): void {
    const { authenticateAgents, authenticateFrameworks } = this.#settings;
    const only = (is: boolean): string =>
      is ? 'Master only allowing authenticated' : 'Master allowing unauthenticated';
    glog.info(`${only(authenticateFrameworks)} frameworks to register`);
    glog.info(`${only(authenticateAgents)} agents to register`);
  }

  /** Every replica recovers as soon as there is a quorum, the leader's or not. */
  #lookForQuorum(): void {
    const timer = setInterval(() => {
      if (this.#replicas.recovered) clearInterval(timer);
      else void this.#replicas.fetch();
    }, 500);
  }

  #contend(): Election | undefined {
    const { zk, zkTimeoutMs } = this.#settings;
    if (zk === undefined) return undefined;
    return new Election({
      url: zk,
      timeoutMs: standInMs('ZK_SESSION', zkTimeoutMs),
      prefix: 'json.info_',
      member: JSON.stringify(this.#self),
      onConnected: (isNew) => {
        glog.info('Group process connected to ZooKeeper');
        if (isNew) this.#replicas.join().catch(() => undefined);
      },
      onExpired: () => {
        glog.warn(
          'Timed out waiting to connect to ZooKeeper. Forcing ZooKeeper session expiration',
        );
        glog.info('ZooKeeper session expired');
      },
      onLeader: (leader, isMe) => {
        this.#onLeader(leader, isMe);
      },
      onRefused: (reason) =>
        exitWith(1, `Failed to contend: ${reason === 'NoAuth' ? 'not authenticated' : reason}`),
    });
  }

  #onLeader(text: string | undefined, isMe: boolean): void {
    this.#leader = text === undefined ? undefined : (JSON.parse(text) as MasterInfo);
    const who =
      this.#leader === undefined ? 'None' : `master@${this.#leader.ip}:${this.#leader.port}`;
    glog.info(`Detected a new leader: ${who}`);
    if (isMe) this.#master.lead();
    else if (this.#master.isLeading) suicide();
  }

  #facts(): MasterFacts {
    return {
      settings: this.#settings,
      cluster: this.#master.cluster,
      self: this.#self,
      startTime: this.#startTime,
      electedTime: this.#master.electedTime,
      recovered: this.#replicas.recovered,
    };
  }

  async #handle(path: string, request: IncomingMessage): Promise<HttpAnswer> {
    if (path === REGISTRY_PATH) return this.#registryCall(request);
    if (path === '/health' || path === '/master/health') return { status: 200 };
    if (path === '/version') return json(VERSION_ANSWER);
    if (path === '/metrics/snapshot') return json(metricsView(this.#facts()));
    if (path === '/flags' || path === '/master/flags') {
      return json({ flags: Object.fromEntries(this.#settings.flags) });
    }
    if (/^(?:\/master)?\/redirect$/.test(path)) return this.#redirect('');
    if (path === '/api/v1') return this.#operatorCall(request);
    if (!LEADER_PATHS.test(path)) return { status: 404 };
    return this.#master.isLeading ? this.#leaderAnswer(path) : this.#redirect(path);
  }

  #redirect(path: string): HttpAnswer {
    if (this.#leader === undefined) return { status: 503 };
    const { hostname, port } = this.#leader;
    return { status: 307, headers: { Location: `//${hostname}:${port}${path}` } };
  }

  #leaderAnswer(path: string): HttpAnswer {
    const facts = this.#facts();
    const what = path.slice(path.lastIndexOf('/') + 1);
    if (what === 'slaves') return json(slavesView(facts));
    if (what === 'tasks') return json({ tasks: facts.cluster.tasks().map(taskView) });
    if (what === 'frameworks') return json({ frameworks: frameworksView(facts.cluster) });
    return json(stateView(facts));
  }

  /** Of the operator API the one call that crossflock makes. */
  async #operatorCall(request: IncomingMessage): Promise<HttpAnswer> {
    if (request.method !== 'POST') return { status: 405 };
    if (!this.#master.isLeading) return this.#redirect('/api/v1');
    const call = JSON.parse(await bodyOf(request)) as {
      readonly type?: string;
      readonly mark_agent_gone?: { readonly agent_id?: { readonly value?: string } };
    };
    const agentId = call.mark_agent_gone?.agent_id?.value;
    if (call.type !== 'MARK_AGENT_GONE') return { status: 501 };
    if (agentId === undefined) return { status: 400 };
    return { status: (await this.#master.markGone(agentId)) ? 200 : 404 };
  }

  async #registryCall(request: IncomingMessage): Promise<HttpAnswer> {
    if (request.method === 'PUT') {
      this.#registry.take(JSON.parse(await bodyOf(request)) as RegistryState);
    }
    return json(this.#registry.state);
  }
}

announce('Apache Mesos (master)');
const settings = readMasterSettings(process.argv.slice(2), process.env);
glog.info(`Version: ${VERSION} (stand-in)`);
glog.info(`Using 'hierarchical' allocator`);
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));
void new Server(settings).start();
