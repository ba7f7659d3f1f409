import { CrossflockError } from '../errors/crossflock-error.js';
import type { RunResult } from '../ports/host.js';
import type { RetriedRun } from '../ports/workflow-pool.js';
import { adOf, isAd, numberOf, textOf } from './htcondor/fields.js';
import { commandFailed } from './submitter-container.js';

/** Reads the JSON object in the last line that `crossflock-retry --json` prints. */
export function readRetryAnswer(stdout: string): RetriedRun {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const answer = parsed(last);
  const ad = isAd(answer) ? answer : {};
  const runId = textOf(ad, 'run_id');
  const done = numberOf(ad, 'done');
  const again = numberOf(ad, 'again');
  if (runId === undefined || done === undefined || again === undefined) {
    throw new CrossflockError(`crossflock-retry answered ${JSON.stringify(last)}`, {
      code: 'unexpected',
      hint: 'is the image of the submitter of the same version as crossflock?',
      cause: stdout,
    });
  }
  const damaged = Object.entries(adOf(ad, 'damaged') ?? {}).map(
    ([node, problems]) => [node, Array.isArray(problems) ? problems.map(String) : []] as const,
  );
  return { runId, done, again, damaged: Object.fromEntries(damaged) };
}

/** `crossflock-retry` says why it refuses in one line. */
export function retryFailed(argv: readonly string[], result: RunResult): CrossflockError {
  const lines = result.stderr.split('\n').map((line) => /^crossflock-retry: (.*)$/.exec(line)?.[1]);
  const own = lines.findLast((line) => line !== undefined);
  if (own === undefined) return commandFailed(argv, result);
  return new CrossflockError(own, { code: 'refused', cause: result.stderr });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
