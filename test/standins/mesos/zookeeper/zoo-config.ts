/** `zoo.cfg` and `myid`, read and refused as ZooKeeper does (QuorumPeerConfig). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ZooServer {
  readonly id: number;
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
}

export interface ZooConfig {
  readonly dataDir: string;
  readonly clientPort: number;
  /** Undefined: all addresses. */
  readonly clientPortAddress: string | undefined;
  /** Milliseconds; a session lasts between 2 and 20 of them. */
  readonly tickTime: number;
  readonly admin: { readonly enabled: boolean; readonly port: number; readonly address: string };
  readonly whitelist: readonly string[];
  /** Own number; undefined alone. */
  readonly id: number | undefined;
  /** Empty: alone. */
  readonly servers: readonly ZooServer[];
}

export class ZooConfigError extends Error {}

/** Lines of a Java properties file, as far as `zoo.cfg` uses them. */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')) continue;
    const [, key = trimmed, value = ''] = /^([^=:\s]+)\s*[=:\s]\s*(.*)$/.exec(trimmed) ?? [];
    properties.set(key, value.trim());
  }
  return properties;
}

/** @throws ZooConfigError with the cause in ZooKeeper's words */
export function readZooConfig(path: string): ZooConfig {
  if (!existsSync(path)) throw new ZooConfigError(`${path} file is missing`);
  const properties = parseProperties(readFileSync(path, 'utf8'));
  const dataDir = properties.get('dataDir');
  if (dataDir === undefined) throw new ZooConfigError('dataDir is not set');
  const clientPortAddress = properties.get('clientPortAddress');
  const clientPort = numberOf(properties, 'clientPort', 0);
  if (clientPort === 0) {
    const which =
      clientPortAddress === undefined
        ? 'clientPort is not set'
        : 'clientPortAddress is set but clientPort is not set';
    throw new ZooConfigError(which);
  }
  const servers = serversOf(properties);
  return {
    dataDir,
    clientPort,
    clientPortAddress,
    tickTime: numberOf(properties, 'tickTime', 3000),
    admin: {
      enabled: properties.get('admin.enableServer') !== 'false',
      port: numberOf(properties, 'admin.serverPort', 8080),
      address: properties.get('admin.serverAddress') ?? '0.0.0.0',
    },
    whitelist: (properties.get('4lw.commands.whitelist') ?? 'srvr').split(',').map((w) => w.trim()),
    id: servers.length > 1 ? ownId(dataDir, properties, servers) : undefined,
    // One server alone is no ensemble ("Invalid configuration, only one server specified (ignoring)").
    servers: servers.length > 1 ? servers : [],
  };
}

function numberOf(properties: ReadonlyMap<string, string>, key: string, fallback: number): number {
  const text = properties.get(key);
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text)) throw new ZooConfigError(`For input string: "${text}"`);
  return Number(text);
}

function serversOf(properties: ReadonlyMap<string, string>): ZooServer[] {
  const servers: ZooServer[] = [];
  for (const [key, value] of properties) {
    if (!key.startsWith('server.')) continue;
    const [, host = '', peer, election] = /^([^:;]+):(\d+):(\d+)(?:[:;].*)?$/.exec(value) ?? [];
    if (host === '') {
      throw new ZooConfigError(
        `${value} does not have the form server_config or server_config;client_config where server_config is the pipe separated list of host:port:port or host:port:port:type and client_config is port or host:port`,
      );
    }
    const id = Number(key.slice('server.'.length));
    servers.push({ id, host, peerPort: Number(peer), electionPort: Number(election) });
  }
  return servers.sort((a, b) => a.id - b.id);
}

function ownId(
  dataDir: string,
  properties: ReadonlyMap<string, string>,
  servers: readonly ZooServer[],
): number {
  for (const limit of ['initLimit', 'syncLimit']) {
    if (numberOf(properties, limit, 0) === 0) throw new ZooConfigError(`${limit} is not set`);
  }
  const file = join(dataDir, 'myid');
  if (!existsSync(file)) throw new ZooConfigError('myid file is missing');
  const text = readFileSync(file, 'utf8').trim();
  if (!/^\d+$/.test(text)) throw new ZooConfigError(`serverid ${text} is not a number`);
  const id = Number(text);
  if (!servers.some((server) => server.id === id)) {
    throw new ZooConfigError(`My id ${id} not in the peer list`);
  }
  return id;
}
