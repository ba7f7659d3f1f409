import type { Problem } from '../../errors/problem.js';
import type { WorkflowPlan } from '../../plan/types.js';
import type { GemFacts } from '../gem/types.js';
import type { Kinc3Settings } from './kinc3-commands.js';
import { LEAST_JOBS } from './kinc3-shares.js';

const PATH = 'workflow.kinc3';

/** What does not fit together among the settings of KINC 3, and between them and the matrix. */
export function checkKinc3(
  plan: WorkflowPlan & Kinc3Settings,
  facts: GemFacts,
): readonly Problem[] {
  return [...programProblems(plan), ...rangeProblems(plan), ...thresholdProblems(plan)].concat(
    jobProblems(plan, facts),
  );
}

function programProblems({ kinc3: { program } }: Kinc3Settings): readonly Problem[] {
  const [name = ''] = program;
  const fix = 'write the name of a program on the executors, or its path from /';
  const relative = name.includes('/') && !name.startsWith('/');
  return [
    ...(name === '' || relative
      ? [problem('program', JSON.stringify(name), 'is no program of an executor', fix)]
      : []),
    ...(program.includes('--')
      ? [problem('program', '"--"', 'cannot be a word of the program', 'put it into a script')]
      : []),
  ];
}

function rangeProblems({ kinc3 }: Kinc3Settings): readonly Problem[] {
  const { minExpression = -Infinity, maxExpression = Infinity } = kinc3;
  const ranges = [
    ['clusters', kinc3.minClusters, kinc3.maxClusters],
    ['expression', minExpression, maxExpression],
    ['correlation', kinc3.minCorrelation, kinc3.maxCorrelation],
  ] as const;
  return ranges
    .filter(([, low, high]) => low > high)
    .map(([name, low, high]) =>
      problem(
        `min_${name}`,
        String(low),
        `is more than max_${name}, ${high}`,
        `write ${high} at most, or a larger max_${name}`,
      ),
    );
}

/** A threshold is looked for, and applied, among the correlations that were kept. */
function thresholdProblems({
  threshold,
  kinc3: { minCorrelation, maxCorrelation, rmt },
}: WorkflowPlan & Kinc3Settings): readonly Problem[] {
  const low = String(minCorrelation);
  if (threshold !== 'rmt') {
    const lost = `correlations below ${low} are not kept`;
    return [
      ...(threshold < minCorrelation
        ? [problem('min_correlation', low, `${lost}, but workflow.threshold is ${threshold}`)]
        : []),
      ...(threshold > maxCorrelation
        ? [problem('max_correlation', String(maxCorrelation), `is below workflow.threshold`)]
        : []),
    ];
  }
  const { start, stop } = rmt;
  return [
    ...(start <= stop
      ? [problem('rmt.start', String(start), `has to be more than rmt.stop, ${stop}`)]
      : []),
    ...(minCorrelation > stop
      ? [
          problem(
            'min_correlation',
            low,
            `is more than rmt.stop, ${stop}: correlations between them would be looked for in vain`,
            `write ${stop} at most, or a larger rmt.stop`,
          ),
        ]
      : []),
  ];
}

function jobProblems({ jobs }: WorkflowPlan, { pairs, genes }: GemFacts): readonly Problem[] {
  if (pairs < LEAST_JOBS) {
    const message = `with ${genes} genes is too small: KINC 3 needs three for two chunks`;
    return [{ severity: 'error', path: 'workflow.gem', message }];
  }
  if (jobs === undefined || jobs >= LEAST_JOBS) return [];
  return [
    {
      severity: 'error',
      path: 'workflow.jobs',
      value: String(jobs),
      message: `is too few: KINC 3 has no run in chunks with fewer than ${LEAST_JOBS}`,
      fix: `write ${LEAST_JOBS} or more, or "auto"`,
    },
  ];
}

function problem(field: string, value: string, message: string, fix?: string): Problem {
  const path = `${PATH}.${field}`;
  return { severity: 'error', path, value, message, ...(fix === undefined ? {} : { fix }) };
}
