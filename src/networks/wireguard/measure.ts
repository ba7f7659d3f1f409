import { CrossflockError } from '../../errors/crossflock-error.js';
import { asRoot } from '../../ports/host.js';
import type { PairReport, SeenMember } from '../../ports/virtual-network.js';

import { fields, listOf } from './fields.js';
import { agentArgv } from './settings.js';
import type { WireguardSettings } from './settings.js';
import { isRunning } from './state.js';
import type { PeerRecord, WireguardState } from './state.js';
import { VXLAN_MTU } from './names.js';
import { isBlocked, reachWords } from './reach-words.js';
import type { PairFindings, Way } from './reach-words.js';

type Seen = SeenMember<WireguardState>;

/** All ways are tried at once; only a path with a smaller MTU takes longer. */
const MEASURE_MS = 120_000;

/** Tries the ways from one member to others, as containers' packets go, in one command. */
export async function measurePairs(
  settings: WireguardSettings,
  from: Seen,
  { to, signal }: { readonly to: readonly Seen[]; readonly signal: AbortSignal },
): Promise<readonly PairReport[]> {
  const why = whyNotAsked(settings, from);
  if (why !== undefined) return to.map((seen) => notReached(from, seen, why));
  const pairs = to.map((seen) => ({ seen, peer: peerOf(from, seen) }));
  const known = pairs.flatMap(({ peer }) => peer ?? []);
  const found = known.length === 0 ? [] : await askAgent(settings, from, { known, signal });
  return pairs.map(({ seen, peer }) => {
    if (peer === undefined) return notReached(from, seen, unknownPeer(from, seen));
    const findings = found[known.indexOf(peer)] ?? {};
    return report(settings, { from, to: seen, peer, findings });
  });
}

function whyNotAsked({ names }: WireguardSettings, { member, state }: Seen): string | undefined {
  if (state === undefined) return `${member.id} could not be asked`;
  if (isRunning(state)) return undefined;
  const is = state.container === undefined ? 'is not there' : `is ${state.container.status}`;
  return `the container ${names.container} on ${member.id} ${is}: run "crossflock provision"`;
}

function notReached(from: Seen, to: Seen, why: string): PairReport {
  return { from: from.member.id, to: to.member.id, reachable: false, why };
}

/** The other as `from` was told of it. */
function peerOf({ state }: Seen, to: Seen): PeerRecord | undefined {
  const key = to.state?.self?.publicKey;
  return state?.peers.find(({ id, publicKey }) =>
    key === undefined ? id === to.member.id : publicKey === key,
  );
}

function unknownPeer(from: Seen, to: Seen): string {
  return `${from.member.id} was not told of ${to.member.id}: run "crossflock provision"`;
}

async function askAgent(
  settings: WireguardSettings,
  { member }: Seen,
  { known, signal }: { readonly known: readonly PeerRecord[]; readonly signal: AbortSignal },
): Promise<readonly PairFindings[]> {
  const argv = agentArgv(settings, ['measure'], true);
  const targets = known.map(({ gateway, address, publicKey }) => ({ gateway, address, publicKey }));
  const options = { stdin: JSON.stringify(targets), signal, timeoutMs: MEASURE_MS };
  const result = await asRoot(member.host).run(argv, options);
  if (result.exitCode === 0) return parseFindings(result.stdout);
  const said = result.stderr.trim().split('\n')[0] ?? '';
  throw new CrossflockError(`cannot try the ways from ${member.id}: ${said}`, {
    code: 'command-failed',
    cause: new Error(result.stderr),
  });
}

/** Reads what the image's `measure` prints: one object for each target, in their order. */
export function parseFindings(stdout: string): readonly PairFindings[] {
  try {
    return listOf(JSON.parse(stdout)).map((item) => {
      const found = fields(item);
      return {
        small: numberOf(found['small']),
        mtu: numberOf(found['mtu']),
        wireguard: numberOf(found['wireguard']),
        handshake: numberOf(found['handshake']),
        sent: numberOf(found['sent']),
        ...(typeof found['endpoint'] === 'string' && { endpoint: found['endpoint'] }),
      };
    });
  } catch (cause) {
    throw new CrossflockError(`cannot read the agent's answer: ${stdout.slice(0, 80)}`, {
      code: 'unexpected',
      cause,
    });
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function report(
  settings: WireguardSettings,
  pair: {
    readonly from: Seen;
    readonly to: Seen;
    readonly peer: PeerRecord;
    readonly findings: PairFindings;
  },
): PairReport {
  const { from, to, peer, findings } = pair;
  const { small, mtu, handshake } = findings;
  const way: Way = {
    from: from.member.id,
    to: to.member.id,
    endpoint: peer.endpoint,
    port: settings.plan.port,
    wantedMtu: VXLAN_MTU,
    ...(to.state !== undefined && { toState: to.state }),
  };
  const why = reachWords(findings, way);
  return {
    from: from.member.id,
    to: to.member.id,
    reachable: small !== undefined,
    ...(small !== undefined && { latencyMs: small }),
    ...(mtu !== undefined && { mtu }),
    ...(handshake !== undefined && { handshakeSeconds: handshake }),
    ...(why !== undefined && { why }),
    ...(to.state !== undefined && isBlocked(findings, way) && { isBlocked: true }),
  };
}
