import { didYouMean } from '../config/suggest.js';
import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, type ExitCode } from '../errors/exit-codes.js';
import { availableImages, type AvailableImages } from '../images/available-images.js';
import { runSteps, type PipelineResult } from '../pipeline/run-steps.js';
import { step, type Step } from '../pipeline/step.js';
import type { NetworkPlan, Plan } from '../plan/types.js';
import type { VirtualNetwork } from '../ports/virtual-network.js';
import type { CloserFacts } from '../provision/facts/closer-look.js';
import { optional } from '../util/optional.js';
import type { ActionContext } from './context.js';
import { loadPlan } from './load-plan.js';
import { networkDriver } from './network-steps.js';
import { checksStep } from './provision-checks-step.js';
import { dockerStep } from './provision-docker-step.js';
import { imagesStep } from './provision-images-step.js';
import { marathonStep } from './provision-marathon-step.js';
import { mesosStep } from './provision-mesos-step.js';
import { networkStepsOf } from './provision-network-steps.js';
import { ProvisionScene } from './provision-scene.js';
import { provisionSummary } from './provision-summary.js';
import { verifyStep } from './provision-verify-step.js';

export interface HostChoice {
  /** Ids of the hosts to work on; undefined: all of them. */
  readonly only?: readonly string[];
  readonly dryRun: boolean;
}

export interface ProvisionOptions extends HostChoice {
  /** Path of the configuration file. */
  readonly config: string;
}

/**
 * `provision`: from machines that answer to SSH to machines that containers can be placed on. Every
 * step compares before it acts; a second run changes nothing, and costs one command per host.
 */
export async function provision(
  context: ActionContext,
  options: ProvisionOptions,
  openNetwork: (plan: NetworkPlan) => VirtualNetwork = networkDriver,
): Promise<ExitCode> {
  const plan = await loadPlan(context, options.config);
  if (plan === undefined) return EXIT.usage;
  const source = ['-c', options.config];
  return provisionPlan(context, plan, { ...options, source }, openNetwork);
}

export interface PlanOptions extends HostChoice {
  /** The words after `crossflock provision` that stand for the plan. */
  readonly source: readonly string[];
  /** More for programs to read in the summary. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** `provision` of a plan, wherever that is from. */
export async function provisionPlan(
  context: ActionContext,
  plan: Plan,
  options: PlanOptions,
  openNetwork: (plan: NetworkPlan) => VirtualNetwork = networkDriver,
): Promise<ExitCode> {
  refuseStrangers(plan, options.only);
  const network = openNetwork(plan.network);
  const scene = new ProvisionScene(context, { plan, network, ...optional('only', options.only) });
  const result = await runAll(context, scene, options.dryRun);
  return provisionSummary(context, scene, { ...options, ...result });
}

/** The story of a host, from nothing to ready. */
export function provisionSteps(context: ActionContext, scene: ProvisionScene): readonly Step[] {
  const closer = new Map<string, CloserFacts>();
  let images: AvailableImages = new Map();
  const available = (): AvailableImages => images;
  const hosts = step({
    id: 'hosts',
    title: 'hosts',
    check: async (stepContext) => {
      const { signal } = stepContext;
      const names = scene.chosen.flatMap((host) => host.images);
      const { registry } = scene.plan;
      const asked = availableImages(context.host, { names, registry, signal });
      // It may fail while hosts are still being looked at.
      asked.catch(() => undefined);
      await scene.look(signal, 'first look');
      images = await asked;
      scene.tell(stepContext);
      return [];
    },
    apply: () => Promise.resolve(),
    found: () => {
      const { chosen, usable } = scene;
      const answer = chosen.length === 1 ? 'answers' : 'answer';
      return `${String(usable.length)} of ${String(chosen.length)} ${answer}`;
    },
  });
  return [
    hosts,
    checksStep(scene, available, closer),
    dockerStep(scene, closer),
    imagesStep(context, scene, available),
    ...networkStepsOf(scene),
    marathonStep(context, scene, available),
    mesosStep(context, scene),
    verifyStep(context, scene, available),
  ];
}

/**
 * One step after the other, as long as there is a host left to work on. The scene has what became of
 * each host.
 */
export async function runAll(
  context: ActionContext,
  scene: ProvisionScene,
  dryRun: boolean,
): Promise<PipelineResult> {
  let changes = 0;
  for (const current of provisionSteps(context, scene)) {
    if (scene.usable.length === 0 || (dryRun && current.id === 'verify')) continue;
    const result = await runSteps([current], { ...context, dryRun });
    changes += result.changes;
    if (result.failure !== undefined) return { changes, failure: result.failure };
  }
  return { changes };
}

/** @throws CrossflockError `invalid-input` for a plan without hosts, and for hosts not in the plan */
export function refuseStrangers({ clusters }: Plan, only: readonly string[] | undefined): void {
  const known = clusters.flatMap(({ hosts }) => hosts.map(({ id }) => id));
  if (known.length === 0) {
    throw new CrossflockError('the configuration names no hosts to provision', {
      code: 'invalid-input',
      hint: 'write them as "hosts" of a cluster; this machine is prepared by scripts/demo',
    });
  }
  const strange = (only ?? []).filter((id) => !known.includes(id));
  if (strange.length === 0) return;
  const hints = strange.map((id) => didYouMean(id, known, `the hosts are ${known.join(', ')}`));
  throw new CrossflockError(
    `no host in the configuration is called ${strange.map((id) => `"${id}"`).join(' or ')}`,
    { code: 'invalid-input', hint: [...new Set(hints)].join('; ') },
  );
}
