import { join } from 'node:path';
import { bridgeDevice, parseRoutes, routeProblems } from '../config/routes.js';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import type { ResolvedConfig } from '../config/types.js';
import { verdictOf, type Verdict } from '../config/verdict.js';
import type { Problem } from '../errors/problem.js';
import { DEFAULT_NAME, makePlan } from '../plan/make-plan.js';
import type { Plan } from '../plan/types.js';
import { POOL_KEY_FILE, secretsDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';

export interface CheckedConfig {
  readonly verdict: Verdict;
  readonly problems: readonly Problem[];
  readonly config?: ResolvedConfig;
}

/**
 * Reads a configuration, reports every problem at once, and keeps its secrets out of all output
 * from here on.
 */
export async function checkConfig(
  context: ActionContext,
  file: string,
  shown: 'all problems' | 'what stops' = 'all problems',
): Promise<CheckedConfig> {
  const loaded = await loadConfig(file, { readFile: context.readFile, env: context.env });
  for (const secret of loaded.secrets) context.keepSecret(secret);
  const problems = [...loaded.problems, ...(await machineProblems(context, loaded))];
  for (const problem of problems) {
    if (shown === 'what stops' && problem.severity === 'warning') continue;
    context.reporter.emit({ type: 'problem', problem });
  }
  return {
    verdict: verdictOf(problems),
    problems,
    ...(loaded.config === undefined ? {} : { config: loaded.config }),
  };
}

/** What only this machine can tell: whether the network is free here and the matrix is there. */
async function machineProblems(
  context: ActionContext,
  { config }: LoadedConfig,
): Promise<readonly Problem[]> {
  if (config === undefined) return [];
  return [
    ...(await rangeProblems(context, config)),
    ...(await matrixProblems(context, config.workflow?.gem)),
  ];
}

/**
 * Only where the network comes to this machine: hosts have routes of their own, and this machine
 * reaches their containers through SSH.
 */
async function rangeProblems(
  context: ActionContext,
  config: ResolvedConfig,
): Promise<readonly Problem[]> {
  if (config.clusters.every(({ hosts = [] }) => hosts.length > 0)) return [];
  const routes = parseRoutes(await outputOf(context, ['ip', '-json', 'route']));
  const id = await outputOf(context, [
    'docker',
    'network',
    'inspect',
    '-f',
    '{{.Id}}',
    config.name ?? DEFAULT_NAME,
  ]);
  const own = id.trim() === '' ? undefined : bridgeDevice(id.trim());
  return routeProblems(config.network.cidr, routes, own);
}

/** A missing matrix is a warning: `run-kinc --gem` may bring another one. */
async function matrixProblems(
  { host, signal }: ActionContext,
  gem: string | undefined,
): Promise<readonly Problem[]> {
  if (gem === undefined) return [];
  const { exitCode } = await host.run(['test', '-f', gem], { signal });
  if (exitCode === 0) return [];
  return [
    {
      severity: 'warning',
      path: 'workflow.gem',
      value: JSON.stringify(gem),
      message: 'is no file on this machine',
      fix: 'write the path of the matrix, relative to the configuration, or give run-kinc --gem',
    },
  ];
}

/** Standard output of a command that helps where it works; nothing where it does not. */
async function outputOf(context: ActionContext, argv: readonly string[]): Promise<string> {
  try {
    const result = await context.host.run(argv, { signal: context.signal, timeoutMs: 10_000 });
    return result.exitCode === 0 ? result.stdout : '';
  } catch {
    context.signal.throwIfAborted();
    return '';
  }
}

/**
 * The plan of a configuration that may be deployed; undefined, with everything said, when it may
 * not. Commands that only look or clean up leave warnings to those that deploy.
 */
export async function loadPlan(
  context: ActionContext,
  file: string,
  shown: 'all problems' | 'what stops' = 'all problems',
): Promise<Plan | undefined> {
  const { config, verdict, problems } = await checkConfig(context, file, shown);
  if (config !== undefined && verdict === 'ready') {
    const directory = secretsDirectory(config.name ?? DEFAULT_NAME, context.env);
    return makePlan(config, { directory });
  }
  const count = problems.filter(({ severity }) => severity !== 'warning').length;
  const message = `${file} cannot be used yet: ${count} problem${count === 1 ? '' : 's'}, nothing was changed`;
  context.reporter.emit({ type: 'summary', ok: false, message });
  return undefined;
}

/** The deployment's signing key, kept out of all output; undefined before it is made. */
export async function readPoolKey(context: ActionContext, plan: Plan): Promise<string | undefined> {
  const path = join(secretsDirectory(plan.name, context.env), POOL_KEY_FILE);
  try {
    const key = new TextDecoder().decode(await context.readFile(path)).trim();
    context.keepSecret(key);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
