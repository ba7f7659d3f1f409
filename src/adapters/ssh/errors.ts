import { CrossflockError } from '../../errors/crossflock-error.js';
import type { LoginPlan } from './auth/identities.js';
import { describeTry } from './auth/identities.js';
import type { Endpoint } from './endpoint.js';

/** What makes an error of Node's sockets or ssh2's client tell what happened. */
interface Coded {
  readonly message: string;
  readonly code?: unknown;
  readonly level?: unknown;
  readonly reason?: unknown;
}

const FIREWALL =
  'check the address, and that firewalls and security groups let its SSH port through';

/** Codes of Node's sockets, in words; `true` where the same may work a moment later. */
const SOCKET_FAILURES: Readonly<Record<string, readonly [string, boolean, string]>> = {
  ECONNREFUSED: ['the connection was refused', true, 'is sshd running there, and on this port?'],
  ECONNRESET: ['the connection was reset', true, 'is sshd running there, and on this port?'],
  EPIPE: ['the connection was closed', true, 'is sshd running there, and on this port?'],
  ETIMEDOUT: ['no answer', true, FIREWALL],
  EHOSTUNREACH: ['no route to the host', false, FIREWALL],
  EHOSTDOWN: ['the host is down', true, FIREWALL],
  ENETUNREACH: ['no route to its network', false, "check the address and this machine's network"],
  ENOTFOUND: ['there is no such name', false, 'check the address for a typing mistake'],
  EAI_AGAIN: ['its name cannot be looked up now', true, "check this machine's network and DNS"],
};

/** The host closed the connection before it had said a word: a booting sshd, or a busy one. */
export function isEarlyClose(error: unknown): boolean {
  return error instanceof Error && error.message === 'Connection lost before handshake';
}

export function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

/** The error for a connection that did not come about. */
export function connectError(endpoint: Endpoint, thrown: unknown): CrossflockError {
  if (thrown instanceof CrossflockError) return thrown;
  const error = thrown as Coded;
  const cannot = `cannot reach ${endpoint.label} over SSH`;
  const known = SOCKET_FAILURES[String(error.code)];
  if (known !== undefined) {
    const [why, retryable, hint] = known;
    return new CrossflockError(`${cannot}: ${why}`, {
      code: 'unreachable',
      retryable,
      hint,
      cause: thrown,
    });
  }
  if (isEarlyClose(thrown)) {
    return new CrossflockError(`${cannot}: it closed the connection at once`, {
      code: 'unreachable',
      retryable: true,
      hint: 'its sshd may be starting, busy (MaxStartups), or not an SSH server at all',
      cause: thrown,
    });
  }
  return new CrossflockError(`${cannot}: ${error.message}`, {
    code: error.level === 'handshake' ? 'refused' : 'unreachable',
    retryable: error.level !== 'handshake',
    cause: thrown,
  });
}

export function connectTimeout(endpoint: Endpoint, ms: number): CrossflockError {
  return new CrossflockError(
    `cannot reach ${endpoint.label} over SSH: no answer within ${ms / 1000} s`,
    { code: 'unreachable', retryable: true, hint: FIREWALL },
  );
}

/** What the server said to the keys it was offered. */
export interface LoginAnswer {
  /** Methods that the server would go on with; undefined when it told none. */
  readonly methods: readonly string[] | undefined;
  /** A key was right, and the server wants something more. */
  readonly partial: boolean;
  /** The server ended it because of too many tries. */
  readonly tooMany: boolean;
}

/** The error for a login that the host refused. Names keys by path and fingerprint only. */
export function loginError(
  endpoint: Endpoint,
  plan: LoginPlan,
  answer: LoginAnswer,
): CrossflockError {
  const { label, user } = endpoint;
  const tried = plan.tries.map(describeTry);
  const all = [...tried, ...plan.notes].join('; ');
  const what = tried.length === 0 ? 'there is no key to try' : 'it accepts none of the keys';
  return new CrossflockError(
    `cannot log in to ${label} as ${user}: ${loginProblem(answer) ?? what}${all === '' ? '' : `: ${all}`}`,
    { code: 'unauthorized', hint: loginHint(user, answer) },
  );
}

function loginProblem({ methods, partial, tooMany }: LoginAnswer): string | undefined {
  if (partial) return `after the key it asks for more (${(methods ?? []).join(', ')})`;
  if (tooMany) return 'too many keys were tried';
  if (methods !== undefined && !methods.includes('publickey')) {
    return `it takes no keys, only ${methods.join(', ')}`;
  }
  return undefined;
}

function loginHint(user: string, { partial, tooMany }: LoginAnswer): string {
  if (tooMany) return 'name the right key with identity_file';
  if (partial) return 'crossflock logs in with a key alone; let the host accept that for this user';
  return `name the key with identity_file or load it with ssh-add; its public half belongs in ~${user}/.ssh/authorized_keys on the host`;
}

/** A command's connection went away under it. */
export function lostError(label: string, what: string, cause?: unknown): CrossflockError {
  return new CrossflockError(`the connection to ${label} was lost while ${what}`, {
    code: 'unreachable',
    retryable: true,
    hint: 'it is made again by the next use',
    cause,
  });
}
