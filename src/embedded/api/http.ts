/** Calls and answers of the API, free of the web framework. */
import type { ServerResponse } from 'node:http';
import type { ApiContext } from './server-options.js';

export interface Call {
  readonly context: ApiContext;
  /** What the route's pattern caught, percent-decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Path and query as asked for. */
  readonly uri: string;
  readonly clientIp: string;
  /** The parsed JSON body. Throws ApiError 400 when there is none. */
  json(): unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rendered as JSON unless a string with a content type of its own. */
  readonly body?: unknown;
  readonly type?: string;
  /** Takes over the connection (server-sent events). */
  readonly stream?: (response: ServerResponse) => void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const text = (status: number, body: string, type: string): Answer => ({
  status,
  body,
  type,
});

/** Java's reading of a boolean query parameter. */
export function flagOf(call: Call, name: string, fallback = false): boolean {
  const value = call.query.get(name);
  return value === null ? fallback : value.toLowerCase() === 'true';
}

/** The route for a request: none at all, one, or only others of the same path. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: readonly string[] } | 'no path' | 'no method' {
  const wanted = method === 'HEAD' ? 'GET' : method;
  let known = false;
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null) continue;
    known = true;
    if (route.method === wanted) return { route, params: match.slice(1) };
  }
  return known ? 'no method' : 'no path';
}
