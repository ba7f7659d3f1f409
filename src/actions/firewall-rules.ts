import { firewallLines } from '../networks/firewall-advice.js';
import type { MemberPort, NetworkMember, PairReport } from '../ports/virtual-network.js';

/** Hosts whose rules are written out; those of more hosts are alike. */
const WRITTEN_OUT = 4;

/**
 * For every host that packets of others do not arrive at: what lets them in there, by platform. Empty
 * where nothing is blocked. Pure.
 */
export function firewallRules(
  ports: readonly MemberPort[],
  members: readonly NetworkMember[],
  pairs: readonly PairReport[],
): readonly string[] {
  const blocked = pairs.filter(({ isBlocked }) => isBlocked === true);
  const byId = new Map(members.map((member) => [member.id, member]));
  const targets = [...Map.groupBy(blocked, ({ to }) => to)].flatMap(([id, ways]) => {
    const to = byId.get(id);
    return to === undefined ? [] : [{ to, from: ways.flatMap(({ from }) => byId.get(from) ?? []) }];
  });
  const rest = targets.slice(WRITTEN_OUT).map(({ to }) => to.id);
  return [
    ...targets.slice(0, WRITTEN_OUT).flatMap(({ to, from }) => rulesOn(ports, to, from)),
    ...(rest.length === 0 ? [] : [`and likewise on ${rest.join(', ')}`]),
  ];
}

/** What lets the packets of some members in on another one. */
export function rulesOn(
  ports: readonly MemberPort[],
  to: NetworkMember,
  from: readonly NetworkMember[],
): readonly string[] {
  const what = ports.map(({ protocol, port }) => `${protocol.toUpperCase()} ${String(port)}`);
  const sources = from.map((member) => sourceAddress(member, to));
  const ids = from.map(({ id }) => id);
  return [
    `let ${what.join(', ')} in on ${to.id}, from ${ids.join(', ')}:`,
    ...firewallLines(ports, [...new Set(sources)]).map((line) => `  ${line}`),
  ];
}

/** The address that packets of a member have when they arrive. */
function sourceAddress(from: NetworkMember, to: NetworkMember): string {
  return from.clusterId === to.clusterId ? from.privateAddress : from.address;
}
