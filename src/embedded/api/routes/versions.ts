/** `/v2/apps/{id}/versions`. */
import { unknownApp } from '../errors.js';
import { type Answer, type Call, ok, type Route } from '../http.js';
import { urlTimestamp } from '../parse/path-id.js';
import { renderVersion } from '../render/app.js';
import { appOf } from './apps.js';

export const versionRoutes: readonly Route[] = [
  { method: 'GET', path: /^\/v2\/apps\/(.+)\/versions$/, handle: listVersions },
  { method: 'GET', path: /^\/v2\/apps\/(.+)\/versions\/([^/]+)$/, handle: showVersion },
];

function listVersions(call: Call): Answer {
  const { id } = appOf(call).definition;
  return ok({ versions: call.context.orchestrator.versions(id).map(({ version }) => version) });
}

function showVersion(call: Call): Answer {
  const wanted = urlTimestamp(call.params[1] ?? '');
  const { id } = appOf(call).definition;
  const app = call.context.orchestrator.versions(id).find(({ version }) => version === wanted);
  if (app === undefined) throw unknownApp(id, wanted);
  return ok(renderVersion(app));
}
