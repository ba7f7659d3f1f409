/**
 * The stand-in for ZooKeeper: `zookeeper ZOO_CFG`. Speaks `srvr` and the stand-ins' own protocol
 * on the client port, nothing of ZooKeeper's.
 */
import { createServer as createHttp } from 'node:http';
import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Channel, openChannel } from '../common/channel.js';
import { announce } from '../common/log.js';
import type { ZkCall, ZkMessage } from '../common/zk-protocol.js';
import { Ensemble, listen, type Mode } from './ensemble.js';
import { Store, type ClientChannel } from './store.js';
import { readZooConfig, ZooConfigError, type ZooConfig } from './zoo-config.js';

const VERSION = '3.8.4-stand-in, built on 2024-02-12 22:16 UTC';
const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';

function log(level: 'INFO' | 'WARN' | 'ERROR', text: string): void {
  const time = new Date().toISOString().replace('T', ' ').replace('.', ',').replace('Z', '');
  process.stdout.write(`${time} [myid:] - ${level}  [main:StandIn] - ${text}\n`);
}

class ZooKeeper {
  readonly #config: ZooConfig;
  readonly #store: Store;
  readonly #ensemble: Ensemble | undefined;
  #received = 0;

  constructor(config: ZooConfig) {
    this.#config = config;
    this.#store = new Store(config.dataDir);
    const { id, servers } = config;
    if (id === undefined) {
      this.#store.open();
      return;
    }
    this.#ensemble = new Ensemble({
      id,
      servers,
      store: this.#store,
      log: (text) => {
        log('INFO', text);
      },
      serve: (socket) => {
        this.#serve(socket);
      },
      onMode: (mode) => {
        this.#onMode(mode);
      },
    });
    this.#store.onChange = (state) => this.#ensemble?.spread(state);
  }

  async start(): Promise<void> {
    await this.#ensemble?.start();
    await this.#startAdmin();
    const { clientPort, clientPortAddress } = this.#config;
    const server = createServer((socket) => {
      this.#onClient(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(clientPort, clientPortAddress, resolve);
    });
    log('INFO', `binding to port ${clientPortAddress ?? '0.0.0.0'}:${clientPort}`);
  }

  /** Takes its port from whoever is to have it: the trap of Marathon's default port. */
  async #startAdmin(): Promise<void> {
    const { enabled, port, address } = this.#config.admin;
    if (!enabled) return;
    const server = createHttp((_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ command: 'stand-in', error: null }));
    });
    try {
      await listen(server, address, port);
      log(
        'INFO',
        `Started AdminServer on address ${address}, port ${port} and command URL /commands`,
      );
    } catch (thrown) {
      if (this.#ensemble !== undefined) {
        log('WARN', `Problem starting AdminServer: ${(thrown as Error).message}`);
        return;
      }
      log('ERROR', `Unable to start AdminServer, exiting abnormally: ${(thrown as Error).message}`);
      process.exit(4);
    }
  }

  #onMode(mode: Mode): void {
    if (mode === 'leader') this.#store.open();
    else this.#store.close();
  }

  /** A word of four letters, or a stand-in's first line. */
  #onClient(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.once('data', (data) => {
      socket.pause();
      this.#received += 1;
      const word = data.toString('latin1', 0, 4);
      if (/^[a-z]{4}$/.test(word)) socket.end(this.#word(word));
      else {
        socket.unshift(data);
        void this.#pass(socket);
      }
    });
  }

  #word(word: string): string {
    const { whitelist } = this.#config;
    if (!whitelist.includes(word) && !whitelist.includes('*')) {
      return `${word} is not executed because it is not in the whitelist.\n`;
    }
    if (word === 'ruok') return 'imok';
    if (word !== 'srvr') return `${word}: not of the stand-in\n`;
    if (this.#ensemble?.mode === 'looking') return NOT_SERVING;
    const { zxid, nodes } = this.#store.state;
    return [
      `Zookeeper version: ${VERSION}`,
      'Latency min/avg/max: 0/0.0/0',
      `Received: ${this.#received}`,
      `Sent: ${this.#received - 1}`,
      `Connections: ${this.#store.connections + 1}`,
      'Outstanding: 0',
      `Zxid: 0x${zxid.toString(16)}`,
      `Mode: ${this.#ensemble?.mode ?? 'standalone'}`,
      `Node count: ${Object.keys(nodes).length + 5}`,
      '',
    ].join('\n');
  }

  async #pass(socket: Socket): Promise<void> {
    const mode = this.#ensemble?.mode ?? 'leader';
    if (mode === 'leader') {
      this.#serve(socket);
      return;
    }
    const leader = this.#ensemble?.leader;
    const upstream =
      leader === undefined
        ? undefined
        : await openChannel({ host: leader.host, port: leader.peerPort }, '/client').catch(
            () => undefined,
          );
    if (upstream === undefined) {
      socket.destroy();
      return;
    }
    upstream.on('error', () => socket.destroy());
    upstream.once('close', () => socket.destroy());
    socket.once('close', () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  }

  #serve(socket: Duplex): void {
    const channel: ClientChannel = new Channel<ZkCall, ZkMessage>(socket, (call) => {
      this.#store.handle(channel, call);
    });
    void channel.closed.then(() => {
      this.#store.gone(channel);
    });
  }
}

async function main(): Promise<void> {
  announce('ZooKeeper');
  const file = process.argv[2] ?? '/conf/zoo.cfg';
  try {
    log('INFO', `Reading configuration from: ${file}`);
    const config = readZooConfig(file);
    if (config.servers.length === 0) {
      log('WARN', 'Either no config or no quorum defined in config, running in standalone mode');
    }
    await new ZooKeeper(config).start();
  } catch (thrown) {
    if (thrown instanceof ZooConfigError) refuse(file, thrown.message);
    log('ERROR', `Unexpected exception, exiting abnormally: ${(thrown as Error).message}`);
    process.exit(1);
  }
}

function refuse(file: string, cause: string): never {
  log('ERROR', 'Invalid config, exiting abnormally');
  process.stdout.write(
    `org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Error processing ${file}\n` +
      `Caused by: java.lang.IllegalArgumentException: ${cause}\n`,
  );
  process.stderr.write('Invalid config, exiting abnormally\n');
  process.exit(2);
}

process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));
void main();
