import type { JobEvent } from '../htcondor/events.js';
import type { Execution, NodeRecord } from './node.js';

/** An execution that starts now. */
export function newExecution(node: NodeRecord, event: JobEvent & { type: 'execute' }): Execution {
  return {
    job: event.job,
    tries: node.tries,
    address: node.address,
    slot: event.slot,
    cpus: event.cpus ?? 1,
    queuedAt: node.queuedAt ?? event.at,
    startedAt: event.at,
    endedAt: undefined,
    outcome: undefined,
    exitCode: undefined,
    exitSignal: undefined,
    reason: undefined,
    cpuSeconds: undefined,
    memoryMb: undefined,
    receivedBytes: undefined,
    sentBytes: undefined,
  };
}

/** Adds what HTCondor says at the end of an execution. */
export function finish(
  node: NodeRecord,
  event: JobEvent & { type: 'terminated' | 'evicted' },
): void {
  const execution = node.executions.at(-1);
  if (execution === undefined) return;
  execution.cpuSeconds = event.cpuSeconds;
  remember(node, event.memoryMb);
  if (event.type === 'evicted') return;
  execution.exitCode = event.exitCode;
  execution.exitSignal = event.exitSignal;
  execution.receivedBytes = event.receivedBytes;
  execution.sentBytes = event.sentBytes;
}

/** The largest memory that was seen. */
export function remember(node: NodeRecord, memoryMb: number | undefined): void {
  const execution = node.executions.at(-1);
  if (execution === undefined || memoryMb === undefined) return;
  execution.memoryMb = Math.max(execution.memoryMb ?? 0, memoryMb);
}
