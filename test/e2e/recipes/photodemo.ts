import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { containerOf, eventsOf, output, run, summaryOf } from '../harness.js';
import { type RecipePool, withWorkflow } from './recipe-pool.js';

/** Photos of one grey each, so that their luminance is known: year and grey, 0 to 255. */
const GREYS: readonly (readonly [year: number, grey: number])[] = [
  ...([1880, 1919, 1919, 1919, 1945, 1936, 1902, 1893, 1881] as const).map(
    (year, index) => [year, 20 + 25 * index] as const,
  ),
];
const name = (index: number): string => `${GREYS[index]?.[0] ?? 0} photo ${index}.jpg`;

/** The library that the jobs bring along makes the photos, too: there is no other on the machine. */
const MAKE = `
set -e
cd /tmp && tar -xzf /usr/local/share/crossflock/pillow.tar.gz
export PYTHONPATH=/tmp/bundle/python LD_LIBRARY_PATH=/tmp/bundle/lib
python3 - "$@" <<'PYTHON'
import sys
from PIL import Image
for item in sys.argv[1:]:
    grey, name = item.split(":", 1)
    Image.new("RGB", (40, 30), (int(grey),) * 3).save("/photos/" + name, quality=95)
PYTHON
chmod -R a+rX /photos
`;

interface Result {
  readonly points: readonly (readonly [number, number])[];
  readonly failures: readonly { readonly url: string; readonly reason: string }[];
  readonly jobs: readonly { readonly host: string }[];
  readonly rate: number;
}

/** Of known photos: what the plot must show. */
const EXPECTED = GREYS.map(([year, grey]) => [year, grey / 255] as const).sort(
  ([a, x], [b, y]) => a - b || x - y,
);

function expectPoints({ points }: Result): void {
  expect(points.map(([year]) => year)).toEqual(EXPECTED.map(([year]) => year));
  points.forEach(([, luminance], index) => {
    expect(luminance).toBeCloseTo(EXPECTED[index]?.[1] ?? -1, 2);
  });
}

export function photodemo(pool: RecipePool): void {
  describe('photodemo', () => {
    let photos = '';
    let out = '';

    beforeAll(async () => {
      const { folder } = await withWorkflow(pool, { type: 'photodemo' });
      photos = join(folder, 'photos');
      out = join(folder, 'out');
      await mkdir(photos);
      const items = GREYS.map(([, grey], index) => `${grey}:${name(index)}`);
      await output([
        ...['docker', 'run', '--rm', '--entrypoint', 'sh', '-v', `${photos}:/photos`],
        ...['crossflock/submitter', '-c', MAKE, 'sh', ...items],
      ]);
      const broken = (await readFile(join(photos, name(0)))).subarray(0, 300);
      await writeFile(join(photos, '1999-broken.jpg'), broken);
    });

    it('draws the luminance of a folder of photos, and names the one that is damaged', async () => {
      const mine = await withWorkflow(pool, {
        type: 'photodemo',
        photodemo: { photos: 'photos', chunk: 4 },
      });
      const ended = await run('crossflock', ['workflow', 'run', '-c', mine.config, '--out', out]);
      expect(ended.exitCode, ended.stdout).toBe(0);
      const { data } = summaryOf(ended);
      const { runId } = (data as { run: { runId: string } }).run;
      expect(data).toMatchObject({ run: { workflow: 'photodemo', outcome: 'succeeded' } });
      const result = JSON.parse(await readFile(join(out, runId, 'photos.json'), 'utf8')) as Result;
      expectPoints(result);
      expect(result.failures).toMatchObject([
        { url: 'photos/1999-broken.jpg', reason: expect.stringContaining('JPEG') as unknown },
      ]);
      expect(result.jobs).toHaveLength(3);
      expectPlot(await readFile(join(out, runId, 'scatter.html'), 'utf8'));
      const told = eventsOf(ended, 'report').flatMap(({ lines }) => lines);
      expect(told).toContainEqual(
        expect.stringMatching(/^rate .*\d photos\/s a core \(the tutorial: 1\.39\/s/),
      );
      const tested = eventsOf(ended, 'notice').map(({ message }) => message);
      expect(tested).toContainEqual(expect.stringMatching(/^\/\* 5 photos analyzed in /));
      await expectServiceGone(pool, runId);
    });

    it('fetches what a manifest names, and says which photo is not there', async () => {
      const server = createServer((request, response) => {
        readFile(join(photos, decodeURIComponent(request.url ?? '').replace(/^\//, ''))).then(
          (bytes) => response.end(bytes),
          () => response.writeHead(404).end(),
        );
      });
      const gateway = '172.28.79.254';
      await new Promise<void>((resolve) => server.listen(0, gateway, resolve));
      onTestFinished(() => void server.close());
      const base = `http://${gateway}:${(server.address() as AddressInfo).port}`;
      const lines = GREYS.map(
        ([year], index) => `${base}/${encodeURIComponent(name(index))} ${year}`,
      );
      const { folder } = await withWorkflow(pool, { type: 'photodemo' });
      const manifest = ['# photos', ...lines, `${base}/none.jpg 1950`].join('\n');
      await writeFile(join(folder, 'manifest.txt'), manifest);
      const mine = await withWorkflow(pool, {
        type: 'photodemo',
        photodemo: { manifest: 'manifest.txt', chunk: 5, test: 2 },
      });
      const ended = await run('crossflock', ['workflow', 'run', '-c', mine.config, '--out', out]);
      expect(ended.exitCode, ended.stdout).toBe(0);
      const { runId } = (summaryOf(ended).data as { run: { runId: string } }).run;
      const result = JSON.parse(await readFile(join(out, runId, 'photos.json'), 'utf8')) as Result;
      expectPoints(result);
      expect(result.failures).toMatchObject([
        { url: `${base}/none.jpg`, reason: expect.stringContaining('404') as unknown },
      ]);
    });

    it('submits nothing when the test over the first photos fails', async () => {
      const { folder } = await withWorkflow(pool, { type: 'photodemo' });
      await writeFile(join(folder, 'gone.txt'), 'http://172.28.79.254:9/a.jpg 1900\n');
      const before = await runsOf(pool);
      const mine = await withWorkflow(pool, {
        type: 'photodemo',
        photodemo: { manifest: 'gone.txt' },
      });
      const ended = await run('crossflock', ['workflow', 'run', '-c', mine.config]);
      expect(ended.exitCode).toBe(1);
      expect(ended.stdout).toContain('nothing was submitted');
      expect(ended.stdout).toContain('efused');
      expect(await runsOf(pool)).toEqual(before);
    });
  });
}

/** A dot for each photo, at the place of its year and luminance, and nothing from elsewhere. */
function expectPlot(page: string): void {
  const titles = [...page.matchAll(/<title>(\d{4}): ([\d.]+), [^<]+<\/title><\/circle/g)];
  // The chart is there in three widths.
  expect(titles).toHaveLength(3 * GREYS.length);
  titles.slice(0, GREYS.length).forEach(([, year, luminance], index) => {
    expect(Number(year)).toBe(EXPECTED[index]?.[0]);
    expect(Number(luminance)).toBeCloseTo(EXPECTED[index]?.[1] ?? -1, 2);
  });
  expect(page).not.toMatch(/<script|(?:src|href)="(?!#)/);
}

async function runsOf(pool: RecipePool): Promise<string> {
  const id = await containerOf(pool.name, 'submitter');
  return output(['docker', 'exec', id, 'ls', '/var/lib/crossflock/runs']);
}

/** The file service of a run that is over has left the queue. */
async function expectServiceGone(pool: RecipePool, runId: string): Promise<void> {
  const id = await containerOf(pool.name, 'submitter');
  const wait = [
    'condor_q',
    '-nobatch',
    '-constraint',
    `JobBatchName == "${runId} files"`,
    '-af',
    'ClusterId',
  ];
  await expect.poll(() => output(['docker', 'exec', id, ...wait]), { timeout: 10_000 }).toBe('');
}
