import { toCrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { formatDuration } from '../util/duration.js';
import { advise, worthMeasuring } from '../workflow/advice/advise.js';
import { type Measurement, readMeasurement, speedOf } from '../workflow/advice/speed.js';
import type { Advice, AdviceInput, Executor } from '../workflow/advice/types.js';
import type { CheckedMatrix } from './check-matrix.js';
import type { ActionContext } from './context.js';
import type { Executors } from './pool-ready.js';

/** How long a slot correlates to be measured, and how many executors and slots do. */
const MEASURED_SECONDS = 3;
const MOST_MEASURED = 16;
const MOST_JOBS = 64;
/** For a slot to be found; a pool whose slots are all busy has none in time. */
const SLOT_SECONDS = 8;
/** Reading the matrix may take so many times longer than assumed. */
const SLOWER = 3;
const MOST_SECONDS = 90;

export interface JobAdviceInput {
  readonly plan: Plan;
  /** With the options of the command line on top. */
  readonly workflow: Plan['workflow'];
  readonly matrix: CheckedMatrix;
  readonly executors: Executors;
  /** CPUs of the executors that answered. */
  readonly slots: number;
  /** Path of the matrix in the submitter. */
  readonly stagedGem: string;
  readonly minJobSeconds?: number | undefined;
}

/**
 * How many similarity jobs to submit and what to expect of them, said to the person. The executors
 * are measured first where that can change the number; where it cannot be done, what is assumed of
 * them counts instead.
 */
export async function adviseJobs(
  context: ActionContext,
  pool: WorkflowPool,
  input: JobAdviceInput,
): Promise<Advice> {
  const { workflow, matrix, minJobSeconds } = input;
  const { genes, samples, bytes } = matrix.facts;
  const { genesWithMissing } = matrix.profile;
  const shape = { genes, samples, bytes, genesWithMissing };
  const assumed: AdviceInput = {
    matrix: shape,
    executors: executorsThere(input),
    speed: speedOf([], shape),
    requestMemoryMb: workflow.requestMemoryMb,
    jobs: workflow.jobs,
    threshold: workflow.threshold,
    minJobSeconds,
  };
  const measured = worthMeasuring(assumed)
    ? await measure(context, pool, { ...input, setupSeconds: assumed.speed.setupSeconds })
    : [];
  const advice = advise({ ...assumed, speed: speedOf(measured, shape) });
  tell(context, advice);
  return advice;
}

/** Memory is known from the configuration, of the executors that are all there. */
function executorsThere({ plan, slots }: JobAdviceInput): readonly Executor[] {
  const planned = plan.apps
    .filter(({ role }) => role === 'executor')
    .map(({ app }) => ({ cpus: Math.floor(app.cpus), memoryMb: app.mem }));
  const cpus = planned.reduce((sum, executor) => sum + executor.cpus, 0);
  return cpus === slots ? planned : [{ cpus: slots }];
}

async function measure(
  context: ActionContext,
  pool: WorkflowPool,
  input: JobAdviceInput & { setupSeconds: number },
): Promise<readonly (readonly Measurement[])[]> {
  const { workflow, executors, stagedGem, setupSeconds, slots } = input;
  const addresses = evenly(executors.addresses, MOST_MEASURED);
  const wanted = SLOT_SECONDS + MEASURED_SECONDS + SLOWER * setupSeconds;
  const deadlineSeconds = Math.ceil(Math.min(wanted, MOST_SECONDS));
  const s = addresses.length === 1 ? '' : 's';
  say(context, `measuring ${addresses.length} executor${s}, ${deadlineSeconds} s at most`);
  const { naValue, method, minObs, requestMemoryMb } = workflow;
  // All slots at once: on one that is alone, nobody competes for the machine.
  const each = Math.min(slots / executors.addresses.length, MOST_JOBS / addresses.length);
  const jobsEach = Math.max(1, Math.floor(each));
  const asked = { stagedGem, addresses, jobsEach, naValue, method, minObs, requestMemoryMb };
  try {
    const request = { ...asked, seconds: MEASURED_SECONDS, deadlineSeconds };
    const printed = await pool.calibrate(request, context.signal);
    const measured = printed
      .map(({ address, output }) => ({ address, found: readMeasurement(output) }))
      .filter((one): one is Measured => one.found !== undefined);
    if (measured.length === 0) warn(context, 'no executor could be measured in time');
    const byExecutor = Map.groupBy(measured, ({ address }) => address);
    return [...byExecutor.values()].map((own) => own.map(({ found }) => found));
  } catch (error) {
    context.signal.throwIfAborted();
    warn(context, `the executors could not be measured: ${toCrossflockError(error).message}`);
    return [];
  }
}

interface Measured {
  readonly address: string;
  readonly found: Measurement;
}

/** At most `most` of them, from all over the list. */
function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => {
    return items[Math.floor((index * items.length) / most)] as T;
  });
}

function tell(context: ActionContext, advice: Advice): void {
  for (const reason of advice.reasons) say(context, reason);
  for (const warning of advice.warnings) warn(context, warning);
  const { secondsPerJob, outputBytesPerJob, wallSeconds } = advice;
  const [low, high, job] = [wallSeconds.low, wallSeconds.high, secondsPerJob].map((seconds) =>
    formatDuration(1000 * seconds),
  );
  const output = megabytes(outputBytesPerJob);
  say(context, `expected: ${low} to ${high}; a job takes about ${job} and leaves ${output}`);
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function say({ reporter }: ActionContext, message: string): void {
  reporter.emit({ type: 'notice', level: 'info', message });
}

function warn({ reporter }: ActionContext, message: string): void {
  reporter.emit({ type: 'notice', level: 'warning', message });
}
