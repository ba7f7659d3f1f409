import { describe, expect, it } from 'vitest';
import type { PhotodemoPlan } from '../../../../src/plan/types.js';
import { photodemo, photodemoSpec } from '../../../../src/workflow/recipes/photodemo.js';
import { readRunRecord } from '../../../../src/workflow/run-record.js';
import { fixture } from '../fixture.js';

const PLAN: PhotodemoPlan = {
  photos: '/home/me/archive',
  ...{ chunk: 200, test: 5, luminance: 'bt601', requestMemoryMb: 512, retries: 2 },
};
const STAGED = { stagedManifest: '/tmp/1/manifest.txt', stagedPhotos: '/tmp/2/photos', slots: 8 };

describe('the specification of photodemo', () => {
  it('cuts the manifest into jobs, the last of which is shorter', () => {
    expect(photodemoSpec({ plan: PLAN, count: 450, ...STAGED })).toMatchObject({
      workflow: 'photodemo',
      ...{ retries: 2, request_memory_mb: 512, slots: 8, results: ['photos.json'] },
      parallel: {
        prefix: 'luminance_',
        variables: [
          { first: '0', count: '200' },
          { first: '200', count: '200' },
          { first: '400', count: '50' },
        ],
      },
      after: [{ node: 'gather' }],
      jobs: {
        luminance_: {
          argv: expect.arrayContaining(['run.sh', '$(first)', '$(count)', 'bt601']) as unknown,
          inputs: ['manifest.txt', 'service.json', 'luminance.py', 'pillow.tar.gz'],
          outputs: ['results/results-$(first).json'],
          transfer_executable: true,
        },
        gather: { argv: ['aggregate.py', '--rows', '450', 'results'], inputs: ['results'] },
      },
      files: { 'manifest.txt': '/tmp/1/manifest.txt' },
      folders: { photos: '/tmp/2/photos' },
      serve: ['photos', 'results'],
      test: { first: '0', count: '5' },
      details: { photodemo: { source: 'archive', photos: 450, luminance: 'bt601' } },
    });
  });

  it('has as many jobs as the tutorial for its 5500 photos', () => {
    const spec = (chunk: number) =>
      photodemoSpec({ plan: { ...PLAN, chunk }, count: 5500, ...STAGED }) as {
        parallel: { variables: readonly unknown[] };
      };
    expect(spec(200).parallel.variables).toHaveLength(28);
    expect(spec(100).parallel.variables).toHaveLength(55);
  });

  it('serves the results alone where the photos are elsewhere, and tests what there is', () => {
    const spec = photodemoSpec({
      plan: { ...PLAN, test: 5 },
      ...{ count: 3, stagedManifest: '/tmp/1/manifest.txt', slots: 8 },
    });
    expect(spec).toMatchObject({ serve: ['results'], test: { count: '3' } });
    expect(spec).not.toHaveProperty('folders');
    expect(photodemoSpec({ plan: { ...PLAN, test: 0 }, count: 3, ...STAGED })).not.toHaveProperty(
      'test',
    );
  });
});

describe('the results of photodemo', () => {
  const record = readRunRecord(
    'p1',
    JSON.stringify({
      ...(JSON.parse(fixture('run.json')) as object),
      workflow: 'photodemo',
      photodemo: { source: 'manifest.txt', photos: 6, luminance: 'bt601' },
    }),
  );
  const failures = ['a', 'b', 'c', 'd'].map((url) => ({
    url,
    year: 1900,
    reason: 'HTTP status 404',
  }));
  const result = {
    ...{ seconds: 4, rate: 0.5, formula: 'bt601', failures, jobs: [] },
    points: [
      [1900, 0.25],
      [1901, 0.5],
    ],
    urls: ['x', 'y'],
  };
  const examine = (found: object) =>
    photodemo.examine(record, () => Promise.resolve(JSON.stringify(found)));

  it('are told with the rate beside the tutorial’s, and with what failed', async () => {
    expect(await examine(result)).toEqual({
      problems: [],
      highlights: [
        { label: 'analyzed', text: '2 photos' },
        {
          label: 'not analyzed',
          text: '4: a: HTTP status 404; b: HTTP status 404; c: HTTP status 404; 1 more',
        },
        {
          label: 'rate',
          text: '0.50 photos/s a core (the tutorial: 1.39/s for 5 photos in 6.94 s, which are 0.72 photos/s)',
        },
      ],
    });
    expect(photodemo.inputOf(record).highlights?.[0]?.text).toBe('manifest.txt, 6 photos');
  });

  it('have the CPU time of each job', async () => {
    const jobs = [0, 1].map((index) => ({
      ...{ first: 2 * index, count: 2, photos: 2, seconds: 2, host: 'h' },
      cpu_seconds: 1.5 + index,
    }));
    const text = JSON.stringify({ ...result, jobs });
    expect([...(await photodemo.measuredCpu(() => Promise.resolve(text)))]).toEqual([
      ['luminance_00000', 1.5],
      ['luminance_00001', 2.5],
    ]);
    expect((await photodemo.measuredCpu(() => Promise.resolve(undefined))).size).toBe(0);
  });

  it('account for every photo, and have at least one', async () => {
    expect((await examine({ ...result, failures: [] })).problems).toEqual([
      'photos.json accounts for 2 photos, expected 6',
    ]);
    const none = { ...result, points: [], urls: [], failures: [...failures, ...failures.slice(2)] };
    expect((await examine(none)).problems).toEqual(['no photo could be analyzed']);
    expect((await examine({})).problems).toHaveLength(1);
  });
});
