/** Answers of Mesos' HTTP servers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export const json = (value: unknown): HttpAnswer => ({ status: 200, json: value });

export type Handler = (path: string, request: IncomingMessage) => Promise<HttpAnswer> | HttpAnswer;

export function httpServer(handle: Handler): Server {
  return createServer((request, response) => {
    void respond(handle, request, response);
  });
}

async function respond(
  handle: Handler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const answer = await Promise.resolve(handle(path, request)).catch(
    (thrown: unknown): HttpAnswer => ({ status: 500, json: { message: String(thrown) } }),
  );
  const { status, headers = {} } = answer;
  const body = answer.json === undefined ? '' : JSON.stringify(answer.json);
  const type = body === '' ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(status, { ...headers, ...type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

export async function listenOn(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

/** The version that stand-ins claim, and say beside that they are none. */
export const VERSION = '1.11.0';

export const VERSION_ANSWER = {
  build_date: '2020-11-17 00:00:00 UTC',
  build_time: 1605571200,
  build_user: 'stand-in',
  git_sha: 'stand-in',
  git_tag: '1.11.0',
  version: VERSION,
};
