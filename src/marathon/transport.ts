import { refusalOf } from './refusal.js';
import { CrossflockError } from '../errors/crossflock-error.js';

interface Kind {
  readonly pattern: RegExp;
  readonly text: string;
  readonly code: 'unreachable' | 'timeout' | 'refused';
  readonly retryable: boolean;
  readonly hint?: string;
}

/** Error codes of Node's sockets, TLS and HTTP parser, and of axios. */
const KINDS: readonly Kind[] = [
  {
    pattern: /^ECONNREFUSED$/,
    text: 'refused the connection',
    code: 'unreachable',
    retryable: true,
    hint: 'check that it runs and that the port is right',
  },
  {
    pattern: /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_BAD_RESPONSE)$/,
    text: 'dropped the connection',
    code: 'unreachable',
    retryable: true,
  },
  {
    pattern: /^(ETIMEDOUT|ECONNABORTED)$/,
    text: 'did not answer in time',
    code: 'timeout',
    retryable: true,
  },
  {
    pattern: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/,
    text: 'cannot be reached: no route to it',
    code: 'unreachable',
    retryable: true,
  },
  {
    pattern: /^EAI_AGAIN$/,
    text: 'cannot be looked up now: the name service does not answer',
    code: 'unreachable',
    retryable: true,
  },
  {
    pattern: /^ENOTFOUND$/,
    text: 'has a host name that does not exist',
    code: 'unreachable',
    retryable: false,
    hint: 'check marathon_uri in the configuration',
  },
  {
    pattern: /^(HPE_|EPROTO|ERR_SSL_)/,
    text: 'does not speak this protocol on this port',
    code: 'refused',
    retryable: false,
    hint: 'check whether marathon_uri should start with http:// or https://',
  },
  {
    pattern: /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/,
    text: 'has a certificate that is not trusted here',
    code: 'refused',
    retryable: false,
    hint: 'name its authority in the environment variable NODE_EXTRA_CA_CERTS',
  },
];

/**
 * An exchange that got no answer, as an error of ours. The original error is not kept as cause: it
 * carries the request with its password.
 * @param failure code and text of the original error
 */
export function transportError(
  base: string,
  failure: { readonly code?: string | undefined; readonly message: string },
): CrossflockError {
  const code = failure.code ?? (/hang up|aborted/.test(failure.message) ? 'ECONNRESET' : '');
  const kind = KINDS.find(({ pattern }) => pattern.test(code));
  const cause = new Error(code === '' ? failure.message : `${code}: ${failure.message}`);
  if (kind === undefined) {
    return new CrossflockError(`marathon at ${base} cannot be asked: ${cause.message}`, {
      code: 'unreachable',
      retryable: true,
      cause,
    });
  }
  return new CrossflockError(`marathon at ${base} ${kind.text}`, {
    code: kind.code,
    retryable: kind.retryable,
    cause,
    ...(kind.hint === undefined ? {} : { hint: kind.hint }),
  });
}

/** Why `signal` fired: its own reason where that is one of our errors, else `aborted`. */
export function abortReason(signal: AbortSignal): CrossflockError {
  const reason: unknown = signal.reason;
  if (reason instanceof CrossflockError) return reason;
  return new CrossflockError('interrupted', { code: 'aborted', cause: reason });
}

/** Whatever went wrong with a request to the Marathon at `base`, as it is to be thrown. */
export function translated(error: unknown, base: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return abortReason(signal);
  if (refusalOf(error) !== undefined) return error;
  if (!(error instanceof Error) || error.name === 'CrossflockError') return error;
  return transportError(base, {
    code: (error as NodeJS.ErrnoException).code,
    message: error.message,
  });
}
