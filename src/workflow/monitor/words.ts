import type { JobEvent } from '../htcondor/events.js';
import type { NodeRecord } from './node.js';

/**
 * The submit descriptions let HTCondor remove a job that is held again and again, or that uses more
 * memory than it asked for; HTCondor then only quotes the expression.
 */
export function whyRemoved(node: NodeRecord, reason: string): string {
  if (reason.includes('OtherJobRemoveRequirements')) return 'removed with the workflow';
  if (!reason.includes('PeriodicRemove')) return reason;
  if (node.state === 'held') return `held too often: ${node.reason ?? 'no reason given'}`;
  return 'used more memory than it asked for';
}

/** HTCondor's reason, to be put behind what happened; empty where it gives none. */
export function reasonOf(event: JobEvent): string {
  const reason = 'reason' in event ? event.reason : undefined;
  return reason === undefined ? '' : `: ${reason}`;
}

/** Why a node failed, in a few words. */
export function whyFailed(node: NodeRecord): string {
  if (node.reason !== undefined) return node.reason;
  if (node.exitSignal !== undefined) return `ended by signal ${node.exitSignal}`;
  return node.exitCode === undefined ? 'never ran' : `exit code ${node.exitCode}`;
}
