import { fileURLToPath } from 'node:url';
import type { Argv, CommandModule } from 'yargs';
import type { ActionContext } from '../../actions/context.js';
import { imagesBuild } from '../../actions/images-build.js';
import { imagesList } from '../../actions/images-list.js';
import { imagesPush } from '../../actions/images-push.js';
import { imagesSend } from '../../actions/images-send.js';
import type { ExitCode } from '../../errors/exit-codes.js';
import type { Edge } from '../context.js';
import { perform } from '../perform.js';
import { globalFlags, withConfig } from './common.js';

/** From the sources and from the build alike. */
const BUILD_SCRIPT = new URL('../../../scripts/images', import.meta.url);

type Given = Readonly<Record<string, unknown>>;
type Run = (given: Given, action: (context: ActionContext) => Promise<ExitCode>) => Promise<void>;

/** `crossflock images …`: the images that hosts run, made and brought to where they are needed. */
export function imagesCommand(edge: Edge, finish: (code: ExitCode) => void): CommandModule {
  const run: Run = async (given, action) => {
    const words = (given['_'] as readonly (string | number)[]).slice(0, 2).join(' ');
    finish(await perform(edge, { ...globalFlags(given), command: words }, action));
  };
  return {
    command: 'images',
    describe: 'build the images, and bring them to a registry or to the hosts',
    builder: (program) =>
      withCommands(program, run).demandCommand(
        1,
        1,
        'which images command? see crossflock images --help',
      ),
    handler: () => undefined,
  };
}

function withCommands(program: Argv, run: Run): Argv {
  return program
    .command(
      'list',
      'show which images this machine and the hosts have',
      (list) => withConfig(list),
      (given) => run(given, (context) => imagesList(context, given)),
    )
    .command(
      'build',
      "build the project's images where their inputs changed",
      (build) => withDryRun(withConfig(build), 'tell which would be built, build none'),
      (given) =>
        run(given, (context) => {
          const script = fileURLToPath(BUILD_SCRIPT);
          return imagesBuild(context, { dryRun: given['dry-run'], script });
        }),
    )
    .command(
      'push',
      'push the images to the registry that hosts pull them from',
      (push) =>
        withDryRun(withConfig(push), 'tell what would be pushed, push nothing').option('registry', {
          type: 'string',
          describe: 'address of the registry; default: images.registry in the configuration',
          requiresArg: true,
        }),
      (given) =>
        run(given, (context) => {
          const { config, registry } = given;
          const where = registry === undefined ? {} : { registry };
          return imagesPush(context, { config, ...where, dryRun: given['dry-run'] });
        }),
    )
    .command(
      'send',
      'bring the images to the hosts of a configuration',
      (send) =>
        withDryRun(withConfig(send), 'tell what would be sent, send nothing').option('only', {
          type: 'string',
          array: true,
          describe: 'ids of the hosts; default: all of them',
          requiresArg: true,
        }),
      (given) =>
        run(given, (context) => {
          const { config, only } = given;
          const hosts = only === undefined ? {} : { only };
          return imagesSend(context, { config, ...hosts, dryRun: given['dry-run'] });
        }),
    );
}

function withDryRun<T>(program: Argv<T>, describe: string) {
  return program.option('dry-run', { type: 'boolean', default: false, describe });
}
