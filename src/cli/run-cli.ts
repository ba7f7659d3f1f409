import yargs, { type Argv } from 'yargs';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { createContainersCommand } from './commands/create-containers.js';
import { downCommand } from './commands/down.js';
import { gemCommand } from './commands/gem.js';
import { imagesCommand } from './commands/images.js';
import { labCommand } from './commands/lab.js';
import { peersCommand } from './commands/peers.js';
import { provisionCommand } from './commands/provision.js';
import { runKincCommand } from './commands/run-kinc.js';
import { statusCommand } from './commands/status.js';
import { validateCommand } from './commands/validate.js';
import { workflowCommand } from './commands/workflow.js';
import type { Edge } from './context.js';
import { perform } from './perform.js';
import { commandWords, usageSentence } from './usage.js';
import { version } from './version.js';

/** The width of help texts; terminals narrower than this wrap them. */
const HELP_WIDTH = 100;

/**
 * Reads the arguments, runs the one command they name and answers with the exit code. Usage errors
 * end with 2 before anything was looked at.
 */
export async function runCli(args: readonly string[], edge: Edge): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = commandTree(yargs([...args]), edge, finish).fail((message, error) => {
    // Throwing is the only way to keep yargs from running the handler all the same. Handlers
    // themselves never throw: `perform` turns what an action throws into an exit code.
    throw (error as unknown) instanceof Error ? error : new UsageError(message);
  });
  try {
    await program.parseAsync([...args], {}, (_error, _argv, output) => {
      if (output !== '') edge.stdout.write(`${output}\n`);
    });
    return exitCode;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return await refuse(error, edge, args);
  }
}

/** Options that are lists. */
const LISTS = ['_', 'only'];

/** yargs makes a list of any option that is given twice. */
function eachOnce(args: Readonly<Record<string, unknown>>): true | string {
  const twice = Object.keys(args).filter(
    (name) => !LISTS.includes(name) && Array.isArray(args[name]),
  );
  const [name] = twice.sort((a, b) => b.length - a.length);
  return name === undefined || `${name}: is given more than once; write it once`;
}

/** yargs makes NaN of a word where a number is wanted. */
function everyNumber(args: Readonly<Record<string, unknown>>): true | string {
  const names = Object.keys(args).filter((name) => Number.isNaN(args[name]));
  const [name] = names.sort((a, b) => b.length - a.length);
  return name === undefined || `${name}: write a number`;
}

/** yargs' own complaint about the arguments. */
class UsageError extends Error {}

function commandTree(program: Argv, edge: Edge, finish: (code: ExitCode) => void): Argv {
  const short = edge.scriptName !== 'crossflock';
  program
    .scriptName(short ? '' : 'crossflock')
    .command(validateCommand(edge, finish))
    .command(provisionCommand(edge, finish))
    .command(createContainersCommand(edge, finish))
    .command(runKincCommand(edge, finish))
    .command(workflowCommand(edge, finish))
    .command(statusCommand(edge, finish))
    .command(downCommand(edge, finish))
    .command(gemCommand(edge, finish))
    .command(imagesCommand(edge, finish))
    .command(peersCommand(edge, finish))
    .command(labCommand(edge, finish));
  return program
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'one JSON object per event on standard output',
      global: true,
    })
    .option('debug', {
      type: 'boolean',
      default: false,
      describe: 'show where an unexpected failure came from',
      global: true,
    })
    .version(version())
    .help()
    .alias('help', 'h')
    .strict()
    .check(eachOnce)
    .check(everyNumber)
    .recommendCommands()
    .demandCommand(1, 1, 'which command? see crossflock --help', 'one command at a time')
    .wrap(HELP_WIDTH)
    .exitProcess(false)
    .epilogue(
      'exit codes: 0 all is as asked, 1 something failed, 2 bad usage or configuration, 130 interrupted',
    );
}

function refuse(error: Error, edge: Edge, args: readonly string[]): Promise<ExitCode> {
  const flags = { json: args.includes('--json'), debug: args.includes('--debug') };
  const sentence = usageSentence(error.message, args);
  return perform(edge, flags, () =>
    Promise.reject(
      error instanceof UsageError || error.name === 'YError'
        ? new CrossflockError(sentence, {
            code: 'invalid-input',
            hint: usageHint(edge, args, sentence),
          })
        : error,
    ),
  );
}

const COMMANDS = [
  'validate',
  'provision',
  'create-containers',
  'run-kinc',
  'workflow',
  'status',
  'down',
  'peers',
  'gem',
  'images',
  'lab',
];

/** Where the options that would have been right are listed. */
function usageHint({ scriptName }: Edge, args: readonly string[], sentence: string): string {
  const command = scriptName === 'crossflock' ? commandWords(args, COMMANDS, sentence) : [];
  const see = ['see', scriptName, ...command, '--help'].join(' ');
  const isBare = args.some(
    (arg, at) => /^[^-].*\.json$/.test(arg) && !args[at - 1]?.startsWith('-'),
  );
  return isBare ? `give the configuration with -c FILE; ${see}` : see;
}
