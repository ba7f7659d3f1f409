import type { Step } from '../pipeline/step.js';
import type { NetworkChange } from '../ports/virtual-network.js';
import { hostChange, hostStep, type HostChange } from './provision-host-changes.js';
import type { ProvisionScene } from './provision-scene.js';
import { networkTodo } from './provision-todo.js';

/**
 * The virtual network: launched on each host, then all are told of each other. Connecting needs what
 * launching made (keys, say), so what was launched is looked at again in between.
 */
export function networkStepsOf(scene: ProvisionScene): readonly Step[] {
  const launch = phaseStep(scene, 'launch', 'virtual network');
  if (scene.hosts.length === 1) return [launch];
  return [launch, phaseStep(scene, 'connect', 'connections of the virtual network')];
}

function phaseStep(scene: ProvisionScene, phase: NetworkChange['phase'], title: string): Step {
  const { network } = scene;
  return hostStep(scene, {
    id: phase === 'launch' ? 'network' : 'network-peers',
    title,
    changes: () =>
      networkTodo(scene, (id, error) => {
        scene.fail(id, title, error);
      })
        .filter((change) => change.phase === phase)
        .flatMap((change): readonly HostChange[] => {
          const host = scene.hosts.find(({ id }) => id === change.memberId);
          if (host === undefined) return [];
          return [
            hostChange(host.id, change.view, ({ signal }) =>
              network.apply(host.member, change, signal),
            ),
          ];
        }),
  });
}
