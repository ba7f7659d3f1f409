/**
 * What went wrong, as a word a program can act on. Each command's documentation lists the ones it
 * can end with; `exit-codes.ts` says which exit code they become.
 */
export type ErrorCode =
  /** The configuration, a flag or an input file is wrong; nothing was changed. */
  | 'invalid-input'
  /** The far side could not be reached at all: refused, reset, no route, no name. */
  | 'unreachable'
  /** The far side answered, but not within the deadline. */
  | 'timeout'
  /** The far side is there and asks to come back: 502, 503, a lock. */
  | 'unavailable'
  /** Credentials were missing or wrong. */
  | 'unauthorized'
  /** The far side understood and refused: asking again changes nothing. */
  | 'refused'
  /** What was asked for does not exist. */
  | 'not-found'
  /** A command ended with a non-zero exit code. */
  | 'command-failed'
  /** The person at the keyboard stopped it. */
  | 'aborted'
  /** The work itself failed: a task, a job, a workflow. */
  | 'work-failed'
  /** A bug in this program: an answer that nothing here knows how to read. */
  | 'unexpected';

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** What the reader can do about it, as one lower-case sentence or command. */
  readonly hint?: string;
  /** Whether the same call may succeed a moment later. The thrower knows; nobody else guesses. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The one error class of the project. The message is lower case, names the wrong value and fits on
 * a line; everything longer (a full stderr, say) is kept in `cause`.
 */
export class CrossflockError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CrossflockError';
    this.code = details.code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** Turns anything thrown into a `CrossflockError`; what is not one of ours is `unexpected`. */
export function toCrossflockError(thrown: unknown): CrossflockError {
  if (thrown instanceof CrossflockError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new CrossflockError('interrupted', { code: 'aborted', cause: thrown });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new CrossflockError(`unexpected failure: ${text}`, {
    code: 'unexpected',
    cause: thrown,
    hint: 'this is a bug in crossflock; run again with --debug and report what it prints',
  });
}
