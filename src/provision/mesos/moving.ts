import type { MarathonApp } from '../../ports/marathon-app.js';
import type { MesosEngine } from '../../plan/types.js';
import type { MesosResources, RegisteredAgent } from './mesos-answers.js';

/** What of an app decides where it can run. */
export type Placeable = Pick<MarathonApp, 'id' | 'cpus' | 'mem' | 'disk' | 'constraints'>;

/**
 * What becomes of an app when the agent that it runs on goes. `moves`: another one has room.
 * `bound`: its constraints permit no other one. `no-room`: others are permitted, and full.
 */
export type Fate =
  | { readonly app: Placeable; readonly becomes: 'moves'; readonly to: string }
  | { readonly app: Placeable; readonly becomes: 'bound' | 'no-room' };

/**
 * Whether the constraints of an app let it run at a hostname. Those on anything but the hostname,
 * and those that count tasks, are left to Marathon, which alone decides where it runs.
 */
export function permits({ constraints = [] }: Placeable, hostname: string): boolean {
  return constraints.every(([field, operator, value]) => {
    if (field !== 'hostname' || value === undefined) return true;
    switch (operator) {
      case 'CLUSTER':
      case 'IS':
        return value === hostname;
      case 'LIKE':
        return matches(value, hostname);
      case 'UNLIKE':
        return !matches(value, hostname);
      default:
        return true;
    }
  });
}

/** An expression that cannot be read is Marathon's to refuse. */
function matches(expression: string, hostname: string): boolean {
  try {
    return new RegExp(`^(?:${expression})$`).test(hostname);
  } catch {
    return true;
  }
}

/**
 * What becomes of the apps of an agent that goes: the largest is placed first, each on the agent with
 * the most CPUs left. Pure; Marathon may choose another one with room.
 * @param others the agents that stay, as the leading master knows them
 */
export function fatesOf(
  apps: readonly Placeable[],
  others: readonly RegisteredAgent[],
): readonly Fate[] {
  const room = others
    .filter(({ isActive }) => isActive)
    .map(({ hostname, total, used }) => ({ hostname, left: minus(total, used) }));
  const largestFirst = apps.toSorted((a, b) => b.cpus - a.cpus || b.mem - a.mem);
  const fates = new Map<Placeable, Fate>();
  for (const app of largestFirst) {
    const permitted = room.filter(({ hostname }) => permits(app, hostname));
    const place = permitted
      .filter(({ left }) => fits(app, left))
      .toSorted((a, b) => b.left.cpus - a.left.cpus)[0];
    if (place === undefined) {
      fates.set(app, { app, becomes: permitted.length === 0 ? 'bound' : 'no-room' });
    } else {
      place.left = minus(place.left, app);
      fates.set(app, { app, becomes: 'moves', to: place.hostname });
    }
  }
  return apps.flatMap((app) => fates.get(app) ?? []);
}

function minus(a: MesosResources, b: MesosResources): MesosResources {
  return { cpus: a.cpus - b.cpus, mem: a.mem - b.mem, disk: a.disk - b.disk };
}

function fits({ cpus, mem, disk }: Placeable, left: MesosResources): boolean {
  return cpus <= left.cpus && mem <= left.mem && disk <= left.disk;
}

/** Agents that are registered and that the configuration does not name. Pure. */
export function strangeAgents(
  { agents, ports }: Pick<MesosEngine, 'agents' | 'ports'>,
  registered: readonly RegisteredAgent[],
): readonly RegisteredAgent[] {
  return registered.filter(
    ({ hostname, port = ports.agent }) =>
      port !== ports.agent || agents.every(({ address }) => address !== hostname),
  );
}

/** What to say of those, and what to do about them; undefined where there are none. */
export function strangersInWords(
  clusterId: string,
  strangers: readonly RegisteredAgent[],
): string | undefined {
  const [first] = strangers;
  if (first === undefined) return undefined;
  const names = strangers.map(({ hostname }) => hostname).join(', ');
  const [are, them] = strangers.length === 1 ? ['an agent', 'it'] : ['agents', 'them'];
  return `${clusterId} has ${are} that the configuration does not name: ${names}; containers are placed there all the same. Write ${them} into it again, to keep or to remove with peers remove; or "crossflock peers remove ${first.hostname} --gone" lets the master give it up, which ends what runs there`;
}
