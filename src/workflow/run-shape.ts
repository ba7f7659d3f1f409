import { optional } from '../util/optional.js';
import { type Ad, adOf, isAd, numberOf, textOf } from './htcondor/fields.js';

/** One node of a DAG that is not one of many, and what goes on while it runs. */
export interface Step {
  readonly node: string;
  /** In words, such as `merging`. */
  readonly phase: string;
}

/**
 * The nodes of a run: steps one after the other, then any number of jobs side by side, then steps
 * one after the other again.
 */
export interface RunShape {
  readonly before: readonly Step[];
  readonly parallel: {
    /** The nodes are `<prefix><number>`, counted from 0 with five digits. */
    readonly prefix: string;
    readonly count: number;
    readonly phase: string;
    /** The nodes' names where somebody else gave them; `prefix` is then what they begin with. */
    readonly nodes?: readonly string[];
  };
  readonly after: readonly Step[];
}

/** Reads `shape` of a run's `run.json`; undefined where it is not what it should be. */
export function readShape(run: Ad): RunShape | undefined {
  const shape = adOf(run, 'shape');
  const parallel = adOf(shape ?? {}, 'parallel') ?? {};
  const prefix = textOf(parallel, 'prefix');
  const count = numberOf(parallel, 'count');
  const phase = textOf(parallel, 'phase');
  const before = stepsOf(shape?.['before']);
  const after = stepsOf(shape?.['after']);
  if (prefix === undefined || count === undefined || phase === undefined) return undefined;
  if (before === undefined || after === undefined) return undefined;
  const nodes = namesOf(parallel['nodes']);
  if (nodes !== undefined && nodes.length !== count) return undefined;
  return { before, parallel: { prefix, count, phase, ...optional('nodes', nodes) }, after };
}

function namesOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item) => typeof item === 'string');
}

function stepsOf(value: unknown): readonly Step[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const steps = (value as unknown[]).map((item) => {
    const node = isAd(item) ? textOf(item, 'node') : undefined;
    const phase = isAd(item) ? textOf(item, 'phase') : undefined;
    return node === undefined || phase === undefined ? undefined : { node, phase };
  });
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

/** Names of all nodes, in the order of the DAG. */
export function nodesOf({ before, parallel, after }: RunShape): string[] {
  const jobs = parallelNodes(parallel);
  return [...before.map(({ node }) => node), ...jobs, ...after.map(({ node }) => node)];
}

/** Names of the nodes side by side. */
export function parallelNodes({ prefix, count, nodes }: RunShape['parallel']): readonly string[] {
  return nodes ?? Array.from({ length: count }, (_, index) => parallelNode(prefix, index));
}

/** Name of the parallel node number `index`, from 0. */
export function parallelNode(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(5, '0')}`;
}
