import { basename } from 'node:path';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { runSteps, type PipelineResult } from '../pipeline/run-steps.js';
import { step, type Step } from '../pipeline/step.js';
import type { AppChange } from '../marathon/check.js';
import type { AppPlan, HostPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import { factsProbe } from '../provision/facts/host-facts.js';
import { permits } from '../provision/mesos/moving.js';
import { survey } from '../provision/survey.js';
import { pasteable } from '../util/quote.js';
import { AppsRollout } from './apps-rollout.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import { fileStep, planOfText, readText, type FileEdit } from './peers-file.js';
import { flockSteps, slotsStep } from './peers-flock.js';
import type { OpenNetwork } from './peers-network.js';
import { newHostEdit, refuseOther, type HostWish } from './peers-new-host.js';
import { allHosts, clusterOfHost, findHost, planOfCluster } from './peers-target.js';
import type { ClusterFailures } from './platform-steps.js';
import { poolKeyStep } from './pool-key-step.js';
import { executorsOf } from './pool-ready.js';
import { ProvisionScene } from './provision-scene.js';
import { failureLines } from './provision-summary.js';
import { runAll } from './provision.js';
import { openHost } from './open-host.js';

export interface AddPeerOptions extends HostWish {
  readonly config: string;
  readonly dryRun: boolean;
  /** Seconds until every container on the host must run and be healthy. */
  readonly timeout: number;
}

/**
 * `peers add`: a host joins while workflows run. One that the configuration does not name is written
 * into it first. Of everything that is there already, only the network's peers and the submitter's
 * flock list are changed.
 */
export async function addPeer(
  context: ActionContext,
  options: AddPeerOptions,
  openNetwork: OpenNetwork = networkDriver,
): Promise<ExitCode> {
  const { config: file } = options;
  const before = await loadPlan(context, file, 'what stops');
  if (before === undefined) return EXIT.usage;
  const known = findHost(before, options.host);
  if (known !== undefined) refuseOther(known, options);
  const edit =
    known === undefined
      ? newHostEdit(before, options, file, await readText(context, file))
      : undefined;
  const plan = edit === undefined ? before : await planOfText(context, file, edit.text);
  if (plan === undefined) return refused(context, options);
  const host = known ?? newHost(before, plan);
  refuseFixedList(before, plan, host);
  const network = openNetwork(plan.network);
  const addition: Addition = { plan, network, host, edit, options };
  return summary(context, addition, await run(context, addition));
}

/** The step that comes before the file is changed. */
const GREETING = 'host';

interface Addition {
  /** With the host in it. */
  readonly plan: Plan;
  readonly network: VirtualNetwork;
  readonly host: HostPlan;
  /** What has to be written into the configuration first. */
  readonly edit: FileEdit | undefined;
  readonly options: AddPeerOptions;
}

/** The file, then the host, then its containers. A host that lets nobody in is not written into the file. */
async function run(context: ActionContext, addition: Addition): Promise<PipelineResult> {
  const { plan, network, host, edit, options } = addition;
  const { dryRun } = options;
  const pipeline = { ...context, dryRun };
  const first = edit === undefined ? [] : [greetStep(context, host), fileStep(context, edit)];
  const written = await runSteps(first, pipeline);
  if (written.failure !== undefined) return written;
  const scene = new ProvisionScene(context, { plan, network, only: [host.id] });
  const ready = await runAll(context, scene, dryRun);
  const changes = written.changes + ready.changes;
  const failure = ready.failure ?? hostFailure(context, scene, host.id);
  if (failure !== undefined) return { changes, failure };
  const cluster = clusterOfHost(plan, host);
  // A Marathon of its own is somebody else's: it learns of hosts by itself.
  if (cluster.engine.type === 'given') return { changes };
  // That of Mesos is on other hosts, and there already.
  const isBare = dryRun && cluster.engine.type === 'embedded' && scene.changed.has(host.id);
  const steps = containerSteps(context, { ...addition, isBare });
  const last = await runSteps(steps, pipeline);
  return { ...last, changes: changes + last.changes };
}

/** Logs in, so that a mistake in the address is told before it stands in the file. */
function greetStep(context: ActionContext, host: HostPlan): Step {
  return step({
    id: GREETING,
    title: host.id,
    check: async ({ signal }) => {
      await survey(openHost(context, host), { facts: factsProbe }, signal);
      return [];
    },
    apply: () => Promise.resolve(),
    found: () => 'answers',
  });
}

/** Why the host dropped out, told in full. */
function hostFailure(
  { reporter }: ActionContext,
  { failures }: ProvisionScene,
  id: string,
): PipelineResult['failure'] {
  const failure = failures.get(id);
  if (failure === undefined) return undefined;
  reporter.emit({ type: 'report', lines: failureLines(id, failure) });
  return failure;
}

interface Containers extends Addition {
  /** Nothing on the host can be asked yet: a dry run has not made it ready. */
  readonly isBare: boolean;
}

function containerSteps(
  context: ActionContext,
  { plan, host, options, network, isBare }: Containers,
): readonly Step[] {
  const cluster = clusterOfHost(plan, host);
  const part = planOfCluster(plan, cluster);
  if (isBare) return [plannedAppsStep(part), ...flockSteps(context, plan)];
  const { timeout, dryRun } = options;
  const own = appsOf(part, host);
  const ids = new Set(own.map(({ app }) => app.id));
  // Others of its cluster run elsewhere, and are not touched.
  const only = ({ action, appId }: AppChange): boolean => action === 'create' || ids.has(appId);
  const rollout = {
    ...{ recreate: false, prune: false, force: false, timeout },
    ...(cluster.engine.type === 'mesos' ? { only } : {}),
  };
  const failures: ClusterFailures = new Map();
  const steps = [
    poolKeyStep(context, plan, new Map()),
    new AppsRollout(context, part, { ...rollout, network, failures }).step(),
    ...flockSteps(context, plan),
  ];
  const mine = { ...part, apps: own };
  const hasExecutors = executorsOf(mine).addresses.length > 0;
  if (hasExecutors && !dryRun) steps.push(slotsStep(context, plan, mine));
  return steps;
}

/** Apps that run on this host: of an agent, those that can run on no other one. */
function appsOf({ clusters, apps }: Plan, host: HostPlan): readonly AppPlan[] {
  const { engine } = clusterOfHost({ clusters }, host);
  if (engine.type !== 'mesos') return apps;
  const member = engine.agents.find(({ hostId }) => hostId === host.id);
  const others = engine.agents.filter((agent) => agent !== member);
  return apps.filter(
    ({ app }) =>
      member !== undefined &&
      permits(app, member.address) &&
      others.every(({ address }) => !permits(app, address)),
  );
}

/** The apps of a host on which no Marathon can be asked yet. */
function plannedAppsStep({ apps }: Plan): Step {
  return step({
    id: 'apps',
    title: 'apps',
    check: () =>
      Promise.resolve(
        apps.map(({ app, clusterId }) => ({
          view: {
            action: 'create',
            kind: 'app',
            target: `${app.id} on ${clusterId}`,
            detail: app.container.docker.image,
          },
        })),
      ),
    apply: () => Promise.resolve(),
  });
}

/** The only host that the edited plan has and the former one has not. */
function newHost(before: Plan, after: Plan): HostPlan {
  const known = new Set(allHosts(before).map(({ id }) => id));
  const host = allHosts(after).find(({ id }) => !known.has(id));
  if (host !== undefined) return host;
  throw new CrossflockError('the new host is not in the edited configuration', {
    code: 'unexpected',
  });
}

/** A list among the submitter's arguments cannot be changed without starting it anew. */
function refuseFixedList(before: Plan, after: Plan, host: HostPlan): void {
  if (after.flockList !== undefined) return;
  const argsOf = ({ apps }: Plan): string =>
    (apps.find(({ role }) => role === 'submitter')?.app.args ?? []).join(' ');
  const args = argsOf(after);
  const { addresses } = executorsOf(planOfCluster(after, clusterOfHost(after, host)));
  const listed = new Set(args.split(/[\s,]+|^-f/));
  const missing = addresses.filter((address) => !listed.has(address));
  if (args === '' || (missing.length === 0 && args === argsOf(before))) return;
  throw new CrossflockError(
    `the submitter's flock list is one of its arguments, and ${addresses.join(', ')} is not in it: it would have to start anew`,
    {
      code: 'refused',
      hint: 'between two workflows take "-f" out of its "args" and run create-containers; on an embedded cluster it is then told of executors while it runs',
    },
  );
}

function refused({ reporter }: ActionContext, { host, config }: AddPeerOptions): ExitCode {
  const message = `with ${host} ${basename(config)} would not be a usable configuration: nothing was changed`;
  reporter.emit({ type: 'summary', ok: false, message });
  return EXIT.usage;
}

function summary(
  { reporter }: ActionContext,
  { host, edit, options }: Addition,
  { failure, changes }: PipelineResult,
): ExitCode {
  const data = { host: host.id, changes, ...(failure ? { failedStep: failure.step } : {}) };
  const message =
    failure === undefined
      ? fine(host.id, changes, options.dryRun)
      : stopped(failure.step, { host, edit, options });
  reporter.emit({ type: 'summary', ok: failure === undefined, message, data });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}

function fine(id: string, changes: number, dryRun: boolean): string {
  if (changes === 0) return `nothing to change: ${id} is one of the peers, and its containers run`;
  const made = `${String(changes)} change${changes === 1 ? '' : 's'}`;
  return dryRun ? `${made} to make, nothing was changed` : `${id} is in, ${made} made`;
}

/** What stays, and how to go on. */
function stopped(
  at: string,
  { host, edit, options }: Pick<Addition, 'host' | 'edit' | 'options'>,
): string {
  if (options.dryRun) return `failed at ${at}, nothing was changed`;
  const name = basename(options.config);
  if (edit !== undefined && (at === 'file' || at === GREETING)) {
    return `${host.id} is not added: ${name} is as it was`;
  }
  const stays = edit === undefined ? '' : `; ${name} keeps ${host.id}`;
  const again = pasteable(['crossflock', 'peers', 'add', host.id, '-c', options.config]);
  return `failed at ${at}${stays}; to go on: ${again}`;
}
