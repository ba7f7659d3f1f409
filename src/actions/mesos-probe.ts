import { CrossflockError } from '../errors/crossflock-error.js';
import { applyAndWait, deleteApps } from '../marathon/deploy.js';
import type { StepContext } from '../pipeline/step.js';
import {
  formatAddress,
  hostAddresses,
  lastForContainers,
  parseAddress,
  parseNetwork,
} from '../plan/addressing.js';
import type { MesosMember, Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import type { MarathonApp } from '../ports/marathon-app.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';
import { isMesosCluster, type MesosCluster } from './mesos-scene.js';
import { HOSTS_AT_ONCE } from './network-steps.js';
import type { ProvisionScene } from './provision-scene.js';
import { marathonClient } from './reach.js';

/** Milliseconds for the probes to run, and for them to be gone. */
const DEADLINE_MS = 120_000;
/** A probe that is left behind ends by itself. */
const PROBE_SECONDS = 300;

/**
 * Tries an address with packets, by whatever there is: the host's own ping, or the one in the
 * container of the virtual network, `$2`. 77: there is none.
 */
const PING = String.raw`
if command -v ping >/dev/null; then ping -c 1 -W 2 "$1"
elif docker exec "$2" true 2>/dev/null; then docker exec "$2" ping -c 1 -W 2 "$1"
else exit 77
fi
`;
const NO_PING = 77;

interface Probe {
  readonly agent: MesosMember;
  readonly ip: string;
  readonly app: MarathonApp;
}

/**
 * Places an app with a virtual IP on each of these agents, reaches it from the hosts of all other
 * clusters, and removes it again.
 * @param agents those whose part of the engine was changed
 * @throws CrossflockError `work-failed` naming every agent on which it did not work
 */
export async function probeAgents(
  context: ActionContext,
  {
    scene,
    cluster,
    running,
  }: {
    readonly scene: ProvisionScene;
    readonly cluster: MesosCluster;
    readonly running: StepContext;
  },
  agents: readonly MesosMember[],
): Promise<void> {
  const image = scene.plan.apps.find(({ clusterId }) => clusterId === cluster.id)?.app.container
    .docker.image;
  if (image === undefined || agents.length === 0) return;
  const probes = probesOf(scene, cluster, { agents, image });
  const client = await marathonClient(context, cluster, running.progress);
  const { signal } = running;
  const options = { client, clock: context.clock, deadlineMs: DEADLINE_MS, signal };
  try {
    const { apps } = await applyAndWait(
      options,
      probes.map(({ app }) => ({ action: 'create', appId: app.id, wanted: app })),
    );
    const failed = apps.filter(({ state }) => state !== 'running');
    if (failed.length > 0) {
      const why = failed.map(({ appId, reason }) => `${appId}: ${reason ?? 'it does not run'}`);
      throw notWorking(why);
    }
    const silent = await tryAll(scene, cluster, probes, running);
    if (silent.length > 0) throw notWorking(silent);
  } finally {
    await deleteApps(
      { ...options, signal: new AbortController().signal },
      probes.map(({ app }) => app.id),
    );
  }
}

function notWorking(why: readonly string[]): CrossflockError {
  return new CrossflockError(`a container on each agent was tried: ${why.join('; ')}`, {
    code: 'work-failed',
    hint: 'crossflock status shows the parts of mesos; on the agent, docker ps --all and the logs of its service',
  });
}

/** With addresses that no container has, from the end of the network. */
function probesOf(
  { plan, network, hosts }: ProvisionScene,
  cluster: MesosCluster,
  { agents, image }: { readonly agents: readonly MesosMember[]; readonly image: string },
): readonly Probe[] {
  // Clusters are tried side by side.
  const addresses = freeAddresses(plan, hosts.length).slice(agentsBefore(plan, cluster));
  if (addresses.length < agents.length) {
    throw new CrossflockError(`${plan.network.cidr} has no addresses left to try the agents with`, {
      code: 'refused',
      hint: 'write a larger network.cidr',
    });
  }
  return agents.map((agent, index) => {
    const ip = addresses[index] ?? '';
    const app = probeApp(`/crossflock-probe-${cluster.id}-${index + 1}`, plan, { agent, image });
    return { agent, ip, app: network.decorate(app, ip) };
  });
}

/** How many agents the clusters before this one have. */
function agentsBefore({ clusters }: Plan, { id }: MesosCluster): number {
  const at = clusters.findIndex((cluster) => cluster.id === id);
  return clusters
    .slice(0, at)
    .filter(isMesosCluster)
    .reduce((sum, { engine }) => sum + engine.agents.length, 0);
}

function probeApp(
  id: string,
  { name }: Plan,
  { agent, image }: { readonly agent: MesosMember; readonly image: string },
): MarathonApp {
  const labels = { 'crossflock.deployment': name, 'crossflock.role': 'probe' };
  const parameters = Object.entries(labels).map(([key, value]) => ({
    key: 'label',
    value: `${key}=${value}`,
  }));
  return {
    id,
    cmd: `exec sleep ${PROBE_SECONDS}`,
    ...{ cpus: 0.1, mem: 64, disk: 0, instances: 1 },
    container: {
      type: 'DOCKER',
      docker: { image, privileged: false, parameters },
      volumes: [],
      portMappings: [],
    },
    ...{ networks: [], env: {}, labels },
    constraints: [['hostname', 'CLUSTER', agent.address]],
    taskKillGracePeriodSeconds: 1,
  };
}

function freeAddresses({ network }: Plan, hosts: number): readonly string[] {
  const parsed = parseNetwork(network.cidr);
  if (!parsed.ok) return [];
  const taken = new Set(network.taken.map((address) => parseAddress(address)));
  const last = lastForContainers(parsed.network, hostAddresses(network.driver, hosts));
  const found: string[] = [];
  for (let address = last; address > parsed.network.base; address--) {
    if (!taken.has(address)) found.push(formatAddress(address));
  }
  return found;
}

/** From every host of the other clusters that answered, to every probe. */
async function tryAll(
  { usable, plan }: ProvisionScene,
  cluster: MesosCluster,
  probes: readonly Probe[],
  { signal, progress }: StepContext,
): Promise<readonly string[]> {
  const others = usable.filter((host) => host.cluster.id !== cluster.id);
  const ways = others.flatMap((from) => probes.map((probe) => ({ from, probe })));
  const { done, failed } = await fanOut(ways, HOSTS_AT_ONCE, ({ from, probe }) =>
    ping(from.member.host, probe.ip, { container: `${plan.name}-network`, signal }),
  );
  signal.throwIfAborted();
  const untried = new Set(
    done.filter(({ value }) => value === NO_PING).map(({ target }) => target.from.id),
  );
  for (const id of untried)
    progress(`${id} has no ping, so containers were not reached from there`);
  return [
    ...done
      .filter(({ value }) => value !== 0 && value !== NO_PING)
      .map(
        ({ target: { from, probe } }) =>
          `${probe.agent.hostId}: not reached from ${from.id} at ${probe.ip}`,
      ),
    ...failed.map(
      ({ target: { from, probe } }) => `${probe.agent.hostId}: not tried from ${from.id}`,
    ),
  ];
}

async function ping(
  host: Host,
  ip: string,
  { container, signal }: { readonly container: string; readonly signal: AbortSignal },
): Promise<number> {
  // The first packet may find no way yet: the bridge has to learn where the address is.
  const argv = ['sh', '-c', PING, 'sh', ip, container];
  const first = await host.run(argv, { signal, timeoutMs: 20_000 });
  if (first.exitCode === 0 || first.exitCode === NO_PING) return first.exitCode;
  return (await host.run(argv, { signal, timeoutMs: 20_000 })).exitCode;
}
