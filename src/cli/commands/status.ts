import type { CommandModule } from 'yargs';
import { status } from '../../actions/status.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

export function statusCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, { config: string }> {
  return {
    command: 'status',
    describe: 'show what runs of a configuration, and what does not and why',
    builder: withConfig,
    handler: async (args) => {
      finish(await perform(edge, globalFlags(args), (context) => status(context, args)));
    },
  };
}
