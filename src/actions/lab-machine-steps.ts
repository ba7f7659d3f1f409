import { CrossflockError } from '../errors/crossflock-error.js';
import type { LabFiles } from '../lab/access.js';
import { createNetworkArgs, placeIn, runHostArgs, runRegistryArgs } from '../lab/containers.js';
import { docker, isOverlap } from '../lab/docker.js';
import { imagesToSend, registryImages, sendImages, servedImages } from '../lab/images.js';
import { readLab } from '../lab/inventory.js';
import { isRunning, type Lab, type NewHost } from '../lab/model.js';
import { hostContainer, networkName, registryContainer } from '../lab/names.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import type { ChangeView } from '../ports/reporter.js';
import type { ActionContext } from './context.js';

/** A lab as it was found, and what it is to become. */
export interface LabTask {
  readonly name: string;
  readonly files: LabFiles;
  readonly lab: Lab;
  /** With addresses of the first of the subnets. */
  readonly missing: readonly NewHost[];
  readonly withRegistry: boolean;
  readonly devices: boolean;
  /** The lab's own, or those it may get. */
  readonly subnets: readonly string[];
  /** The missing hosts, with addresses of the lab's subnet. */
  readonly missingIn: (subnet: string) => readonly NewHost[];
}

/** Hosts that are made or started at the same time. */
export const AT_ONCE = 8;

export function networkStep({ host }: ActionContext, task: LabTask): Step {
  const { name, lab, subnets, withRegistry } = task;
  return step({
    id: 'network',
    title: 'network of the lab',
    check: () => {
      if (lab.subnet !== undefined) return Promise.resolve([]);
      const target = networkName(name);
      return Promise.resolve([{ view: { action: 'create', kind: 'network', target } as const }]);
    },
    apply: applyEach(1, async (_, { signal }) => {
      for (const subnet of subnets) {
        try {
          await docker(host, createNetworkArgs(placeIn(name, subnet, withRegistry)), { signal });
          return;
        } catch (error) {
          // Another lab was quicker; the next range may be free.
          if (!isOverlap(error)) throw error;
        }
      }
      throw new CrossflockError('no range of addresses is free for the lab', {
        code: 'refused',
        hint: 'crossflock lab list shows the labs there are; take one down',
      });
    }),
  });
}

interface MachineChange extends StepChange {
  /** Arguments of `docker` that make it so. */
  readonly args: readonly string[];
}

export function machinesStep({ host }: ActionContext, task: LabTask): Step {
  const { name, lab, withRegistry, devices } = task;
  return step<MachineChange>({
    id: 'machines',
    title: 'machines',
    check: async ({ signal }) => {
      const { subnet = task.subnets[0] ?? '' } = await readLab(host, name, signal);
      const place = { ...placeIn(name, subnet, withRegistry), devices };
      return [
        ...(withRegistry ? registryChange(lab, runRegistryArgs(place)) : []),
        ...lab.hosts
          .filter((candidate) => !isRunning(candidate))
          .map(({ id, state }) => ({
            view: { action: 'start', kind: 'host', target: id, detail: `it is ${state}` } as const,
            args: startArgs(hostContainer(name, id), state),
          })),
        ...task.missingIn(subnet).map((missing) => ({
          view: hostView(missing),
          args: runHostArgs(place, missing),
        })),
      ];
    },
    apply: applyEach(AT_ONCE, async ({ args }, { signal }) => {
      await docker(host, args, { signal });
    }),
  });
}

function registryChange(
  { name, registry }: Lab,
  runArgs: readonly string[],
): readonly MachineChange[] {
  if (registry !== undefined && isRunning(registry)) return [];
  const view = (action: 'create' | 'start') =>
    ({ action, kind: 'registry', target: registryContainer(name) }) as const;
  if (registry === undefined) return [{ view: view('create'), args: runArgs }];
  return [{ view: view('start'), args: startArgs(registryContainer(name), registry.state) }];
}

function startArgs(container: string, state: string): readonly string[] {
  return state === 'paused' ? ['unpause', container] : ['start', container];
}

function hostView({ id, address, isBare }: NewHost): ChangeView {
  const detail = isBare ? `${address}, bare` : address;
  return { action: 'create', kind: 'host', target: id, detail };
}

interface ImageChange extends StepChange {
  readonly name: string;
}

export function imagesStep({ host }: ActionContext, { name, lab }: LabTask): Step {
  return step<ImageChange>({
    id: 'images',
    title: 'images in the registry',
    check: async ({ signal, dryRun }) => {
      const isThere = !dryRun || (lab.registry !== undefined && isRunning(lab.registry));
      const [wanted, present] = await Promise.all([
        servedImages(host, signal),
        isThere ? registryImages(host, name, signal) : [],
      ]);
      return imagesToSend(wanted, present).map(({ name: target, isNew }) => ({
        name: target,
        view: { action: isNew ? 'create' : 'update', kind: 'image', target },
      }));
    },
    apply: async (changes, { signal, applied }) => {
      const names = changes.map((change) => change.name);
      await sendImages(host, name, names, signal);
      changes.forEach(applied);
    },
  });
}
