/** The stand-ins' own protocol: JSON objects, one a line, both ways over one connection. */
import { type IncomingMessage, type Server, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The other side is a stand-in of the same build, so that what it sends is believed. */
export class Channel<In, Out> {
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  #rest = '';
  #isOpen = true;

  constructor(socket: Duplex, onMessage: (message: In) => void) {
    this.#socket = socket;
    // A server's sockets do not let their encoding be changed.
    const decoder = new StringDecoder('utf8');
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isOpen = false;
        resolve();
      });
    });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      const lines = (this.#rest + decoder.write(data)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        if (this.#isOpen && line !== '') onMessage(JSON.parse(line) as In);
      }
    });
    // Whoever looked at its first bytes has paused it.
    socket.resume();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(message: Out): void {
    if (this.#isOpen) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Opens a channel to another stand-in's HTTP port; rejects when it does not answer so. */
export async function openChannel(
  { host, port }: Endpoint,
  path: string,
  timeoutMs = 3000,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'stand-in' };
    const sent = request({ host, port, path, headers, timeout: timeoutMs, agent: false });
    sent.once('upgrade', (_answer, socket, head) => {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.once('response', (answer) => {
      answer.resume();
      reject(new Error(`${host}:${port} answered ${answer.statusCode ?? 0}`));
    });
    sent.once('timeout', () => sent.destroy(new Error(`${host}:${port} did not answer`)));
    sent.once('error', reject);
    sent.end();
  });
}

/** Takes such connections on a server, by path; unknown ones are closed. */
export function acceptChannels(
  server: Server,
  accept: (path: string, socket: Duplex) => boolean,
): void {
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    socket.on('error', () => socket.destroy());
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: stand-in\r\n\r\n',
    );
    if (!accept(incoming.url ?? '/', socket)) socket.destroy();
  });
}
