import { CrossflockError } from '../errors/crossflock-error.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { cutPairs, cutsOf, cutsText, giveCuts, isSamePair, sorted } from '../lab/cuts.js';
import type { CloudPair } from '../lab/cuts.js';
import { docker } from '../lab/docker.js';
import { untilBooted } from '../lab/look.js';
import { isRunning, type Lab, type LabHost } from '../lab/model.js';
import { hostContainer } from '../lab/names.js';
import { runSteps } from '../pipeline/run-steps.js';
import { applyEach, step, type Step, type StepChange } from '../pipeline/step.js';
import type { ActionContext } from './context.js';
import { cloudNamed, filesOf, hostNamed, presentLab, type LabOptions } from './lab-common.js';
import { lookAtAll } from './lab-access-steps.js';
import { AT_ONCE } from './lab-machine-steps.js';

/** Seconds that a host has to shut down before its power goes off. */
const SHUTDOWN_SECONDS = 30;

export interface LabHostOptions extends LabOptions {
  readonly host: string;
}

/** `crossflock lab kill`: the power of a host goes off, at once. */
export async function labKill(context: ActionContext, options: LabHostOptions): Promise<ExitCode> {
  const lab = await presentLab(context, options.name);
  const target = hostNamed(lab, options.host);
  const kill = step({
    id: 'kill',
    title: `power of ${target.id}`,
    check: () => {
      const view = { action: 'stop', kind: 'host', target: target.id } as const;
      return Promise.resolve(isRunning(target) ? [{ view }] : []);
    },
    apply: applyEach(1, async (_, { signal }) => {
      await docker(context.host, ['kill', hostContainer(lab.name, target.id)], { signal });
    }),
  });
  return finish(context, kill, `${target.id} is off`);
}

/** `crossflock lab restart`: a reboot; a host that is off is switched on. */
export async function labRestart(
  context: ActionContext,
  options: LabHostOptions,
): Promise<ExitCode> {
  const lab = await presentLab(context, options.name);
  const target = hostNamed(lab, options.host);
  const action = isRunning(target) ? 'restart' : 'start';
  const reboot = step({
    id: 'restart',
    title: `reboot of ${target.id}`,
    check: () => Promise.resolve([{ view: { action, kind: 'host', target: target.id } as const }]),
    apply: applyEach(1, async (_, { signal }) => {
      const container = hostContainer(lab.name, target.id);
      const args = ['restart', '--time', String(SHUTDOWN_SECONDS), container];
      await docker(context.host, args, { signal });
      await untilBooted(context.host, lab.name, target, signal);
    }),
  });
  return finish(context, reboot, `${target.id} is up`);
}

export interface LabCutOptions extends LabOptions {
  readonly clouds: readonly [string, string];
}

/** `crossflock lab cut`: nothing passes between two clouds any more, in either direction. */
export async function labCut(context: ActionContext, options: LabCutOptions): Promise<ExitCode> {
  const lab = await presentLab(context, options.name);
  const [a, b] = options.clouds.map((cloud) => cloudNamed(lab, cloud)) as [string, string];
  if (a === b) {
    const message = `${a} cannot be cut off from itself; name two clouds`;
    throw new CrossflockError(message, { code: 'invalid-input' });
  }
  const cut = sorted(a, b);
  const added = (pairs: readonly CloudPair[]) => [
    ...pairs.filter((pair) => !isSamePair(pair, cut)),
    cut,
  ];
  const title = `cut between ${a} and ${b}`;
  return finish(context, cutStep(context, lab, title, added), `${a} and ${b} are cut apart`);
}

export interface LabHealOptions extends LabOptions {
  /** Only the cut between these two; nothing: all cuts. */
  readonly clouds?: readonly [string, string];
}

/** `crossflock lab heal`: clouds that were cut apart reach each other again. */
export async function labHeal(context: ActionContext, options: LabHealOptions): Promise<ExitCode> {
  const lab = await presentLab(context, options.name);
  const [a, b] = (options.clouds ?? []).map((cloud) => cloudNamed(lab, cloud));
  const healed = a === undefined || b === undefined ? undefined : sorted(a, b);
  const without = (pairs: readonly CloudPair[]) =>
    healed === undefined ? [] : pairs.filter((pair) => !isSamePair(pair, healed));
  const done = healed === undefined ? 'all clouds' : healed.join(' and ');
  const heal = cutStep(context, lab, 'cuts between clouds', without);
  return finish(context, heal, `${done} reach each other`);
}

type CutChange = StepChange & { readonly host: LabHost };

function cutStep(
  context: ActionContext,
  lab: Lab,
  title: string,
  change: (pairs: readonly CloudPair[]) => readonly CloudPair[],
): Step {
  const { folder } = filesOf(context, lab.name);
  let wanted: readonly CloudPair[] = [];
  return step<CutChange>({
    id: 'cuts',
    title,
    check: async ({ signal }) => {
      const seen = await lookAtAll(context, lab, signal);
      wanted = change(cutPairs(seen.map(({ host, look }) => ({ ...host, cuts: look.cuts }))));
      const looks = new Map(seen.map(({ host, look }) => [host.id, look]));
      return lab.hosts.flatMap((host) => {
        const cuts = cutsOf(host.cloud, wanted, lab.hosts);
        const look = looks.get(host.id);
        // What a host that is off was told before cannot be seen: it is told again.
        if (look !== undefined && cutsText(look.cuts) === cutsText(cuts)) return [];
        const clouds = cuts.map(({ cloud }) => cloud).join(', ');
        const detail = clouds === '' ? 'cut off from none' : `cut off from ${clouds}`;
        return [{ host, view: { action: 'update', kind: 'host', target: host.id, detail } }];
      });
    },
    apply: applyEach(AT_ONCE, async ({ host }, { signal }) => {
      const target = { lab: lab.name, host, file: `${folder}/cuts-${host.id}` };
      await giveCuts(context.host, target, cutsOf(host.cloud, wanted, lab.hosts), signal);
    }),
  });
}

async function finish(context: ActionContext, only: Step, done: string): Promise<ExitCode> {
  const result = await runSteps([only], context);
  const { failure } = result;
  const message = failure === undefined ? done : `failed at ${failure.step}`;
  const data = { changes: result.changes };
  context.reporter.emit({ type: 'summary', ok: failure === undefined, message, data });
  return failure === undefined ? EXIT.ok : exitCodeFor(failure.error.code);
}
