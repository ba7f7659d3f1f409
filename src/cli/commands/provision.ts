import type { Argv, CommandModule } from 'yargs';
import { provisionHosts } from '../../actions/provision-hosts.js';
import { provision, type HostChoice } from '../../actions/provision.js';
import type { HostOptions } from '../../config/from-hosts.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import { optional } from '../../util/optional.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { CONFIG_OPTION, DEFAULT_CONFIG, globalFlags, withNewKeys } from './common.js';

/** The options that stand in place of a configuration. */
const HOST_OPTIONS = ['master', 'peers', 'cores', 'install', 'user', 'network', 'write'] as const;

type Flags = Record<(typeof HOST_OPTIONS)[number], string | undefined> & {
  config: string | undefined;
  only: readonly string[] | undefined;
  'dry-run': boolean;
};

export function provisionCommand(
  edge: Edge,
  finish: (code: ExitCode) => void,
): CommandModule<object, Flags> {
  return {
    command: 'provision',
    describe: 'prepare the hosts of a configuration: docker, images, virtual network, engine',
    builder: (program) =>
      withHosts(
        withNewKeys(program)
          // Without a default: given beside --master it is a mistake.
          .option('config', { ...CONFIG_OPTION, defaultDescription: `"${DEFAULT_CONFIG}"` })
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
      ),
    handler: async (args) => {
      const { config, only, write, dryRun } = args as Flags & { dryRun: boolean };
      const choice: HostChoice = { dryRun, ...optional('only', only) };
      const isHosts = HOST_OPTIONS.some((name) => args[name] !== undefined);
      const files = { ...optional('config', config), ...optional('write', write) };
      finish(
        await perform(edge, globalFlags(args), (context) =>
          isHosts
            ? provisionHosts(context, { ...choice, ...files, hosts: hostOptions(args) })
            : provision(context, { ...choice, config: config ?? DEFAULT_CONFIG }),
        ),
      );
    },
  };
}

/** Texts all of them, since what is wrong with them is told together. */
function withHosts<T>(program: Argv<T>) {
  const group = 'Instead of a configuration, hosts with Mesos (see docs/mesos.md):';
  const text = { type: 'string', group, requiresArg: true } as const;
  return program
    .option('master', { ...text, describe: 'address of a host that becomes a cluster of its own' })
    .option('peers', {
      ...text,
      alias: 'p',
      describe: 'addresses of hosts in other clouds, with commas between; each a cluster too',
    })
    .option('cores', {
      ...text,
      alias: 'n',
      describe: 'compile Mesos on the hosts, with so many cores',
    })
    .option('install', {
      ...text,
      describe: 'where Mesos comes from: images, or source to compile it [default: images]',
    })
    .option('user', { ...text, describe: "user to log in as; default: OpenSSH's configuration" })
    .option('network', {
      ...text,
      describe: 'wireguard or weave, between the hosts [default: wireguard]',
    })
    .option('write', {
      ...text,
      describe: 'keep the configuration that this amounts to in a new file',
    });
}

function hostOptions({ master, peers, cores, install, user, network }: Flags): HostOptions {
  return {
    ...optional('master', master),
    ...optional('peers', peers),
    ...optional('cores', cores),
    ...optional('install', install),
    ...optional('user', user),
    ...optional('network', network),
  };
}
