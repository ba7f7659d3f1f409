/** `zk://[user:secret@]host:port,…/path` */
import { readFileSync } from 'node:fs';
import type { Endpoint } from './channel.js';

export interface ZkUrl {
  readonly servers: readonly Endpoint[];
  /** `user:secret` */
  readonly auth: string | undefined;
  /** Without a slash at its end; empty for none. */
  readonly path: string;
}

const PORT = 2181;

/** The value of a flag that may name a file with the value (`file:///path`). */
export function valueOrFile(value: string): string {
  return value.startsWith('file://')
    ? readFileSync(value.slice('file://'.length), 'utf8').trim()
    : value;
}

/** @throws Error in Mesos' words */
export function parseZkUrl(text: string): ZkUrl {
  if (!text.startsWith('zk://')) throw new Error("Expecting 'zk://' at the beginning of the URL");
  const rest = text.slice('zk://'.length);
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const at = authority.lastIndexOf('@');
  const auth = at < 0 ? undefined : authority.slice(0, at);
  if (auth !== undefined && !auth.includes(':')) {
    throw new Error("Expecting 'username:password' before '@' in the URL");
  }
  const servers = authority
    .slice(at + 1)
    .split(',')
    .filter((server) => server !== '')
    .map((server) => {
      const [host = '', port] = server.split(':');
      return { host, port: port === undefined ? PORT : Number(port) };
    });
  if (servers.length === 0) throw new Error('Expecting at least one server in the URL');
  return { servers, auth, path };
}
