import { describe, expect, it } from 'vitest';

import type { RunReport } from '../../../src/ports/run-report.js';
import { figuresOf } from '../../../src/report/figures/figures.js';
import { renderHtml } from '../../../src/report/html/render-html.js';
import { describeNetwork } from '../../../src/report/network/describe.js';
import { COUNTS, CURVE, plantedNetwork, pool, reportOf, START, summaryOf } from './fixture.js';
import { type ReadReport, readHtml } from './read-html.js';

const full = reportOf(120);
const page = renderHtml(full);
const read = readHtml(page);

/** Value of the cell in the row that begins with `name`. */
function cell({ tables }: ReadReport, table: string, name: string, column: number): number {
  const row = tables.get(table)?.find(([first]) => first?.text.startsWith(name) === true);
  return row?.[column]?.value ?? NaN;
}

function without(report: RunReport, ...names: (keyof RunReport)[]): RunReport {
  const left = Object.entries(report).filter(([name]) => !names.includes(name as keyof RunReport));
  return Object.fromEntries(left) as unknown as RunReport;
}

describe('the numbers in the HTML', () => {
  it('are the summary’s', () => {
    const { summary } = full;
    expect(Object.fromEntries(read.facts)).toMatchObject({
      'jobs.done': summary.jobs.done,
      wallSeconds: summary.wallSeconds,
      cpuSeconds: summary.cpuSeconds,
      'parallel.efficiency': summary.parallel.efficiency,
      'jobs.repeated': summary.jobs.retries + summary.jobs.interruptions,
      'input.pairs': 4_652_775,
      threshold: 0.8603,
    });
  });

  it('are those of the executions, by cloud and executor', () => {
    const { executions } = full;
    const done = (address: string): number =>
      executions.filter((one) => one.outcome === 'succeeded' && one.address === address).length;
    expect(cell(read, 'clusters', 'azure', 1)).toBe(done('172.16.0.3'));
    expect(cell(read, 'clusters', 'chameleon', 1)).toBe(done('172.16.0.2') + done('172.16.0.12'));
    expect(cell(read, 'clusters', '172.16.0.12', 1)).toBe(done('172.16.0.12'));
    const work = executions
      .filter((one) => one.outcome === 'succeeded' && one.cluster === 'azure')
      .reduce((sum, one) => sum + (one.endedAt ?? 0) - one.startedAt, 0);
    expect(cell(read, 'clusters', 'azure', 3)).toBeCloseTo(work / 1000, 6);
  });

  it('add up to the bytes moved', () => {
    const received = full.executions.reduce((sum, one) => sum + (one.receivedBytes ?? 0), 0);
    const sent = full.executions.reduce((sum, one) => sum + (one.sentBytes ?? 0), 0);
    expect(cell(read, 'bytes', 'all', 1)).toBe(received);
    expect(cell(read, 'bytes', 'all', 2)).toBe(sent);
    expect(read.facts.get('bytes.moved')).toBe(received + sent);
  });

  it('count every run time once', () => {
    const rows = read.tables.get('job-times') ?? [];
    const counted = rows.flatMap((row) => row.slice(2)).map(({ value }) => value ?? NaN);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(120);
  });

  it('name everything that came to nothing', () => {
    const wasted = full.executions.filter(({ outcome }) => outcome !== 'succeeded');
    const groups = read.tables.get('trouble') ?? [];
    expect(groups.reduce((sum, row) => sum + (row[3]?.value ?? NaN), 0)).toBe(wasted.length);
    const rows = read.tables.get('wasted') ?? [];
    expect(rows.map(([node]) => node?.text).sort()).toEqual(wasted.map(({ node }) => node).sort());
  });

  it('are what the prices make of the core hours', () => {
    const seconds = full.executions
      .filter(({ cluster }) => cluster === 'azure')
      .reduce((sum, one) => sum + ((one.endedAt ?? 0) - one.startedAt) / 1000, 0);
    expect(cell(read, 'cost', 'azure', 4)).toBeCloseTo(seconds / 3600, 9);
    expect(cell(read, 'cost', 'azure', 1)).toBeCloseTo((seconds / 3600) * 0.096, 9);
    expect(cell(read, 'cost', 'cloudlab', 1)).toBe(0);
    expect(read.facts.get('cost.used')).toBeCloseTo(cell(read, 'cost', 'all', 1), 12);
  });

  it('are the network’s', () => {
    const { correlations, network } = full.kinc ?? {};
    const bins = read.tables.get('correlations') ?? [];
    expect(bins.map((row) => row[2]?.value)).toEqual(correlations?.bins.map(({ pairs }) => pairs));
    expect(read.tables.get('rmt')?.map((row) => [row[0]?.value, row[1]?.value])).toEqual(
      CURVE.map(({ threshold, chiSquare }) => [threshold, chiSquare]),
    );
    expect(read.tables.get('degrees')?.map((row) => row[1]?.value)).toEqual(
      network?.degrees.map(({ genes }) => genes),
    );
    const drawn = read.tags.filter(({ attributes }) => attributes.get('class') === 'module');
    expect(drawn.map(({ attributes }) => Number(attributes.get('data-genes')))).toEqual(
      network?.modules.map(({ genes }) => genes),
    );
  });
});

describe('the document', () => {
  const shapes: Record<string, RunReport> = {
    full,
    'one job': reportOf(1),
    'no KINC data': without(full, 'kinc'),
    'nothing ran': reportOf(0, {
      executions: [],
      jobs: [],
      kinc: {},
      summary: summaryOf({ executions: [], jobs: [] }, { outcome: 'failed' }),
    }),
    'nothing optional': without(
      { ...reportOf(3), clusters: [], software: [] },
      'kinc',
      'configuration',
      'submitterCluster',
    ),
    'all at once and in no time': reportOf(1, {
      executions: [
        { ...full.executions[0]!, startedAt: START, endedAt: START, outcome: 'succeeded' },
      ],
    }),
    'an empty network': reportOf(2, {
      kinc: {
        correlations: { bins: [{ from: -1, to: 1, pairs: 0 }], withoutCorrelation: 3 },
        threshold: { value: 0.9, mode: 'value', curve: [] },
        network: describeNetwork(plantedNetwork([])),
      },
    }),
    'long jobs among short ones': reportOf(1, {
      ...((): Pick<RunReport, 'executions' | 'jobs'> => {
        const ran = pool(60, { meanSeconds: 5 });
        const long = { ...ran.executions[0]!, node: 'merge', endedAt: START + 90_000_000 };
        return { ...ran, executions: [...ran.executions, long] };
      })(),
    }),
  };

  it.each(Object.entries(shapes))('is well-formed and has sound numbers: %s', (_, report) => {
    const html = renderHtml(report);
    const { broken, tags } = readHtml(html);
    expect(broken).toEqual([]);
    expect(html).not.toMatch(/NaN|Infinity|undefined|\[object/);
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of tags) {
      for (const id of attributes.get('aria-labelledby')?.split(' ') ?? []) {
        expect(ids).toContain(id);
      }
    }
  });

  it.each(Object.entries(shapes))('has no chart without data: %s', (_, report) => {
    const { tags } = readHtml(renderHtml(report));
    tags.forEach(({ name, attributes }, index) => {
      if (attributes.get('class')?.startsWith('drawing') !== true) return;
      const own = tags.slice(index + 1, index + 400).map((tag) => tag.name);
      expect(name).toBe('svg');
      expect(own.some((one) => ['path', 'rect', 'circle'].includes(one))).toBe(true);
    });
  });

  it('needs nothing from anywhere', () => {
    const html = renderHtml(
      reportOf(5, {
        configuration: { url: 'https://example.org/x', css: 'url(http://a) @import' },
      }),
    );
    const { tags } = readHtml(html);
    expect(tags.map(({ name }) => name)).not.toContain('script');
    expect(tags.map(({ name }) => name)).not.toContain('link');
    for (const { attributes } of tags) {
      for (const name of ['src', 'srcset', 'href', 'xlink:href', 'data', 'action', 'style']) {
        expect(attributes.get(name) ?? '#').toMatch(/^#/);
      }
      expect([...attributes.keys()].filter((name) => name.startsWith('on'))).toEqual([]);
    }
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
    expect(style.length).toBeGreaterThan(1000);
    expect(style).not.toMatch(/url\(|@import|https?:|expression/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('anchors of its contents exist', () => {
    const ids = read.tags.map(({ attributes }) => attributes.get('id'));
    const links = read.tags.flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) expect(ids).toContain(link.slice(1));
  });

  it('is the same to the byte when it is made again', () => {
    expect(renderHtml(reportOf(120))).toBe(page);
    const reversed = { ...full, executions: full.executions.toReversed() };
    expect(renderHtml(reversed)).toBe(page);
  });
});

describe('text from elsewhere', () => {
  const EVIL = `</pre><script>alert("1")</script>'"><img src=x onerror=alert(1)>&amp;\u001b[31m\u0007\u202e`;

  it('is text and nothing else, wherever it stands', () => {
    const base = reportOf(4);
    const network = describeNetwork({
      ...plantedNetwork([5]),
      genes: [1, 2, 3, 4, 5].map((n) => EVIL + String(n)),
    });
    const html = renderHtml({
      ...base,
      summary: {
        ...base.summary,
        runId: EVIL,
        workflow: EVIL,
        outcome: 'invalid',
        input: { ...base.summary.input!, file: EVIL, sha256: EVIL },
        method: EVIL,
        highlights: [{ label: EVIL, text: EVIL }],
        problems: [EVIL],
        results: { folder: EVIL, files: [{ name: EVIL, bytes: 1 }] },
        jobs: {
          ...base.summary.jobs,
          failed: [
            { node: EVIL, tries: 2, reason: EVIL, address: EVIL, cluster: EVIL, stderr: [EVIL] },
          ],
          notRun: [EVIL],
        },
      },
      software: [{ name: EVIL, version: EVIL }],
      configuration: { [EVIL]: EVIL },
      clusters: [{ cluster: EVIL, executors: [{ address: EVIL }], pricePerCoreHour: 1 }],
      submitterCluster: EVIL,
      currency: EVIL,
      executions: base.executions.map((one) => ({
        ...one,
        node: EVIL,
        cluster: EVIL,
        address: EVIL,
        outcome: 'failed',
        reason: EVIL,
      })),
      kinc: { ...base.kinc, network },
    });
    const { broken, tags } = readHtml(html);
    expect(broken).toEqual([]);
    expect(tags.map(({ name }) => name)).not.toContain('script');
    expect(tags.map(({ name }) => name)).not.toContain('img');
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&quot;&gt;');
    expect(html).not.toMatch(/(?![\t\n])\p{Cc}|\u202e/u);
  });
});

describe('a report on a run that did not go well', () => {
  it('shows the failed jobs with the end of their stderr', () => {
    const ran = pool(10);
    const html = renderHtml(
      reportOf(10, {
        summary: summaryOf(ran, {
          outcome: 'failed',
          jobs: {
            total: 12,
            done: 10,
            failed: [
              {
                node: 'merge',
                tries: 3,
                reason: 'exit code 2',
                address: '172.16.0.3',
                cluster: 'azure',
                stderr: ['Traceback', 'kinc: chunk_00003.kinc is missing'],
              },
            ],
            notRun: ['extract'],
            retries: 2,
            interruptions: 0,
          },
        }),
        kinc: {},
      }),
    );
    expect(html).toContain('10 of 12 jobs finished; 1 failed. 1 never ran.');
    expect(html.indexOf('id="trouble"')).toBeLessThan(html.indexOf('id="network"'));
    expect(html).toContain('Traceback\nkinc: chunk_00003.kinc is missing</pre>');
    expect(html).toContain('exit code 2, after 3 tries on azure (172.16.0.3)');
    expect(html).toContain('There is none: the run failed before.');
  });

  it('counts results that are too many to be named', () => {
    const results = (count: number): RunReport['summary']['results'] => ({
      folder: 'results/r1',
      files: Array.from({ length: count }, (_, index) => ({ name: `job_${index}.txt`, bytes: 10 })),
    });
    const made = (count: number): string =>
      renderHtml(reportOf(5, { summary: summaryOf(pool(5), { results: results(count) }) }));
    expect(made(24)).toContain('job_23.txt');
    expect(made(25)).not.toContain('job_23.txt');
    expect(made(25)).toMatch(/25 files.*?250 B/s);
  });

  it('tells a run under way as such', () => {
    const report = reportOf(20);
    const html = renderHtml({ ...report, summary: { ...report.summary, outcome: 'running' } });
    expect(html).toContain('the run goes on');
  });
});

describe('10,000 jobs', () => {
  it('make a document of less than 3 MB that still counts each of them', () => {
    const report = reportOf(10_000);
    const html = renderHtml(report);
    expect(html.length).toBeLessThan(1_000_000);
    const { facts, tables } = readHtml(html);
    expect(facts.get('jobs.done')).toBe(10_000);
    const figures = figuresOf(report);
    expect(figures.trouble.executions.length).toBeGreaterThan(300);
    expect(tables.get('wasted')).toHaveLength(200);
    expect(html).toContain('executions more are in the report’s JSON form');
  });
});

it('the fixture’s counts are ones that KINC could write', () => {
  for (const [index, level] of COUNTS.entries()) {
    expect(level.pairs).toBeLessThanOrEqual(COUNTS[index - 1]?.pairs ?? Infinity);
    expect(level.positive).toBeLessThanOrEqual(level.pairs);
  }
});
