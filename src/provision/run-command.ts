import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host, RunOptions, RunResult } from '../ports/host.js';
import { pasteable } from '../util/quote.js';

const MINUTE = 60_000;
/** Lines that a failed command's last words are taken to be. */
const LAST_LINES = 12;

/** The cause of the error for a command that failed: what a person needs to try it by hand. */
export interface FailedCommand {
  readonly command: string;
  readonly exitCode: number;
  /** The end of what it wrote to standard error, or else to standard output. */
  readonly said: readonly string[];
}

export interface CommandOptions extends Pick<
  RunOptions,
  'env' | 'stdin' | 'signal' | 'onStdout' | 'sudo'
> {
  readonly timeoutMs?: number;
  readonly hint?: string;
}

/**
 * Runs a command that has to succeed.
 * @throws CrossflockError `command-failed` with a `FailedCommand` as its cause
 */
export async function mustRun(
  host: Host,
  argv: readonly string[],
  { hint, ...options }: CommandOptions,
): Promise<RunResult> {
  const result = await host.run(argv, { timeoutMs: 2 * MINUTE, ...options });
  if (result.exitCode !== 0) throw commandFailed(argv, result, hint);
  return result;
}

export function commandFailed(
  argv: readonly string[],
  result: RunResult,
  hint?: string,
): CrossflockError {
  const command = shown(argv);
  const said = lastLines(result.stderr.trim() === '' ? result.stdout : result.stderr);
  const why = said.at(-1) ?? 'it said nothing';
  const cause: FailedCommand = { command, exitCode: result.exitCode, said };
  const ending = result.signal === undefined ? String(result.exitCode) : result.signal;
  return new CrossflockError(`"${command}" ended with ${ending}: ${why}`, {
    code: 'command-failed',
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The command without what is only there for scripts to behave; a text of a shell is cut. */
function shown(argv: readonly string[]): string {
  const [program = '', ...rest] = argv;
  const at = program === 'env' ? rest.findIndex((word) => !/^[A-Z_]+=/.test(word)) : -1;
  const words = at === -1 ? argv : rest.slice(at);
  return pasteable(words.map((word) => (word.includes('\n') ? '…' : word)));
}

function lastLines(text: string): readonly string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trimEnd());
  return lines.filter((line) => line !== '').slice(-LAST_LINES);
}

/** What a failed command said, out of an error's cause; nothing for errors of other kinds. */
export function failedCommand(error: CrossflockError): Partial<FailedCommand> {
  const { cause } = error;
  if (cause === null || typeof cause !== 'object') return {};
  if ('command' in cause && 'said' in cause) return cause as FailedCommand;
  // The result of a command, or an error made of its standard error, as other rooms keep it.
  const text = 'stderr' in cause ? cause.stderr : cause instanceof Error ? cause.message : '';
  const said = typeof text === 'string' ? lastLines(text) : [];
  return said.length > 0 && !('code' in cause) ? { said } : {};
}
