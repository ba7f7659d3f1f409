import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps } from '../pipeline/run-steps.js';
import { pasteable } from '../util/quote.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import { ProvisionScene } from './provision-scene.js';
import { provisionSteps, refuseStrangers } from './provision.js';

export interface ImagesSendOptions {
  readonly config: string;
  /** Ids of the hosts; undefined: all of them. */
  readonly only?: readonly string[];
  readonly dryRun: boolean;
}

/** The steps of `provision` that this is. */
const STEPS = ['hosts', 'images'];

/**
 * `crossflock images send`: the images of a configuration on its hosts, and nothing else: after a
 * rebuild, say. `provision` does the same as one of its steps.
 */
export async function imagesSend(
  context: ActionContext,
  options: ImagesSendOptions,
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config, 'what stops');
  if (plan === undefined) return EXIT.usage;
  const { only, dryRun, config } = options;
  refuseStrangers(plan, only);
  const scene = new ProvisionScene(context, {
    plan,
    network: networkDriver(plan.network),
    ...(only === undefined ? {} : { only }),
  });
  const steps = provisionSteps(context, scene).filter(({ id }) => STEPS.includes(id));
  const { changes, failure } = await runSteps(steps, { ...context, dryRun });
  tellFailures(context, scene);
  const failed = [...scene.failures.keys()];
  const again = pasteable(['crossflock', 'images', 'send', '-c', config, '--only', ...failed]);
  const ok = failure === undefined && failed.length === 0;
  const message =
    failure !== undefined
      ? `failed at ${failure.step}`
      : ok
        ? goodNews(changes, dryRun)
        : `${failed.length} of ${scene.chosen.length} hosts failed; once that is mended: ${again}`;
  context.reporter.emit({ type: 'summary', ok, message, data: { changes, failed } });
  if (failure !== undefined) return exitCodeFor(failure.error.code);
  return ok ? EXIT.ok : EXIT.failed;
}

function goodNews(changes: number, dryRun: boolean): string {
  if (changes === 0) return 'nothing to do: all hosts have their images';
  const many = `${changes} image${changes === 1 ? '' : 's'}`;
  return dryRun ? `${many} to bring, nothing was changed` : `${many} brought`;
}

function tellFailures({ reporter }: ActionContext, scene: ProvisionScene): void {
  for (const [id, { error }] of scene.failures) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    const message = `${id}: ${error.message}${hint}`;
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
}
