import { toCrossflockError } from '../errors/crossflock-error.js';
import { step, type Step, type StepChange, type StepContext } from '../pipeline/step.js';
import type { Plan } from '../plan/types.js';
import {
  isSameFlockList,
  readFlockList,
  setFlockList,
  vacatePools,
  type FlockList,
} from '../workflow/flock-list.js';
import type { ActionContext } from './context.js';
import { executorsOf, totalOf, waitForPool } from './pool-ready.js';
import { openPool, submitterHosts } from './reach.js';

/**
 * Tells the submitter the pools of a plan while it runs; a plan whose list is an argument of the
 * submitter has no such step.
 *
 * @param isMade whether an earlier step makes a submitter that is not there: a dry run then finds
 *   none, and plans the whole list
 */
export function flockSteps(
  context: ActionContext,
  plan: Plan,
  { isMade = false }: { readonly isMade?: boolean } = {},
): readonly Step[] {
  const { flockList, name } = plan;
  if (flockList === undefined) return [];
  const hosts = submitterHosts(context, plan);
  return [
    step({
      id: 'flock',
      title: "submitter's flock list",
      check: async (running) => {
        const read = () => readFlockList(hosts, name, running.signal);
        if (isMade && running.dryRun) return plannedList(plan, flockList, read);
        const now = await orNoSubmitter(running, read);
        return now === undefined ? [] : listChanges(name, now.pools, flockList);
      },
      apply: async (changes, { signal, applied }) => {
        await setFlockList(hosts, name, flockList, signal);
        changes.forEach(applied);
      },
    }),
  ];
}

/** Waits until the executors of a plan offer slots to the submitter; those of `part` are asked. */
export function slotsStep(context: ActionContext, plan: Plan, part: Plan): Step {
  return step({
    id: 'slots',
    title: 'slots',
    check: () => Promise.resolve([]),
    apply: () => Promise.resolve(),
    settle: async (running) => {
      const executors = executorsOf(part);
      const offers = await orNoSubmitter(running, () =>
        waitForPool(context, openPool(context, plan), executors),
      );
      return offers === undefined ? '' : `${totalOf(offers)} on ${executors.addresses.join(', ')}`;
    },
  });
}

/**
 * Makes the jobs of a plan's executors go back to the queue, though nobody on their host can be told.
 */
export function requeueStep(context: ActionContext, plan: Plan, part: Plan): Step {
  const { addresses } = executorsOf(part);
  return step({
    id: 'jobs',
    title: 'jobs that ran there',
    check: () => Promise.resolve([]),
    apply: () => Promise.resolve(),
    settle: async (running) => {
      const hosts = submitterHosts(context, plan);
      const count = await orNoSubmitter(running, () =>
        vacatePools(hosts, plan.name, addresses, running.signal),
      );
      return count === undefined ? '' : `${String(count)} back in the queue`;
    },
  });
}

/** Nothing can be told or asked before the submitter was made, and then there is no need. */
async function orNoSubmitter<T>(
  { incomplete }: StepContext,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = toCrossflockError(error);
    if (code !== 'not-found') throw error;
    incomplete(`${message}; create-containers makes it`);
    return undefined;
  }
}

/** What is to be told to a submitter, in a dry run that may find none. */
async function plannedList(
  { name }: Plan,
  flockList: readonly string[],
  read: () => Promise<FlockList>,
): Promise<readonly StepChange[]> {
  try {
    return listChanges(name, (await read()).pools, flockList);
  } catch (error) {
    const { code } = toCrossflockError(error);
    if (code !== 'not-found' && code !== 'unavailable') throw error;
    if (flockList.length === 0) return [];
    const detail = flockList.join(', ');
    return [{ view: { action: 'create', kind: 'flock list', target: name, detail } }];
  }
}

function listChanges(
  name: string,
  now: readonly string[],
  wanted: readonly string[],
): readonly StepChange[] {
  if (isSameFlockList(now, wanted)) return [];
  const detail = difference(now, wanted);
  return [{ view: { action: 'update', kind: 'flock list', target: name, detail } }];
}

function difference(now: readonly string[], wanted: readonly string[]): string {
  const added = wanted.filter((pool) => !now.includes(pool)).map((pool) => `+${pool}`);
  const gone = now.filter((pool) => !wanted.includes(pool)).map((pool) => `-${pool}`);
  return [...added, ...gone].join(' ');
}
