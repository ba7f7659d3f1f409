import type { NetworkMember, PairReport, SeenMember } from '../../ports/virtual-network.js';
import type { Host } from '../../ports/host.js';
import { exposedAddress } from './addresses.js';
import type { CommandContext } from './command.js';
import { weaveEnv } from './command.js';
import { sectionsOf } from './probe.js';
import { parseReport } from './report.js';
import type { Connection, WeaveReport } from './report.js';
import { peerName } from './settings.js';
import { isBlocked, troubleOf } from './trouble.js';
import { isRunning } from './state.js';
import type { WeaveState } from './state.js';

const MEASURE_TIMEOUT_MS = 30_000;

/**
 * All addresses at once. Data can be lost in the first two seconds of a connection, so several
 * packets are sent, over three seconds at most.
 */
const SCRIPT = String.raw`
if command -v ping >/dev/null 2>&1; then
  for address in $CROSSFLOCK_WEAVE_TO; do
    (
      answer=$(ping -n -q -c 4 -i 0.4 -w 3 "$address" 2>&1)
      printf '\n@@ ping-%s\n%s\n' "$address" "$answer"
    ) &
  done
  wait
else
  printf '\n@@ no-ping\nyes\n'
fi
printf '\n@@ report\n'
curl -s -f -g --noproxy '*' --max-time 5 -H 'Accept: application/json' http://127.0.0.1:6784/report 2>/dev/null ||
  "$CROSSFLOCK_WEAVE_SCRIPT" report 2>/dev/null
`;

type Seen = SeenMember<WeaveState>;

export interface MeasureOptions {
  readonly context: CommandContext;
  readonly signal: AbortSignal;
}

/**
 * Tries the ways from one host to others: real packets between the hosts' own addresses in the
 * network, which go the way that the containers' packets go, and what the router says about its
 * connections, which tells why not. One command on the host.
 */
export async function measurePairs(
  from: Seen,
  to: readonly Seen[],
  { context, signal }: MeasureOptions,
): Promise<readonly PairReport[]> {
  if (from.state === undefined) {
    return to.map(({ member }) => unreachable(from.member, member, 'it could not be asked'));
  }
  if (!isRunning(from.state)) {
    return to.map(({ member }) => unreachable(from.member, member, 'its router does not run'));
  }
  const host: Host = from.member.host;
  const { cidr } = context.settings;
  const own = exposedAddress(cidr, from.state);
  const addresses = own === undefined ? [] : to.map(({ state }) => exposedAddress(cidr, state));
  const env = {
    ...weaveEnv({ ...context, engine: from.state.engine }),
    CROSSFLOCK_WEAVE_SCRIPT: context.script,
    CROSSFLOCK_WEAVE_TO: addresses.filter((address) => address !== undefined).join(' '),
  };
  const answer = await host.run(['sh', '-s'], {
    ...{ stdin: SCRIPT, env, signal, sudo: true },
    timeoutMs: MEASURE_TIMEOUT_MS,
  });
  const measured = readMeasurement(answer.stdout);
  const { deployment } = context.settings;
  return to.map((seen, index) =>
    pairReport(from, { ...seen, deployment, address: addresses[index] }, measured),
  );
}

export interface Measurement {
  /** Undefined: the router did not answer. */
  readonly report: WeaveReport | undefined;
  readonly hasPing: boolean;
  /** Least round trip in milliseconds by address; undefined: no answer came back. */
  readonly pings: ReadonlyMap<string, number | undefined>;
}

/** Reads what the script printed. */
export function readMeasurement(stdout: string): Measurement {
  const sections = sectionsOf(stdout);
  const report = sections.get('report') ?? '';
  const pings = [...sections]
    .filter(([name]) => name.startsWith('ping-'))
    .map(([name, text]) => [name.slice('ping-'.length), leastRoundTrip(text)] as const);
  return {
    report: report === '' ? undefined : parseReport(report),
    hasPing: !sections.has('no-ping'),
    pings: new Map(pings),
  };
}

/** Of the last line of `ping`: `rtt min/avg/max/mdev = 0.749/1.240/1.731/0.491 ms`. */
function leastRoundTrip(text: string): number | undefined {
  const least = /min\/avg\/max(?:\/\w+)? = ([\d.]+)\//.exec(text)?.[1];
  return least === undefined ? undefined : Number(least);
}

interface Far extends Seen {
  readonly deployment: string;
  /** Where it was pinged; undefined where it has no address of its own in the network. */
  readonly address: string | undefined;
}

/** What one pair comes to. Pure. */
export function pairReport(from: Seen, to: Far, measured: Measurement): PairReport {
  const { report } = measured;
  const ids = { from: from.member.id, to: to.member.id };
  if (report === undefined) return { ...ids, reachable: false, why: 'its router does not answer' };
  const way = wayTo(report, to);
  const mtu = way.isDirect ? smallest(way.link?.mtu, from.state?.mtu) : undefined;
  return { ...ids, ...(mtu === undefined ? {} : { mtu }), ...outcome(way, to.address, measured) };
}

/** What the router says about the way to a peer. */
interface Way {
  readonly link: Connection | undefined;
  readonly isDirect: boolean;
  /** Directly or through other peers. */
  readonly isRouted: boolean;
  /** Why it is not direct. */
  readonly trouble: string;
  readonly isBlocked: boolean;
}

function wayTo(report: WeaveReport, to: Far): Way {
  const name = to.state?.report?.name ?? peerName(to.deployment, to.member.id);
  const link = linkTo(report, to.member, name);
  const isDirect = link?.state === 'established';
  const trouble = link === undefined ? undefined : troubleOf(link);
  return {
    link,
    isDirect,
    isRouted: isDirect || report.routes.includes(name),
    trouble: trouble?.message ?? 'the two routers are not connected',
    isBlocked: to.state !== undefined && trouble !== undefined && isBlocked(trouble),
  };
}

function outcome(
  { isDirect, isRouted, trouble, isBlocked: isDropped }: Way,
  address: string | undefined,
  { pings, hasPing }: Measurement,
): Pick<PairReport, 'reachable' | 'latencyMs' | 'why' | 'isBlocked'> {
  const latencyMs = address === undefined ? undefined : pings.get(address);
  if (latencyMs !== undefined) {
    return {
      reachable: true,
      latencyMs,
      ...(isDirect ? {} : { why: `through another peer: ${trouble}` }),
    };
  }
  if (!isRouted) {
    return { reachable: false, why: trouble, ...(isDropped && { isBlocked: true }) };
  }
  if (!hasPing) {
    return { reachable: true, why: 'no packet was sent, as ping is not installed' };
  }
  if (address === undefined) {
    return {
      reachable: true,
      why: 'no packet was sent, as one of them has no address of its own in the network yet',
    };
  }
  return { reachable: false, why: 'the routers are connected, and no packet comes back' };
}

/** The best connection to a peer: by its name, or by the address it would be dialled at. */
function linkTo(
  { connections }: WeaveReport,
  member: NetworkMember,
  name: string,
): Connection | undefined {
  const addresses = [member.address, member.privateAddress];
  const its = connections.filter(
    ({ peer, address }) =>
      peer === name || (peer === undefined && addresses.includes(address.replace(/:\d+$/, ''))),
  );
  return its.find(({ state }) => state === 'established') ?? its[0];
}

function smallest(...sizes: readonly (number | undefined)[]): number | undefined {
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function unreachable(from: NetworkMember, to: NetworkMember, why: string): PairReport {
  return { from: from.id, to: to.id, reachable: false, why };
}
