import { posix } from 'node:path';

import { CrossflockError } from '../../errors/crossflock-error.js';
import type { PlannedWorkflow } from '../../ports/workflow-pool.js';
import { adOf, textOf } from '../htcondor/fields.js';
import type { RunRecord } from '../run-record.js';
import { readDag, shapeOfDag } from './dag-file.js';

/** A run's directory as it is right after the planning. */
export interface PlannedRun {
  /** ISO 8601, by the submitter's clock. */
  readonly created: string;
  readonly directory: string;
  /** Name of the DAG file in it. */
  readonly dag: string;
  /** Text of that file. */
  readonly text: string;
  readonly dagmanCluster: number;
}

/** Reads what the command `look` prints. */
export function readPlannedRun(printed: string): PlannedRun {
  const [created = '', directory = '', dag = '', submission = '', ...text] = printed.split('\n');
  // `000 (271.000.000) 03/13 23:23:41 Job submitted from host: …`, in any format of the time.
  const cluster = /^000 \((\d+)\./.exec(submission)?.[1];
  if (cluster === undefined) {
    throw new CrossflockError(
      `nothing was submitted: ${directory}/${dag}.dagman.log says nothing`,
      {
        code: 'unexpected',
        hint: `look at ${directory} in the submitter; pegasus-run submits what was planned`,
      },
    );
  }
  return { created, directory, dag, text: text.join('\n'), dagmanCluster: Number(cluster) };
}

/** Name of the run: that of its directory where that is unique by itself, as OSG-KINC's are. */
export function runIdOf(workflow: string, { directory, created }: PlannedRun): string {
  const own = /^kinc-\d+$/.exec(posix.basename(directory))?.[0];
  return own === undefined
    ? `${workflow}-${Math.floor(Date.parse(created) / 1000)}`
    : `${workflow.replace(/-kinc$/, '')}-${own}`;
}

/** The content of the run's `run.json`, as the submitter's own `submit` writes it. */
export function recordOf(wanted: PlannedWorkflow, run: PlannedRun): Record<string, unknown> {
  const dag = readDag(run.text);
  const shape = shapeOfDag(dag);
  if (shape === undefined) {
    throw new CrossflockError(`the DAG ${run.directory}/${run.dag} has no job of the workflow`, {
      code: 'unexpected',
      hint: 'was it planned with all of its outputs there already?',
    });
  }
  const own = new Set(shape.parallel.nodes);
  const retries = dag.nodes.filter(({ name }) => own.has(name)).map((node) => node.retries);
  return {
    id: runIdOf(wanted.workflow, run),
    workflow: wanted.workflow,
    shape,
    results: wanted.results,
    retries: Math.max(0, ...retries),
    slots: wanted.slots,
    created: run.created,
    dagman_cluster: run.dagmanCluster,
    pegasus: {
      directory: run.directory,
      dag: run.dag,
      program: wanted.program,
      jobs: wanted.jobs,
      outputs: wanted.outputs,
    },
    files: {
      dag: 'workflow.dag',
      nodes_log: 'workflow.dag.nodes.log',
      dagman_log: 'workflow.dag.dagman.log',
      dagman_out: 'workflow.dag.dagman.out',
      metrics: 'workflow.dag.metrics',
    },
  };
}

/** Where Pegasus has a run; undefined for one that it did not plan. */
export function pegasusOf({
  details,
}: Pick<RunRecord, 'details'>): { readonly directory: string; readonly dag: string } | undefined {
  const pegasus = adOf(details, 'pegasus') ?? {};
  const directory = textOf(pegasus, 'directory');
  const dag = textOf(pegasus, 'dag');
  return directory === undefined || dag === undefined ? undefined : { directory, dag };
}
