import type { Problem } from '../errors/problem.js';
import { planOsgKinc } from '../plan/osg-kinc.js';
import { plannedOsgKinc } from '../workflow/recipes/osg-kinc.js';
import { findRun } from '../workflow/start.js';
import type { PrepareRun } from './prepared-run.js';

/** The run is there and can be named: an interruption is for whoever follows it. */
const UNINTERRUPTED = new AbortController().signal;

/**
 * OSG-KINC as it is in the submitter's image: its matrix is there too, so there is nothing to
 * stage. It has no way to say how many jobs are good for a matrix, so the number has to be given.
 */
export const prepareOsgKinc: PrepareRun = ({ reporter, signal }, { plan: { workflow } }) => {
  const { jobs, gem } = workflow;
  const osgKinc = workflow.osgKinc ?? planOsgKinc();
  if (jobs === undefined) {
    reporter.emit({ type: 'problem', problem: NO_JOBS });
    const message = 'osg-kinc cannot be run: 1 problem; nothing was submitted';
    reporter.emit({ type: 'summary', ok: false, message });
    return Promise.resolve(undefined);
  }
  if (gem !== undefined) {
    const message = `osg-kinc takes the matrix of ${osgKinc.directory}/task-files in the submitter, not ${gem}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
  return Promise.resolve({
    unit: 'similarity job',
    start: async ({ pool, slots }) => {
      const wanted = plannedOsgKinc(osgKinc, jobs, slots);
      const message = `${wanted.program} ${jobs} plans in ${wanted.directory}`;
      reporter.emit({ type: 'notice', level: 'info', message });
      const { runId } = await pool.submitPlanned(wanted, signal);
      return findRun(pool, runId, UNINTERRUPTED);
    },
  });
};

const NO_JOBS: Problem = {
  severity: 'error',
  path: 'workflow.jobs',
  value: '"auto"',
  message: 'is nothing that osg-kinc can work out: the matrix is in the submitter',
  fix: 'write the number of jobs, such as the 1000 of the tutorial, or give it with run-kinc --jobs',
};
