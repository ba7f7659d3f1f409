import type { CommandModule } from 'yargs';
import { gemLint } from '../../actions/gem-lint.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags } from './common.js';

interface Flags {
  file: string;
  'na-val': string;
  'min-obs': number;
  method: 'sc' | 'pc';
}

export function gemCommand(edge: Edge, finish: (code: ExitCode) => void): CommandModule {
  return {
    command: 'gem',
    describe: 'look at gene expression matrices',
    builder: (program) =>
      program
        .command(lintCommand(edge, finish))
        .demandCommand(1, 1, 'which one? see crossflock gem --help', 'one at a time'),
    handler: () => undefined,
  };
}

function lintCommand(edge: Edge, finish: (code: ExitCode) => void): CommandModule<object, Flags> {
  return {
    command: 'lint <file>',
    describe: 'check a gene expression matrix, plain or .gz, and report every problem at once',
    builder: (program) =>
      program
        .positional('file', {
          type: 'string',
          demandOption: true,
          describe: 'path of the matrix',
        })
        .option('na-val', {
          type: 'string',
          default: 'NA',
          describe: 'how the matrix writes a missing value',
          requiresArg: true,
        })
        .option('min-obs', {
          type: 'number',
          default: 30,
          describe: 'samples that two genes must have in common',
          requiresArg: true,
        })
        .option('method', {
          choices: ['sc', 'pc'] as const,
          default: 'sc' as const,
          describe: "the correlation it is for: Spearman's or Pearson's",
        })
        .check(
          ({ 'min-obs': minObs }) =>
            (Number.isInteger(minObs) && minObs >= 2) ||
            'min-obs: write a whole number of 2 or more',
        ),
    handler: async (args) => {
      const { file, method } = args;
      const options = { file, method, naValue: args['na-val'], minObs: args['min-obs'] };
      finish(await perform(edge, globalFlags(args), (context) => gemLint(context, options)));
    },
  };
}
