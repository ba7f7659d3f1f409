import { execa } from 'execa';
import { CrossflockError } from '../errors/crossflock-error.js';

/**
 * Runs a program with this process' own terminal, which reads what is typed until it ends.
 * @returns its exit code; 128 for one that a signal ended
 * @throws CrossflockError `not-found` where there is no such program
 */
export async function attach(argv: readonly string[]): Promise<number> {
  const [file = '', ...args] = argv;
  const { exitCode, code } = await execa(file, args, { stdio: 'inherit', reject: false });
  if (code === 'ENOENT') {
    throw new CrossflockError(`${file} is not installed on this machine`, { code: 'not-found' });
  }
  return exitCode ?? 128;
}
