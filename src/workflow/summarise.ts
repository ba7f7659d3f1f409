import type { ClusterShare, FailedJob, NetworkSummary, RunSummary } from '../ports/run-summary.js';
import { expectedWall } from './advice/estimate.js';
import type { ExecutorShare, RunFacts } from './monitor/facts.js';
import type { RunEnd } from './monitor/run-monitor.js';
import type { RunInput } from './recipes/recipe.js';
import type { RunRecord } from './run-record.js';

/** All that is known of an ended run. */
export interface Ingredients {
  readonly record: RunRecord;
  readonly end: RunEnd | undefined;
  readonly facts: RunFacts;
  readonly outcome: RunSummary['outcome'];
  readonly failed: readonly FailedJob[];
  readonly folder: string;
  readonly files: RunSummary['results']['files'];
  readonly problems: readonly string[];
  readonly network?: NetworkSummary;
  readonly highlights?: RunSummary['highlights'];
  readonly input: RunInput;
}

/** Puts a run's summary together; pure. */
export function summarise(known: Ingredients): RunSummary {
  const { record, facts, end, network } = known;
  const submitted = Date.parse(record.created);
  const expected = expectedWall(record.context);
  return {
    runId: record.id,
    workflow: record.workflow,
    outcome: known.outcome,
    submittedAt: record.created,
    endedAt: new Date(end?.at ?? submitted + facts.wallSeconds * 1000).toISOString(),
    ...known.input,
    ...highlightsOf(known),
    jobs: {
      total: facts.jobs,
      done: facts.done,
      failed: known.failed,
      notRun: facts.notRun,
      retries: facts.retries,
      interruptions: facts.interruptions,
    },
    clusters: clusterShares(facts.executors),
    wallSeconds: facts.wallSeconds,
    ...(expected === undefined
      ? {}
      : {
          estimate: {
            lowSeconds: expected.low,
            highSeconds: expected.high,
            actualSeconds: facts.wallSeconds,
          },
        }),
    cpuSeconds: facts.cpuSeconds,
    wastedSeconds: facts.wastedSeconds,
    parallel: facts.parallel,
    ...(network === undefined ? {} : { network }),
    results: { folder: known.folder, files: known.files },
    problems: known.problems,
  };
}

function highlightsOf({ input, highlights }: Ingredients): Pick<RunSummary, 'highlights'> {
  const all = [...(input.highlights ?? []), ...(highlights ?? [])];
  return all.length === 0 ? {} : { highlights: all };
}

function clusterShares(executors: readonly ExecutorShare[]): readonly ClusterShare[] {
  const groups = Map.groupBy(executors, (executor) => executor.cluster);
  return [...groups].map(([cluster, own]) => ({
    cluster,
    jobs: sum(own, (executor) => executor.jobs),
    workSeconds: sum(own, (executor) => executor.workSeconds),
    cpuSeconds: sum(own, (executor) => executor.cpuSeconds),
    executors: own.map(({ address, jobs, workSeconds }) => ({ address, jobs, workSeconds })),
  }));
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
