/** Whether an answer of the API is as the conformance schemas have it, the strict ones for successes. */
import { problems } from './schemas.js';

export interface Checked {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Undefined when the answer is not JSON. */
  readonly body: unknown;
}

/** What a success of a method on a path looks like: a schema, or what the text is. */
const SUCCESSES: readonly (readonly [RegExp, string])[] = [
  [/^POST 201 \/v2\/apps$/, 'strict/app-created'],
  [/^GET 200 \/v2\/apps$/, 'strict/apps-list'],
  [/^(PUT|PATCH) 200 \/v2\/apps$/, 'strict/deployment-result'],
  [/^GET 200 \/v2\/apps\/(.+\/)?\*$/, 'star'],
  [/^GET 200 \/v2\/apps\/.+\/versions$/, 'strict/app-versions'],
  [/^GET 200 \/v2\/apps\/.+\/versions\/[^/]+$/, 'strict/app-version'],
  [/^GET 200 \/v2\/apps\/.+\/tasks$/, 'strict/tasks-list'],
  [/^DELETE 200 \/v2\/apps\/.+\/tasks$/, 'killed'],
  [/^DELETE 200 \/v2\/apps\/.+\/tasks\/[^/]+$/, 'killed-one'],
  [/^POST 200 \/v2\/apps\/.+\/restart$/, 'strict/deployment-result'],
  [/^GET 200 \/v2\/apps\/.+$/, 'strict/app-response'],
  [/^PUT 20[01] \/v2\/apps\/.+$/, 'strict/deployment-result'],
  [/^(PATCH|DELETE) 200 \/v2\/apps\/.+$/, 'strict/deployment-result'],
  [/^GET 200 \/v2\/tasks$/, 'strict/tasks-list'],
  [/^POST 200 \/v2\/tasks\/delete$/, 'killed'],
  [/^GET 200 \/v2\/deployments$/, 'strict/deployments-list'],
  [/^DELETE 200 \/v2\/deployments\/.+$/, 'strict/deployment-result'],
  [/^DELETE 202 \/v2\/deployments\/.+$/, 'empty'],
  [/^GET 200 \/v2\/queue$/, 'strict/queue'],
  [/^DELETE 204 \/v2\/queue\/.+\/delay$/, 'empty'],
  [/^GET 200 \/v2\/groups(\/.+)?\/versions$/, 'timestamps'],
  [/^GET 200 \/v2\/groups(\/.+)?\/apps$/, 'apps'],
  [/^GET 200 \/v2\/groups(\/.+)?$/, 'strict/group-response'],
  [/^POST 201 \/v2\/groups(\/.+)?$/, 'strict/deployment-result'],
  [/^PUT 200 \/v2\/groups(\/.+)?$/, 'put-group'],
  [/^PATCH 200 \/v2\/groups\/.+$/, 'empty'],
  [/^DELETE 200 \/v2\/groups(\/.+)?$/, 'strict/deployment-result'],
  [/^GET 200 \/v2\/info$/, 'strict/info'],
  [/^GET 200 \/v2\/leader$/, 'strict/leader'],
  [/^DELETE 200 \/v2\/leader$/, 'error-message'],
  [/^GET 200 \/metrics$/, 'metrics'],
  [/^GET 200 \/v2\/(pods|plugins)$/, 'any'],
  [/^(GET|HEAD) 20[04] \/(ping|ui\/?)$/, 'any'],
  [/^HEAD 200 \//, 'empty'],
  [/^GET 302 \/$/, 'empty'],
];

type Judge = (answer: Checked) => string | undefined;

const has = (body: unknown, key: string): boolean =>
  typeof body === 'object' && body !== null && key in body;
const unless = (holds: boolean, problem: string): string | undefined =>
  holds ? undefined : problem;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const JUDGES: Readonly<Record<string, Judge>> = {
  any: () => undefined,
  empty: ({ text }) => unless(text === '', 'expected no body'),
  star: ({ body }) => problems('strict/apps-list', { apps: (body as { '*': unknown })['*'] }),
  apps: ({ body }) => problems('strict/apps-list', { apps: body }),
  killed: ({ body }) =>
    problems(has(body, 'tasks') ? 'strict/tasks-list' : 'strict/deployment-result', body),
  'killed-one': ({ body }) =>
    problems(has(body, 'task') ? 'strict/task-single' : 'strict/deployment-result', body),
  'put-group': ({ body }) =>
    problems(has(body, 'steps') ? 'strict/deployment-steps' : 'strict/deployment-result', body),
  timestamps: ({ body }) =>
    unless(
      Array.isArray(body) && body.every((value) => TIMESTAMP.test(String(value))),
      'expected timestamps',
    ),
  metrics: ({ body }) =>
    unless(
      ['version', 'counters', 'gauges', 'histograms', 'meters', 'timers'].every((key) =>
        has(body, key),
      ),
      'incomplete metrics',
    ),
};

function errorSchema({ status, body }: Checked): string {
  if (status === 422 && has(body, 'details')) return 'error-validation';
  if (status === 400 && has(body, 'details')) return 'error-json-syntax';
  if (status === 409 && has(body, 'deployments')) return 'error-locked';
  return 'error-message';
}

function judge(method: string, path: string, answer: Checked): string | undefined {
  if (answer.status >= 400) {
    if (answer.body === undefined) return unless([401, 405].includes(answer.status), 'not JSON');
    return problems('error', answer.body) ?? problems(errorSchema(answer), answer.body);
  }
  const rule = SUCCESSES.find(([pattern]) => pattern.test(`${method} ${answer.status} ${path}`));
  if (rule === undefined) return 'no rule covers this answer';
  const [, name] = rule;
  return name.startsWith('strict/') || name === 'error-message'
    ? problems(name, answer.body)
    : JUDGES[name]!(answer);
}

function checkHeaders({ headers, status }: Checked, leader: string): string | undefined {
  if (status === 401) return unless(!('x-marathon-leader' in headers), '401 before any filter');
  return unless(
    headers['x-marathon-leader'] === `http://${leader}` &&
      headers['x-frame-options'] === 'DENY' &&
      headers['cache-control'] === 'no-cache, no-store, must-revalidate' &&
      !('server' in headers),
    `headers ${JSON.stringify(headers)}`,
  );
}

/**
 * Throws unless the answer is as its schema says. An answer that no rule covers is an error, so that
 * none escapes.
 * @param leader `host:port` that the server says it is
 */
export function checkAnswer(method: string, url: string, answer: Checked, leader: string): void {
  const path = url.split('?')[0] ?? '';
  const problem = judge(method, path, answer) ?? checkHeaders(answer, leader);
  if (problem !== undefined) {
    throw new Error(`${method} ${url} → ${answer.status}: ${problem}\n${answer.text}`);
  }
}
