import type { Argv } from 'yargs';
import type { GlobalFlags } from '../context.js';

/** The flags that every command with a configuration has. */
export function withConfig<T>(program: Argv<T>) {
  return withNewKeys(program.option('config', { ...CONFIG_OPTION, default: DEFAULT_CONFIG }));
}

export const DEFAULT_CONFIG = './config.json';

export const CONFIG_OPTION = {
  alias: 'c',
  type: 'string',
  describe: 'path to the JSON configuration file',
  requiresArg: true,
} as const;

/** The flag of every command that logs in somewhere. */
export function withNewKeys<T>(program: Argv<T>) {
  return program.option('accept-new-host-keys', {
    type: 'boolean',
    default: false,
    describe: 'trust hosts that are met for the first time without asking',
  });
}

/** The global flags out of parsed arguments. */
export function globalFlags(args: Readonly<Record<string, unknown>>): GlobalFlags {
  const [command] = args['_'] as readonly (string | number)[];
  return {
    json: args['json'] === true,
    debug: args['debug'] === true,
    acceptNewHostKeys: args['accept-new-host-keys'] === true,
    command: String(command),
  };
}
