import type { JobEvent } from '../htcondor/events.js';
import { nodesOf, parallelNodes, type RunShape } from '../run-shape.js';
import { DagRecord, type Notice, type RunEnd } from './dag-record.js';
import { finish, newExecution, remember } from './execution.js';
import { ExecutorTally } from './executor-tally.js';
import { type Execution, type NodeRecord, type NodeState, newNode } from './node.js';
import { CompletionRate } from './rate.js';
import { heldInWords, isWithTheWorkflow, reasonOf, whyFailed, whyRemoved } from './words.js';

export type { Notice, RunEnd } from './dag-record.js';

/** What has to be known of a run before its events make sense; from its `run.json`. */
export interface RunOutline {
  readonly runId: string;
  readonly shape: RunShape;
  /** New tries of a failed node. */
  readonly retries: number;
  readonly dagmanCluster: number;
}

/** Stands for an executor that the log does not name. */
const UNKNOWN_ADDRESS = 'unknown';

/**
 * Follows one run: takes its job events in the order of the log and keeps counts, in constant time
 * an event. Feeding it the same log again from its beginning must go to a new monitor: it keeps no
 * list of events seen.
 */
export class RunMonitor {
  readonly outline: RunOutline;
  readonly nodes = new Map<string, NodeRecord>();
  readonly rate = new CompletionRate();
  /** Nodes in each state. */
  readonly counts: Record<NodeState, number> = {
    waiting: 0,
    idle: 0,
    running: 0,
    held: 0,
    retrying: 0,
    done: 0,
    failed: 0,
  };
  /** What runs and ran where, by virtual IP of the executor. */
  readonly executors = new Map<string, ExecutorTally>();
  readonly #parallel: ReadonlySet<string>;
  readonly #nodeOfJob = new Map<string, NodeRecord>();
  #lastEventAt: number | undefined;
  readonly #dag = new DagRecord();

  constructor(outline: RunOutline) {
    this.outline = outline;
    this.#parallel = new Set(parallelNodes(outline.shape.parallel));
    for (const name of nodesOf(outline.shape)) this.#add(name);
  }

  /** When DAGMan was submitted, epoch milliseconds; undefined until its log says so. */
  get submittedAt(): number | undefined {
    return this.#dag.submittedAt;
  }

  get lastEventAt(): number | undefined {
    return this.#lastEventAt;
  }

  get end(): RunEnd | undefined {
    return this.#dag.end;
  }

  /** Whether a person held the whole run. */
  get isHeld(): boolean {
    return this.#dag.isHeld;
  }

  /** Takes the next event; the answer is for people, and most events have none. */
  apply(event: JobEvent): Notice | undefined {
    this.#lastEventAt = Math.max(this.#lastEventAt ?? event.at, event.at);
    if (event.log === 'dagman' || event.jobCluster === this.outline.dagmanCluster) {
      return this.#dag.apply(event);
    }
    if (event.type === 'submit') {
      this.#submitted(event);
      return undefined;
    }
    if (event.type === 'retried') return this.#retried();
    const node = this.#nodeOfJob.get(event.job);
    // Events of a job that was given up for a newer one change nothing any more.
    if (node?.job !== event.job) return undefined;
    return this.#applyToNode(node, event);
  }

  #submitted(event: JobEvent): void {
    if (event.node === undefined || this.#nodeOfJob.has(event.job)) return;
    const node = this.nodes.get(event.node) ?? this.#add(event.node);
    node.job = event.job;
    node.tries += 1;
    node.queuedAt = event.at;
    this.#nodeOfJob.set(event.job, node);
    this.#move(node, 'idle');
  }

  /** Whatever was not done begins anew. */
  #retried(): Notice {
    for (const node of this.nodes.values()) {
      node.triesBefore = node.tries;
      if (node.state !== 'done') this.#move(node, 'waiting');
    }
    return { level: 'info', message: 'the run was tried again' };
  }

  /** A job that succeeded did not leave what it had to leave. */
  #checked(node: NodeRecord, exitCode: number): Notice | undefined {
    if (node.state !== 'done' || exitCode === 0) return undefined;
    const execution = node.executions.at(-1);
    if (execution !== undefined) {
      execution.outcome = 'failed';
      this.#tally(execution).rejected(execution);
    }
    node.wastedMs += node.workMs;
    node.wastedCpuSeconds += node.workCpuSeconds;
    node.workMs = 0;
    node.workCpuSeconds = 0;
    node.reason = 'left no usable output';
    return this.#failed(node);
  }

  #applyToNode(node: NodeRecord, event: JobEvent): Notice | undefined {
    if (event.type === 'post-script') return this.#checked(node, event.exitCode ?? 1);
    if (node.state === 'done' || node.state === 'failed') return undefined;
    switch (event.type) {
      case 'execute':
        this.#executes(node, event);
        return undefined;
      case 'terminated':
        return this.#terminated(node, event);
      case 'evicted':
      case 'shadow-exception':
      case 'reconnect-failed':
        return this.#interrupted(node, event);
      case 'held':
        return this.#held(node, event);
      case 'released':
        node.queuedAt = event.at;
        node.holdCode = undefined;
        this.#move(node, 'idle');
        return undefined;
      case 'aborted':
        return this.#removed(node, event);
      case 'image-size':
        remember(node, event.memoryMb);
        return undefined;
      case 'disconnected':
        return {
          level: 'warning',
          message: `${node.name} lost its executor ${node.address ?? ''}: ${event.reason}`,
        };
      default:
        return undefined;
    }
  }

  #held(node: NodeRecord, event: JobEvent & { type: 'held' }): Notice {
    const last = node.executions.at(-1);
    if (node.state === 'idle' && last?.job === event.job && last.outcome === 'evicted') {
      // Where the executor gives the reason, HTCondor first says that the job was evicted.
      last.outcome = 'held';
      node.interruptions -= 1;
    }
    this.#stop(node, event.at, 'held');
    node.reason = heldInWords(event.reason);
    node.holdCode = event.holdCode;
    if (last !== undefined) last.reason = node.reason;
    this.#move(node, 'held');
    return { level: 'warning', message: `${node.name} is held: ${node.reason}` };
  }

  #removed(node: NodeRecord, event: JobEvent & { type: 'aborted' }): Notice | undefined {
    // HTCondor may tell a removal twice.
    if (node.state === 'retrying' || node.state === 'waiting') return undefined;
    if (isWithTheWorkflow(event.reason)) {
      this.#stop(node, event.at, 'removed');
      this.#move(node, 'waiting');
      return undefined;
    }
    node.reason = whyRemoved(node, event.reason);
    this.#stop(node, event.at, 'removed');
    return this.#failed(node);
  }

  #executes(node: NodeRecord, event: JobEvent & { type: 'execute' }): void {
    this.#stop(node, event.at, 'lost');
    node.address = event.address ?? node.address;
    node.startedAt = event.at;
    node.endedAt = undefined;
    const execution = newExecution(node, event);
    node.executions.push(execution);
    this.#tally(execution).started(execution);
    this.rate.started(event.at);
    this.#move(node, 'running');
  }

  #terminated(node: NodeRecord, event: JobEvent & { type: 'terminated' }): Notice | undefined {
    node.bytes += (event.receivedBytes ?? 0) + (event.sentBytes ?? 0);
    node.exitCode = event.exitCode;
    node.exitSignal = event.exitSignal;
    node.endedAt = event.at;
    if (event.exitCode !== 0) {
      node.wastedCpuSeconds += event.cpuSeconds ?? 0;
      this.#stop(node, event.at, 'failed');
      finish(node, event);
      node.reason = undefined;
      return this.#failed(node);
    }
    node.workCpuSeconds = event.cpuSeconds ?? 0;
    node.workMs = event.at - (node.startedAt ?? event.at);
    this.#close(node, event.at, 'succeeded');
    finish(node, event);
    this.rate.finished(event.at);
    this.#move(node, 'done');
    return undefined;
  }

  #interrupted(node: NodeRecord, event: JobEvent): Notice | undefined {
    if (event.type === 'evicted') node.wastedCpuSeconds += event.cpuSeconds ?? 0;
    // A lost executor is told by two or three events; the first one counts.
    if (node.state !== 'running') return undefined;
    const evicted = event.type === 'evicted';
    this.#stop(node, event.at, evicted ? 'evicted' : 'lost');
    if (evicted) finish(node, event);
    node.queuedAt = event.at;
    node.interruptions += 1;
    this.#move(node, 'idle');
    const why = reasonOf(event);
    const where = node.address ?? 'its executor';
    return { level: 'info', message: `${node.name} goes back to the queue from ${where}${why}` };
  }

  #failed(node: NodeRecord): Notice {
    const left = this.outline.retries + 1 - (node.tries - node.triesBefore);
    const last = node.executions.at(-1);
    if (last?.tries === node.tries) last.reason = node.reason;
    this.#move(node, left > 0 ? 'retrying' : 'failed');
    const next = left > 0 ? `; ${left} ${left === 1 ? 'try' : 'tries'} left` : '';
    return {
      level: left > 0 ? 'warning' : 'error',
      message: `${node.name} failed (try ${node.tries}): ${whyFailed(node)}${next}`,
    };
  }

  /** Ends an execution that came to nothing, if there is one. */
  #stop(node: NodeRecord, at: number, outcome: Execution['outcome']): void {
    if (node.state !== 'running' || node.startedAt === undefined) return;
    this.#close(node, at, outcome);
    node.wastedMs += at - node.startedAt;
    node.endedAt = at;
  }

  #add(name: string): NodeRecord {
    const node = newNode(name, this.#parallel.has(name));
    this.nodes.set(name, node);
    this.counts.waiting += 1;
    return node;
  }

  #move(node: NodeRecord, to: NodeState): void {
    this.counts[node.state] -= 1;
    node.state = to;
    this.counts[to] += 1;
  }

  /** Ends the execution under way. */
  #close(node: NodeRecord, at: number, outcome: Execution['outcome']): void {
    const execution = node.executions.at(-1);
    if (execution === undefined || execution.outcome !== undefined) return;
    execution.endedAt = at;
    execution.outcome = outcome;
    this.#tally(execution).ended(execution);
  }

  #tally({ address = UNKNOWN_ADDRESS }: Execution): ExecutorTally {
    const known = this.executors.get(address);
    if (known !== undefined) return known;
    const tally = new ExecutorTally();
    this.executors.set(address, tally);
    return tally;
  }
}
