import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { ActionContext } from './context.js';
import { firewallRules } from './firewall-rules.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import type { OpenNetwork } from './peers-network.js';
import { lookAtNetwork, measureAll, type NetworkLook } from './peers-look.js';
import { matrixTable, reasons, summaryTable, MATRIX_HOSTS } from './peers-matrix.js';

/** `peers check`: every way between two hosts, tried with packets. Changes nothing. */
export async function checkPeers(
  context: ActionContext,
  { config }: { readonly config: string },
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { reporter } = context;
  const look = await lookAtNetwork(context, plan, openNetwork(plan.network));
  const ids = look.seen.map(({ member }) => member.id);
  const pairs = await measureAll(context, look);
  if (ids.length > 1) {
    if (ids.length <= MATRIX_HOSTS) reporter.emit({ type: 'table', ...matrixTable(ids, pairs) });
    reporter.emit({ type: 'table', ...summaryTable(ids, pairs) });
  }
  for (const message of reasons(ids, pairs)) {
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
  const members = look.seen.map(({ member }) => member);
  const rules = firewallRules(look.network.ports, members, pairs);
  if (rules.length > 0) {
    reporter.emit({ type: 'report', lines: ['', 'where a firewall is in the way:', ...rules, ''] });
  }
  const failed = pairs.filter(({ reachable }) => !reachable).length;
  // A single host has nobody to reach, and still has to answer.
  const ok = failed === 0 && look.failures.size === 0;
  const message =
    ids.length < 2
      ? single(look)
      : `${String(pairs.length - failed)} of ${String(pairs.length)} ways work`;
  reporter.emit({ type: 'summary', ok, message, data: { hosts: ids, pairs, failed } });
  return ok ? EXIT.ok : EXIT.failed;
}

function single({ failures }: NetworkLook): string {
  const [failure] = failures.values();
  return failure?.message ?? 'there is one machine, so there is no way to check';
}
