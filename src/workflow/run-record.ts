import { CrossflockError } from '../errors/crossflock-error.js';
import { type Ad, adOf, isAd, numberOf, textOf } from './htcondor/fields.js';
import { readShape, type RunShape } from './run-shape.js';

const DAGMAN_LOG = 'workflow.dag.dagman.log';

/** A run as the submitter recorded it in the run's `run.json`, as far as every workflow has it. */
export interface RunRecord {
  readonly id: string;
  /** Name of its recipe. */
  readonly workflow: string;
  /** Nodes of its DAG. */
  readonly shape: RunShape;
  readonly retries: number;
  /** CPUs of all executors at the submission; a run submitted by hand may not say. */
  readonly slots?: number;
  readonly dagmanCluster: number;
  /** DAGMan's own event log, in the run's folder. */
  readonly dagmanLog: string;
  /** ISO 8601. */
  readonly created: string;
  /** Files that a finished run must have left in its folder `results`. */
  readonly results: readonly string[];
  /** What the controller that submitted it noted; undefined for a run submitted by hand. */
  readonly context?: Ad;
  /** All of `run.json`: the rest is for the recipe. */
  readonly details: Ad;
}

/** @param text content of `run.json`; undefined where there is none */
export function readRunRecord(runId: string, text: string | undefined): RunRecord {
  if (text === undefined) {
    throw new CrossflockError(`there is no run ${runId} on the submitter`, {
      code: 'not-found',
      hint: 'crossflock workflow list shows the runs there are',
    });
  }
  let ad: unknown;
  try {
    ad = JSON.parse(text);
  } catch {
    ad = undefined;
  }
  if (!isAd(ad)) throw unreadable(runId, 'it is not a JSON object');
  const slots = numberOf(ad, 'slots');
  const shape = readShape(ad);
  if (shape === undefined) throw unreadable(runId, 'it does not name the nodes of its DAG');
  const context = adOf(ad, 'context');
  return {
    id: requiredText(runId, ad, 'id'),
    workflow: requiredText(runId, ad, 'workflow'),
    shape,
    retries: requiredNumber(runId, ad, 'retries'),
    ...(slots === undefined ? {} : { slots }),
    dagmanCluster: requiredNumber(runId, ad, 'dagman_cluster'),
    dagmanLog: textOf(adOf(ad, 'files') ?? {}, 'dagman_log') ?? DAGMAN_LOG,
    created: requiredText(runId, ad, 'created'),
    results: textsOf(ad, 'results'),
    ...(context === undefined ? {} : { context }),
    details: ad,
  };
}

/** @throws CrossflockError `unexpected` when the record has no such number */
export function requiredNumber(runId: string, ad: Ad, name: string): number {
  const value = numberOf(ad, name);
  if (value === undefined) throw unreadable(runId, `it has no number ${name}`);
  return value;
}

/** @throws CrossflockError `unexpected` when the record has no such text */
export function requiredText(runId: string, ad: Ad, name: string): string {
  const value = textOf(ad, name);
  if (value === undefined) throw unreadable(runId, `it has no text ${name}`);
  return value;
}

function textsOf(ad: Ad, name: string): readonly string[] {
  const value = ad[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function unreadable(runId: string, reason: string): CrossflockError {
  return new CrossflockError(`run.json of run ${runId} cannot be used: ${reason}`, {
    code: 'unexpected',
    hint: 'was the run submitted to the end? look at it with condor_q in the submitter',
  });
}
