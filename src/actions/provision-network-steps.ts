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
    changes: ({ dryRun }) => {
      const found = networkTodo(scene, (id, error) => {
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
        });
      return dryRun && phase === 'launch' ? [...found, ...unseen(scene)] : found;
    },
  });
}

/** Hosts without an engine yet, of which the driver cannot tell what it will do. */
function unseen(scene: ProvisionScene): readonly HostChange[] {
  const { usable, plan } = scene;
  const dark = usable.filter(({ id }) => scene.sight(id)?.network === undefined);
  return dark.map(({ id }) => {
    const target = `${plan.network.name} on ${id}`;
    const view = { action: 'create', kind: 'network', target, detail: plan.network.cidr } as const;
    return hostChange(id, view, () => Promise.resolve());
  });
}
