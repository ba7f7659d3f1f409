import { describe, expect, it } from 'vitest';

import type { ActionContext } from '../../../src/actions/context.js';
import { prepareOsgKinc } from '../../../src/actions/prepare-osg-kinc.js';
import type { RunRequest } from '../../../src/actions/prepared-run.js';
import { planOsgKinc } from '../../../src/plan/osg-kinc.js';
import { plannedOsgKinc } from '../../../src/workflow/recipes/osg-kinc.js';
import { osgKinc } from '../../../src/workflow/recipes/osg-kinc.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { fixture } from '../workflow/pegasus/fixture.js';

const RECORD = {
  ...{ id: 'osg-kinc-1', workflow: 'osg-kinc', retries: 2, dagman_cluster: 7, results: [] },
  created: '2026-11-21T20:12:03Z',
  shape: { before: [], parallel: { prefix: 'k', count: 1, phase: 'p' }, after: [] },
};

function prepared(workflow: object) {
  const reporter = new RecordingReporter();
  const signal = new AbortController().signal;
  const context = { reporter, signal } as unknown as ActionContext;
  const request = { plan: { workflow }, folder: '/' } as unknown as RunRequest;
  return { reporter, ready: prepareOsgKinc(context, request) };
}

describe('osg-kinc', () => {
  it('needs the number of jobs, and says so', async () => {
    const { reporter, ready } = prepared({});
    expect(await ready).toBeUndefined();
    expect(reporter.events).toContainEqual(
      expect.objectContaining({
        type: 'problem',
        problem: expect.objectContaining({ path: 'workflow.jobs' }) as unknown,
      }),
    );
  });

  it('has the submitter plan that many, and tells that a matrix here is not used', async () => {
    const { reporter, ready } = prepared({ jobs: 3, gem: '/gem.txt' });
    const pool = new FakePool();
    const files = { 'run.json': JSON.stringify(RECORD) };
    pool.onSubmit = () => ({ id: 'osg-kinc-1', run: { files, events: [] } });
    const executors = { clusterOfAddress: new Map(), prices: new Map() } as never;
    const run = await (await ready)?.start({ pool, executors, slots: 8 });
    expect(run?.id).toBe('osg-kinc-1');
    expect(pool.calls[0]).toBe('submit-planned ./submit 3');
    expect(JSON.stringify(reporter.events)).toContain('OSG-KINC/task-files in the submitter, not');
  });

  it('expects of each job what OSG-KINC’s jobs leave, or what it is told', () => {
    const { results, directory } = plannedOsgKinc(planOsgKinc(), 2, 8);
    expect(directory).toBe('/home/condor_pool/OSG-KINC');
    expect(results).toEqual([
      ...['kinc.out.1', 'kinc.out.2', 'clusters-sc1.tar.gz', 'clusters-sc2.tar.gz'],
    ]);
    expect(plannedOsgKinc(planOsgKinc({ results: ['a.txt'] }), 2, 8).results).toEqual(['a.txt']);
    expect(plannedOsgKinc(planOsgKinc({ results: [] }), 2, 8).results).toEqual([]);
  });

  it('finds the words of a job in the record of its last try, else in its standard error', async () => {
    const files: Record<string, string> = {
      'workflow.dag': fixture('kinc-0.dag'),
      'pegasus/00/00/kinc-wrapper_ID0000002.out.001': fixture('invocation.xml'),
      'pegasus/00/00/kinc-wrapper_ID0000002.err.001': 'PegasusLite: exitcode 3',
      'pegasus/00/01/kinc-wrapper_ID0000010.err': 'not checked yet',
    };
    const asked: string[] = [];
    const read = (name: string): Promise<string | undefined> => {
      asked.push(name);
      return Promise.resolve(files[name]);
    };
    const said = osgKinc.stderr?.({ read, tail: read });
    const of = (node: string, tries: number) => said?.({ node, tries });
    expect(await of('kinc-wrapper_ID0000002', 2)).toEqual([
      'kinc: cannot read the matrix <made to fail>',
    ]);
    expect(await of('kinc-wrapper_ID0000010', 1)).toEqual(['not checked yet']);
    expect(await of('kinc-wrapper_ID0000002', 1)).toEqual(['']);
    expect(await of('elsewhere', 1)).toEqual([]);
    expect(asked.filter((name) => name === 'workflow.dag')).toHaveLength(1);
  });
});
