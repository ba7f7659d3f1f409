import { CrossflockError } from '../errors/crossflock-error.js';

export interface MarathonAddress {
  /** Scheme, host, port and path prefix, without a trailing slash or credentials. */
  readonly base: string;
  /** Credentials that stood in the URL itself. */
  readonly auth?: BasicAuth;
}

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/**
 * The base of a Marathon API from what people write: `http://h:9090`, `http://h:9090/`,
 * `http://h:9090/v2/apps`, also behind a path (`https://proxy/service/marathon/v2/apps`).
 * Throws `invalid-input`; the text never repeats credentials.
 */
export function marathonAddress(uri: string): MarathonAddress {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const shown = uri.replace(/\/\/[^@/]*@/, '//');
    throw new CrossflockError(`"${shown}" is not the address of a marathon`, {
      code: 'invalid-input',
      hint: 'write it as http://<host>:<port>/v2/apps',
    });
  }
  const path = url.pathname.replace(/\/v2(\/.*)?$/, '').replace(/\/+$/, '');
  const base = `${url.protocol}//${url.host}${path}`;
  if (url.username === '') return { base };
  const auth = {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return { base, auth };
}

/** `/v2/apps/a/b` for the app id `/a/b` or `a/b`; with no id, `/v2/apps`. */
export function appPath(id: string): string {
  const segments = id.split('/').filter((segment) => segment !== '');
  return ['/v2/apps', ...segments.map(encodeURIComponent)].join('/');
}

/** Absolute form of an app id: `submitter` → `/submitter`, `/a//b/` → `/a/b`. */
export function absoluteId(id: string): string {
  return `/${id
    .split('/')
    .filter((segment) => segment !== '')
    .join('/')}`;
}
