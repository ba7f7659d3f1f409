import type { HealthCheck, HealthResult } from '../orchestrator.js';

/** What one probe found. */
export type ProbeOutcome =
  { readonly alive: true } | { readonly alive: false; readonly cause: string };

export interface HealthStep {
  /** Undefined while nothing is known: failures within the grace period do not count. */
  readonly result: HealthResult | undefined;
  /** The task has failed once too often. */
  readonly kill: boolean;
}

/**
 * The state of one health check after one more probe. Within the grace period failures are ignored
 * until the first success. Marathon's own checks never kill with `maxConsecutiveFailures` 0; the
 * ones by Mesos kill at the first failure then.
 */
export function healthStep(
  check: HealthCheck,
  former: HealthResult | undefined,
  outcome: ProbeOutcome,
  at: { readonly now: string; readonly inGrace: boolean },
): HealthStep {
  if (outcome.alive) {
    const firstSuccess = former?.firstSuccess ?? at.now;
    const result = { ...former, alive: true, consecutiveFailures: 0, firstSuccess };
    return { result: { ...result, lastSuccess: at.now }, kill: false };
  }
  if (at.inGrace && former?.firstSuccess === undefined) return { result: former, kill: false };
  const consecutiveFailures = (former?.consecutiveFailures ?? 0) + 1;
  const result: HealthResult = {
    ...former,
    alive: false,
    consecutiveFailures,
    lastFailure: at.now,
    lastFailureCause: outcome.cause,
  };
  return { result, kill: exceeds(check, consecutiveFailures) };
}

function exceeds(check: HealthCheck, failures: number): boolean {
  if (check.maxConsecutiveFailures > 0) return failures >= check.maxConsecutiveFailures;
  return isByMesos(check);
}

/** Mesos waits `delaySeconds` before its first probe; Marathon's own checks begin at once. */
export function isByMesos({ protocol }: HealthCheck): boolean {
  return protocol === 'COMMAND' || protocol.startsWith('MESOS_');
}
