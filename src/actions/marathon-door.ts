import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { MarathonClient } from '../marathon/client.js';
import type { ClusterPlan, MesosEngine } from '../plan/types.js';
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
  { masters }: MesosEngine,
): Promise<OpenMarathon> {
  let reason: unknown;
  for (const { hostId, address: own } of masters) {
    try {
      const open = await openMarathonOf(context, cluster, hostId);
      if (masters.length === 1) return open;
      const { leader } = await askLeader(context, open);
      const leading = masters.find(({ address }) => leader?.startsWith(`${address}:`) === true);
      if (leading === undefined || leading.address === own) return open;
      return await openMarathonOf(context, cluster, leading.hostId);
    } catch (error) {
      context.signal.throwIfAborted();
      reason ??= error;
    }
  }
  if (reason !== undefined) throw toCrossflockError(reason);
  throw new CrossflockError(`none of ${cluster.id}'s masters can be asked`, {
    code: 'unreachable',
  });
}

/** The Marathon on one of the masters' hosts of a cluster whose engine is Mesos. */
export async function openMarathonOf(
  context: ActionContext,
  cluster: ClusterPlan,
  hostId: string,
): Promise<OpenMarathon> {
  const { engine } = cluster;
  const through = cluster.hosts.find(({ id }) => id === hostId);
  const master =
    engine.type === 'mesos' ? engine.masters.find((each) => each.hostId === hostId) : undefined;
  if (engine.type !== 'mesos' || through === undefined || master === undefined) {
    throw new CrossflockError(`${hostId} has no marathon`, { code: 'unexpected' });
  }
  const host = openHost(context, through);
  const url = await forwarded(host, master.address, engine.ports.marathon);
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
