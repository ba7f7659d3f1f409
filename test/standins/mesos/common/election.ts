/**
 * A group in ZooKeeper whose oldest member leads: Mesos' masters (`json.info_…`) and Marathons
 * (`member_…`). Whoever only wants to know the leader does not join.
 */
import { ZkClient } from './zk-client.js';
import type { ZkUrl } from './zk-url.js';

export interface ElectionOptions {
  readonly url: ZkUrl;
  readonly timeoutMs: number;
  /** Of the members' nodes below the path, such as `json.info_`. */
  readonly prefix: string;
  /** What to join with; undefined only watches. */
  readonly member?: string;
  /** Every time it changes; undefined for none. */
  readonly onLeader: (leader: string | undefined, isMe: boolean) => void;
  readonly onConnected?: (isNew: boolean) => void;
  readonly onExpired?: () => void;
  /** Joining was refused, such as for want of the right secret. */
  readonly onRefused?: (reason: string) => void;
}

export class Election {
  readonly zk: ZkClient;
  readonly #options: ElectionOptions;
  #mine: string | undefined;
  #leaderNode: string | undefined;
  #isKnown = false;
  #isReading = false;
  #readAgain = false;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.zk = new ZkClient(options.url, options.timeoutMs, {
      connected: (isNew) => void this.#connected(isNew),
      changed: () => void this.#read(),
      expired: () => {
        this.#mine = undefined;
        this.#tell(undefined, undefined);
        options.onExpired?.();
      },
    });
  }

  async #connected(isNew: boolean): Promise<void> {
    const { member, url, prefix } = this.#options;
    this.#options.onConnected?.(isNew);
    if (isNew && member !== undefined) {
      try {
        this.#mine = await this.zk.create({
          path: `${url.path}/${prefix}`,
          data: member,
          ephemeral: true,
          sequential: true,
          readable: true,
        });
      } catch (thrown) {
        this.#options.onRefused?.((thrown as Error).message);
      }
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    this.#readAgain = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#readAgain) {
        this.#readAgain = false;
        await this.#readOnce();
      }
    } catch {
      // The connection went; the next one reads again.
    } finally {
      this.#isReading = false;
    }
  }

  async #readOnce(): Promise<void> {
    const { url, prefix } = this.#options;
    const members = (await this.zk.list(url.path)).filter((name) => name.startsWith(prefix));
    const first = members.sort()[0];
    if (first === undefined) this.#tell(undefined, undefined);
    else if (!this.#isKnown || this.#leaderNode !== `${url.path}/${first}`) {
      const node = `${url.path}/${first}`;
      this.#tell(node, await this.zk.get(node));
    }
  }

  #tell(node: string | undefined, data: string | undefined): void {
    if (this.#isKnown && node === this.#leaderNode) return;
    this.#isKnown = true;
    this.#leaderNode = node;
    this.#options.onLeader(data, node !== undefined && node === this.#mine);
  }
}
