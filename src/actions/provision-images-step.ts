import { join } from 'node:path';
import type { AvailableImages } from '../images/available-images.js';
import { formatBytes, planImages, type ImageChange } from '../images/plan-images.js';
import { ImageSender } from '../images/send/image-sender.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import { stateDirectory } from '../state/pool-key.js';
import type { ActionContext } from './context.js';
import { onEach } from './provision-host-changes.js';
import type { ProvisionScene } from './provision-scene.js';

interface HostImageChange extends StepChange {
  readonly hostId: string;
  readonly image: ImageChange;
}

const TITLE = 'images';
const PROGRESS_BYTES = 10_000_000;

/** The images on every host: pulled from the registry, or sent from this machine. */
export function imagesStep(
  context: ActionContext,
  scene: ProvisionScene,
  available: () => AvailableImages,
): Step {
  return step<HostImageChange>({
    id: 'images',
    title: TITLE,
    check: async (stepContext) => {
      if (!stepContext.dryRun) await scene.look(stepContext.signal, TITLE);
      const found: HostImageChange[] = [];
      await onEach(scene, { ids: scene.usable.map(({ id }) => id), title: TITLE }, (id) => {
        for (const image of changesOf(scene, id, available())) {
          found.push({ hostId: id, image, view: image.view });
        }
        return Promise.resolve();
      });
      if (stepContext.dryRun) for (const { hostId } of found) scene.changed.add(hostId);
      if (stepContext.dryRun || found.length === 0) scene.tell(stepContext);
      return found;
    },
    apply: (changes, stepContext) => sendAll(context, scene, changes, stepContext),
    settle: (stepContext) => {
      scene.tell(stepContext);
      return Promise.resolve('');
    },
  });
}

/** Takes the images out of this machine's Docker once, and sends each host what it lacks. */
async function sendAll(
  context: ActionContext,
  scene: ProvisionScene,
  changes: readonly HostImageChange[],
  { signal, progress, applied }: StepContext,
): Promise<void> {
  const folder = join(stateDirectory(scene.plan.name, context.env), 'images');
  const sender = new ImageSender(context.host, folder);
  const imagesOf = (some: readonly HostImageChange[]) => some.map(({ image }) => image);
  const ids = [...new Set(changes.map(({ hostId }) => hostId))];
  try {
    await sender.prepare(imagesOf(changes), signal);
    await onEach(scene, { ids, title: TITLE }, async (id) => {
      const host = scene.hosts.find((each) => each.id === id)?.member.host;
      const mine = changes.filter(({ hostId }) => hostId === id);
      if (host === undefined) return;
      scene.touch(id);
      const { way } = await sender.sendTo(host, imagesOf(mine), {
        signal,
        onProgress: inSteps((bytes) => {
          progress(`${id}: ${formatBytes(bytes)} sent`);
        }),
        onArrived: (image) => {
          for (const change of mine) if (change.image === image) applied(change);
        },
      });
      if (way === 'loaded') {
        progress(`${id}: its SSH server forwards no port, so every image was sent in full`);
      }
    });
  } finally {
    await sender.close();
  }
  signal.throwIfAborted();
}

/** Passes on the first count of every ten megabytes. */
function inSteps(tell: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    if (bytes < told + PROGRESS_BYTES) return;
    told = bytes - (bytes % PROGRESS_BYTES);
    tell(bytes);
  };
}

function changesOf(
  scene: ProvisionScene,
  id: string,
  available: AvailableImages,
): readonly ImageChange[] {
  const host = scene.hosts.find((each) => each.id === id);
  const seen = scene.sight(id)?.images;
  if (host === undefined) return [];
  return planImages({ host: id, names: host.images, available, seen });
}
