import { CrossflockError, type ErrorDetails } from '../../../errors/crossflock-error.js';

export interface SudoFailure {
  readonly label: string;
  readonly user: string;
  /** What sudo wrote, in English. */
  readonly stderr: string;
}

type Reason = readonly [pattern: RegExp, what: string, code: ErrorDetails['code'], hint: string];

const NEEDS_RULE =
  'let somebody with root add a rule to its sudoers, such as "USER ALL=(ALL) NOPASSWD: ALL"';
const GIVE_PASSWORD =
  'give the password as a secret reference in "sudo", or a NOPASSWD rule to the user on the host';

/** Messages of sudo(8), with those of the plug-in sudoers; the first that fits. */
const REASONS: readonly Reason[] = [
  [
    /incorrect password attempt|sorry, try again/i,
    'the sudo password is wrong',
    'unauthorized',
    'correct the password of "sudo" in the configuration',
  ],
  [
    /is not in the sudoers file|is not allowed to run sudo/i,
    'USER is not in the sudoers file',
    'refused',
    NEEDS_RULE,
  ],
  [
    /is not allowed to execute|not allowed to set/i,
    'USER may not run this as root',
    'refused',
    NEEDS_RULE,
  ],
  [
    /you must have a tty/i,
    'its sudo wants a terminal (requiretty)',
    'refused',
    'let its sudoers say "Defaults:USER !requiretty"',
  ],
  [
    /a password is required|a terminal is required/i,
    'its sudo wants a password',
    'unauthorized',
    GIVE_PASSWORD,
  ],
  [
    /no password was provided/i,
    'its sudo asked for something that is no password',
    'unauthorized',
    GIVE_PASSWORD,
  ],
  [/no new privileges/i, 'sudo cannot work there (no new privileges)', 'refused', 'log in as root'],
];

/** The error for a sudo that did not let the user in. */
export function sudoError({ label, user, stderr }: SudoFailure): CrossflockError {
  const found = REASONS.find(([pattern]) => pattern.test(stderr));
  const [, what, code, hint] = found ?? [
    undefined,
    `sudo failed: ${lastLine(stderr)}`,
    'refused' as const,
    `try on the host: sudo -n true`,
  ];
  return new CrossflockError(`no root on ${label}: ${what.replace('USER', user)}`, {
    code,
    hint: hint.replaceAll('USER', user),
    cause: stderr,
  });
}

export function sudoMissing(label: string, user: string): CrossflockError {
  return new CrossflockError(`no root on ${label}: sudo is not installed there`, {
    code: 'not-found',
    hint: `install sudo there, or log in as root instead of ${user}`,
  });
}

export function wrongPassword(label: string, user: string): CrossflockError {
  return sudoError({ label, user, stderr: 'incorrect password attempt' });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
