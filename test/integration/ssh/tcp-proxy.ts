import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A piece of network that can be cut: passes TCP connections on to a port of this machine. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Connections that went through so far. */
  connections = 0;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async to(port: number): Promise<TcpProxy> {
    const sockets = new Set<Socket>();
    const server = createServer((left) => {
      const right = connect(port, '127.0.0.1');
      proxy.connections += 1;
      for (const [one, other] of [[left, right] as const, [right, left] as const]) {
        sockets.add(one);
        one.once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
        one.on('error', () => undefined);
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, sockets);
    return proxy;
  }

  /** Breaks all connections that go through it now. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
