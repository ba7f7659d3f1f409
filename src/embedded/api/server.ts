/** The Marathon v2 API over an orchestrator. The caller listens and closes. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LockedError, type Orchestrator } from '../orchestrator.js';
import { UNAUTHORIZED_PAGE, challenge, isAdmitted, isForeignPage } from './auth.js';
import { locked } from './deploy.js';
import { ApiError, internalError } from './errors.js';
import { type Answer, type Call, findRoute, type Route } from './http.js';
import { parseJsonBody } from './parse/json-body.js';
import { appRoutes } from './routes/apps.js';
import { deploymentRoutes } from './routes/deployments.js';
import { eventRoutes } from './routes/events.js';
import { groupRoutes } from './routes/groups.js';
import { systemRoutes } from './routes/system.js';
import { taskRoutes } from './routes/tasks.js';
import { versionRoutes } from './routes/versions.js';
import { type ApiContext, apiContext, type ServerOptions } from './server-options.js';

export type { ServerOptions } from './server-options.js';

/** Longer patterns first: `/v2/apps/{id}/tasks` is an app's id, too. */
const ROUTES: readonly Route[] = [
  ...taskRoutes,
  ...versionRoutes,
  ...appRoutes,
  ...deploymentRoutes,
  ...groupRoutes,
  ...eventRoutes,
  ...systemRoutes,
];

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Builds the server; it does not listen yet. Closing it ends event streams. */
export function createServer(orchestrator: Orchestrator, options: ServerOptions): FastifyInstance {
  const context = apiContext(orchestrator, options);
  const streams = new Set<ServerResponse>();
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // A URL that cannot be decoded never gets to a hook or a route.
    frameworkErrors: (error, request, reply) => {
      void (turnAway(request, reply, context) ?? sendAnswer(reply, failure(error), context));
    },
  });
  app.removeAllContentTypeParsers();
  // Marathon takes a body without a content type for JSON; a wrong type is refused below.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', async (request, reply) => {
    await turnAway(request, reply, context);
  });
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.destroy();
    done();
  });
  app.setErrorHandler((error, _request, reply) => sendAnswer(reply, failure(error), context));
  app.all('/*', async (request, reply) => {
    const answer = await dispatch(request, context);
    if (answer.stream === undefined) return sendAnswer(reply, answer, context);
    startStream(reply, answer, context, streams);
    return reply;
  });
  return app;
}

/** Answers whoever may not call; undefined when the caller may. */
function turnAway(
  request: FastifyRequest,
  reply: FastifyReply,
  context: ApiContext,
): FastifyReply | undefined {
  const { options } = context;
  const { authorization, origin, host } = request.headers;
  if (isForeignPage(origin, host, options)) {
    const refused = new ApiError(403, `requests of web pages from ${origin ?? ''} are refused`);
    return sendAnswer(reply, failure(refused), context);
  }
  if (isAdmitted(authorization, options)) return undefined;
  return reply
    .code(401)
    .header('WWW-Authenticate', challenge(options))
    .type('text/html;charset=iso-8859-1')
    .send(UNAUTHORIZED_PAGE);
}

async function dispatch(request: FastifyRequest, context: ApiContext): Promise<Answer> {
  const [rawPath = '/', rawQuery = ''] = request.raw.url?.split(/\?(.*)/s) ?? [];
  const path = decodeURIComponent(rawPath).replace(/\/+$/, '') || '/';
  const found = findRoute(ROUTES, request.method, path);
  if (found === 'no path') throw internalError('URI not found');
  if (found === 'no method') throw new ApiError(405, 'Method Not Allowed');
  checkContentType(request);
  const call: Call = {
    context,
    params: found.params,
    query: new URLSearchParams(rawQuery),
    headers: request.headers,
    uri: request.raw.url ?? path,
    clientIp: request.ip,
    json: () => parseJsonBody(request.body),
  };
  return found.route.handle(call);
}

function checkContentType(request: FastifyRequest): void {
  const type = request.headers['content-type'];
  const hasBody = typeof request.body === 'string' && request.body !== '';
  if (!hasBody || type === undefined || type === '') return;
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ApiError(415, 'Unsupported Media Type');
  }
}

/** The answer to anything thrown. What is not ours to explain is a 500 without details. */
function failure(error: unknown): Answer {
  if (error instanceof LockedError) return failure(locked(error));
  if (error instanceof ApiError) return { status: error.status, body: error.body };
  const status = statusOf(error);
  if (status >= 400 && status < 500) {
    return { status, body: { message: STATUS_CODES[status] ?? 'Bad Request' } };
  }
  return { status: 500, body: { message: error instanceof Error ? error.message : String(error) } };
}

/** Fastify's own errors (body too large, …) carry their status. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}

function commonHeaders(context: ApiContext): Readonly<Record<string, string>> {
  return {
    'X-Marathon-Leader': `http://${context.options.leader}`,
    'X-Frame-Options': 'DENY',
    'X-XSS-Protection': '1; mode=block',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    Expires: '0',
  };
}

function sendAnswer(reply: FastifyReply, answer: Answer, context: ApiContext): FastifyReply {
  const { status, headers = {}, body, type } = answer;
  reply.code(status).headers({ ...commonHeaders(context), ...headers });
  if (body === undefined) return reply.send();
  if (type !== undefined) return reply.type(type).send(body);
  return reply.type('application/json').send(JSON.stringify(body));
}

/** Hands the connection over; from here on fastify does not touch it. */
function startStream(
  reply: FastifyReply,
  answer: Answer,
  context: ApiContext,
  streams: Set<ServerResponse>,
): void {
  reply.hijack();
  const response = reply.raw;
  streams.add(response);
  response.once('close', () => streams.delete(response));
  response.writeHead(answer.status, {
    ...commonHeaders(context),
    ...answer.headers,
    'Content-Type': answer.type,
  });
  response.flushHeaders();
  answer.stream?.(response);
}
