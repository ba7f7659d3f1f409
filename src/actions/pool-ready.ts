import { CrossflockError, toCrossflockError } from '../errors/crossflock-error.js';
import type { Plan } from '../plan/types.js';
import type { WorkflowPool } from '../ports/workflow-pool.js';
import { fanOut } from '../util/fan-out.js';
import type { ActionContext } from './context.js';

/** Milliseconds for the queue to answer, and then for the executors to offer their slots. */
const QUEUE_DEADLINE_MS = 20_000;
const SLOTS_DEADLINE_MS = 60_000;
const ASK_AGAIN_MS = 1000;
const ASKED_AT_ONCE = 8;

export interface Executors {
  readonly addresses: readonly string[];
  /** Cluster id (cloud) by virtual IP. */
  readonly clusterOfAddress: ReadonlyMap<string, string>;
  /** Price of a core-hour by cluster id, where it is known. */
  readonly prices: ReadonlyMap<string, number>;
}

export function executorsOf(plan: Plan): Executors {
  const executors = plan.apps.filter(({ role }) => role === 'executor');
  return {
    addresses: executors.map(({ ip }) => ip),
    clusterOfAddress: new Map(executors.map(({ ip, clusterId }) => [ip, clusterId])),
    prices: new Map(
      plan.clusters.flatMap(({ id, pricePerCoreHour: price }) =>
        price === undefined ? [] : [[id, price] as const],
      ),
    ),
  };
}

/**
 * Waits until the queue answers and every executor offers slots. Executors that still do not after
 * the deadline are named and left out.
 * @returns what each executor that answers offers
 * @throws CrossflockError when none does, and at once when there is none
 */
export async function waitForPool(
  context: ActionContext,
  pool: WorkflowPool,
  executors: Executors,
): Promise<Offers> {
  if (executors.addresses.length === 0) throw noSlots([]);
  const { clock, signal } = context;
  await pool.ready(QUEUE_DEADLINE_MS, signal);
  const start = clock.monotonicMs();
  for (;;) {
    const { offers, missing } = await askExecutors(pool, executors, signal);
    const slots = totalOf(offers);
    if (missing.length === 0) return offers;
    if (clock.monotonicMs() - start >= SLOTS_DEADLINE_MS) {
      if (slots === 0) throw noSlots(missing);
      warn(context, missing);
      return offers;
    }
    await clock.sleep(ASK_AGAIN_MS, signal);
  }
}

/** CPUs that each executor offers, by virtual IP; one that does not answer is not in it. */
export type Offers = ReadonlyMap<string, number>;

/** Asks every executor once. Those that offer no slots or do not answer are named. */
export async function slotsNow(
  context: ActionContext,
  pool: WorkflowPool,
  executors: Executors,
): Promise<Offers> {
  const { offers, missing } = await askExecutors(pool, executors, context.signal);
  warn(context, missing);
  return offers;
}

/** The same where it matters little: nobody is warned. */
export async function slotsInPassing(
  { signal }: ActionContext,
  pool: WorkflowPool,
  executors: Executors,
): Promise<Offers> {
  return (await askExecutors(pool, executors, signal)).offers;
}

/** CPUs of all executors that answered. */
export function totalOf(offers: Offers): number {
  return [...offers.values()].reduce((sum, slots) => sum + slots, 0);
}

function warn({ reporter }: ActionContext, messages: readonly string[]): void {
  for (const message of messages) reporter.emit({ type: 'notice', level: 'warning', message });
}

async function askExecutors(
  pool: WorkflowPool,
  { addresses, clusterOfAddress }: Executors,
  signal: AbortSignal,
): Promise<{ offers: Offers; missing: readonly string[] }> {
  const { done, failed } = await fanOut(addresses, ASKED_AT_ONCE, (address) =>
    pool.slots(address, signal),
  );
  signal.throwIfAborted();
  const where = (address: string): string =>
    `the executor ${address} on ${clusterOfAddress.get(address) ?? 'no cluster'}`;
  const missing = [
    ...done
      .filter(({ value }) => value === 0)
      .map(({ target }) => `${where(target)} offers no slots`),
    ...failed.map(
      ({ target, error }) =>
        `${where(target)} does not answer: ${toCrossflockError(error).message}`,
    ),
  ];
  return { offers: new Map(done.map(({ target, value }) => [target, value])), missing };
}

function noSlots(missing: readonly string[]): CrossflockError {
  const why = missing.length === 0 ? 'the configuration has no executor' : missing.join('; ');
  return new CrossflockError(`no slot to run on: ${why}`, {
    code: 'work-failed',
    hint: 'see crossflock status, and run create-containers again',
  });
}
