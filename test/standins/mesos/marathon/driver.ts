/** The connection of a leading Marathon to the leading master. */
import { setTimeout as delay } from 'node:timers/promises';
import { Channel, type Endpoint, openChannel } from '../common/channel.js';
import { prove } from '../common/credentials.js';
import { standInMs } from '../common/duration.js';
import { Election } from '../common/election.js';
import type { FrameworkSays, MasterInfo, MasterTellsFramework, TaskInfo } from '../common/mesos.js';
import type { Driver, MesosOrchestrator } from './orchestrator.js';
import type { MarathonSettings } from './settings.js';

const RETRY_MS = 500;

export interface SchedulerParts {
  readonly settings: MarathonSettings;
  readonly orchestrator: () => MesosOrchestrator;
  readonly log: (text: string) => void;
  /** The master does not take this framework. */
  readonly refused: (message: string) => void;
}

export class SchedulerDriver implements Driver {
  readonly #parts: SchedulerParts;
  #channel: Channel<MasterTellsFramework, FrameworkSays> | undefined;
  #leader: Endpoint | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  launch(agentId: string, task: TaskInfo): void {
    this.#channel?.send({ type: 'launch', agentId, task });
  }

  kill(taskId: string): void {
    this.#channel?.send({ type: 'kill', taskId });
  }

  acknowledge(taskId: string, uuid: string): void {
    this.#channel?.send({ type: 'ack', taskId, uuid });
  }

  /** Looks for the master, for ever. */
  async run(): Promise<never> {
    const { master } = this.#parts.settings;
    if ('zk' in master) {
      new Election({
        url: master.zk,
        timeoutMs: standInMs('ZK_SESSION', 10_000),
        prefix: 'json.info_',
        onLeader: (text) => {
          const leader = text === undefined ? undefined : (JSON.parse(text) as MasterInfo);
          this.#leader = leader === undefined ? undefined : { host: leader.ip, port: leader.port };
          this.#channel?.close();
        },
      });
    } else this.#leader = master;
    for (;;) {
      if (this.#leader !== undefined) await this.#converse(this.#leader);
      await delay(RETRY_MS);
    }
  }

  async #converse(leader: Endpoint): Promise<void> {
    const socket = await openChannel(leader, '/stand-in/framework').catch(() => undefined);
    if (socket === undefined) return;
    const channel = new Channel<MasterTellsFramework, FrameworkSays>(socket, (told) => {
      this.#onMaster(channel, told);
    });
    this.#channel = channel;
    await channel.closed;
    this.#channel = undefined;
    this.#parts.orchestrator().disconnected();
    this.#parts.log('Disconnected from the Mesos master');
  }

  #onMaster(
    channel: Channel<MasterTellsFramework, FrameworkSays>,
    told: MasterTellsFramework,
  ): void {
    const orchestrator = this.#parts.orchestrator();
    switch (told.type) {
      case 'challenge':
        channel.send(this.#subscription(told.nonce));
        break;
      case 'refused':
        this.#parts.refused(told.message);
        break;
      case 'subscribed':
        this.#parts.log(`Registered as ${told.frameworkId} to master '${told.master}'`);
        void orchestrator.subscribed(told.frameworkId);
        break;
      case 'agents':
        orchestrator.offers(told.agents);
        break;
      case 'status':
        void orchestrator.status(told.agentId, told.status);
        break;
      case 'tasks':
        void orchestrator.tasksOn(told.agentId, told.taskIds);
        break;
    }
  }

  #subscription(nonce: string): FrameworkSays {
    const { settings, orchestrator } = this.#parts;
    const { authentication, hostname, port, frameworkName, failoverSeconds, user } = settings;
    const id = orchestrator().frameworkId;
    return {
      type: 'subscribe',
      ...(authentication?.secret === undefined ? {} : { proof: prove(authentication, nonce) }),
      info: {
        ...(id === undefined ? {} : { id }),
        name: frameworkName,
        hostname,
        webuiUrl: `http://${hostname}:${port}`,
        user,
        role: '*',
        principal: authentication?.principal ?? '',
        failoverSeconds,
        checkpoint: true,
      },
    };
  }
}
