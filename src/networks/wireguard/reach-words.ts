import { isRunning } from './state.js';
import type { WireguardState } from './state.js';

/** What the tries of one way gave. Round trips in milliseconds, sizes in bytes, ages in seconds. */
export interface PairFindings {
  /** Of a small packet, the way that containers' packets go. */
  readonly small?: number | undefined;
  /** The largest packet that came back the same way. */
  readonly mtu?: number | undefined;
  /** Of a small packet inside WireGuard alone. */
  readonly wireguard?: number | undefined;
  /** Age of the last handshake; undefined: there was none. */
  readonly handshake?: number | undefined;
  /** Bytes sent to the other, handshakes included. */
  readonly sent?: number | undefined;
  /** Where WireGuard sends to now. */
  readonly endpoint?: string;
}

export interface Way {
  readonly from: string;
  readonly to: string;
  /** Where the other was said to be. */
  readonly endpoint: string;
  readonly port: number;
  readonly wantedMtu: number;
  readonly toState?: WireguardState;
}

/** WireGuard drops a session after this many seconds without a new handshake (REJECT_AFTER_TIME). */
const SESSION_SECONDS = 180;

/** Why a way does not work, or not in full, and what to do; undefined where all is well. Pure. */
export function reachWords(found: PairFindings, way: Way): string | undefined {
  if (found.small !== undefined) return sizeWords(found, way);
  if (found.wireguard !== undefined) return vxlanWords(way);
  return tunnelWords(found, way);
}

function sizeWords({ mtu }: PairFindings, { wantedMtu }: Way): string | undefined {
  if (mtu === wantedMtu) return undefined;
  const largest = mtu === undefined ? 'only small packets pass' : `${mtu} bytes pass`;
  return `${largest} instead of ${wantedMtu}: the way between the two hosts carries less than 1500 bytes, and drops larger packets`;
}

function vxlanWords({ to, toState }: Way): string {
  const start = 'the hosts reach each other through the tunnel, their containers do not';
  if (toState === undefined) return `${start}: ${to} could not be asked why`;
  if (!toState.links.bridge)
    return `${start}: ${to} has no docker network; run "crossflock provision"`;
  if (!toState.links.attached) {
    return `${start}: on ${to} the VXLAN is not on the bridge; run "crossflock provision"`;
  }
  return `${start}: see whether a packet filter on ${to} drops what comes from the tunnel`;
}

/** Whether it looks as if something between the two drops what `from` sends. Pure. */
export function isBlocked({ small, wireguard, handshake }: PairFindings, way: Way): boolean {
  const isHeard = small !== undefined || wireguard !== undefined;
  const isRecent = handshake !== undefined && handshake <= SESSION_SECONDS;
  return !isHeard && !isRecent && notUp(way) === undefined;
}

function tunnelWords(found: PairFindings, way: Way): string {
  const { from, to, endpoint, port } = way;
  const other = notUp(way);
  if (other !== undefined) return other;
  const open = `let UDP port ${port} in on ${to} from ${from}, in its firewall and in its cloud's security group`;
  const { handshake } = found;
  if (handshake === undefined) return `no handshake with ${endpoint}: ${open}`;
  if (handshake > SESSION_SECONDS) {
    return `no handshake with ${found.endpoint ?? endpoint} for ${handshake} s: ${to} is down, or the way is cut; if it is not, ${open}`;
  }
  return `no answer from ${found.endpoint ?? endpoint}, with which keys were agreed on ${handshake} s ago: the way is cut, or ${to} has just gone down`;
}

/** Why the other end cannot answer, as far as it is known. */
function notUp({ from, to, toState }: Way): string | undefined {
  if (toState === undefined) return undefined;
  if (!isRunning(toState)) return `the network of ${to} does not run: run "crossflock provision"`;
  if (toState.peers.some(({ id }) => id === from)) return undefined;
  return `${to} was not told of ${from}: run "crossflock provision"`;
}
