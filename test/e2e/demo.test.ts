import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/ports/run-report.js';
import type { RunSummary } from '../../src/ports/run-summary.js';
import { containerOf, containersOf, output, ROOT, run, summaryOf } from './harness.js';

const CONFIG = join(ROOT, 'configs/local.json');
const RESULTS = join(ROOT, 'results');

/** Facts of the matrix, computed in R: see data/README.md. */
const PAIRS = 4_652_775;
const EDGES_AT_08 = 1659;
const POSITIVE_AT_08 = 1632;

interface HistoryAd {
  readonly DAGNodeName: string;
  readonly ExitCode: number;
  readonly LastRemoteHost: string;
  readonly CompletionDate: number;
}

describe('scripts/demo', () => {
  let wasUp = false;
  let text = '';
  let folder = '';

  beforeAll(async () => {
    wasUp = (await containersOf('crossflock')).length > 0;
    text = await output([join(ROOT, 'scripts/demo')]);
    // Other runs may end in the same place meanwhile.
    folder = /^\W*results +(\/\S+) \(/m.exec(text)?.[1] ?? '';
    expect(dirname(folder)).toBe(RESULTS);
  });

  afterAll(async () => {
    if (!wasUp) await output([join(ROOT, 'scripts/demo'), '--down']);
  });

  it('ends with a network whose numbers are those of R', async () => {
    expect(text).toContain('1,659 edges');
    const extract = JSON.parse(await readFile(join(folder, 'extract.json'), 'utf8')) as object;
    expect(extract).toMatchObject({ pairs: PAIRS, edges: EDGES_AT_08, positive: POSITIVE_AT_08 });
    const lines = (await readFile(join(folder, 'network.tsv'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(EDGES_AT_08 + 1);
    for (const line of lines.slice(1)) {
      expect(Math.abs(Number(line.split('\t')[2]))).toBeGreaterThanOrEqual(0.8);
    }
    const graphml = await readFile(join(folder, 'network.graphml'), 'utf8');
    expect(graphml.match(/<edge /g)).toHaveLength(EDGES_AT_08);
  });

  it('ran jobs on both clouds, and attaching afterwards shows the same run', async () => {
    const attached = await run('run-kinc', ['-c', CONFIG, '--attach', '--out', RESULTS]);
    expect(attached.exitCode).toBe(0);
    const { run: summary } = summaryOf(attached).data as { run: RunSummary };
    expect(summary.results.folder).toBe(folder);
    expect(summary.clusters.map(({ cluster }) => cluster).sort()).toEqual(['azure', 'chameleon']);
    for (const { jobs } of summary.clusters) expect(jobs).toBeGreaterThan(0);
    expect(summary.jobs).toMatchObject({ failed: [], notRun: [], retries: 0 });
    expect(summary.clusters.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(summary.jobs.total);
    expect(summary.cpuSeconds).toBeGreaterThan(0);
    expect(summary.parallel.efficiency).toBeGreaterThan(0);
    expect(summary.parallel.efficiency).toBeLessThanOrEqual(1);
  });

  it('ends with a report whose numbers are those of HTCondor’s own history', async () => {
    expect(text).toContain(`${folder}/report.html`);
    const file = join(folder, 'report.json');
    const ended = await run('crossflock', [
      ...['workflow', 'report', '-c', CONFIG, '--format', 'json', '--out', file],
    ]);
    expect(ended.exitCode, ended.stdout).toBe(0);
    const report = JSON.parse(await readFile(file, 'utf8')) as RunReport;
    const { runId } = report.summary;
    const submitter = await containerOf('crossflock', 'submitter');
    const history = await output([
      ...['docker', 'exec', '--user', 'condor_pool', submitter, 'condor_history', '-json'],
      ...['-constraint', `CrossflockRun == "${runId}"`],
      ...['-attributes', 'DAGNodeName,ExitCode,LastRemoteHost,CompletionDate'],
    ]);
    const known = (JSON.parse(history) as HistoryAd[]).map((ad) => ({
      node: ad.DAGNodeName,
      exitCode: ad.ExitCode,
      machine: ad.LastRemoteHost.split('@')[1],
      endedAt: ad.CompletionDate,
    }));
    const told = report.executions.map(({ node, exitCode = -1, slot, endedAt }) => ({
      node,
      exitCode,
      machine: slot?.split('@')[1],
      endedAt: Math.floor((endedAt ?? 0) / 1000),
    }));
    const byNode = (a: { node: string }, b: { node: string }): number => (a.node < b.node ? -1 : 1);
    const times = (all: readonly { endedAt: number }[]): number[] => all.map((job) => job.endedAt);
    const ends = [times(told.sort(byNode)), times(known.sort(byNode))] as const;
    // The queue's history has whole seconds, written when the shadow has said goodbye.
    for (const [index, end] of ends[0].entries()) {
      expect(Math.abs(end - (ends[1][index] ?? 0))).toBeLessThanOrEqual(2);
    }
    const rest = (all: readonly (typeof known)[number][]): unknown[] =>
      all.map((job) => ({ ...job, endedAt: 0 }));
    expect(rest(told)).toEqual(rest(known));
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page).toContain(runId);
    expect(page).not.toMatch(/(?:src|href)="?(?:https?:)?\/\//);
  });

  it('draws on a terminal: steps that end in a line each, then the table', async () => {
    const command = `"${process.execPath}" bin/create-containers.js -c configs/local.json`;
    // util-linux' script gives the program a terminal; a CI's environment asks for plain lines.
    const terminal = ['env', '--unset=CI', '--unset=NO_COLOR', 'TERM=xterm-256color'];
    const drawn = await output([...terminal, 'script', '-qec', command, '/dev/null']);
    expect(drawn).toContain('\u001B[32m✔\u001B[39m virtual network: nothing to do');
    const text = stripVTControlCharacters(drawn);
    for (const step of ['pool key', 'embedded marathons', 'virtual network', 'apps']) {
      expect(text.split(`✔ ${step}: `), step).toHaveLength(2);
    }
    expect(text).toMatch(/runner2 {4}azure +\S+ +172\.16\.0\.3 +running/);
    expect(text).toContain('✔ nothing to change: 3 containers on 2 clusters as wanted');
  });

  it('changes nothing in the containers when it is run again', async () => {
    const before = await containersOf('crossflock');
    expect(before).toHaveLength(5);
    const again = await output([join(ROOT, 'scripts/demo')]);
    expect(again).toContain('nothing to change: 3 containers on 2 clusters as wanted');
    expect(await containersOf('crossflock')).toEqual(before);
  });
});
