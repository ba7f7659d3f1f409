import type { CommandModule } from 'yargs';
import { runKinc } from '../../actions/run-kinc.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

interface Flags {
  config: string;
  jobs: number | 'auto' | undefined;
  gem: string | undefined;
  attach: string | undefined;
  out: string;
  'min-job-seconds': number | undefined;
}

export function runKincCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, Flags> {
  return {
    command: 'run-kinc',
    describe: 'run the KINC workflow on the pool, from an expression matrix to a gene network',
    builder: (program) =>
      withConfig(program)
        .option('jobs', {
          type: 'string',
          describe:
            'similarity jobs to split the gene pairs into, or auto; default: the configuration says, or auto',
          requiresArg: true,
          coerce: readJobs,
        })
        .option('gem', {
          type: 'string',
          describe: 'gene expression matrix, plain or .gz; default: the one in the configuration',
          requiresArg: true,
        })
        .option('attach', {
          type: 'string',
          describe: 'go on watching a run: its id, or the latest one',
        })
        .option('out', {
          type: 'string',
          default: 'results',
          describe: 'folder for the results',
          requiresArg: true,
        })
        // For measuring and testing the pool rather than the payload; see CONTRIBUTING.md.
        .option('min-job-seconds', { type: 'number', hidden: true, requiresArg: true })
        .conflicts('attach', ['jobs', 'gem'])
        .check(wholeJobs)
        .check(
          ({ 'min-job-seconds': seconds }) =>
            seconds === undefined || seconds >= 0 || 'min-job-seconds: write a number of 0 or more',
        ),
    handler: async (args) => {
      finish(await perform(edge, globalFlags(args), (context) => runKinc(context, args)));
    },
  };
}

/** A number, or `auto`; 0, which is refused, for anything else. */
function readJobs(text: string | undefined): number | 'auto' | undefined {
  return text === undefined || text === 'auto' ? text : Number(text) || 0;
}

function wholeJobs({ jobs }: { jobs?: number | 'auto' | undefined }): true | string {
  const isFine = jobs === undefined || jobs === 'auto' || (Number.isInteger(jobs) && jobs >= 1);
  return isFine || 'jobs: write a whole number of 1 or more, or auto';
}
