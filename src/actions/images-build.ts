import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runBuildScript } from '../images/build.js';
import { runSteps } from '../pipeline/run-steps.js';
import { step, type StepChange } from '../pipeline/step.js';
import type { ActionContext } from './context.js';

export interface ImagesBuildOptions {
  readonly dryRun: boolean;
  /** Absolute path of the project's `scripts/images`. */
  readonly script: string;
}

/** `crossflock images build`: the project's images, each built only when its inputs changed. */
export async function imagesBuild(
  context: ActionContext,
  { dryRun, script }: ImagesBuildOptions,
): Promise<ExitCode> {
  const { host, reporter } = context;
  await refuseWithout(context, script);
  const build = step<StepChange & { readonly image: string }>({
    id: 'build',
    title: 'build images',
    check: async ({ signal, progress }) => {
      const images: string[] = [];
      const onLine = ({ image, said }: { image: string; said: string }): void => {
        progress(`${image} ${said}`);
        if (said === 'would be built') images.push(image);
      };
      await runBuildScript(host, script, { check: true, signal, onLine, onOther: progress });
      const why = 'it is not there, or its inputs changed';
      return images.map((image) => ({
        image,
        view: { action: 'create', kind: 'image', target: image, detail: why },
      }));
    },
    apply: async (changes, { signal, progress, applied }) => {
      progress(`building ${changes.map(({ image }) => image).join(', ')}`);
      await runBuildScript(host, script, {
        check: false,
        signal,
        onOther: progress,
        onLine: ({ image, said, seconds }) => {
          progress(`${image} ${said} (${seconds} s)`);
          for (const change of changes) if (change.image === image) applied(change);
        },
      });
    },
  });
  const { changes, failure } = await runSteps([build], { ...context, dryRun });
  const many = `${changes} image${changes === 1 ? '' : 's'}`;
  const done = dryRun ? `${many} to build, nothing was changed` : `${many} built`;
  const message =
    failure === undefined
      ? changes === 0
        ? 'nothing to do: all images are current'
        : done
      : 'the images could not be built';
  reporter.emit({ type: 'summary', ok: failure === undefined, message, data: { changes } });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}

async function refuseWithout({ host, signal }: ActionContext, script: string): Promise<void> {
  const { exitCode } = await host.run(['test', '-f', script], { signal });
  if (exitCode !== 0) {
    throw new CrossflockError(`the images are built from the project's sources: no ${script}`, {
      code: 'not-found',
      hint: 'run it in a checkout of crossflock, or name a registry that has the images as "images.registry"',
    });
  }
  const argv = ['docker', 'version', '--format', '{{.Server.Version}}'];
  const docker = await host.run(argv, { signal, timeoutMs: 20_000 });
  if (docker.exitCode === 0) return;
  const said = docker.stderr.trim().split('\n').at(-1) ?? '';
  throw new CrossflockError(`docker does not answer on this machine: ${said}`, {
    code: 'unreachable',
    hint: 'start docker engine, or run scripts/demo, which installs and starts it',
  });
}
