import type { ErrorCode } from './crossflock-error.js';

/** The exit codes of every command, as documented in the README. */
export const EXIT = {
  /** All is as asked. */
  ok: 0,
  /** Something failed or is incomplete; the output says what. */
  failed: 1,
  /** Bad usage or configuration; nothing was changed. */
  usage: 2,
  /** Stopped by Ctrl-C or a termination signal (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code for an error that ended a command. */
export function exitCodeFor(code: ErrorCode): ExitCode {
  if (code === 'invalid-input') return EXIT.usage;
  if (code === 'aborted') return EXIT.interrupted;
  return EXIT.failed;
}
