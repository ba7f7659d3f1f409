import { describe, expect, it } from 'vitest';

import { readDag, shapeOfDag } from '../../../../src/workflow/pegasus/dag-file.js';
import { stderrOfInvocation } from '../../../../src/workflow/pegasus/invocation.js';
import { runDirectoryOf } from '../../../../src/workflow/pegasus/plan-output.js';
import { readPlannedRun, recordOf, runIdOf } from '../../../../src/workflow/pegasus/record.js';
import { nodesOf } from '../../../../src/workflow/run-shape.js';
import { fixture } from './fixture.js';

const DIRECTORY = '/home/condor_pool/osg-kinc/workflows/kinc-1795292531';

describe('the run directory', () => {
  it('is in the line with pegasus-status, whatever stands before it', () => {
    expect(runDirectoryOf(fixture('submit.txt'), '/home/condor_pool/OSG-KINC')).toBe(DIRECTORY);
  });

  // The forms of Pegasus 3, 4.6 with a relative directory, and 5.
  it.each([
    [
      '2010.11.08 22:30:54.097 PST: [INFO]  pegasus-status -l /w/gp/20101108T223043-0800 ',
      '/w/gp/20101108T223043-0800',
    ],
    [
      '2016.03.17 19:00:28.583 PDT:     pegasus-status -l ./submit/u/split/run0003 ',
      '/osg/submit/u/split/run0003',
    ],
    ['    pegasus-status -l /home/u/runs/run0014\n\n\n', '/home/u/runs/run0014'],
  ])('is read of %j', (line, expected) => {
    expect(runDirectoryOf(`planned\n${line}`, '/osg')).toBe(expected);
  });

  it.each(['', 'use pegasus-status to see how far it is', 'pegasus-remove /w/run0001'])(
    'is not guessed of %j',
    (text) => {
      expect(runDirectoryOf(text, '/osg')).toBeUndefined();
    },
  );
});

describe('a DAG of Pegasus', () => {
  const dag = readDag(fixture('kinc-0.dag'));

  it('has the jobs side by side, and what Pegasus added before and after them', () => {
    expect(shapeOfDag(dag)).toEqual({
      before: [
        { node: 'create_dir_kinc_0_local', phase: 'making the folders' },
        { node: 'stage_in_local_local_0_0', phase: 'staging in' },
      ],
      parallel: {
        prefix: 'kinc-wrapper_ID',
        count: 3,
        phase: 'correlating',
        nodes: ['kinc-wrapper_ID0000001', 'kinc-wrapper_ID0000002', 'kinc-wrapper_ID0000010'],
      },
      after: [
        { node: 'stage_out_local_local_0_0', phase: 'staging out' },
        { node: 'clean_up_local_level_4_0', phase: 'cleaning up' },
        { node: 'register_local_0_0', phase: 'registering' },
        { node: 'cleanup_kinc_0_local', phase: 'cleaning up' },
      ],
    });
    expect(dag.nodes.find(({ name }) => name === 'kinc-wrapper_ID0000010')).toEqual({
      name: 'kinc-wrapper_ID0000010',
      files: '00/01/kinc-wrapper_ID0000010',
      retries: 2,
    });
  });

  it('may have clustered jobs and keywords in any case, and needs one job', () => {
    const clustered = readDag(
      'job merge_kinc-wrapper_PID1_ID1 00/00/m.sub\nretry merge_kinc-wrapper_PID1_ID1 3\n',
    );
    expect(shapeOfDag(clustered)?.parallel.nodes).toEqual(['merge_kinc-wrapper_PID1_ID1']);
    expect(clustered.nodes[0]?.retries).toBe(3);
    expect(shapeOfDag(readDag('JOB create_dir_kinc_0_local a.sub'))).toBeUndefined();
  });

  it('becomes a record like that of any run', () => {
    const printed = [
      '2026-11-21T20:12:03Z',
      DIRECTORY,
      'kinc-0.dag',
      SUBMITTED,
      fixture('kinc-0.dag'),
    ];
    const run = readPlannedRun(printed.join('\n'));
    const record = recordOf(WANTED, run);
    expect(record).toMatchObject({
      id: 'osg-kinc-1795292531',
      retries: 2,
      dagman_cluster: 271,
      created: '2026-11-21T20:12:03Z',
      pegasus: { directory: DIRECTORY, dag: 'kinc-0.dag', jobs: 3 },
    });
    expect(nodesOf(record['shape'] as Parameters<typeof nodesOf>[0])).toHaveLength(9);
    const other = { ...run, directory: '/home/u/submit/u/pegasus/kinc/run0001' };
    expect(runIdOf('osg-kinc', other)).toBe(
      `osg-kinc-${Date.parse('2026-11-21T20:12:03Z') / 1000}`,
    );
  });

  it('that was not submitted is said to be so', () => {
    const printed = ['2026-11-21T20:12:03Z', DIRECTORY, 'kinc-0.dag', '', 'JOB a a.sub'];
    expect(() => readPlannedRun(printed.join('\n'))).toThrow('nothing was submitted');
  });
});

const SUBMITTED = '000 (271.000.000) 03/13 23:23:41 Job submitted from host: <172.16.0.1:9618>';
const WANTED = {
  workflow: 'osg-kinc',
  directory: '/home/condor_pool/OSG-KINC',
  program: './submit',
  jobs: 3,
  arguments: [],
  outputs: 'outputs',
  results: [],
  slots: 8,
};

describe('the words of a job', () => {
  it('are the standard error in the record of kickstart, without its XML', () => {
    expect(stderrOfInvocation(fixture('invocation.xml'))).toEqual([
      'kinc: cannot read the matrix <made to fail>',
    ]);
  });

  it('are those of the last program of a clustered job, and none where it said nothing', () => {
    const record = (data: string): string =>
      `<invocation><statcall error="0" id="stdout"><data>out</data></statcall><statcall error="0" id="stderr">${data}</statcall></invocation>\n`;
    expect(stderrOfInvocation(record('<data>one\n</data>') + record('<data>two\n</data>'))).toEqual(
      ['two'],
    );
    expect(stderrOfInvocation(record('<temporary name="/tmp/x"/>'))).toEqual([]);
    expect(stderrOfInvocation('plain text')).toEqual([]);
  });

  it('are read of the YAML of Pegasus 5 as well', () => {
    const yaml = [
      '- invocation: True',
      '  files:',
      '    stdout:',
      '      data_truncated: false',
      '      data: |',
      '        out',
      '    stderr:',
      '      temporary_name: /tmp/ks.err',
      '      data: |',
      '        ls: cannot access: No such file',
      '        second line',
      '    metadata:',
      '      size: 0',
    ];
    expect(stderrOfInvocation(yaml.join('\n'))).toEqual([
      'ls: cannot access: No such file',
      'second line',
    ]);
  });
});
