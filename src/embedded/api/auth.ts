/** HTTP basic authentication over everything, as `--http_credentials` does. */
import { createHash, timingSafeEqual } from 'node:crypto';
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
