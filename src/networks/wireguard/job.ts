import type { Host, RunResult } from '../../ports/host.js';
import { commandFailed } from '../docker-network-refusals.js';

import type { WireguardSettings } from './settings.js';

/** Where something is done, and until when. */
export interface Job {
  readonly settings: WireguardSettings;
  /** Its commands run as root as far as it permits. */
  readonly host: Host;
  readonly signal: AbortSignal;
}

/** Runs a command that has to succeed. Throws `command-failed`. */
export async function must({ host, signal }: Job, argv: readonly string[]): Promise<RunResult> {
  const result = await host.run(argv, { signal });
  if (result.exitCode !== 0) throw commandFailed(result, argv, host.name);
  return result;
}
