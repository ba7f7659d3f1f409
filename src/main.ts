import { runCli } from './cli/run-cli.js';
import { EXIT } from './errors/exit-codes.js';

/** The names a person can type; each of the short ones is one command of `crossflock`. */
export type CommandName = 'crossflock' | 'create-containers' | 'run-kinc';

/**
 * The process edge: arguments, signals, exit code. The first Ctrl-C asks the running action to stop
 * in a consistent state, a second one ends the process at once.
 */
export async function main(command: CommandName, argv: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A reader that went away (`crossflock status | head -1`) changes neither what is done nor the
  // exit code: the rest is said to nobody.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const args = command === 'crossflock' ? argv : [command, ...argv];
  process.exitCode = await runCli(args, {
    scriptName: command,
    signal: interrupt.signal,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
  });
  process.off('SIGINT', onSignal);
  process.off('SIGTERM', onSignal);
}
