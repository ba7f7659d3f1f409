import type { CommandModule } from 'yargs';
import { provision } from '../../actions/provision.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

interface Flags {
  config: string;
  only: readonly string[] | undefined;
  'dry-run': boolean;
}

export function provisionCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, Flags> {
  return {
    command: 'provision',
    describe: 'prepare the hosts of a configuration: docker, images, virtual network, engine',
    builder: (program) =>
      withConfig(program)
        .option('only', {
          type: 'string',
          array: true,
          describe: 'ids of the hosts to work on; default: all of them',
          requiresArg: true,
        })
        .option('dry-run', {
          type: 'boolean',
          default: false,
          describe: 'show what would be done, change nothing',
        }),
    handler: async (args) => {
      const { config, only, dryRun } = args as Flags & { dryRun: boolean };
      const options = { config, dryRun, ...(only === undefined ? {} : { only }) };
      finish(await perform(edge, globalFlags(args), (context) => provision(context, options)));
    },
  };
}
