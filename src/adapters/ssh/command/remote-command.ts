import { CrossflockError } from '../../../errors/crossflock-error.js';
import { lineEndSetup, shellWord } from './shell-word.js';

/**
 * The only text that ever is an argument of a remote process. It reads one line from standard input
 * and runs it, so that arguments and environment are in no process list and in no log, and no login
 * shell (csh, fish) gets to read quotes that it understands in its own way. `read` takes one byte
 * at a time: what follows the line is left for the command.
 */
export const BOOT = `exec sh -c 'IFS= read -r l && eval "$l"'`;

/** How to become root for one command. */
export type SudoWay = 'not-needed' | 'passwordless' | { readonly password: string };

export interface CommandSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly sudo: SudoWay;
  /** Letters and digits that no output contains by chance. */
  readonly nonce: string;
}

/**
 * The lines that start a command. On standard output the host answers with lines that begin with the
 * nonce, before anything the command writes:
 * `pid <n>` (its process group), `no-sudo`, `root` (sudo let us in), `missing` (no such program),
 * `run` (the rest is the command's).
 */
export interface RemoteCommand {
  readonly nonce: string;
  readonly argv: readonly string[];
  /** For `BOOT`, with its line end. */
  readonly first: string;
  /** For the shell that runs as root; undefined without sudo. */
  readonly second: string | undefined;
  /** For sudo, when it asks with `prompt`; `second` must wait for `root` then. */
  readonly password: string | undefined;
  readonly prompt: string;
}

/**
 * @throws CrossflockError `invalid-input` for what no command line can hold, `unexpected` for an
 *   empty one
 */
export function remoteCommand(spec: CommandSpec): RemoteCommand {
  const { argv, nonce, sudo } = spec;
  const start = startLine(spec);
  const prompt = `${nonce} password:`;
  const common = { nonce, argv, prompt };
  if (sudo === 'not-needed') {
    return {
      ...common,
      first: `${pidText(nonce)}${start}`,
      second: undefined,
      password: undefined,
    };
  }
  const password = sudo === 'passwordless' ? undefined : sudo.password;
  return {
    ...common,
    first: `${pidText(nonce)}${sudoText(nonce, password === undefined ? undefined : prompt)}\n`,
    // sudo was made to speak English; the command gets what root has.
    second: `unset LC_ALL; ${start}`,
    password,
  };
}

function pidText(nonce: string): string {
  return `echo "${nonce} pid $$"; `;
}

function sudoText(nonce: string, prompt: string | undefined): string {
  const how = prompt === undefined ? '-n' : `-S -k -p '${prompt}'`;
  return (
    `command -v sudo >/dev/null 2>&1 || { echo "${nonce} no-sudo"; exit 1; }; ` +
    // For its messages, which are read here.
    `LC_ALL=C; export LC_ALL; ` +
    `exec sudo ${how} -- sh -c 'echo "${nonce} root"; IFS= read -r l && eval "$l"'`
  );
}

/** Sets the environment, looks for the program, and becomes it. With its line end. */
function startLine({ argv, env, nonce }: CommandSpec): string {
  const [program] = argv;
  if (program === undefined || program === '') {
    throw new CrossflockError('no command to run', { code: 'unexpected' });
  }
  const exports = Object.entries(env).map(
    ([name, value]) => `export ${checkedName(name)}=${shellWord(value)}; `,
  );
  const setup = lineEndSetup([...argv, ...Object.values(env)]);
  const missing = `command -v ${shellWord(program)} >/dev/null 2>&1 || { echo "${nonce} missing"; exit 127; }; `;
  const run = `echo "${nonce} run"; exec ${argv.map(shellWord).join(' ')}`;
  return `${setup}${exports.join('')}${missing}${run}\n`;
}

function checkedName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new CrossflockError(`${name} is no name of an environment variable`, {
    code: 'invalid-input',
  });
}
