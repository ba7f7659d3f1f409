import type { OsgKincPlan } from '../../plan/types.js';
import type { PlannedWorkflow } from '../../ports/workflow-pool.js';
import { adOf, numberOf, textOf } from '../htcondor/fields.js';
import { readDag } from '../pegasus/dag-file.js';
import { stderrOfInvocation } from '../pegasus/invocation.js';
import type { ReadStderr, Recipe, RunTexts } from './recipe.js';

/** The original images' workflow: OSG-KINC, planned by Pegasus. */
export const osgKinc: Recipe = {
  name: 'osg-kinc',
  inputOf: ({ details }) => {
    const told = adOf(details, 'pegasus') ?? {};
    const jobs = numberOf(told, 'jobs');
    return {
      highlights: [
        { label: 'program', text: `${textOf(told, 'program') ?? 'unknown'} ${jobs ?? '?'}` },
        { label: 'Pegasus', text: textOf(told, 'directory') ?? 'unknown' },
      ],
    };
  },
  examine: () => Promise.resolve({ problems: [] }),
  measuredCpu: () => Promise.resolve(new Map()),
  stderr,
};

/**
 * OSG-KINC's `tools/dax-generator` numbers its jobs from 1, and each leaves `kinc.out.<n>` and
 * `clusters-sc<n>.tar.gz`.
 */
export function plannedOsgKinc(plan: OsgKincPlan, jobs: number, slots: number): PlannedWorkflow {
  const { directory, program, arguments: more, outputs } = plan;
  const results = plan.results.flatMap((name) =>
    name.includes(JOB)
      ? Array.from({ length: jobs }, (_, index) => name.replaceAll(JOB, String(index + 1)))
      : [name],
  );
  const workflow = osgKinc.name;
  return { workflow, directory, program, arguments: more, jobs, outputs, results, slots };
}

const JOB = '{job}';

/**
 * A job's own words are in the record of Pegasus' kickstart, which is the job's output; around them,
 * in its standard error, is what PegasusLite did on the executor. After each try `pegasus-exitcode`
 * renames `x.out` and `x.err` to `x.out.000`, `x.out.001` and so on (Pegasus manual, manpage of
 * pegasus-exitcode), also over `pegasus-run`.
 */
function stderr({ read, tail }: RunTexts): ReadStderr {
  let dag: Promise<ReadonlyMap<string, string>> | undefined;
  return async ({ node, tries }) => {
    dag ??= filesByNode(read);
    const files = (await dag).get(node);
    if (files === undefined) return [];
    const number = String(Math.max(0, tries - 1)).padStart(3, '0');
    const said = async (kind: 'err' | 'out', get = read): Promise<string> =>
      (await get(`pegasus/${files}.${kind}.${number}`)) ??
      (await get(`pegasus/${files}.${kind}`)) ??
      '';
    const own = stderrOfInvocation(await said('out'));
    return own.length > 0 ? own : (await said('err', tail)).split('\n');
  };
}

async function filesByNode(read: RunTexts['read']): Promise<ReadonlyMap<string, string>> {
  const { nodes } = readDag((await read('workflow.dag')) ?? '');
  return new Map(nodes.map(({ name, files }) => [name, files]));
}
