import { CrossflockError } from '../errors/crossflock-error.js';
import { RUN_STATES, type RunOverview } from '../ports/workflow-pool.js';
import { optional } from '../util/optional.js';
import { type Ad, isAd, numberOf, textOf } from './htcondor/fields.js';

/**
 * Reads what the submitter's `crossflock-runs` printed.
 * @throws CrossflockError `unexpected` where a line is no run
 */
export function readOverviews(stdout: string): readonly RunOverview[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readOverview(line));
}

function readOverview(line: string): RunOverview {
  const ad = parsed(line);
  const id = textOf(ad, 'id');
  const created = textOf(ad, 'created');
  const state = RUN_STATES.find((known) => known === ad['state']);
  if (id === undefined || created === undefined || state === undefined) {
    throw new CrossflockError(`crossflock-runs answered ${JSON.stringify(line.slice(0, 200))}`, {
      code: 'unexpected',
      hint: 'is the image of the submitter of the same version as crossflock?',
    });
  }
  return {
    id,
    workflow: textOf(ad, 'workflow') ?? 'unknown',
    state,
    total: numberOf(ad, 'total') ?? 0,
    done: numberOf(ad, 'done') ?? 0,
    failed: numberOf(ad, 'failed') ?? 0,
    created,
    ...optional('ended', textOf(ad, 'ended')),
  };
}

function parsed(line: string): Ad {
  try {
    const value: unknown = JSON.parse(line);
    return isAd(value) ? value : {};
  } catch {
    return {};
  }
}
