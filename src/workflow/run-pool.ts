import { type Ad, adOf, numberOf, textOf } from './htcondor/fields.js';

/** Name of the file in a run's folder that says what the pool was when the run was submitted. */
export const RUN_POOL_FILE = 'pool.json';

/** What a run was submitted to. */
export interface RunPool {
  /** By virtual IP. `slots`: CPUs that it offered; absent where it did not answer. */
  readonly executors: ReadonlyMap<string, { readonly cluster: string; readonly slots?: number }>;
  /** Price of a core-hour by cluster id, where it was known. */
  readonly prices: ReadonlyMap<string, number>;
}

/** The content of the file. */
export function writeRunPool({ executors, prices }: RunPool): string {
  const content = {
    executors: Object.fromEntries(executors),
    price_per_core_hour: Object.fromEntries(prices),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** @returns undefined where there is no such file, or nothing that can be used in it */
export function readRunPool(text: string | undefined): RunPool | undefined {
  const content = adIn(text);
  const executors = adOf(content, 'executors');
  if (executors === undefined) return undefined;
  const prices = adOf(content, 'price_per_core_hour') ?? {};
  return {
    executors: new Map(
      Object.keys(executors).flatMap((address) => {
        const told = adOf(executors, address) ?? {};
        const cluster = textOf(told, 'cluster');
        const slots = numberOf(told, 'slots');
        if (cluster === undefined) return [];
        return [[address, { cluster, ...(slots === undefined ? {} : { slots }) }] as const];
      }),
    ),
    prices: new Map(
      Object.keys(prices).flatMap((cluster) => {
        const price = numberOf(prices, cluster);
        return price === undefined ? [] : [[cluster, price] as const];
      }),
    ),
  };
}

function adIn(text: string | undefined): Ad {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return adOf({ value }, 'value') ?? {};
  } catch {
    return {};
  }
}
