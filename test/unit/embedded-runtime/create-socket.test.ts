import Docker from 'dockerode';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../../src/embedded/runtime/docker-engine.js';
import type { ContainerSpec } from '../../../src/embedded/runtime/engine.js';
import { startMessage } from '../../../src/embedded/runtime/failure.js';
import { readSettings } from '../../../src/embedded/settings.js';

const SPEC: ContainerSpec = {
  ...{ name: 'x', image: 'app', env: {}, labels: {}, network: 'bridge', tty: false },
  ...{ privileged: false, binds: [], exposed: [], publish: [] },
  ...{ memory: 0, memorySwap: 0, cpuShares: 0, cpuQuota: 0, cpuPeriod: 0 },
  extra: {
    ...{ capAdd: [], capDrop: [], devices: [], tmpfs: {}, securityOpt: [], dns: [], dnsSearch: [] },
    ...{
      extraHosts: [],
      groupAdd: [],
      ulimits: [],
      sysctls: {},
      networkAliases: [],
      logOptions: {},
    },
  },
};

let folder: string;
let servers: Server[];
let asked: string[];

/** A socket that answers as Docker does, or refuses everything; keeps what it was asked. */
async function listen(name: string, refusal?: string): Promise<string> {
  const path = join(folder, name);
  const server = createServer((request, response) => {
    request.resume();
    const line = `${request.method ?? ''} ${(request.url ?? '').replace(/\?.*/, '')}`;
    asked.push(`${name}: ${line}`);
    response.setHeader('content-type', 'application/json');
    if (refusal !== undefined) response.writeHead(500).end(JSON.stringify({ message: refusal }));
    else if (line === 'POST /containers/create') response.writeHead(201).end('{"Id":"c1"}');
    else if (line === 'GET /_ping') response.writeHead(200).end('OK');
    else if (line.startsWith('GET ')) response.writeHead(404).end('{"message":"none"}');
    else response.writeHead(204).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossflock-create-'));
  servers = [];
  asked = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

function engineOn(engine: string, creator: string): DockerEngine {
  return new DockerEngine(new Docker({ socketPath: engine }), new Docker({ socketPath: creator }));
}

describe('a socket of its own for creating containers', () => {
  it('gets create and start, and nothing else', async () => {
    const engine = engineOn(await listen('engine'), await listen('proxy'));
    const id = await engine.create(SPEC);
    await engine.start(id);
    await engine.inspect(id);
    await engine.stop(id, 1);
    await engine.remove(id);
    expect(asked).toEqual([
      'proxy: POST /containers/create',
      'proxy: POST /containers/c1/start',
      'engine: GET /containers/c1/json',
      'engine: POST /containers/c1/stop',
      'engine: DELETE /containers/c1',
    ]);
  });

  it('that is away fails the launch, as nothing tells when it is back', async () => {
    const engine = engineOn(await listen('engine'), join(folder, 'nobody'));
    await expect(engine.create(SPEC)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        /^the socket for new containers does not answer: connect ENOENT/,
      ) as unknown,
    });
  });

  it('that is away together with the engine is the engine being away', async () => {
    const engine = engineOn(join(folder, 'no-engine'), join(folder, 'nobody'));
    await expect(engine.start('c1')).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('that refuses says why', async () => {
    // As captured: an address that another container of the host has.
    const words =
      'for "172.16.0.1/24": 400 Bad Request: Unable to claim: address 172.16.0.1/24 already in use by 6fdb53166e5f';
    const engine = engineOn(await listen('engine'), await listen('proxy', words));
    const thrown: unknown = await engine.start('c1').catch((error: unknown) => error);
    expect(startMessage(thrown)).toBe(`IP address in use: ${words}`);
  });

  it('is named by an environment variable', () => {
    const socket = (env: Record<string, string>) =>
      readSettings({ CROSSFLOCK_SCOPE: 'x', ...env }).value.createSocket;
    expect(socket({ CROSSFLOCK_CREATE_SOCKET: '/var/run/weave/weave.sock' })).toBe(
      '/var/run/weave/weave.sock',
    );
    expect(socket({ CROSSFLOCK_CREATE_SOCKET: '' })).toBeUndefined();
    expect(socket({})).toBeUndefined();
  });
});
