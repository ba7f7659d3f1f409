import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { step, type Step, type StepChange } from '../pipeline/step.js';
import { hostSecretsFolder } from '../plan/host-folders.js';
import type { Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import {
  newPoolKey,
  poolKeyHash,
  putPoolKey,
  secretsDirectory,
  takePoolKey,
} from '../state/pool-key.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { HOSTS_AT_ONCE, type MemberFailures } from './network-steps.js';
import { openHost } from './open-host.js';
import { taskHosts } from './reach.js';

/** A place that has to hold the key: this machine, or a host whose containers mount it. */
interface KeyPlace {
  /** Id of the host; undefined for this machine. */
  readonly id?: string;
  readonly host: Host;
  readonly directory: string;
}

interface KeyChange extends StepChange {
  readonly place: KeyPlace;
}

/**
 * The signing key by which the pools trust each other: made once per deployment, kept on this
 * machine and on every host that runs containers. A machine that does not have it takes it from a
 * host that does, so that a deployment can be run from several.
 */
export function poolKeyStep(context: ActionContext, plan: Plan, failures: MemberFailures): Step {
  const here = { host: context.host, directory: secretsDirectory(plan.name, context.env) };
  const places = keyPlaces(context, plan);
  let source: KeyPlace | undefined;
  return step<KeyChange>({
    id: 'pool-key',
    title: 'pool key',
    check: async ({ signal }) => {
      const usable = places.filter(({ id }) => !failures.has(id));
      const { done, failed } = await fanOut(usable, HOSTS_AT_ONCE, ({ host, directory }) =>
        poolKeyHash(host, directory, signal),
      );
      for (const { target, error } of failed) failures.set(target.id, toCrossflockError(error));
      const found = [
        { target: here as KeyPlace, value: await poolKeyHash(here.host, here.directory, signal) },
        ...done,
      ];
      source = oneSource(found.flatMap(({ target, value }) => (value ? [{ target, value }] : [])));
      return found
        .filter(({ value }) => value === undefined)
        .map(({ target }) => ({ place: target, view: viewOf(target) }));
    },
    apply: async (changes, stepContext) => {
      const key = await obtain(source, stepContext.signal);
      context.keepSecret(key);
      await fanOut(changes, HOSTS_AT_ONCE, async (change) => {
        const { id, host, directory } = change.place;
        try {
          await putPoolKey(host, directory, key);
          stepContext.applied(change);
        } catch (error) {
          if (id === undefined) throw error;
          failures.set(id, toCrossflockError(error));
        }
      }).then(({ failed }) => {
        if (failed[0] !== undefined) throw toCrossflockError(failed[0].error);
      });
    },
  });
}

function viewOf({ id, directory }: KeyPlace) {
  const target = id === undefined ? directory : `${directory} on ${id}`;
  return { action: 'create', kind: 'key', target } as const;
}

function keyPlaces(context: ActionContext, plan: Plan): readonly Required<KeyPlace>[] {
  const hosts = plan.clusters
    .filter(({ engine }) => engine.type !== 'given')
    .flatMap((cluster) => taskHosts(cluster));
  const directory = hostSecretsFolder(plan.name);
  return hosts.map((host) => ({ id: host.id, host: openHost(context, host), directory }));
}

/** Where the key is. Two keys are two pools, and containers of one would not trust the other's. */
function oneSource(
  found: readonly { readonly target: KeyPlace; readonly value: string }[],
): KeyPlace | undefined {
  const [first] = found;
  const other = found.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return first?.target;
  const name = ({ id }: KeyPlace): string => id ?? 'this machine';
  throw new CrossflockError(
    `${name(first.target)} and ${name(other.target)} hold different pool keys`,
    {
      code: 'refused',
      hint: `keep the one that the running containers have, remove ${other.target.directory}/pool-key on the other, and run the command again`,
    },
  );
}

function obtain(source: KeyPlace | undefined, signal: AbortSignal): Promise<string> {
  if (source === undefined) return Promise.resolve(newPoolKey());
  return takePoolKey(source.host, source.directory, signal);
}
