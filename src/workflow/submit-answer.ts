import { CrossflockError } from '../errors/crossflock-error.js';
import type { RunResult } from '../ports/host.js';
import type { SubmittedRun } from '../ports/workflow-pool.js';
import { isAd, numberOf, textOf } from './htcondor/fields.js';
import { commandFailed, missingCommand } from './submitter-container.js';

/** Reads the JSON object in the last line that the submitter's `submit --json` prints. */
export function readSubmitAnswer(stdout: string): SubmittedRun {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const answer = parsed(last);
  if (isAd(answer)) {
    const runId = textOf(answer, 'run_id');
    const runDir = textOf(answer, 'run_dir');
    const dagmanCluster = numberOf(answer, 'dagman_cluster');
    if (runId !== undefined && runDir !== undefined && dagmanCluster !== undefined) {
      return { runId, runDir, dagmanCluster };
    }
  }
  throw new CrossflockError(`submit answered ${JSON.stringify(last)} instead of a run`, {
    code: 'unexpected',
    hint: 'is the image of the submitter of the same version as crossflock?',
    cause: stdout,
  });
}

/**
 * `submit` says what is wrong in one line, `submit: <problem>`, as `crossflock-submit` does; usage
 * errors have exit code 2.
 */
export function submitFailed(argv: readonly string[], result: RunResult): CrossflockError {
  const lines = result.stderr.split('\n').filter((line) => line !== '');
  const own = lines
    .findLast((line) => OWN.test(line))
    ?.replace(OWN, '')
    .replace(/^error: /, '');
  if (own === undefined) {
    return missingCommand(argv[0] ?? '', result) ?? commandFailed(argv, result);
  }
  const code =
    result.exitCode === 2 || /line \d+|expression matrix/.test(own) ? 'invalid-input' : 'refused';
  return new CrossflockError(`the workflow was not submitted: ${own}`, {
    code,
    cause: result.stderr,
  });
}

const OWN = /^(?:crossflock-)?submit: /;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
