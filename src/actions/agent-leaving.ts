import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { deleteApps } from '../marathon/deploy.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { applyMesosChange } from '../provision/mesos/apply.js';
import type { MesosChange } from '../provision/mesos/change.js';
import { leadingMaster } from '../provision/mesos/health.js';
import { markAgentGone } from '../provision/mesos/operator.js';
import { mesosPaths } from '../provision/mesos/paths.js';
import { mesosTodo } from '../provision/mesos/todo.js';
import type { WantedMesosHost } from '../provision/mesos/types.js';
import { wantedMesosHost } from '../provision/mesos/wanted.js';
import { survey } from '../provision/survey.js';
import type { Departure, MovingApp } from './agent-departure.js';
import type { ActionContext } from './context.js';
import { askMesos } from './mesos-health.js';
import { MesosScene } from './mesos-scene.js';
import { openHost } from './open-host.js';
import { marathonClient } from './reach.js';

/** Milliseconds for the tasks of one agent to end, or to be given up by the master. */
const END_MS = 150_000;
const ASK_AGAIN_MS = 1000;

/** Deletes the apps that go with a host, and waits for their tasks to end. */
export function endingAppsStep(context: ActionContext, { cluster, ending }: Departure): Step {
  return step<StepChange & { readonly id: string }>({
    id: 'apps',
    title: 'apps that go with the host',
    check: async ({ signal }) => {
      const client = await marathonClient(context, cluster);
      const known = new Set((await client.listApps({ signal })).map(({ id }) => id));
      return ending
        .filter(({ app }) => known.has(app.id))
        .map(({ app: { id }, fate }) => {
          const detail =
            fate.becomes === 'bound'
              ? 'it is meant for this host alone'
              : 'no other agent has room for it, so it goes with the host';
          const target = `${id} on ${cluster.id}`;
          return { id, view: { action: 'delete', kind: 'app', target, detail } as const };
        });
    },
    apply: async (changes, { signal, progress, applied }) => {
      const client = await marathonClient(context, cluster, progress);
      const options = { client, clock: context.clock, deadlineMs: END_MS, signal };
      const { outcome, failed } = await deleteApps(
        options,
        changes.map(({ id }) => id),
      );
      if (outcome !== 'deleted') {
        const why = failed.map(({ appId, error }) => `${appId}: ${error.message}`).join('; ');
        throw new CrossflockError(why === '' ? `tasks on ${cluster.id} did not end in time` : why, {
          code: outcome === 'interrupted' ? 'aborted' : 'work-failed',
        });
      }
      changes.forEach(applied);
    },
  });
}

interface PartRemoval extends StepChange {
  readonly change: MesosChange;
  readonly wanted: WantedMesosHost;
}

/**
 * Ends the agent for good: it tells the master so, which takes no more tasks for it, and ends what
 * it still runs; its service and its data go.
 */
export function agentStep(
  context: ActionContext,
  { host, plan, network }: { host: HostPlan; plan: Plan; network: VirtualNetwork },
  { cluster, moving }: Departure,
): Step {
  const machine = openHost(context, host);
  const scene = new MesosScene(plan, network);
  return step<PartRemoval>({
    id: 'agent',
    title: `mesos agent of ${host.id}`,
    check: async ({ signal }) => {
      const { mesos: seen } = await survey(machine, { mesos: scene.probe(host.id) }, signal);
      if (seen === undefined) return [];
      const wanted = wantedMesosHost({
        ...{ deployment: plan.name, cluster, host, engine: without(cluster.engine, host.id) },
        secrets: { zookeeper: '', framework: '', agent: '', marathon: '' },
        init: 'systemd',
      });
      return mesosTodo(wanted, seen).map((change) => ({
        ...{ change, wanted },
        view: { ...change.view, detail: consequenceOf(moving) },
      }));
    },
    apply: applyEach(1, ({ change, wanted }, { signal }) =>
      applyMesosChange(machine, change, {
        ...{ wanted, signal },
        secrets: () => Promise.reject(new Error('nothing is written with secrets')),
      }),
    ),
  });
}

function without(
  engine: Departure['cluster']['engine'],
  hostId: string,
): Departure['cluster']['engine'] {
  return { ...engine, agents: engine.agents.filter((agent) => agent.hostId !== hostId) };
}

function consequenceOf(moving: readonly MovingApp[]): string {
  if (moving.length === 0) return 'it takes no tasks any more';
  const names = moving.map(({ app, fate }) =>
    fate.becomes === 'moves' ? `${app.id} (room on ${fate.to})` : app.id,
  );
  return `it takes no tasks any more; what runs there ends and starts anew on another agent: ${names.join(', ')}`;
}

/** Makes the master give up an agent that cannot be asked itself. */
export function goneAgentStep(
  context: ActionContext,
  { plan, network }: { plan: Plan; network: VirtualNetwork },
  { cluster, member, moving }: Departure,
): Step {
  const scene = new MesosScene(plan, network);
  return step<StepChange & { readonly agentId: string }>({
    id: 'agent',
    title: `mesos agent of ${member.hostId}`,
    check: async () => {
      const leader = leadingMaster(await askMesos(context, scene, cluster));
      const agents = leader?.agents.filter(({ hostname }) => hostname === member.address) ?? [];
      return agents.map(({ id }) => ({
        agentId: id,
        view: {
          ...({ action: 'delete', kind: 'mesos agent', target: member.hostId } as const),
          detail: `the master gives it up for good; ${consequenceOf(moving)}`,
        },
      }));
    },
    apply: async (changes, { signal, applied, incomplete }) => {
      const leader = leadingMaster(await askMesos(context, scene, cluster))?.leader;
      const { ports, masters } = cluster.engine;
      const master = masters.find(({ address }) => leader === `${address}:${ports.master}`);
      const through = cluster.hosts.find(({ id }) => id === (master ?? masters[0])?.hostId);
      if (through === undefined) return;
      const address = (master ?? masters[0])?.address ?? '';
      const forward = await openHost(context, through).forward(address, ports.master);
      for (const change of changes) {
        try {
          await markAgentGone(`http://${forward.host}:${forward.port}`, change.agentId, signal);
          applied(change);
        } catch (error) {
          incomplete(
            `${toCrossflockError(error).message}; it gives up a silent agent by itself after about 75 s`,
          );
        }
      }
    },
  });
}

/** Waits until no task is on the agent any more, so that what runs of an app runs elsewhere. */
export function emptyStep(context: ActionContext, { cluster, member, moving }: Departure): Step {
  return step({
    id: 'tasks',
    title: `tasks on ${member.hostId}`,
    check: () => Promise.resolve([]),
    apply: () => Promise.resolve(),
    settle: async ({ signal, progress, dryRun }) => {
      if (dryRun) return '';
      const client = await marathonClient(context, cluster, progress);
      const { clock } = context;
      const start = clock.monotonicMs();
      for (;;) {
        const apps = await client.listApps({ signal });
        const left = apps.flatMap(({ tasks }) =>
          tasks.filter(({ host }) => host === member.address).map(({ appId }) => appId),
        );
        if (left.length === 0) return moving.length === 0 ? 'none' : 'none left';
        if (clock.monotonicMs() - start >= END_MS) {
          throw new CrossflockError(`marathon still counts on ${left.join(', ')} there`, {
            code: 'timeout',
            hint: 'run the same command again; crossflock status shows where its tasks are',
          });
        }
        await clock.sleep(ASK_AGAIN_MS, signal);
      }
    },
  });
}

/** Takes away what the cluster keeps on a host beside its settings: the agent's file systems. */
export function agentDataStep(machine: Host, plan: Plan, { cluster, member }: Departure): Step {
  const { data } = mesosPaths(plan.name, cluster.id);
  return step({
    id: 'data',
    title: 'data of mesos',
    check: async ({ signal }) => {
      const { exitCode } = await machine.run(['test', '-e', data], { signal });
      const target = `${data} on ${member.hostId}`;
      return exitCode === 0
        ? [{ view: { action: 'delete', kind: 'folder', target } as const }]
        : [];
    },
    apply: async (changes, { signal, applied }) => {
      const result = await machine.run(['rm', '-rf', '--one-file-system', '--', data], { signal });
      if (result.exitCode !== 0) {
        throw new CrossflockError(
          `${data} stays: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
          {
            code: 'command-failed',
          },
        );
      }
      changes.forEach(applied);
    },
  });
}
