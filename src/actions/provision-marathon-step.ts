import type { AvailableImages } from '../images/available-images.js';
import type { Step, StepContext } from '../pipeline/step.js';
import {
  applyMarathon,
  marathonContainerName,
  untilMarathonAnswers,
} from '../provision/embedded-marathon.js';
import type { ActionContext } from './context.js';
import { hostChange, hostStep, onEach } from './provision-host-changes.js';
import type { ProvisionScene } from './provision-scene.js';
import { hostTodo } from './provision-todo.js';
import { marathonClient } from './reach.js';

const TITLE = 'embedded marathons';

/** One embedded Marathon on the host of every cluster with that engine, answering. */
export function marathonStep(
  context: ActionContext,
  scene: ProvisionScene,
  available: () => AvailableImages,
): Step {
  return hostStep(scene, {
    id: 'marathons',
    title: TITLE,
    changes: () =>
      scene.usable.flatMap((host) => {
        const sight = scene.sight(host.id);
        if (sight === undefined) return [];
        const { marathon } = hostTodo(scene, host, { sight, available: available() });
        if (marathon === undefined) return [];
        const view = { ...marathon.view, target: `${marathon.view.target} on ${host.id}` };
        return [
          hostChange(host.id, view, ({ signal }) =>
            applyMarathon(host.member.host, marathon, signal),
          ),
        ];
      }),
    after: (ids, { signal, progress }: StepContext) =>
      onEach(scene, { ids, title: TITLE }, async (id) => {
        const host = scene.hosts.find((each) => each.id === id);
        if (host === undefined) return;
        const { cluster, member } = host;
        const name = marathonContainerName(scene.plan.name, cluster.id);
        await untilMarathonAnswers(member.host, name, async () => {
          await (await marathonClient(context, cluster, progress)).ping({ signal });
        });
      }),
  });
}
