import type { CommandModule } from 'yargs';
import { validate } from '../../actions/validate.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

export function validateCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, { config: string }> {
  return {
    command: 'validate',
    describe: 'check a configuration and report every problem at once',
    builder: withConfig,
    handler: async (args) => {
      finish(await perform(edge, globalFlags(args), (context) => validate(context, args)));
    },
  };
}
