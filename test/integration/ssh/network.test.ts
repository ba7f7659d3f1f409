import { connect as connectSocket, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SshConnectorOptions } from '../../../src/adapters/ssh/index.js';
import type { SshTarget } from '../../../src/ports/ssh-target.js';
import { connectorIn, targetOf, type Kit } from './connector-kit.js';
import { freePort, SshWorld, whyNoSshd, type Sshd } from './sshd.js';
import { TcpProxy } from './tcp-proxy.js';

const why = whyNoSshd();

/** Answers each connection with what it was sent, when that has ended. */
async function echoServer(): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Sends text, ends, and reads all that comes back. */
async function say(port: number, words: string): Promise<string> {
  const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(words);
  return text(socket);
}

describe.skipIf(why !== undefined)(`the network${why === undefined ? '' : ` (${why})`}`, () => {
  let world: SshWorld;
  let sshd: Sshd;
  let echo: { server: Server; port: number };
  const kits: Kit[] = [];
  const proxies: TcpProxy[] = [];

  beforeAll(async () => {
    world = await SshWorld.create();
    sshd = await world.sshd();
    echo = await echoServer();
  });
  afterEach(async () => {
    await Promise.all(kits.splice(0).map(({ connector }) => connector.close()));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });
  afterAll(async () => {
    echo.server.close();
    await world.close();
  });

  function connect(target: Partial<SshTarget> = {}, options: Partial<SshConnectorOptions> = {}) {
    const kit = connectorIn(world, options);
    kits.push(kit);
    const host = kit.connector.open(targetOf(world, sshd, target));
    return { ...kit, host };
  }

  async function proxied() {
    const proxy = await TcpProxy.to(sshd.port);
    proxies.push(proxy);
    return { proxy, ...connect({ port: proxy.port }) };
  }

  describe('when a connection is lost', () => {
    it('the command that ran says so, and the next one runs on a new connection', async () => {
      const { proxy, host, connector } = await proxied();
      const started = Promise.withResolvers<undefined>();
      const run = host.run(['sh', '-c', 'echo here; sleep 5'], {
        onStdout: () => {
          started.resolve(undefined);
        },
      });
      await started.promise;
      proxy.cut();
      await expect(run).rejects.toMatchObject({ code: 'unreachable', retryable: true });
      expect((await host.run(['echo', 'again'])).stdout).toBe('again\n');
      expect(connector.connections).toBe(2);
      expect(proxy.connections).toBe(2);
    });

    it('forwards in both directions go on with the next one', async () => {
      const { proxy, host } = await proxied();
      const there = await host.forward('127.0.0.1', echo.port);
      const back = await host.reverseForward(echo.port);
      expect(await say(there.port, 'one')).toBe('one');
      expect(await say(back.port, 'two')).toBe('two');
      proxy.cut();
      expect(await say(there.port, 'three')).toBe('three');
      expect(await say(back.port, 'four')).toBe('four');
    });
  });

  describe('forwards', () => {
    it('carry much in both directions', async () => {
      const { host } = connect();
      const there = await host.forward('127.0.0.1', echo.port);
      const back = await host.reverseForward(echo.port);
      const big = 'x'.repeat(3_000_000);
      const [one, two] = await Promise.all([say(there.port, big), say(back.port, big)]);
      expect(one === big).toBe(true);
      expect(two === big).toBe(true);
    });

    it('end with the host: nothing listens any more', async () => {
      const { host } = connect();
      const there = await host.forward('127.0.0.1', echo.port);
      const back = await host.reverseForward(echo.port);
      await host.close();
      for (const { port } of [there, back]) await expect(say(port, 'x')).rejects.toThrow();
    });

    it('can be closed by themselves', async () => {
      const { host } = connect();
      const back = await host.reverseForward(echo.port);
      await back.close();
      await expect(say(back.port, 'x')).rejects.toThrow();
      await back.close();
      expect((await host.run(['true'])).exitCode).toBe(0);
    });

    it('to a port where nothing answers break the connections, not the forward', async () => {
      const { host } = connect();
      const port = await freePort();
      const there = await host.forward('127.0.0.1', port);
      await expect(say(there.port, 'x')).rejects.toThrow();
      const late = createServer((socket) => socket.end('late'));
      await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
      expect(await say(there.port, '')).toBe('late');
      late.close();
    });

    it('that the host does not permit are refused at once', async () => {
      const strict = await world.sshd({ config: ['AllowTcpForwarding no'] });
      const { host } = connect({ port: strict.port });
      const expected = {
        code: 'refused',
        hint: expect.stringContaining('AllowTcpForwarding') as string,
      };
      await expect(host.forward('127.0.0.1', echo.port)).rejects.toMatchObject(expected);
      await expect(host.reverseForward(echo.port)).rejects.toMatchObject(expected);
    });
  });

  describe('jump hosts', () => {
    const hop = (server: Sshd) => ({
      address: '127.0.0.1',
      port: server.port,
      user: world.user,
      identityFile: world.clientKey,
    });

    it('lead to the host, one after the other, and are shared', async () => {
      const first = await world.sshd();
      const second = await world.sshd();
      const kit = connectorIn(world);
      kits.push(kit);
      const jump = [hop(first), hop(second)];
      const hosts = ['127.0.0.1', 'localhost'].map((address, index) =>
        kit.connector.open(targetOf(world, sshd, { name: `h${index}`, address, jump })),
      );
      const all = await Promise.all(
        hosts.map((host) => host.run(['sh', '-c', 'echo $SSH_CLIENT'])),
      );
      expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(first.logins).toBe(1);
      expect(second.logins).toBe(1);
      expect(kit.connector.connections).toBe(4);
      // Closing one does not end the way of the other.
      await hosts[0]!.close();
      expect((await hosts[1]!.run(['true'])).exitCode).toBe(0);
      expect(kit.connector.connections).toBe(4);
    });

    it('have their own keys looked at', async () => {
      const first = await world.sshd();
      const jump = [hop(first)];
      const { host } = connect({ jump }, { acceptNewHostKeys: false });
      await expect(host.run(['true'])).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining(`jump host 127.0.0.1:${first.port}`) as string,
      });
      expect(first.logins).toBe(0);
    });

    it('that permit no forwards, or cannot reach the host, are named', async () => {
      const strict = await world.sshd({ config: ['AllowTcpForwarding no'] });
      const { host } = connect({ jump: [hop(strict)] });
      await expect(host.run(['true'])).rejects.toMatchObject({ code: 'refused' });
      const open = await world.sshd();
      const far = connect({ jump: [hop(open)], port: await freePort() });
      await expect(far.host.run(['true'])).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('jump host') as string,
      });
    });

    it('that are lost are made again', async () => {
      const proxy = await TcpProxy.to(sshd.port);
      proxies.push(proxy);
      const last = await world.sshd();
      const { host } = connect({
        jump: [{ ...hop(sshd), port: proxy.port }],
        port: last.port,
      });
      await host.run(['true']);
      proxy.cut();
      await expect
        .poll(async () => (await host.run(['true']).catch(() => ({ exitCode: -1 }))).exitCode)
        .toBe(0);
      expect(last.logins).toBe(2);
    });
  });
});
