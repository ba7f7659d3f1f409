import type { Host } from '../../ports/host.js';
import { aptCandidates, aptInstall, type AptOptions } from '../docker/apt.js';
import { mustRun } from '../run-command.js';
import { COMPILER_CANDIDATES, sourcePackages, sourceSteps } from './source.js';
import type { WantedMesosHost } from './types.js';

/**
 * Compiles and installs Mesos on a host, or goes on where that stopped: see `sourceSteps`.
 * @param host everything on it as root
 * @throws CrossflockError `command-failed` with the end of what the step said
 */
export async function compileMesos(
  host: Host,
  { paths, engine }: Pick<WantedMesosHost, 'paths' | 'engine'>,
  options: AptOptions,
): Promise<void> {
  const { signal, progress } = options;
  const known = await aptCandidates(host, COMPILER_CANDIDATES, signal);
  await aptInstall(host, sourcePackages(known), options);
  for (const { argv, env, timeoutMs, title, log } of sourceSteps(paths, engine, known)) {
    signal.throwIfAborted();
    progress(`${host.name}: ${title}`);
    const hint = `all that it said is in ${log} on the host; the same command goes on from here`;
    await mustRun(host, argv, { env, timeoutMs, signal, hint });
  }
}
