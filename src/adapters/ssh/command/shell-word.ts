import { CrossflockError } from '../../../errors/crossflock-error.js';

/** The shell variable that holds a line end while a command line is put together on the host. */
const LINE_END = '_cf_n';

/**
 * A word for a POSIX shell, in one line whatever is in it: everything between single quotes stands
 * for itself, a line end comes from a variable (see `lineEndSetup`).
 * @throws CrossflockError `invalid-input` for a NUL, which no argument can hold
 */
export function shellWord(word: string): string {
  if (word.includes('\0')) {
    throw new CrossflockError('an argument or environment value contains a NUL character', {
      code: 'invalid-input',
    });
  }
  return `'${word.replaceAll("'", `'\\''`).replaceAll('\n', `'"$${LINE_END}"'`)}'`;
}

/** What has to stand before words with a line end in them; nothing for all others. */
export function lineEndSetup(words: readonly string[]): string {
  if (!words.some((word) => word.includes('\n'))) return '';
  // A command substitution drops line ends at its end, hence the x.
  return `${LINE_END}=$(printf '\\nx'); ${LINE_END}=\${${LINE_END}%x}; `;
}
