import type { ErrorCode } from '../errors/crossflock-error.js';
import type { Problem } from '../errors/problem.js';

/** A difference between what is and what is wanted, found by a step's `check`. */
export interface ChangeView {
  readonly action: 'create' | 'update' | 'delete' | 'start' | 'stop' | 'restart';
  /** What kind of thing, such as `app`, `network`, `marathon`. */
  readonly kind: string;
  /** Which one, such as `/submitter on chameleon`. */
  readonly target: string;
  /** Why or how, in a few words, such as `cpus 2 → 4`. */
  readonly detail?: string;
}

export interface ErrorView {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export type Cell = string | number;

/** What one executor does for a workflow. Times in seconds. */
export interface ExecutorSnapshot {
  /** Virtual IP. */
  readonly address: string;
  /** Id of its cluster (cloud); its address where it belongs to none. */
  readonly cluster: string;
  /** CPUs that it offers; undefined until it said so, and when it is gone. */
  readonly slots?: number;
  /** Jobs that run there now; none where it is gone. */
  readonly running: number;
  /** Executions there that succeeded, and whose program failed. */
  readonly done: number;
  readonly failed: number;
  readonly jobsPerMinute?: number;
  /** Mean time of the executions that succeeded. */
  readonly meanSeconds?: number;
  /** How long it has not answered; undefined where it does. */
  readonly goneSeconds?: number;
}

/** Why jobs wait; together they are the `idle` ones. */
export interface WorkflowQueue {
  /** Not submitted yet: other jobs have to be done first, or it is not their turn. */
  readonly later: number;
  /** In HTCondor's queue, waiting for a slot. */
  readonly queued: number;
  /** Failed, and to be submitted again. */
  readonly retrying: number;
  /** Were running in a pool that is gone; HTCondor queues them again. */
  readonly lost: number;
}

/** Counts of one workflow at one moment. Times in seconds. */
export interface WorkflowSnapshot {
  readonly runId: string;
  readonly total: number;
  /** Submitted or not yet, and not running. */
  readonly idle: number;
  readonly queue: WorkflowQueue;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly held: number;
  /** Jobs running now by cluster id (cloud). */
  readonly runningByCluster: Readonly<Record<string, number>>;
  readonly doneByCluster: Readonly<Record<string, number>>;
  /** Jobs finished per minute over the recent past; undefined until it can be told. */
  readonly jobsPerMinute?: number;
  readonly secondsLeft?: number;
  /** In which the time left will most probably be, from and to. */
  readonly secondsLeftRange?: readonly [number, number];
  /** Mean time of a job that succeeded. */
  readonly meanSeconds?: number;
  /** Every executor of the configuration, and any other that ran a job. */
  readonly executors: readonly ExecutorSnapshot[];
  /**
   * Core-hours that jobs had so far, times the price of a core-hour of their cluster; undefined
   * where no cluster has a price.
   */
  readonly cost?: number;
  readonly elapsedSeconds: number;
  /** What is going on beyond the chunk jobs, such as `merging`. */
  readonly phase: string;
}

/**
 * Everything a person sees, as typed data. listr2, ora, plain lines and JSON are views on it.
 * Texts are lower case and without a full stop; no text contains an unredacted secret.
 */
export type ReportEvent =
  | { readonly type: 'started'; readonly command: string; readonly version: string }
  | { readonly type: 'step-started'; readonly step: string; readonly title: string }
  | { readonly type: 'step-progress'; readonly step: string; readonly message: string }
  | {
      readonly type: 'step-finished';
      readonly step: string;
      readonly title: string;
      readonly outcome: 'unchanged' | 'changed' | 'would-change' | 'incomplete';
      readonly message?: string;
      readonly milliseconds: number;
    }
  | {
      readonly type: 'step-failed';
      readonly step: string;
      readonly title: string;
      readonly error: ErrorView;
      readonly milliseconds: number;
    }
  | {
      readonly type: 'change';
      readonly step: string;
      readonly change: ChangeView;
      readonly state: 'planned' | 'applied';
    }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly message: string }
  | {
      readonly type: 'table';
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | {
      /** Lines to be shown as they are, for people; the data is in the summary. */
      readonly type: 'report';
      readonly lines: readonly string[];
    }
  /** While a workflow is watched: the newest one replaces the others. */
  | { readonly type: 'workflow-progress'; readonly snapshot: WorkflowSnapshot }
  /** How far a workflow is, told once. */
  | { readonly type: 'workflow-status'; readonly snapshot: WorkflowSnapshot }
  | {
      readonly type: 'workflow-event';
      readonly runId: string;
      /** When it happened (ISO 8601), which may be long before it is told. */
      readonly at?: string;
      readonly level: 'info' | 'warning' | 'error';
      readonly message: string;
    }
  | { readonly type: 'failed'; readonly error: ErrorView }
  | {
      /** The last event of a command. */
      readonly type: 'summary';
      readonly ok: boolean;
      readonly message: string;
      /** Machine-readable facts of the outcome; shown by `--json` only. */
      readonly data?: Readonly<Record<string, unknown>>;
    };

export interface Reporter {
  emit(event: ReportEvent): void;
  /** Draws what is pending and gives the terminal back. */
  close(): Promise<void>;
}
