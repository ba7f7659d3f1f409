import type { Advice } from '../workflow/advice/types.js';
import { startKinc } from '../workflow/start.js';
import { checkMatrix } from './check-matrix.js';
import { adviseJobs } from './job-advice.js';
import type { PrepareRun } from './prepared-run.js';

/** KINC: the matrix is checked now; how many jobs it makes is worked out when the pool answers. */
export const prepareKinc: PrepareRun = async (context, { plan, minJobSeconds }) => {
  const { workflow } = plan;
  const matrix = await checkMatrix(context, workflow);
  if (matrix === undefined) return;
  const padding = minJobSeconds === undefined ? {} : { minJobSeconds };
  return {
    unit: 'similarity job',
    start: ({ pool, executors, slots }) => {
      const known = { plan, workflow, matrix, executors, slots, ...padding };
      const advise = (stagedGem: string): Promise<Advice> =>
        adviseJobs(context, pool, { ...known, stagedGem });
      const input = { plan: workflow, ...matrix, slots, ...padding, advise };
      return startKinc(pool, input, context.signal);
    },
  };
};
