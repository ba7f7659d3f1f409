/** `/v2/info`, `/v2/leader`, `/ping`, `/metrics`, `/` and what is not offered here. */
import { ApiError, notFound } from '../errors.js';
import { type Answer, type Call, ok, type Route, text } from '../http.js';
import { renderInfo, renderMetrics } from '../render/info.js';

const UI =
  'This is the Marathon of crossflock: the Marathon v2 REST API over the Docker Engine of one host.\n' +
  'There is no web interface; try /v2/apps, /v2/tasks, /v2/deployments, /v2/queue or /v2/info.\n';

export const systemRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/info$/, handle: (call) => ok(renderInfo(call.context)) },
  {
    method: 'GET',
    path: /^\/v2\/leader$/,
    handle: (call) => ok({ leader: call.context.options.leader }),
  },
  {
    // A single server that abdicates is elected again at once, so there is nothing to do.
    method: 'DELETE',
    path: /^\/v2\/leader$/,
    handle: () => ok({ message: 'Leadership abdicated' }),
  },
  { method: 'GET', path: /^\/ping$/, handle: ping },
  { method: 'GET', path: /^\/metrics$/, handle: (call) => ok(renderMetrics(call.context)) },
  {
    method: 'GET',
    path: /^\/metrics\/prometheus$/,
    handle: () => {
      throw notFound('Prometheus reporter is disabled');
    },
  },
  { method: 'GET', path: /^\/v2\/plugins$/, handle: () => ok({ plugins: [] }) },
  { method: 'GET', path: /^\/v2\/pods$/, handle: () => ok([]) },
  { method: 'POST', path: /^\/v2\/pods$/, handle: noPods },
  { method: 'GET', path: /^\/$/, handle: () => ({ status: 302, headers: { Location: '/ui/' } }) },
  { method: 'GET', path: /^\/ui$/, handle: () => text(200, UI, 'text/plain; charset=utf-8') },
];

function noPods(): never {
  throw new ApiError(501, 'pods are not supported by this server, use apps');
}

/** By Accept; where nothing fits, 204. */
function ping(call: Call): Answer {
  const accept = call.headers['accept'] ?? '*/*';
  const wants = (type: string): boolean => String(accept).includes(type);
  if (wants('*/*') || wants('text/plain') || wants('text/*')) {
    return text(200, 'pong', 'text/plain');
  }
  if (wants('text/html')) return text(200, 'pong', 'text/html');
  return wants('application/json') ? ok('pong') : { status: 204 };
}
