import { CrossflockError } from '../errors/crossflock-error.js';
import { type Ad, adOf, isAd, numberOf, textOf } from './htcondor/fields.js';

/** A run as `submit` recorded it in the run's `run.json`. */
export interface RunRecord {
  readonly id: string;
  /** Similarity jobs. */
  readonly jobs: number;
  readonly retries: number;
  /** CPUs of all executors at the submission; a run submitted by hand may not say. */
  readonly slots?: number;
  readonly dagmanCluster: number;
  readonly pairs: number;
  readonly method: string;
  readonly minObs: number;
  readonly threshold: number | 'rmt';
  /** ISO 8601. */
  readonly created: string;
  readonly gem: {
    readonly file: string;
    readonly genes: number;
    readonly samples: number;
    readonly sha256: string;
  };
}

/** @param text content of `run.json`; undefined where there is none */
export function readRunRecord(runId: string, text: string | undefined): RunRecord {
  if (text === undefined) {
    throw new CrossflockError(`there is no run ${runId} on the submitter`, {
      code: 'not-found',
      hint: 'run-kinc --attach without an id takes the latest run',
    });
  }
  let ad: unknown;
  try {
    ad = JSON.parse(text);
  } catch {
    ad = undefined;
  }
  if (!isAd(ad)) throw unreadable(runId, 'it is not a JSON object');
  const gem = adOf(ad, 'gem') ?? {};
  const slots = numberOf(ad, 'slots');
  const threshold = textOf(ad, 'threshold') === 'rmt' ? 'rmt' : number(runId, ad, 'threshold');
  return {
    id: words(runId, ad, 'id'),
    jobs: number(runId, ad, 'jobs'),
    retries: number(runId, ad, 'retries'),
    ...(slots === undefined ? {} : { slots }),
    dagmanCluster: number(runId, ad, 'dagman_cluster'),
    pairs: number(runId, ad, 'pairs'),
    method: words(runId, ad, 'method'),
    minObs: number(runId, ad, 'min_obs'),
    threshold,
    created: words(runId, ad, 'created'),
    gem: {
      file: words(runId, gem, 'file'),
      genes: number(runId, gem, 'genes'),
      samples: number(runId, gem, 'samples'),
      sha256: words(runId, gem, 'sha256'),
    },
  };
}

function number(runId: string, ad: Ad, name: string): number {
  const value = numberOf(ad, name);
  if (value === undefined) throw unreadable(runId, `it has no number ${name}`);
  return value;
}

function words(runId: string, ad: Ad, name: string): string {
  const value = textOf(ad, name);
  if (value === undefined) throw unreadable(runId, `it has no text ${name}`);
  return value;
}

function unreadable(runId: string, reason: string): CrossflockError {
  return new CrossflockError(`run.json of run ${runId} cannot be used: ${reason}`, {
    code: 'unexpected',
    hint: 'was the run submitted to the end? look at it with condor_q in the submitter',
  });
}
