import type { Argv, CommandModule } from 'yargs';
import type { ActionContext } from '../../actions/context.js';
import { analyzeRun } from '../../actions/workflow-analyze.js';
import { fetchRun } from '../../actions/workflow-fetch.js';
import { holdRun } from '../../actions/workflow-hold.js';
import { listRuns } from '../../actions/workflow-list.js';
import { releaseRun } from '../../actions/workflow-release.js';
import {
  REPORT_FORMATS,
  reportRun,
  runHistogram,
  runStats,
} from '../../actions/workflow-report.js';
import { retryRun } from '../../actions/workflow-retry.js';
import { runWorkflow } from '../../actions/workflow-run.js';
import { runStatus } from '../../actions/workflow-status.js';
import { stopRun } from '../../actions/workflow-stop.js';
import { watchWorkflow } from '../../actions/workflow-watch.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

type Given = Readonly<Record<string, unknown>>;
type Run = (given: Given, action: (context: ActionContext) => Promise<ExitCode>) => Promise<void>;

/** `crossflock workflow …`: the runs that the submitter has, from any machine. */
export function workflowCommand(edge: Edge, finish: (code: ExitCode) => void): CommandModule {
  const run: Run = async (given, action) => {
    const words = (given['_'] as readonly (string | number)[]).slice(0, 2).join(' ');
    finish(await perform(edge, { ...globalFlags(given), command: words }, action));
  };
  return {
    command: 'workflow',
    describe: 'run, list, watch and steer workflow runs, and fetch their results',
    builder: (program) =>
      GROUPS.reduce((tree, group) => group(tree, run), program).demandCommand(
        1,
        1,
        'which workflow command? see crossflock workflow --help',
      ),
    handler: () => undefined,
  };
}

/** Each adds its commands; the order is that of the help. */
const GROUPS: readonly ((program: Argv, run: Run) => Argv)[] = [
  withRuns,
  withLooks,
  withReports,
  withDiagnosis,
  withSteering,
];

const RECIPES = ['kinc', 'kinc3', 'osg-kinc', 'command', 'photodemo'] as const;

function withRuns(program: Argv, run: Run): Argv {
  return program.command(
    'run',
    'run the workflow of the configuration, follow it and fetch the results',
    (command) =>
      withOut(withConfig(command)).option('recipe', {
        choices: RECIPES,
        describe: 'what to run; default: workflow.type, or what the configuration has',
        requiresArg: true,
      }),
    (given) => run(given, (context) => runWorkflow(context, given)),
  );
}

function withLooks(program: Argv, run: Run): Argv {
  return program
    .command('list', 'show every run, the newest first', withConfig, (given) =>
      run(given, (context) => listRuns(context, given)),
    )
    .command(
      'status [run]',
      'show how far a run is',
      (status) => onRun(withConfig(status), LATEST),
      (given) => run(given, (context) => runStatus(context, given)),
    )
    .command(
      'watch [run]',
      'follow a run to its end and fetch its results; Ctrl-C leaves it to itself',
      (watch) => withOut(onRun(withConfig(watch), LATEST)),
      (given) => run(given, (context) => watchWorkflow(context, given)),
    )
    .command(
      'fetch [run]',
      'fetch the results of a run that has ended, check them and report',
      (fetch) => withOut(onRun(withConfig(fetch), LATEST)),
      (given) => run(given, (context) => fetchRun(context, given)),
    );
}

function withReports(program: Argv, run: Run): Argv {
  return program
    .command(
      'report [run]',
      'write one file that tells all about a run, with charts',
      (report) =>
        onRun(withConfig(report), LATEST)
          .option('format', {
            choices: REPORT_FORMATS,
            default: REPORT_FORMATS[0],
            describe: 'form of the report',
          })
          .option('out', {
            type: 'string',
            describe: 'file to write; default: the name of the run, here',
            requiresArg: true,
          }),
      (given) => run(given, (context) => reportRun(context, given)),
    )
    .command(
      'stats [run]',
      'show the numbers of the report as text',
      (stats) => onRun(withConfig(stats), LATEST),
      (given) => run(given, (context) => runStats(context, given)),
    )
    .command(
      'histogram [run]',
      'show where the jobs of a run ran, as bars',
      (histogram) =>
        onRun(withConfig(histogram), 'default: the latest under way, or where none is, the latest')
          .option('by', {
            choices: ['cluster', 'host'] as const,
            default: 'cluster' as const,
            describe: 'a bar for each cloud, or for each executor',
          })
          .option('last', {
            type: 'boolean',
            describe: 'the latest run that is over, also while another one is under way',
          })
          .conflicts('last', 'run'),
      (given) => run(given, (context) => runHistogram(context, given)),
    );
}

function withDiagnosis(program: Argv, run: Run): Argv {
  return program
    .command(
      'analyze [run]',
      'say which jobs of a run failed, are held or wait, and why',
      (analyze) => onRun(withConfig(analyze), LATEST),
      (given) => run(given, (context) => analyzeRun(context, given)),
    )
    .command(
      'retry [run]',
      'run what is missing of a run that failed or was stopped, and nothing twice',
      (retry) => withOut(onRun(withConfig(retry), 'it must be named')),
      (given) => run(given, (context) => retryRun(context, given)),
    );
}

function withSteering(program: Argv, run: Run): Argv {
  return program
    .command(
      'hold [run]',
      'let nothing of a run go on until it is released',
      (hold) => onRun(withConfig(hold), 'default: the only one under way'),
      (given) => run(given, (context) => holdRun(context, given)),
    )
    .command(
      'release [run]',
      'let a held run go on',
      (release) => onRun(withConfig(release), 'default: the only one that is held'),
      (given) => run(given, (context) => releaseRun(context, given)),
    )
    .command(
      'stop [run]',
      'take a run and its jobs out of the queue; what is done is kept',
      (stop) => onRun(withConfig(stop), 'it must be named'),
      (given) => run(given, (context) => stopRun(context, given)),
    );
}

const LATEST = 'default: the latest';

function onRun<T>(program: Argv<T>, more: string) {
  return program.positional('run', { type: 'string', describe: `name of a run; ${more}` });
}

/** Folder for what is fetched. */
function withOut<T>(program: Argv<T>) {
  return program.option('out', {
    type: 'string',
    default: 'results',
    describe: 'folder for the results',
    requiresArg: true,
  });
}
