import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import type { ChangeView } from '../ports/reporter.js';
import { fanOut } from '../util/fan-out.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import type { ProvisionScene } from './provision-scene.js';

/** A change on one host, and how it is made. */
export interface HostChange extends StepChange {
  readonly hostId: string;
  /** Throws what a person has to know; the host drops out then. */
  readonly make: (context: StepContext) => Promise<void>;
}

export function hostChange(hostId: string, view: ChangeView, make: HostChange['make']): HostChange {
  return { hostId, view, make };
}

interface HostStep {
  readonly id: string;
  readonly title: string;
  /** The differences, from what was seen on the usable hosts. May call `scene.fail`. */
  readonly changes: (
    context: StepContext,
  ) => readonly HostChange[] | Promise<readonly HostChange[]>;
  /** Waits until what was changed is true. */
  readonly after?: (changed: readonly string[], context: StepContext) => Promise<void>;
}

/**
 * A step of which every host has its own part: they go side by side, the changes of one host one
 * after the other, and a host that fails drops out without stopping the others.
 */
export function hostStep(scene: ProvisionScene, { id, title, changes, after }: HostStep): Step {
  let touched: readonly string[] = [];
  return step<HostChange>({
    id,
    title,
    check: async (context) => {
      if (!context.dryRun) await scene.look(context.signal, title);
      const found = await changes(context);
      if (context.dryRun) for (const { hostId } of found) scene.changed.add(hostId);
      if (context.dryRun || found.length === 0) scene.tell(context);
      return found;
    },
    apply: async (found, context) => {
      touched = [...new Set(found.map(({ hostId }) => hostId))];
      await fanOut(touched, HOSTS_AT_ONCE, async (hostId) => {
        try {
          for (const change of found.filter((each) => each.hostId === hostId)) {
            context.signal.throwIfAborted();
            scene.touch(hostId);
            await change.make(context);
            context.applied(change);
          }
        } catch (error) {
          scene.fail(hostId, title, error);
        }
      });
      context.signal.throwIfAborted();
    },
    settle: async (context) => {
      const left = touched.filter((hostId) => !scene.failures.has(hostId));
      if (left.length > 0) await after?.(left, context);
      scene.tell(context);
      return '';
    },
  });
}

/** Does something on each host; one on which it fails drops out. */
export async function onEach(
  scene: ProvisionScene,
  { ids, title }: { readonly ids: readonly string[]; readonly title: string },
  work: (id: string) => Promise<void>,
): Promise<void> {
  await fanOut(ids, HOSTS_AT_ONCE, async (id) => {
    try {
      await work(id);
    } catch (error) {
      scene.fail(id, title, error);
    }
  });
}
