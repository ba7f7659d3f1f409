import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { localImages, notBuilt } from '../images/available-images.js';
import { inRegistry, planPush, pushImage, type PushChange } from '../images/push.js';
import { HOST_IMAGES, withTag } from '../images/reference.js';
import { runSteps } from '../pipeline/run-steps.js';
import { step, type Step } from '../pipeline/step.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';

export interface ImagesPushOptions {
  readonly config: string;
  /** Takes the place of the configuration's `images.registry`. */
  readonly registry?: string;
  readonly dryRun: boolean;
}

const QUESTIONS_AT_ONCE = 4;

/** `crossflock images push`: fills a registry with the images of this machine. */
export async function imagesPush(
  context: ActionContext,
  options: ImagesPushOptions,
): Promise<ExitCode> {
  const registry = options.registry ?? (await configuredRegistry(context, options.config));
  if (registry === undefined) return EXIT.usage;
  refuseNonsense(registry);
  const { dryRun } = options;
  const { changes, failure } = await runSteps([pushStep(context, registry)], {
    ...context,
    dryRun,
  });
  const many = `${changes} image${changes === 1 ? '' : 's'}`;
  const done = dryRun ? `${many} to push, nothing was changed` : `${many} pushed to ${registry}`;
  const message =
    failure === undefined
      ? changes === 0
        ? `nothing to do: ${registry} has the images of this machine`
        : done
      : `${registry} does not have all images`;
  const data = { changes, registry };
  context.reporter.emit({ type: 'summary', ok: failure === undefined, message, data });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}

/** Undefined, with everything said, for a configuration that cannot be used. */
async function configuredRegistry(
  context: ActionContext,
  config: string,
): Promise<string | undefined> {
  const plan = await loadPlan(context, config, 'what stops');
  if (plan === undefined) return undefined;
  if (plan.registry !== undefined) return plan.registry;
  throw new CrossflockError(`${config} names no registry`, {
    code: 'invalid-input',
    hint: 'write "images": {"registry": "registry.example.org:5000"} in it, or give --registry; without a registry, crossflock images send brings the images to the hosts',
  });
}

/** The pattern of `images.registry` in the configuration's schema. */
function refuseNonsense(registry: string): void {
  if (/^[a-z0-9][a-z0-9._-]*(:[0-9]+)?(\/[a-z0-9._-]+)*$/.test(registry)) return;
  throw new CrossflockError(`${JSON.stringify(registry)} is no address of a registry`, {
    code: 'invalid-input',
    hint: 'write it without https://, such as registry.example.org:5000 or registry.example.org/lab',
  });
}

function pushStep({ host }: ActionContext, registry: string): Step {
  const names = HOST_IMAGES.map(withTag);
  return step<PushChange>({
    id: 'push',
    title: `images in ${registry}`,
    check: async ({ signal }) => {
      const images = await localImages(host, names, signal);
      const missing = names.filter((name) => !images.has(name));
      if (missing.length > 0) throw notBuilt(missing);
      const { done, failed } = await fanOut([...images], QUESTIONS_AT_ONCE, async (entry) => {
        const [name, image] = entry;
        const reference = `${registry}/${name}`;
        const there = await inRegistry(host, registry, reference, signal);
        return planPush(name, image, reference, there);
      });
      signal.throwIfAborted();
      if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
      return done.flatMap(({ value }) => value ?? []);
    },
    apply: async (changes, { signal, progress, applied }) => {
      // One after the other: they share most layers. What fails for one fails for all.
      for (const change of changes) {
        const onProgress = (state: string): void => {
          progress(`${change.name}: ${state}`);
        };
        await pushImage(host, registry, change, { signal, onProgress });
        applied(change);
      }
    },
  });
}
