import { toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { AppState } from '../marathon/app-state.js';
import { appStatus } from '../marathon/status.js';
import { fanOut } from '../util/fan-out.js';
import { APP_COLUMNS, appRows } from './app-table.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { marathonClient } from './platform-steps.js';

/** `crossflock status`: what of a configuration runs, and what does not and why. Changes nothing. */
export async function status(
  context: ActionContext,
  options: { readonly config: string },
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { signal, reporter } = context;
  const { done, failed } = await fanOut(plan.clusters, 16, (cluster) => {
    const ids = plan.apps.filter((a) => a.clusterId === cluster.id).map(({ app }) => app.id);
    return appStatus(marathonClient(cluster), ids, { signal, once: true });
  });
  signal.throwIfAborted();
  const states = new Map<string, AppState>(
    done.flatMap(({ value }) => value.map((state) => [state.appId, state] as const)),
  );
  const rows = appRows(plan, states);
  reporter.emit({ type: 'table', title: '', columns: APP_COLUMNS, rows });
  for (const { target, error } of failed) {
    const { message } = toCrossflockError(error);
    reporter.emit({ type: 'notice', level: 'warning', message: `${target.id}: ${message}` });
  }
  for (const { appId, state, reason } of states.values()) {
    if (state === 'running' || reason === undefined) continue;
    reporter.emit({ type: 'notice', level: 'warning', message: `${appId}: ${reason}` });
  }
  const running = [...states.values()].filter(({ state }) => state === 'running').length;
  const ok = running === plan.apps.length;
  const message = `${running} of ${plan.apps.length} containers running and healthy`;
  reporter.emit({ type: 'summary', ok, message, data: { running, wanted: plan.apps.length } });
  return ok ? EXIT.ok : EXIT.failed;
}
