import type { CommandModule } from 'yargs';
import { createContainers } from '../../actions/create-containers.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

interface Flags {
  config: string;
  'dry-run': boolean;
  recreate: boolean;
  prune: boolean;
  force: boolean;
  timeout: number;
}

export function createContainersCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, Flags> {
  return {
    command: 'create-containers',
    describe: 'make the containers of a configuration run on their clusters',
    builder: (program) =>
      withConfig(program)
        .option('dry-run', {
          type: 'boolean',
          default: false,
          describe: 'show the differences, change nothing',
        })
        .option('recreate', {
          type: 'boolean',
          default: false,
          describe: 'delete every app first, as the original script did',
        })
        .option('prune', {
          type: 'boolean',
          default: false,
          describe: 'delete apps of this deployment that the configuration no longer names',
        })
        .option('force', {
          type: 'boolean',
          default: false,
          describe: 'override a deployment that holds an app',
        })
        .option('timeout', {
          type: 'number',
          default: 300,
          describe: 'seconds until every task must run and be healthy',
          requiresArg: true,
        })
        .check(
          ({ timeout }) =>
            (Number.isFinite(timeout) && timeout > 0) ||
            'timeout: write a number of seconds above 0',
        ),
    handler: async (args) => {
      finish(await perform(edge, globalFlags(args), (context) => createContainers(context, args)));
    },
  };
}
