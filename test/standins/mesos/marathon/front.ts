/** The HTTP port of a Marathon: answers as the leader, passes on to it as a standby. */
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { challenge, isAdmitted, UNAUTHORIZED_PAGE } from '../../../../src/embedded/api/auth.js';
import type { ServerOptions } from '../../../../src/embedded/api/server-options.js';

export interface FrontParts {
  readonly self: string;
  readonly options: ServerOptions;
  /** `host:port` of the leader; undefined for none. */
  readonly leader: () => string | undefined;
  /** Answers here; undefined while this one does not lead. */
  readonly api: () => ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

const ATTEMPTS = 11;
const RETRY_MS = 250;

export function frontServer(parts: FrontParts): Server {
  return createServer((incoming, response) => {
    void answer(parts, incoming, response);
  });
}

async function answer(
  parts: FrontParts,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const api = parts.api();
    if (api !== undefined) {
      api(incoming, response);
      return;
    }
    if (!isAdmitted(incoming.headers.authorization, parts.options)) {
      response.writeHead(401, {
        'WWW-Authenticate': challenge(parts.options),
        'Content-Type': 'text/html',
      });
      response.end(UNAUTHORIZED_PAGE);
      return;
    }
    const leader = parts.leader();
    if (leader !== undefined && leader !== parts.self) {
      pass(parts, leader, incoming, response);
      return;
    }
    await delay(RETRY_MS);
  }
  badGateway(response, 'Could not determine the current leader');
}

function badGateway(response: ServerResponse, message: string): void {
  response.writeHead(502, { 'Content-Type': 'text/html' });
  response.end(`<html><body><h2>HTTP ERROR 502</h2><p>${message}</p></body></html>\n`);
}

function pass(
  parts: FrontParts,
  leader: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const url = `http://${leader}${incoming.url ?? '/'}`;
  if ((incoming.url ?? '').startsWith('/v2/events')) {
    response.writeHead(302, { Location: url }).end();
    return;
  }
  const via = { 'X-Marathon-Via': `1.1 ${parts.self}` };
  if (incoming.headers['x-marathon-via'] !== undefined) {
    badGateway(response, 'Detected proxying loop.');
    return;
  }
  const headers = {
    ...incoming.headers,
    ...via,
    'X-Forwarded-For': incoming.socket.remoteAddress ?? '',
  };
  const sent = request(url, { method: incoming.method ?? 'GET', headers, agent: false });
  sent.once('response', (answered) => {
    response.writeHead(answered.statusCode ?? 502, { ...answered.headers, ...via });
    answered.pipe(response);
  });
  sent.once('error', () => {
    badGateway(response, 'Connection to leader refused.');
  });
  incoming.pipe(sent);
}
