import type { Argv, CommandModule } from 'yargs';
import type { ActionContext } from '../../actions/context.js';
import { labConfig } from '../../actions/lab-config.js';
import { labDown } from '../../actions/lab-down.js';
import { labCut, labHeal, labKill, labRestart } from '../../actions/lab-faults.js';
import { labList } from '../../actions/lab-list.js';
import { labSsh } from '../../actions/lab-ssh.js';
import { labUp } from '../../actions/lab-up.js';
import { attach } from '../../adapters/attach.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import { DEFAULT_LAB, LAB_USERS } from '../../lab/names.js';
import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags } from './common.js';

type Finish = (code: ExitCode) => void;

/** Arguments as yargs leaves them. */
type Given = Readonly<Record<string, unknown>>;
type Run = (given: Given, action: (context: ActionContext) => Promise<ExitCode>) => Promise<void>;

/** `crossflock lab …`: throw-away clouds on this machine. */
export function labCommand(edge: Edge, finish: Finish): CommandModule {
  const run: Run = async (given, action) => {
    const words = (given['_'] as readonly (string | number)[]).slice(0, 2).join(' ');
    finish(await perform(edge, { ...globalFlags(given), command: words }, action));
  };
  return {
    command: 'lab',
    describe: 'throw-away clouds on this machine, to try everything out',
    builder: (program) =>
      withHosts(withWhole(program, run), run).demandCommand(
        1,
        1,
        'which lab command? see crossflock lab --help',
      ),
    handler: () => undefined,
  };
}

function named<T>(program: Argv<T>) {
  return program.option('name', {
    type: 'string',
    default: DEFAULT_LAB,
    describe: 'name of the lab; labs with different names can exist at once',
    requiresArg: true,
  });
}

/** The commands for a lab as a whole. */
function withWhole(program: Argv, run: Run): Argv {
  return program
    .command(
      'up',
      'make the lab, or what is missing of it',
      (up) => upOptions(named(up)),
      (given) =>
        run(given, (context) => {
          const { name, clouds, hostsPerCloud, bare, registry, devices, dryRun } = given;
          return labUp(context, {
            ...{ name, registry, devices, dryRun },
            ...(clouds === undefined ? {} : { clouds: words(clouds) }),
            ...(hostsPerCloud === undefined ? {} : { hostsPerCloud }),
            bare: bare === 'all' ? 'all' : words(bare ?? ''),
          });
        }),
    )
    .command('down', 'remove everything of the lab', named, (given) =>
      run(given, (context) => labDown(context, given)),
    )
    .command(
      'list',
      'show all labs and their hosts',
      (list) => list,
      (given) => run(given, labList),
    )
    .command(
      'config',
      'print the configuration of what runs, for every other command',
      (config) => configOptions(named(config)),
      (given) =>
        run(given, (context) => {
          const { name, executorCpus, executorMem } = given;
          return labConfig(context, {
            name,
            json: globalFlags(given).json,
            ...(executorCpus === undefined ? {} : { executorCpus }),
            ...(executorMem === undefined ? {} : { executorMem }),
          });
        }),
    );
}

/** The commands for single hosts and clouds. */
function withHosts(program: Argv, run: Run): Argv {
  return program
    .command(
      'ssh <host>',
      'log in on a host, or run the command after --',
      (ssh) =>
        named(hostPositional(ssh)).option('user', {
          type: 'string',
          default: LAB_USERS.free,
          describe: `${LAB_USERS.free} (sudo without password) or ${LAB_USERS.locked} (with one)`,
          requiresArg: true,
        }),
      (given) =>
        run(given, (context) => {
          const command = given._.slice(2).map(String);
          const { json } = globalFlags(given);
          return labSsh(context, { ...given, json, command }, attach);
        }),
    )
    .command(
      'cut <cloud> <other>',
      'let nothing pass between two clouds',
      (cut) =>
        named(cut)
          .positional('cloud', { type: 'string', demandOption: true })
          .positional('other', { type: 'string', demandOption: true }),
      (given) =>
        run(given, (context) => {
          const { name, cloud, other } = given;
          return labCut(context, { name, clouds: [cloud, other] });
        }),
    )
    .command(
      'heal [cloud] [other]',
      'let everything pass again, between two clouds or between all',
      (heal) =>
        named(heal).positional('cloud', { type: 'string' }).positional('other', { type: 'string' }),
      (given) => run(given, (context) => labHeal(context, healOptions(given))),
    )
    .command(
      'kill <host>',
      'switch a host off, at once',
      (kill) => named(hostPositional(kill)),
      (given) => run(given, (context) => labKill(context, given)),
    )
    .command(
      'restart <host>',
      'reboot a host, or switch it on',
      (restart) => named(hostPositional(restart)),
      (given) => run(given, (context) => labRestart(context, given)),
    );
}

interface HealArguments {
  readonly name: string;
  readonly cloud: string | undefined;
  readonly other: string | undefined;
}

function healOptions({ name, cloud, other }: HealArguments) {
  if (cloud === undefined) return { name };
  if (other !== undefined) return { name, clouds: [cloud, other] as const };
  throw new CrossflockError(`between ${cloud} and which other cloud?`, {
    code: 'invalid-input',
    hint: 'name two clouds, or none to heal all cuts',
  });
}

function hostPositional<T>(program: Argv<T>) {
  return program.positional('host', {
    type: 'string',
    demandOption: true,
    describe: 'such as azure-1; a cloud with one host will do',
  });
}

function upOptions<T>(program: Argv<T>) {
  return program
    .option('clouds', {
      type: 'string',
      describe: 'names of the clouds, with commas between [default: chameleon,azure,cloudlab]',
      requiresArg: true,
    })
    .option('hosts-per-cloud', {
      type: 'number',
      describe: 'hosts in each cloud; more than there are adds some [default: 1]',
      requiresArg: true,
    })
    .option('bare', {
      type: 'string',
      describe: 'hosts or clouds without a docker engine, with commas between, or all',
      requiresArg: true,
    })
    .option('registry', {
      type: 'boolean',
      default: true,
      describe: "serve this machine's images of crossflock to the hosts; --no-registry does not",
    })
    .option('devices', {
      type: 'boolean',
      default: false,
      describe: "let new hosts run privileged containers, as Weave Net's are",
    })
    .option('dry-run', {
      type: 'boolean',
      default: false,
      describe: 'say what would be made, and change nothing',
    });
}

function configOptions<T>(program: Argv<T>) {
  return program
    .option('executor-cpus', {
      type: 'number',
      describe: 'slots of each executor [default: 4]',
      requiresArg: true,
    })
    .option('executor-mem', {
      type: 'number',
      describe: 'memory of each executor in MB [default: 4096]',
      requiresArg: true,
    });
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
