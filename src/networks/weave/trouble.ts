import type { ErrorCode } from '../../errors/crossflock-error.js';
import type { Connection } from './report.js';
import { WEAVE_PORT } from './settings.js';

/** Why two routers are not connected, in words. */
export interface Trouble {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

interface Known {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly words: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

const FIREWALL = `let TCP ${WEAVE_PORT} and UDP ${WEAVE_PORT} and ${WEAVE_PORT + 1} through, both ways`;
const SAME_PASSWORD = 'launch both with the same "network.weave.password"';

/** The errors that routers were seen to report, most telling first. */
const KNOWN: readonly Known[] = [
  {
    pattern: /unable to decrypt tcp msg/i,
    code: 'unauthorized',
    words: 'their passwords differ',
    hint: SAME_PASSWORD,
  },
  {
    // The misspelling is Weave's.
    pattern: /password specified, but peer|no password specifi\w+, but peer/i,
    code: 'unauthorized',
    words: 'one of them has a password and the other has none',
    hint: SAME_PASSWORD,
  },
  {
    pattern: /peer names collision/i,
    code: 'refused',
    words: 'both have the same peer name',
    hint: 'run "weave reset" on one of them and provision it again: crossflock names peers itself',
  },
  {
    pattern: /incompatible ip allocation ranges/i,
    code: 'refused',
    words: 'their allocation ranges differ',
    hint: 'one of them was not launched by this deployment: run "weave reset" on it and provision it again',
  },
  {
    pattern: /cannot connect to ourself/i,
    code: 'invalid-input',
    words: 'the address is its own',
    hint: 'correct "address" or "private_address" of the hosts',
  },
  {
    pattern: /no working forwarders|operation not permitted/i,
    code: 'unreachable',
    words: 'udp is blocked',
    hint: FIREWALL,
    retryable: true,
  },
  {
    pattern: /connection refused/i,
    code: 'unreachable',
    words: 'it answers, but weave does not run there',
    hint: 'run "crossflock provision" for it',
    retryable: true,
  },
  {
    pattern: /no such host|server misbehaving/i,
    code: 'invalid-input',
    words: 'its name cannot be resolved',
    hint: 'write an address, or a name that the other hosts can resolve',
  },
  {
    pattern: /network is unreachable|no route to host/i,
    code: 'unreachable',
    words: 'there is no route to it',
    hint: 'check its address, and the routes between the two clouds',
    retryable: true,
  },
  {
    pattern: /timed out|i\/o timeout/i,
    code: 'unreachable',
    words: `nothing answers on TCP ${WEAVE_PORT}`,
    hint: FIREWALL,
    retryable: true,
  },
  {
    // Seen on the side that dialled when the accepting one could not decrypt.
    pattern: /connection reset by peer/i,
    code: 'unreachable',
    words: 'it hung up: it was restarted, or its password differs',
    hint: SAME_PASSWORD,
    retryable: true,
  },
  {
    pattern: /multiple connections to/i,
    code: 'unavailable',
    words: 'the connection is being replaced, or two peers have one name',
    hint: 'look again in a minute',
    retryable: true,
  },
];

/** What is wrong with a connection; undefined for one that is established. Pure. */
export function troubleOf(connection: Connection): Trouble | undefined {
  const { state, error } = connection;
  if (state === 'established') return undefined;
  if (state === 'pending') {
    const message = 'tcp is connected, and udp is not through yet';
    return { code: 'unreachable', message, hint: FIREWALL, retryable: true };
  }
  const known = KNOWN.find(({ pattern }) => pattern.test(error));
  if (known !== undefined) {
    const { code, words, hint, retryable = false } = known;
    return { code, message: words, hint, retryable };
  }
  // Packets that a firewall drops leave it in this state for about two minutes.
  if (state === 'connecting' || error === '') {
    const message = `nothing answers on TCP ${WEAVE_PORT} so far`;
    return { code: 'unreachable', message, hint: FIREWALL, retryable: true };
  }
  return { code: 'unreachable', message: error, hint: FIREWALL, retryable: true };
}

/** Whether it looks as if something between the two drops packets. */
export function isBlocked({ hint }: Trouble): boolean {
  return hint === FIREWALL;
}
