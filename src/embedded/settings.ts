import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ContainerEngine } from './runtime/engine.js';
import type { OfferedResources } from './runtime/offers.js';
import { HOST_PORTS } from './runtime/ports.js';
import type { PortRange } from './runtime/ports.js';

export interface Settings {
  readonly scope: string;
  readonly host: string;
  readonly port: number;
  readonly hostname: string;
  readonly publishAddress: string;
  readonly ports: PortRange;
  /** Undefined: the host's. */
  readonly cpus: number | undefined;
  readonly mem: number | undefined;
  readonly disk: number | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly socket: string;
  /** Undefined: containers are created and started through `socket` as well. */
  readonly createSocket: string | undefined;
}

export interface ReadSettings {
  readonly value: Settings;
  /** All that is wrong, one line each; `value` is good for nothing then. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the server's settings from the environment; the contract is written in `main.ts`. */
export function readSettings(env: Environment): ReadSettings {
  const problems: string[] = [];
  const scope = env['CROSSFLOCK_SCOPE'] ?? '';
  // It begins the names of volumes and containers.
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(scope)) {
    problems.push(`CROSSFLOCK_SCOPE: "${scope}" is no name; write letters, digits, ".", "_", "-"`);
  }
  const number = (name: string): number | undefined => {
    const text = env[name];
    if (text === undefined || text === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    problems.push(`${name}: "${text}" is no number`);
    return undefined;
  };
  const port = number('CROSSFLOCK_PORT') ?? 8080;
  if (!Number.isInteger(port) || port > 65_535)
    problems.push(`CROSSFLOCK_PORT: ${port} is no port`);
  const value: Settings = {
    scope,
    port,
    host: env['CROSSFLOCK_HOST'] ?? '127.0.0.1',
    hostname: env['CROSSFLOCK_HOSTNAME'] ?? hostname(),
    publishAddress: env['CROSSFLOCK_PUBLISH_ADDRESS'] ?? '127.0.0.1',
    ports: portRange(env['CROSSFLOCK_PORTS'], problems),
    cpus: number('CROSSFLOCK_CPUS'),
    mem: number('CROSSFLOCK_MEM'),
    disk: number('CROSSFLOCK_DISK'),
    credentials: readCredentials(env, problems),
    socket: env['DOCKER_SOCKET'] ?? '/var/run/docker.sock',
    createSocket:
      env['CROSSFLOCK_CREATE_SOCKET'] === '' ? undefined : env['CROSSFLOCK_CREATE_SOCKET'],
  };
  return { value, problems };
}

function portRange(text: string | undefined, problems: string[]): PortRange {
  if (text === undefined || text === '') return HOST_PORTS;
  const match = /^(\d+)-(\d+)$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (first >= 1 && first <= last && last <= 65_535) return { first, last };
  problems.push(`CROSSFLOCK_PORTS: "${text}" is no range of ports such as 31000-32000`);
  return HOST_PORTS;
}

function readCredentials(env: Environment, problems: string[]): Settings['credentials'] {
  const file = env['CROSSFLOCK_CREDENTIALS_FILE'];
  let text = env['CROSSFLOCK_CREDENTIALS'];
  if (file !== undefined && file !== '') {
    try {
      text = readFileSync(file, 'utf8').trim();
    } catch (thrown) {
      problems.push(`CROSSFLOCK_CREDENTIALS_FILE: ${(thrown as Error).message}`);
    }
  }
  if (text === undefined || text === '') return undefined;
  const at = text.indexOf(':');
  if (at < 1) {
    problems.push('CROSSFLOCK_CREDENTIALS: not of the form user:password');
    return undefined;
  }
  return { username: text.slice(0, at), password: text.slice(at + 1) };
}

/** What the settings offer, filled up with what the host has. */
export async function hostResources(
  settings: Settings,
  engine: ContainerEngine,
): Promise<OfferedResources> {
  const { cpus, mem, disk, ports } = settings;
  const offered = { ports, cpus: cpus ?? 0, mem: mem ?? 0, disk: disk ?? 0 };
  if (cpus !== undefined && mem !== undefined && disk !== undefined) return offered;
  const info = await engine.info();
  const { blocks, bsize } = await statfs('/');
  return {
    ports,
    cpus: cpus ?? info.cpus,
    mem: mem ?? info.memory,
    disk: disk ?? Math.floor((blocks * bsize) / 1024 / 1024),
  };
}
