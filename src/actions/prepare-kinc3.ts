import { planKinc3 } from '../plan/kinc3.js';
import type { WorkflowPlan } from '../plan/types.js';
import { checkKinc3 } from '../workflow/recipes/kinc3-check.js';
import type { Kinc3Settings } from '../workflow/recipes/kinc3-commands.js';
import { jobsFor, type Shares, sharesOf } from '../workflow/recipes/kinc3-shares.js';
import { startKinc3 } from '../workflow/start-kinc3.js';
import { checkMatrix, type CheckedMatrix } from './check-matrix.js';
import type { ActionContext } from './context.js';
import type { PrepareRun } from './prepared-run.js';

/** KINC 3: matrix and settings are checked now, the jobs cut when the slots are known. */
export const prepareKinc3: PrepareRun = async (context, { plan: { workflow } }) => {
  const plan = { ...workflow, kinc3: workflow.kinc3 ?? planKinc3() };
  const matrix = await checkMatrix(context, plan);
  if (matrix === undefined) return;
  const problems = checkKinc3(plan, matrix.facts);
  for (const problem of problems) context.reporter.emit({ type: 'problem', problem });
  if (problems.length > 0) {
    const message = 'the settings of KINC 3 cannot be used; nothing was submitted';
    context.reporter.emit({ type: 'summary', ok: false, message });
    return;
  }
  return {
    unit: 'similarity job',
    start: ({ pool, slots }) => {
      const shares = cut(context, plan, matrix, slots);
      const { gemPath, facts } = matrix;
      return startKinc3(pool, { plan, gemPath, facts, shares, slots }, context.signal);
    },
  };
};

/** How the pairs are cut into jobs, said where it is not what was asked for. */
function cut(
  { reporter }: ActionContext,
  { jobs, kinc3 }: WorkflowPlan & Kinc3Settings,
  { facts: { pairs, samples } }: CheckedMatrix,
  slots: number,
): Shares {
  const clusters = kinc3.clustering === 'gmm' ? kinc3.maxClusters : 1;
  const wanted = jobs ?? jobsFor({ pairs, samples, clusters, slots });
  const shares = sharesOf(pairs, wanted);
  const each = `${shares.blocksPerJob * shares.blockSize} pairs each`;
  const message =
    jobs === undefined
      ? `${shares.jobs} jobs of ${each}, by the ${slots} slots; how fast KINC 3 is there is not known`
      : `${shares.jobs} jobs of ${each}: with ${jobs}, some of KINC's chunks would be empty`;
  if (shares.jobs !== jobs) reporter.emit({ type: 'notice', level: 'info', message });
  return shares;
}
