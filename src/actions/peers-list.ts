import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import type { HostPlan } from '../plan/types.js';
import type { MemberReport, PairReport } from '../ports/virtual-network.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import type { OpenNetwork } from './peers-network.js';
import { ago, lookAtNetwork, measureAll, memberReports, type NetworkLook } from './peers-look.js';
import { allHosts } from './peers-target.js';

const COLUMNS = ['host', 'cluster', 'address', 'gateway', 'network', 'peers', 'handshake'];

/** `peers list`: the hosts of a configuration and what they are in the network. Changes nothing. */
export async function listPeers(
  context: ActionContext,
  { config }: { readonly config: string },
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { reporter } = context;
  const hosts = allHosts(plan);
  if (hosts.length === 0) {
    const message = 'no cluster has hosts: everything runs on this machine';
    reporter.emit({ type: 'summary', ok: true, message, data: { hosts: [] } });
    return EXIT.ok;
  }
  const look = await lookAtNetwork(context, plan, openNetwork(plan.network));
  const reports = memberReports(look);
  const pairs = await measureAll(context, look);
  const peers = hosts.map((host) => peerOf(host, look, { report: reports.get(host.id), pairs }));
  const rows = peers.map((peer) => [
    ...[peer.id, peer.cluster, peer.address, peer.gateway ?? '', peer.network],
    ...[`${String(peer.known ?? '?')}/${String(peer.expected)}`, ago(peer.handshakeSeconds)],
  ]);
  reporter.emit({ type: 'table', title: '', columns: COLUMNS, rows });
  for (const { id, why } of peers) {
    if (why === undefined) continue;
    reporter.emit({ type: 'notice', level: 'warning', message: `${id}: ${why}` });
  }
  const up = peers.filter(({ isFine }) => isFine).length;
  const ok = up === peers.length;
  const message = `${String(up)} of ${String(peers.length)} hosts are in the network and know all others`;
  const data = { hosts: peers.map(({ isFine, ...peer }) => ({ ...peer, ok: isFine })) };
  reporter.emit({ type: 'summary', ok, message, data });
  return ok ? EXIT.ok : EXIT.failed;
}

interface Peer {
  readonly id: string;
  readonly cluster: string;
  readonly role: string;
  readonly address: string;
  readonly gateway?: string | undefined;
  readonly network: 'up' | 'down' | 'absent' | 'no answer';
  /** Undefined where the host was not asked. */
  readonly known?: number | undefined;
  readonly expected: number;
  /** Seconds since it agreed on keys with the peer for which that is longest ago. */
  readonly handshakeSeconds?: number | undefined;
  readonly why?: string | undefined;
  readonly isFine: boolean;
}

function peerOf(
  host: HostPlan,
  look: NetworkLook,
  {
    report,
    pairs,
  }: { readonly report: MemberReport | undefined; readonly pairs: readonly PairReport[] },
): Peer {
  const { id, clusterId: cluster, role, address } = host;
  const expected = look.seen.length - 1;
  const base = { id, cluster, role, address, expected };
  const failure = look.failures.get(id);
  if (report === undefined) {
    return { ...base, network: 'no answer', why: failure?.message, isFine: false };
  }
  const { gateway, known, why, state } = report;
  const ages = pairs.flatMap(({ from, handshakeSeconds: age }) => (from === id ? (age ?? []) : []));
  const handshakeSeconds = ages.length === 0 ? undefined : Math.max(...ages);
  const isFine = state === 'up' && known === expected;
  return { ...base, gateway, network: state, known, handshakeSeconds, why, isFine };
}
