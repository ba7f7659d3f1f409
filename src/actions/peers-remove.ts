import { basename } from 'node:path';
import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps, type PipelineResult } from '../pipeline/run-steps.js';
import { step, type Step } from '../pipeline/step.js';
import { hostFolder } from '../plan/host-folders.js';
import type { HostPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { mesosServiceName } from '../provision/mesos/paths.js';
import { pasteable } from '../util/quote.js';
import { departureOf, endingContainers, type Departure } from './agent-departure.js';
import type { ActionContext } from './context.js';
import { appsStep, removeMarathonsStep } from './down-steps.js';
import { loadPlan } from './load-plan.js';
import { isMesosCluster } from './mesos-scene.js';
import { networkDriver, type MemberFailures } from './network-steps.js';
import { drainStep, hostFolderStep, leftoversStep } from './peers-drain.js';
import { fileStep, type FileEdit } from './peers-file.js';
import { flockSteps, requeueStep } from './peers-flock.js';
import { withoutHost } from './peers-old-host.js';
import { leaveStep, strangerMembership, type OpenNetwork } from './peers-network.js';
import {
  agentIsGone,
  agentLeaves,
  agentRemains,
  strangeAgentSteps,
  type LeavingAgent,
} from './peers-remove-agent.js';
import { clusterOfHost, findHost, hostSuggestion, planOfCluster } from './peers-target.js';
import { executorsOf } from './pool-ready.js';
import { openHost } from './open-host.js';
import { networkMembers } from './reach.js';

export interface RemovePeerOptions {
  readonly config: string;
  /** Id or address. */
  readonly host: string;
  /** Seconds that running jobs have to end before they are run again elsewhere. */
  readonly wait: number;
  /** The host is gone for good: it is not asked. */
  readonly gone: boolean;
  readonly dryRun: boolean;
}

/** A host that leaves, and the deployment before and after. */
interface Leaving {
  readonly host: HostPlan;
  readonly before: Plan;
  readonly after: Plan;
  /** The part of the deployment that goes with it: none where others serve its cluster too. */
  readonly part: Plan | undefined;
  /** What it means for the others of its cluster, where that is one of Mesos. */
  readonly departure: Departure | undefined;
  readonly edit: FileEdit;
  readonly options: RemovePeerOptions;
  readonly network: VirtualNetwork;
  /** Members that could not be asked or changed. */
  readonly unreached: MemberFailures;
  /** Whether it can be done without the host itself; known after the first step. */
  isGone: boolean;
  /** False for a host that was never made ready: nothing of ours can run there. */
  hasDocker: boolean;
}

/**
 * `peers remove`: drains a host and takes it out everywhere, the configuration last. A host that
 * answers and fails on the way stops it there; one that is gone does not.
 */
export async function removePeer(
  context: ActionContext,
  options: RemovePeerOptions,
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const before = await loadPlan(context, options.config, 'what stops');
  if (before === undefined) return EXIT.usage;
  const host = findHost(before, options.host);
  const network = openNetwork(before.network);
  if (host === undefined) return removeStranger(context, before, { ...options, network });
  const cluster = clusterOfHost(before, host);
  const { config: file } = options;
  const departure = isMesosCluster(cluster)
    ? await departureOf(context, { plan: before, cluster, host, network, file })
    : undefined;
  if (departure === undefined) refuseSubmitter(before, host, file);
  const found = await withoutHost(context, before, host, {
    file,
    leaving: departure === undefined ? undefined : (text) => endingContainers(departure, text),
  });
  if (found === undefined) return refused(context, host, file);
  const isWhole = cluster.engine.type === 'embedded';
  const part = isWhole ? planOfCluster(before, cluster) : undefined;
  const unreached: MemberFailures = new Map();
  const leaving: Leaving = {
    ...{ ...found, host, before, part, departure, options, network, unreached },
    ...{ isGone: false, hasDocker: true },
  };
  const pipeline = { ...context, dryRun: options.dryRun };
  const first = await runSteps([lookStep(context, leaving)], pipeline);
  if (first.failure !== undefined) return summary(context, leaving, first);
  const result = await runSteps(removeSteps(context, leaving), pipeline);
  return summary(context, leaving, result);
}

/**
 * A host that the configuration does not name any more may still be known to hosts that could not be
 * asked when it left.
 */
async function removeStranger(
  context: ActionContext,
  plan: Plan,
  { host, config, dryRun, gone, network }: RemovePeerOptions & { readonly network: VirtualNetwork },
): Promise<ExitCode> {
  const { reporter } = context;
  const membership = strangerMembership(context, plan, { network, text: host });
  const left = [
    ...(gone ? strangeAgentSteps(context, { plan, network }, host) : []),
    leaveStep(membership, () => true),
  ];
  const result = await runSteps(left, { ...context, dryRun });
  const { failure, changes } = result;
  if (failure === undefined && changes === 0) {
    // A second run is fine; a misspelt name is not to go unnoticed.
    const message = hostSuggestion(plan, host).replace(/^it /, `${basename(config)} `);
    reporter.emit({ type: 'notice', level: 'warning', message });
  }
  const nothing = `nothing to do: ${basename(config)} names no host "${host}", and no host knows it`;
  const done = dryRun
    ? `${String(changes)} changes to make`
    : `the last ones have forgotten ${host}`;
  const fine = changes === 0 ? nothing : done;
  const message = failure === undefined ? fine : `failed at ${failure.step}`;
  reporter.emit({ type: 'summary', ok: failure === undefined, message, data: { host, changes } });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}

function refuseSubmitter(plan: Plan, host: HostPlan, file: string): void {
  const submitter = plan.apps.find(
    ({ role, clusterId }) => role === 'submitter' && clusterId === host.clusterId,
  );
  if (submitter === undefined) return;
  throw new CrossflockError(
    `${host.id} runs the submitter (${submitter.containerId}), and with it the queue and all runs`,
    {
      code: 'refused',
      hint: `place the submitter on another cluster of ${basename(file)} and run create-containers first, or take everything down with crossflock down`,
    },
  );
}

/** The steps after the look; `leaving.isGone` is known by then. */
function removeSteps(context: ActionContext, leaving: Leaving): readonly Step[] {
  const { host, before, after, edit, unreached, isGone, network } = leaving;
  const machine = openHost(context, host);
  const agent = agentOf(leaving);
  const members = networkMembers(context, before);
  return [
    ...flockSteps(context, after),
    ...(agent === undefined
      ? clusterSteps(context, leaving)
      : (isGone ? agentIsGone : agentLeaves)(context, agent)),
    leaveStep({ network, members, target: host.id, unreached }, () => isGone),
    ...(agent === undefined || isGone ? [] : agentRemains(context, agent)),
    ...(isGone ? [] : [hostFolderStep(machine, before, host.id)]),
    fileStep(context, edit),
  ];
}

/** A cluster that goes with its only host; nothing where others serve it. */
function clusterSteps(context: ActionContext, leaving: Leaving): readonly Step[] {
  const { host, before, part, options, isGone, hasDocker } = leaving;
  if (part === undefined) return [];
  if (isGone) {
    const takesBack = !options.dryRun && before.flockList !== undefined;
    return takesBack ? [requeueStep(context, before, part)] : [];
  }
  if (!hasDocker) return [];
  const machine = openHost(context, host);
  const cluster = clusterOfHost(before, host);
  const hasExecutors = executorsOf(part).addresses.length > 0;
  return [
    ...(options.wait > 0 && hasExecutors
      ? [drainStep({ host: machine, plan: before, cluster, wait: options.wait })]
      : []),
    appsStep(context, part),
    removeMarathonsStep(context, part),
    leftoversStep(machine, before, cluster),
  ];
}

function agentOf({ departure, options, ...rest }: Leaving): LeavingAgent | undefined {
  if (departure === undefined) return undefined;
  const { wait, dryRun } = options;
  return { ...rest, departure, wait, dryRun };
}

/**
 * Finds out whether the host is still there. Only a host that nothing answers at counts as gone: one
 * that lets nobody in, or is another one now, is for a person to look at.
 */
function lookStep(context: ActionContext, leaving: Leaving): Step {
  const { host, options, unreached } = leaving;
  return step({
    id: 'host',
    title: host.id,
    check: async ({ signal }) => {
      try {
        if (options.gone) throw assumedGone(host);
        const argv = ['sh', '-c', 'command -v docker'];
        const { exitCode } = await openHost(context, host).run(argv, { signal });
        leaving.hasDocker = exitCode === 0;
      } catch (error) {
        const reason = toCrossflockError(error);
        if (reason.code !== 'unreachable') throw withWayOut(reason, host);
        leaving.isGone = true;
        unreached.set(host.id, reason);
      }
      return [];
    },
    apply: () => Promise.resolve(),
    settle: () => {
      const reason = unreached.get(host.id);
      return Promise.resolve(
        reason === undefined ? 'answers' : `counts as gone: ${reason.message}`,
      );
    },
  });
}

function assumedGone({ id }: HostPlan): CrossflockError {
  return new CrossflockError(`${id} is not asked (--gone)`, { code: 'unreachable' });
}

function withWayOut(error: CrossflockError, { id }: HostPlan): CrossflockError {
  if (error.code === 'aborted') return error;
  const hint = `if ${id} is gone for good: the same command with --gone`;
  return new CrossflockError(error.message, {
    code: error.code,
    hint: error.hint === undefined ? hint : `${error.hint}; ${hint}`,
    cause: error,
  });
}

function refused({ reporter }: ActionContext, { id }: HostPlan, file: string): ExitCode {
  const message = `without ${id} ${basename(file)} would not be a usable configuration: nothing was changed`;
  reporter.emit({ type: 'summary', ok: false, message });
  return EXIT.usage;
}

function summary(
  { reporter }: ActionContext,
  { host, before, departure, options, unreached, isGone }: Leaving,
  { failure, changes }: PipelineResult,
): ExitCode {
  const others = [...unreached.keys()].filter((id) => id !== host.id);
  const data = { host: host.id, gone: isGone, changes, notTold: others };
  const emit = (ok: boolean, message: string): void => {
    const failed = failure === undefined ? {} : { failedStep: failure.step };
    reporter.emit({ type: 'summary', ok, message, data: { ...data, ...failed } });
  };
  if (failure !== undefined) {
    const again = `${basename(options.config)} still names ${host.id}; run the same command again to go on`;
    emit(false, `failed at ${failure.step}: ${options.dryRun ? 'nothing was changed' : again}`);
    return exitCodeFor(failure.error.code);
  }
  if (options.dryRun) {
    emit(true, `${String(changes)} changes to make, nothing was changed`);
    return EXIT.ok;
  }
  const warn = (message: string): void => {
    reporter.emit({ type: 'notice', level: 'warning', message });
  };
  if (isGone) reporter.emit({ type: 'report', lines: leftOn(host, before, departure) });
  if (others.length > 0) {
    warn(
      `${others.join(', ')} could not be told: run the same command once more when ${others.length === 1 ? 'it is' : 'they are'} back`,
    );
  }
  emit(true, `${host.id} is out${isGone ? ', though nothing on itself was removed' : ''}`);
  return EXIT.ok;
}

/** What is still on a host that could not be asked, and how to take it away by hand. */
function leftOn({ id }: HostPlan, { name }: Plan, departure?: Departure): readonly string[] {
  const containers = `docker ps --all --quiet --filter label=crossflock.deployment=${name}`;
  return [
    `should ${id} come back: its containers, its network and the pool's key are still on it; as root there:`,
    ...(departure === undefined
      ? []
      : [`  ${stopAgent(mesosServiceName(name, departure.cluster.id))}`]),
    `  docker rm --force $(${containers})`,
    `  ${pasteable(['docker', 'network', 'rm', name])}`,
    `  ${pasteable(['rm', '-rf', hostFolder(name)])}`,
  ];
}

/** With systemd, or else with the script that stands for it. */
function stopAgent(service: string): string {
  return `systemctl disable --now ${service} || { /etc/init.d/${service} stop; rm /etc/init.d/${service}; }`;
}
