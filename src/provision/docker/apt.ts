import type { Host, RunResult } from '../../ports/host.js';
import { commandFailed, mustRun } from '../run-command.js';

const MINUTE = 60_000;
/** How long another apt or dpkg is waited for: a fresh machine updates itself first. */
const LOCK_SECONDS = 300;
const INSTALL_MS = 20 * MINUTE;

/** apt-get that asks no question, shows no progress bar, and waits for others. */
export function aptArgv(...words: readonly string[]): readonly string[] {
  return [
    ...['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_MODE=l', 'LC_ALL=C.UTF-8'],
    ...['apt-get', '-y', '-q'],
    ...['-o', `DPkg::Lock::Timeout=${String(LOCK_SECONDS)}`],
    ...['-o', 'Acquire::Retries=2', '-o', 'Dpkg::Use-Pty=0'],
    ...['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'],
    ...words,
  ];
}

export function aptInstallArgv(packages: readonly string[]): readonly string[] {
  return aptArgv('install', '--no-install-recommends', ...packages);
}

/** Finishes what a dpkg that died has left half done; says so where there is nothing. */
export const CONFIGURE_ARGV: readonly string[] = [
  ...['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_MODE=l'],
  ...['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'],
];

export function policyArgv(packages: readonly string[]): readonly string[] {
  return ['env', 'LC_ALL=C', 'apt-cache', 'policy', ...packages];
}

/** The packages that `apt-cache policy` names a version of to install. */
export function parseCandidates(output: string): ReadonlySet<string> {
  const known = new Set<string>();
  let current = '';
  for (const line of output.split('\n')) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) current = name;
    const candidate = /^ {2}Candidate: (.+)$/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)') known.add(current);
  }
  return known;
}

/** Which of the packages the host's lists know. */
export async function aptCandidates(
  host: Host,
  packages: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return parseCandidates((await mustRun(host, policyArgv(packages), { signal })).stdout);
}

/** The process that has the lock on the package lists, which apt itself does not wait for. */
export function listsLockedBy(stderr: string): string | undefined {
  return /lock \/var\/lib\/apt\/lists\/lock\b.*held by process (\d+)/.exec(stderr)?.[1];
}

/** Waits for a process of somebody else to end. */
export function waitForProcessArgv(pid: string): readonly string[] {
  return ['timeout', String(LOCK_SECONDS), 'tail', `--pid=${pid}`, '-f', '/dev/null'];
}

export interface AptOptions {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** Fresh package lists. */
export async function aptUpdate(host: Host, { signal, progress }: AptOptions): Promise<void> {
  const argv = aptArgv('update');
  const hint = 'see whether the host reaches the servers in its /etc/apt/sources.list';
  progress('fetching the package lists');
  const first = await host.run(argv, { signal, timeoutMs: 5 * MINUTE });
  const pid = listsLockedBy(first.stderr);
  if (pid === undefined) {
    // With a server that does not answer, apt uses its old lists and ends with 0 all the same.
    if (first.exitCode !== 0) throw commandFailed(argv, first, hint);
    return;
  }
  progress(`waiting for another apt-get (process ${pid})`);
  await host.run(waitForProcessArgv(pid), { signal, timeoutMs: (LOCK_SECONDS + 10) * 1000 });
  await mustRun(host, argv, { signal, timeoutMs: 5 * MINUTE, hint });
}

/** Installs packages; once more with fresh lists, since old ones name files that are gone. */
export async function aptInstall(
  host: Host,
  packages: readonly string[],
  options: AptOptions,
): Promise<void> {
  const argv = aptInstallArgv(packages);
  const hint = `try it by hand on the host: sudo apt-get install ${packages.join(' ')}`;
  const run = (): Promise<RunResult> =>
    host.run(argv, { signal: options.signal, timeoutMs: INSTALL_MS });
  options.progress(`installing ${packages.join(', ')}`);
  const first = await run();
  if (first.exitCode === 0) return;
  await aptUpdate(host, options);
  options.progress(`installing ${packages.join(', ')}, once more`);
  const second = await run();
  if (second.exitCode !== 0) throw commandFailed(argv, second, hint);
}
