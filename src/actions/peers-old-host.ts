import { removeHost } from '../config/edit-hosts.js';
import { pin, type Pins } from '../config/edit-pins.js';
import type { Config } from '../config/types.js';
import { instanceIds } from '../plan/instances.js';
import type { ClusterPlan, HostPlan, Plan } from '../plan/types.js';
import type { ActionContext } from './context.js';
import { planOfText, readText, type FileEdit } from './peers-file.js';

/** A configuration from which a host is to be taken. */
export interface ShrunkConfig {
  readonly edit: FileEdit;
  /** The plan of the edited text. */
  readonly after: Plan;
}

export interface Shrinking {
  /** Path of the configuration. */
  readonly file: string;
  /** Ids of the containers in its text that go with the host though its cluster stays. */
  readonly leaving?: ((text: string) => ReadonlySet<string>) | undefined;
}

/**
 * The configuration without a host, in which all that stays is as it was: addresses and ports that
 * follow from the order in the file are written out where they would be others. Undefined where the
 * rest is no usable configuration; its problems are reported then.
 */
export async function withoutHost(
  context: ActionContext,
  plan: Plan,
  { id }: HostPlan,
  { file, leaving = () => new Set() }: Shrinking,
): Promise<ShrunkConfig | undefined> {
  const before = await readText(context, file);
  let { text, changes } = removeHost(before, id, leaving(before));
  for (;;) {
    const after = await planOfText(context, file, text);
    if (after === undefined) return undefined;
    const pins = movedPlaces(plan, after, text);
    if (pins.addresses.size + pins.ports.size === 0) {
      return { edit: { file, before, text, changes }, after };
    }
    const pinned = pin(text, pins);
    text = pinned.text;
    changes = [...changes, ...pinned.changes];
  }
}

function movedPlaces(before: Plan, after: Plan, text: string): Pins {
  const { containers } = JSON.parse(text) as Config;
  const addresses = containers.flatMap(({ id, instances = 1 }) => {
    const [first = id] = instanceIds(id, instances);
    const ip = addressOf(before, first);
    return ip === undefined || ip === addressOf(after, first) ? [] : [[id, ip] as const];
  });
  const ports = after.clusters.flatMap((cluster) => {
    const port = portOf(before.clusters.find(({ id }) => id === cluster.id));
    return port === undefined || port === portOf(cluster) ? [] : [[cluster.id, port] as const];
  });
  return { addresses: new Map(addresses), ports: new Map(ports) };
}

function addressOf({ apps }: Plan, containerId: string): string | undefined {
  return apps.find((app) => app.containerId === containerId)?.ip;
}

function portOf(cluster: ClusterPlan | undefined): number | undefined {
  return cluster?.engine.type === 'embedded' ? cluster.engine.port : undefined;
}
