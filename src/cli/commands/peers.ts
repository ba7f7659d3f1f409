import type { Argv, CommandModule } from 'yargs';
import type { ActionContext } from '../../actions/context.js';
import { addPeer } from '../../actions/peers-add.js';
import { checkPeers } from '../../actions/peers-check.js';
import { connectPeer, forgetPeer } from '../../actions/peers-connect.js';
import { listPeers } from '../../actions/peers-list.js';
import { removePeer } from '../../actions/peers-remove.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

type Given = Readonly<Record<string, unknown>>;
type Run = (given: Given, action: (context: ActionContext) => Promise<ExitCode>) => Promise<void>;

/** `crossflock peers …`: the hosts of a deployment, while it runs. */
export function peersCommand(edge: Edge, finish: (code: ExitCode) => void): CommandModule {
  const run: Run = async (given, action) => {
    const words = (given['_'] as readonly (string | number)[]).slice(0, 2).join(' ');
    finish(await perform(edge, { ...globalFlags(given), command: words }, action));
  };
  return {
    command: 'peers',
    describe: 'show, check, add and remove the hosts of a deployment while it runs',
    builder: (program) =>
      withNetwork(withChanges(withLooks(program, run), run), run).demandCommand(
        1,
        1,
        'which peers command? see crossflock peers --help',
      ),
    handler: () => undefined,
  };
}

function withLooks(program: Argv, run: Run): Argv {
  return program
    .command('list', 'show the hosts and what they are in the network', withConfig, (given) =>
      run(given, (context) => listPeers(context, given)),
    )
    .command('check', 'try every way between two hosts', withConfig, (given) =>
      run(given, (context) => checkPeers(context, given)),
    );
}

function withChanges(program: Argv, run: Run): Argv {
  return program
    .command(
      'add <host>',
      'make a host ready, let it join, and start its containers',
      (add) => addOptions(dryRun(onHost(withConfig(add), '; a new one: [user@]address[:port]'))),
      (given) => run(given, (context) => addPeer(context, given)),
    )
    .command(
      'remove <host>',
      'drain a host, take it out everywhere, and out of the configuration',
      (remove) =>
        dryRun(onHost(withConfig(remove)))
          .option('wait', {
            type: 'number',
            default: 0,
            describe: 'seconds that its running jobs have to end before they run again elsewhere',
            requiresArg: true,
          })
          .option('gone', {
            type: 'boolean',
            default: false,
            describe: 'the host is gone for good: do not ask it',
          })
          .check(
            ({ wait }) =>
              (Number.isFinite(wait) && wait >= 0) || 'wait: write a number of seconds, 0 or more',
          ),
      (given) => run(given, (context) => removePeer(context, given)),
    );
}

/** The original's words, for the network alone. */
function withNetwork(program: Argv, run: Run): Argv {
  return program
    .command(
      'connect <host>',
      'only let a host join the network',
      (connect) => dryRun(onHost(withConfig(connect))),
      (given) => run(given, (context) => connectPeer(context, given)),
    )
    .command(
      'forget <host>',
      'only take a host out of the network',
      (forget) => dryRun(onHost(withConfig(forget))),
      (given) => run(given, (context) => forgetPeer(context, given)),
    );
}

function onHost<T>(program: Argv<T>, more = '') {
  return program.positional('host', {
    type: 'string',
    demandOption: true,
    describe: `id or address of a host of the configuration${more}`,
  });
}

function dryRun<T>(program: Argv<T>) {
  return program.option('dry-run', {
    type: 'boolean',
    default: false,
    describe: 'show what would be done, change nothing',
  });
}

/** Whether an option was given that is no amount. */
function isWrong(amount: number | undefined): boolean {
  return amount !== undefined && !(amount > 0);
}

function addOptions<T>(program: Argv<T>) {
  const text = (describe: string) => ({ type: 'string', describe, requiresArg: true }) as const;
  const number = (describe: string) => ({ type: 'number', describe, requiresArg: true }) as const;
  return program
    .option(
      'cluster',
      text('of a new host: name of the cluster that it makes up, or of one of Mesos that it joins'),
    )
    .option('id', text('of a new host: what to call it; default: its address'))
    .option('identity-file', text('of a new host: private key to log in with'))
    .option('private-address', text('of a new host: its address inside its own cloud'))
    .option('cpus', number('of a new host: CPUs of its executor; default: as an existing one'))
    .option('mem', number('of a new host: memory of its executor in MB; default: likewise'))
    .option('image', text('of a new host: image of its executor; default: likewise'))
    .option('executor', {
      type: 'boolean',
      default: true,
      describe: 'of a new agent of Mesos: start an executor on it; --no-executor: none',
    })
    .option('timeout', {
      type: 'number',
      default: 300,
      describe: 'seconds until its containers must run and be healthy',
      requiresArg: true,
    })
    .check(
      ({ timeout }) =>
        (Number.isFinite(timeout) && timeout > 0) || 'timeout: write a number of seconds above 0',
    )
    .check(({ cpus }) => !isWrong(cpus) || 'cpus: write a number above 0')
    .check(({ mem }) => !isWrong(mem) || 'mem: write a number of MB above 0');
}
