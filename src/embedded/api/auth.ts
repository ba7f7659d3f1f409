/** Who may call: HTTP basic authentication over everything, as `--http_credentials` does, and no foreign web pages. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { ServerOptions } from './server-options.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
const sameText = (given: string, wanted: string): boolean =>
  timingSafeEqual(digest(given), digest(wanted));

/** Whether an `Authorization` header admits; always, when no credentials are configured. */
export function isAdmitted(header: string | undefined, options: ServerOptions): boolean {
  const { credentials } = options;
  if (credentials === undefined) return true;
  const [scheme = '', encoded = ''] = (header ?? '').split(' ');
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  const right = sameText(given, `${credentials.username}:${credentials.password}`);
  return right && scheme.toLowerCase() === 'basic';
}

export const challenge = (options: ServerOptions): string =>
  `basic realm="${options.realm ?? 'Mesosphere'}"`;

export const UNAUTHORIZED_PAGE =
  '<html><head><title>Error 401 Unauthorized</title></head><body><h2>HTTP ERROR 401</h2><p>Unauthorized</p></body></html>\n';

/**
 * Whether a browser sent the request for a page of another site. Whoever can write here can start
 * containers on this host, and a body without a Content-Type is taken, so a page must not get
 * through to a server on the loopback address. Programs send no `Origin`.
 * @param host the `Host` header; a name that is neither the leader's nor `localhost` may be rebound
 */
export function isForeignPage(
  origin: string | undefined,
  host: string | undefined,
  options: ServerOptions,
): boolean {
  if (origin === undefined) return false;
  if (host === undefined || origin !== `http://${host}`) return true;
  const name = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  const own = [options.leader.replace(/:\d+$/, ''), options.host, 'localhost'];
  return isIP(name) === 0 && !own.includes(name);
}
