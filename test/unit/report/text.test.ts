import { describe, expect, it } from 'vitest';

import type { RunReport } from '../../../src/ports/run-report.js';
import { renderJson } from '../../../src/report/json/render-json.js';
import { bytesText, moneyDigits, moneyText } from '../../../src/report/numbers.js';
import { histogramLines } from '../../../src/report/text/histogram.js';
import { code, escaped, fenced } from '../../../src/report/text/markdown-parts.js';
import { renderMarkdown } from '../../../src/report/text/markdown.js';
import { statsLines } from '../../../src/report/text/stats.js';
import { reportOf } from './fixture.js';

const report = reportOf(120);
const bare: RunReport = { ...reportOf(0), clusters: [], software: [], kinc: {} };

describe('stats', () => {
  it('are the report’s numbers, aligned', () => {
    const lines = statsLines(report);
    const { summary } = report;
    expect(lines).toContain('jobs          120 of 120 done');
    expect(lines.find((line) => line.startsWith('run again'))).toContain(
      `${summary.jobs.retries} after a failure, ${summary.jobs.interruptions} after losing the slot`,
    );
    const header = lines.find((line) => line.startsWith('cloud ')) ?? '';
    const rows = lines.slice(lines.indexOf(header) + 1, lines.indexOf(header) + 4);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(['chameleon', 'azure', 'cloudlab']);
    const jobsEnd = header.indexOf('jobs') + 4;
    for (const row of rows) expect(row.slice(jobsEnd - 2, jobsEnd + 1)).toMatch(/^\s?\d+ ?$/);
    expect(lines.join('\n')).not.toMatch(/undefined|NaN/);
  });

  it('of a run in which nothing ran are sound, too', () => {
    expect(statsLines(bare).join('\n')).not.toMatch(/undefined|NaN|Infinity/);
  });
});

describe('histogram', () => {
  it('has a bar for each cloud, the longest first', () => {
    const jobs = (cluster: string): number =>
      report.executions.filter((one) => one.cluster === cluster && one.outcome === 'succeeded')
        .length;
    const [header, ...rows] = histogramLines(report, 'cluster');
    expect(header).toBe('cloud      jobs');
    expect(rows.map((row) => row.split(/\s+/).slice(0, 2))).toEqual(
      ['chameleon', 'cloudlab', 'azure'].map((name) => [name, String(jobs(name))]),
    );
    expect(rows[0]).toMatch(/\(45\.0 %\) {2}█{40}$/);
  });

  it('has a bar for each executor', () => {
    const rows = histogramLines(report, 'host');
    expect(rows).toHaveLength(5);
    expect(rows.some((row) => row.startsWith('chameleon 172.16.0.12'))).toBe(true);
  });

  it('counts what runs', () => {
    const [first] = report.executions;
    const running = { ...first!, outcome: 'running' as const };
    const one = { ...report, executions: [running] };
    expect(histogramLines(one, 'cluster')[1]).toMatch(/^chameleon +1 +\(100\.0 %\)/);
  });

  it('of nothing says so', () => {
    expect(histogramLines(bare, 'cluster')).toEqual(['no job has run yet']);
  });
});

describe('Markdown', () => {
  it('has the numbers and the tables', () => {
    const text = renderMarkdown(report);
    expect(text).toContain('- Jobs done: 120 of 120');
    expect(text).toContain('| Cloud | Slots | Jobs done |');
    expect(text).toContain('\\|r\\| ≥ 0.8603');
    expect(text).not.toMatch(/undefined|NaN/);
    expect(renderMarkdown(bare)).not.toMatch(/undefined|NaN/);
  });

  it('lets text be text', () => {
    expect(escaped('a|b\n# <b> *x* [y](z) &amp; http://c @d `e`')).toBe(
      'a\\|b \\# &lt;b&gt; \\*x\\* \\[y\\](z) &amp;amp; http:&#47;&#47;c &#64;d \\`e\\`',
    );
    expect(fenced('```\n<script>')).toBe('````text\n```\n<script>\n````');
    expect(code('a`b')).toBe('`` a`b ``');
  });
});

describe('JSON', () => {
  it('is the data with what is derived from it, and nothing is shortened', () => {
    const read = JSON.parse(renderJson(report)) as RunReport & {
      figures: { trouble: { executions: unknown[] }; cost: { used: number } };
    };
    const { figures, ...data } = read;
    expect(data).toEqual(report);
    expect(figures.cost.used).toBeGreaterThan(0);
    expect(figures.trouble.executions.length).toBe(report.executions.length - 120);
  });
});

describe('amounts', () => {
  it('of money have the digits that count, all of a table the same', () => {
    expect(moneyText(1234.5, moneyDigits(1234.5), 'EUR')).toBe('1,234.50 EUR');
    expect(moneyText(0.0649, moneyDigits(0.0708))).toBe('0.0649');
    expect(moneyDigits(0)).toBe(2);
    expect(moneyDigits(1e-12)).toBe(8);
  });

  it('of bytes are in units of a thousand', () => {
    expect([0, 999, 1000, 999_499, 999_600, 4.2e9].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '999 kB',
      '1.0 MB',
      '4.2 GB',
    ]);
  });
});
