import { Readable } from 'node:stream';
import type { RunOptions } from '../ports/host.js';
import { lineEndSetup, shellWord } from './ssh/command/shell-word.js';

/**
 * Reads one line, which sets the environment, and becomes the command. `read` takes one byte at a
 * time: what follows the line is left for the command.
 */
const BOOT = 'IFS= read -r line && eval "$line" && exec "$@"';

export interface RootCommand {
  readonly argv: readonly string[];
  readonly stdin: NonNullable<RunOptions['stdin']>;
}

/**
 * A command as root by sudo, which asks for nothing. sudo gives the command an environment of its
 * own, so what is to be added to it goes through standard input: neither a process list nor sudo's
 * log has it. Pure.
 */
export function rootCommand(argv: readonly string[], options: RunOptions): RootCommand {
  const { env = {}, stdin = '' } = options;
  const sudo = ['sudo', '-n', '--'];
  const variables = Object.entries(env);
  if (variables.length === 0) return { argv: [...sudo, ...argv], stdin };
  const exports = variables.map(([name, value]) => `export ${name}=${shellWord(value)}; `);
  const line = `${lineEndSetup(Object.values(env))}${exports.join('')}:\n`;
  return { argv: [...sudo, 'sh', '-c', BOOT, 'sh', ...argv], stdin: after(line, stdin) };
}

function after(line: string, stdin: NonNullable<RunOptions['stdin']>): RootCommand['stdin'] {
  if (typeof stdin === 'string') return line + stdin;
  if (stdin instanceof Uint8Array) return Buffer.concat([Buffer.from(line), stdin]);
  return Readable.from(joined(line, stdin), { objectMode: false });
}

async function* joined(line: string, stdin: Readable): AsyncGenerator<string | Uint8Array> {
  yield line;
  yield* stdin as AsyncIterable<Uint8Array>;
}
