import { parseRoutes } from '../config/routes.js';
import { EXIT, exitCodeFor, type ExitCode } from '../errors/exit-codes.js';
import { freeSubnets } from '../lab/addresses.js';
import { labSize } from '../lab/configuration.js';
import { neededImages, requireImages } from '../lab/docker.js';
import { readLab } from '../lab/inventory.js';
import type { Lab } from '../lab/model.js';
import { missingHosts, type LabRequest } from '../lab/wanted.js';
import { runSteps } from '../pipeline/run-steps.js';
import type { ActionContext } from './context.js';
import { checkLabName, filesOf, type LabOptions } from './lab-common.js';
import { accessStep, keyStep } from './lab-access-steps.js';
import { imagesStep, machinesStep, networkStep, type LabTask } from './lab-machine-steps.js';

export interface LabUpOptions extends LabOptions, LabRequest {
  /** Whether a registry serves this machine's images to the hosts. */
  readonly registry: boolean;
  /** Whether new hosts may use every device of this machine. */
  readonly devices?: boolean;
  readonly dryRun: boolean;
}

/**
 * `crossflock lab up`: throw-away clouds on this machine. What is there is kept; what is missing is
 * added, and what is switched off is switched on.
 */
export async function labUp(context: ActionContext, options: LabUpOptions): Promise<ExitCode> {
  const task = await labTask(context, options);
  const steps = [
    keyStep(context, task),
    networkStep(context, task),
    machinesStep(context, task),
    ...(task.withRegistry ? [imagesStep(context, task)] : []),
    accessStep(context, task),
  ];
  const result = await runSteps(steps, { ...context, dryRun: options.dryRun });
  const ok = result.failure === undefined;
  const size = labSize([...task.lab.hosts, ...task.missing]);
  const name = options.name === 'lab' ? '' : ` --name ${options.name}`;
  const next = `crossflock lab config${name} prints its configuration`;
  const done = options.dryRun ? 'this was a dry run, nothing was changed' : next;
  const message = ok
    ? `lab ${options.name}: ${size}; ${result.changes === 0 ? 'nothing to do' : done}`
    : `failed at ${result.failure.step}; crossflock lab up${name} goes on from here`;
  const data = { lab: options.name, changes: result.changes, folder: task.files.folder };
  context.reporter.emit({ type: 'summary', ok, message, data });
  return result.failure === undefined ? EXIT.ok : exitCodeFor(result.failure.error.code);
}

/** What is there and what is wanted. Everything that can be refused is refused here. */
async function labTask(context: ActionContext, options: LabUpOptions): Promise<LabTask> {
  const { host, signal } = context;
  const name = checkLabName(options.name);
  const lab = await readLab(host, name, signal);
  const subnets = lab.subnet === undefined ? await candidates(context, lab) : [lab.subnet];
  // Which of the free ranges it will be makes no difference for anything that can be refused.
  const missing = missingHosts(lab, subnets[0] ?? '', options);
  const withRegistry = lab.subnet === undefined ? options.registry : lab.wantsRegistry;
  const addsRegistry = withRegistry && lab.registry === undefined;
  const needed = neededImages(missing, addsRegistry);
  if (needed.length > 0) await requireImages(host, needed, signal);
  return {
    name,
    files: filesOf(context, name),
    lab,
    missing,
    withRegistry,
    devices: options.devices ?? false,
    subnets,
    missingIn: (subnet) => missingHosts(lab, subnet, options),
  };
}

/** Ranges that no route of this machine leads into; hosts that are there decide by their own. */
async function candidates(context: ActionContext, lab: Lab): Promise<readonly string[]> {
  const [one] = lab.hosts;
  if (one !== undefined) return [`${one.address.replace(/\d+$/, '0')}/24`];
  const argv = ['ip', '-json', 'route'];
  const { stdout } = await context.host.run(argv, { signal: context.signal });
  return freeSubnets(parseRoutes(stdout).map(({ destination }) => destination));
}
