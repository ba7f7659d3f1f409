import type { CommandModule } from 'yargs';
import { down } from '../../actions/down.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

interface DownArguments {
  readonly config: string;
  readonly volumes: boolean;
  readonly 'dry-run': boolean;
}

export function downCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, DownArguments> {
  return {
    command: 'down',
    describe: 'remove everything that create-containers made',
    builder: (program) =>
      withConfig(program)
        .option('volumes', {
          type: 'boolean',
          default: false,
          describe:
            "also delete the volumes, with the queue and all runs in them, and the pool's key",
        })
        .option('dry-run', {
          type: 'boolean',
          default: false,
          describe: 'list what would be removed, and remove nothing',
        }),
    handler: async (args) => {
      const { config, volumes, 'dry-run': dryRun } = args;
      const options = { config, volumes, dryRun };
      finish(await perform(edge, globalFlags(args), (context) => down(context, options)));
    },
  };
}
