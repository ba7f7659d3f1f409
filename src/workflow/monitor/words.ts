import type { JobEvent } from '../htcondor/events.js';
import type { NodeRecord } from './node.js';

/** What the submit descriptions have HTCondor say of a job above its memory. */
const OVER_MEMORY = /^used more memory than it asked for/;
/** `Error from slot1_1@runner2: Failed to execute '/bin/x' with arguments y: (errno=2: 'No such file or directory')` */
const NOT_STARTED = /Failed to execute '([^']*)'.*\(errno=\d+: '([^']*)'\)/s;
const COULD_NOT_START = 'could not be started';
/** DAGMan's own removal, which takes the jobs along. */
const WITH_THE_WORKFLOW = /OtherJobRemoveRequirements|^DAG Removed/;

/** HTCondor's reason for holding a job, without what a person does not ask for. */
export function heldInWords(reason: string): string {
  const [, program, why = ''] = NOT_STARTED.exec(reason) ?? [];
  return program === undefined ? reason : `${program} ${COULD_NOT_START}: ${why.toLowerCase()}`;
}

/** Whether a reason in words says that HTCondor could not start the program. */
export function couldNotStart(reason: string): boolean {
  return reason.includes(` ${COULD_NOT_START}: `);
}

/** Whether a job was taken out of the queue because its workflow was. */
export function isWithTheWorkflow(reason: string): boolean {
  return WITH_THE_WORKFLOW.test(reason);
}

/**
 * The submit descriptions let HTCondor remove a job that is held for good, or again and again;
 * HTCondor then only quotes the expression.
 */
export function whyRemoved(node: NodeRecord, reason: string): string {
  if (!reason.includes('PeriodicRemove')) return reason;
  const held = node.reason ?? 'no reason given';
  if (node.state !== 'held') return 'used more memory than it asked for';
  return OVER_MEMORY.test(held) || couldNotStart(held) ? held : `held too often: ${held}`;
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
