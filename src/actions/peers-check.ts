import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { firewallLines } from '../networks/firewall-advice.js';
import type { PairReport } from '../ports/virtual-network.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import type { OpenNetwork } from './peers-network.js';
import { lookAtNetwork, measureAll, memberReports, type NetworkLook } from './peers-look.js';
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
  const advice = firewallAdvice(look, pairs);
  if (advice.length > 0) reporter.emit({ type: 'report', lines: advice });
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

/** Rules for the hosts that others cannot reach though both are up: a firewall may be the reason. */
function firewallAdvice(
  { network, seen }: NetworkLook,
  pairs: readonly PairReport[],
): readonly string[] {
  if (network.ports.length === 0) return [];
  const members = new Map(seen.map((one) => [one.member.id, one]));
  const reports = memberReports({ network, seen });
  const isUp = (id: string): boolean => reports.get(id)?.state === 'up';
  const blocked = pairs.filter(({ from, to, reachable }) => !reachable && isUp(from) && isUp(to));
  const [first] = blocked;
  if (first === undefined) return [];
  const sources = blocked
    .filter(({ to }) => to === first.to)
    .flatMap(({ from }) => {
      const source = members.get(from)?.member;
      const isNear = source?.clusterId === members.get(first.to)?.member.clusterId;
      return (isNear ? source?.privateAddress : source?.address) ?? [];
    });
  const more = [...new Set(blocked.map(({ to }) => to))].filter((id) => id !== first.to);
  const also = more.length === 0 ? '' : ` (and likewise for ${more.join(', ')})`;
  return [
    '',
    `if a firewall is in the way, let the network in on ${first.to}${also}:`,
    ...firewallLines(network.ports, sources).map((line) => `  ${line}`),
    '',
  ];
}
