import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { MarathonClient } from '../marathon/client.js';
import type { ClusterPlan, HostPlan, MesosEngine } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import { mesosPaths } from '../provision/mesos/paths.js';
import { marathonAuth, secretPath } from '../provision/mesos/secrets.js';
import type { ActionContext } from './context.js';
import { openHost } from './open-host.js';

/** A Marathon as it is reached from here, and who may use it. */
export interface OpenMarathon {
  readonly url: string;
  readonly auth?: NonNullable<ClusterPlan['auth']>;
}

/** Milliseconds that a Marathon is given to say who leads. */
const LEADER_MS = 10_000;

/** The cluster's Marathon: as it is, or through SSH where it listens on its host's own addresses. */
export async function openMarathon(
  context: ActionContext,
  cluster: ClusterPlan,
): Promise<OpenMarathon> {
  const { engine, hosts, marathonUrl: url, auth } = cluster;
  const [host] = hosts;
  if (engine.type === 'given' || host === undefined) return withAuth(url, auth);
  if (engine.type === 'mesos') return openLeader(context, cluster, engine);
  return withAuth(await forwarded(openHost(context, host), '127.0.0.1', engine.port), auth);
}

/**
 * Of several Marathons the one that leads: the others hand requests on, but an event stream they
 * redirect to an address that is not reached from here.
 */
async function openLeader(
  context: ActionContext,
  cluster: ClusterPlan,
  engine: MesosEngine,
): Promise<OpenMarathon> {
  const doors = engine.masters.flatMap((master) => {
    const through = cluster.hosts.find(({ id }) => id === master.hostId);
    return through === undefined ? [] : [{ ...master, through }];
  });
  let reason: unknown;
  for (const door of doors) {
    try {
      const open = await openDoor(context, cluster, { ...door, port: engine.ports.marathon });
      if (doors.length === 1) return open;
      const { leader } = await askLeader(context, open);
      const leading = doors.find(({ address }) => leader?.startsWith(`${address}:`) === true);
      if (leading === undefined || leading === door) return open;
      return await openDoor(context, cluster, { ...leading, port: engine.ports.marathon });
    } catch (error) {
      context.signal.throwIfAborted();
      reason ??= error;
    }
  }
  throw toCrossflockError(reason);
}

interface Door {
  readonly through: HostPlan;
  readonly address: string;
  readonly port: number;
}

async function openDoor(
  context: ActionContext,
  cluster: ClusterPlan,
  { through, address, port }: Door,
): Promise<OpenMarathon> {
  const host = openHost(context, through);
  const url = await forwarded(host, address, port);
  return withAuth(url, cluster.auth ?? (await madeAuth(context, host, cluster)));
}

function askLeader({ signal }: ActionContext, { url, auth }: OpenMarathon) {
  const options = { url, timeoutMs: LEADER_MS, ...(auth === undefined ? {} : { auth }) };
  return new MarathonClient(options).info({ signal, once: true });
}

/** The credentials that were made when the cluster was set up; root of its hosts has them. */
async function madeAuth(
  { signal, keepSecret }: ActionContext,
  host: Host,
  { id, engine }: ClusterPlan,
): Promise<NonNullable<ClusterPlan['auth']>> {
  if (engine.type !== 'mesos')
    throw new CrossflockError(`${id} has no secrets`, { code: 'unexpected' });
  const path = secretPath(mesosPaths(engine.deployment, id), 'marathon');
  const { exitCode, stdout } = await host.run(['cat', path], { signal });
  const marathon = stdout.trim();
  if (exitCode !== 0 || marathon === '') {
    throw new CrossflockError(
      `${id} is not set up: ${host.name} has no credentials of its marathon`,
      {
        code: 'not-found',
        hint: 'run crossflock provision first',
      },
    );
  }
  keepSecret(marathon);
  return marathonAuth(undefined, { marathon });
}

async function forwarded(through: Host, address: string, port: number): Promise<string> {
  const forward = await through.forward(address, port);
  return `http://${forward.host}:${String(forward.port)}`;
}

function withAuth(url: string, auth: ClusterPlan['auth']): OpenMarathon {
  return auth === undefined ? { url } : { url, auth };
}
