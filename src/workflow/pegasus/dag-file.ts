import type { RunShape, Step } from '../run-shape.js';

/** A node of a DAG that Pegasus planned. */
export interface PlannedNode {
  readonly name: string;
  /** Its submit description without `.sub`; relative to the run's directory, such as `00/00/x`. */
  readonly files: string;
  readonly retries: number;
}

export interface PlannedDag {
  readonly nodes: readonly PlannedNode[];
  /** Names of the nodes right after each node. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads what matters of the DAG file that Pegasus writes, `<name>-0.dag`: the lines `JOB`, `RETRY`
 * and `PARENT … CHILD …`. The language is in the HTCondor manual, "DAGMan Workflows"; keywords have
 * no case. An example of Pegasus' is in its manual, "Execution of Workflows" (`diamond-0.dag`).
 */
export function readDag(text: string): PlannedDag {
  const files = new Map<string, string>();
  const retries = new Map<string, number>();
  const children = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [keyword = '', name = '', ...rest] = line.trim().split(/\s+/);
    const [first = ''] = rest;
    switch (keyword.toUpperCase()) {
      case 'JOB':
        files.set(name, first.replace(/\.sub$/, ''));
        break;
      case 'RETRY':
        retries.set(name, Number(first));
        break;
      case 'PARENT':
        addEdges(children, [name, ...rest]);
        break;
      default:
    }
  }
  const nodes = [...files].map(([name, path]) => ({
    name,
    files: path,
    retries: retries.get(name) ?? 0,
  }));
  return { nodes, children };
}

/** @param names of a line `PARENT`: the parents, the word `CHILD`, the children */
function addEdges(children: Map<string, string[]>, names: readonly string[]): void {
  const cut = names.findIndex((name) => name.toUpperCase() === 'CHILD');
  if (cut < 0) return;
  for (const parent of names.slice(0, cut)) {
    const own = children.get(parent) ?? [];
    children.set(parent, own);
    own.push(...names.slice(cut + 1));
  }
}

/**
 * Names of the jobs that Pegasus adds to the workflow's own, with what goes on while they run. The
 * prefixes are in Pegasus' manual ("Data Management", "Execution of Workflows") and in
 * edu.isi.pegasus.planner (`refiner/cleanup`: `clean_up_`, `cleanup_`; `refiner/createdir`).
 */
const HELPERS: readonly (readonly [prefix: RegExp, phase: string])[] = [
  [/^create_dir_/, 'making the folders'],
  [/^stage_worker_/, 'sending Pegasus to the executors'],
  [/^stage_in_/, 'staging in'],
  [/^chmod_/, 'setting permissions'],
  [/^(?:stage_)?inter_/, 'staging between sites'],
  [/^stage_out_/, 'staging out'],
  [/^register_/, 'registering'],
  [/^(?:clean_up|cleanup)_/, 'cleaning up'],
];

/**
 * The run's nodes for `run.json`: the workflow's own jobs side by side, and before and after them
 * what Pegasus added, by whether it waits for one of them. Undefined where there is no job.
 */
export function shapeOfDag(dag: PlannedDag): RunShape | undefined {
  const jobs = dag.nodes.map(({ name }) => name).filter((name) => phaseOf(name) === undefined);
  if (jobs.length === 0) return undefined;
  const later = descendants(dag, jobs);
  const steps = orderOf(dag).flatMap((node): Step[] => {
    const phase = phaseOf(node);
    return phase === undefined ? [] : [{ node, phase }];
  });
  return {
    before: steps.filter(({ node }) => !later.has(node)),
    parallel: {
      prefix: commonPrefix(jobs),
      count: jobs.length,
      phase: 'correlating',
      nodes: jobs,
    },
    after: steps.filter(({ node }) => later.has(node)),
  };
}

function phaseOf(name: string): string | undefined {
  return HELPERS.find(([prefix]) => prefix.test(name))?.[1];
}

function descendants({ children }: PlannedDag, of: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...of];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const child of children.get(name) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return found;
}

/** All names, each after those it waits for. */
function orderOf({ nodes, children }: PlannedDag): readonly string[] {
  const waits = new Map(nodes.map(({ name }) => [name, 0]));
  for (const child of [...children.values()].flat()) waits.set(child, (waits.get(child) ?? 0) + 1);
  const ready = nodes.map(({ name }) => name).filter((name) => waits.get(name) === 0);
  for (const name of ready) {
    for (const child of children.get(name) ?? []) {
      const left = (waits.get(child) ?? 0) - 1;
      waits.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return ready;
}

function commonPrefix([first = '', ...others]: readonly string[]): string {
  const length = others.reduce((most, name) => {
    let same = 0;
    while (same < most && name[same] === first[same]) same += 1;
    return same;
  }, first.length);
  return first.slice(0, length).replace(/\d+$/, '');
}
