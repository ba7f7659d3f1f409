import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bundles the server as its image has it, once for a test file; answers the bundle's path. */
export async function bundleServer(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'cft-embedded-'));
  const script = fileURLToPath(
    new URL('../../../scripts/build-marathon-bundle.mjs', import.meta.url),
  );
  await promisify(execFile)(process.execPath, [script, '--out', out]);
  return join(out, 'server.cjs');
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The embedded Marathon as a process of its own, so that it can really be killed. */
export class ServerProcess {
  readonly url: string;
  readonly #bundle: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | undefined;
  /** What it wrote to its log, all its lives. */
  log = '';

  /** `env` adds to the settings, or overrides them. */
  constructor(bundle: string, scope: string, port: number, env: Record<string, string> = {}) {
    this.url = `http://127.0.0.1:${port}`;
    this.#bundle = bundle;
    this.#env = {
      CROSSFLOCK_SCOPE: scope,
      CROSSFLOCK_PORT: String(port),
      CROSSFLOCK_HOSTNAME: 'cft-host',
      CROSSFLOCK_CPUS: '8',
      CROSSFLOCK_MEM: '2048',
      CROSSFLOCK_DISK: '100000',
      ...env,
    };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it listens; rejects with its log when it ends before that. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.#bundle], {
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let life = '';
      child.stdout.on('data', (chunk: Buffer) => {
        life += chunk.toString();
        this.log += chunk.toString();
        if (life.includes('"msg":"ready"')) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`the server ended: ${life}`));
      });
    });
  }

  /** Ends it with a signal; answers its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }

  async request(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: answer };
  }

  /**
   * Waits until `condition` answers something, looking again at each event of the server. Rejects
   * after `deadlineMs`, with what was seen last.
   */
  async until<T>(look: () => Promise<T | undefined>, deadlineMs = 60_000): Promise<T> {
    const signal = AbortSignal.timeout(deadlineMs);
    const stream = await fetch(`${this.url}/v2/events`, {
      headers: { accept: 'text/event-stream' },
      signal,
    });
    const found = await look();
    if (found !== undefined) {
      await stream.body?.cancel();
      return found;
    }
    try {
      const reader = stream.body?.getReader();
      while (reader !== undefined && !(await reader.read()).done) {
        const seen = await look();
        if (seen === undefined) continue;
        await reader.cancel();
        return seen;
      }
    } catch (thrown) {
      throw new Error(`what was waited for did not come; log:\n${this.log}`, { cause: thrown });
    }
    throw new Error(`the event stream ended; log:\n${this.log}`);
  }
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
