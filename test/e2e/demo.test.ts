import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportExecution } from '../../src/ports/run-report.js';
import type { RunSummary } from '../../src/ports/run-summary.js';
import type { ReportDocument } from '../../src/report/json/render-json.js';
import { containerOf, containersOf, output, ROOT, run, summaryOf } from './harness.js';

const CONFIG = join(ROOT, 'configs/local.json');
const RESULTS = join(ROOT, 'results');

/** Facts of the matrix, computed in R: see data/README.md. */
const PAIRS = 4_652_775;
const EDGES_AT_08 = 1659;
const POSITIVE_AT_08 = 1632;

/** What HTCondor's history of a job says that a report has, too. */
const HISTORY = [
  ...['DAGNodeName', 'ExitCode', 'LastRemoteHost', 'NumJobStarts'],
  ...['CpusProvisioned', 'BytesSent', 'BytesRecvd', 'ResidentSetSize_RAW', 'QDate'],
  ...['JobCurrentStartExecutingDate', 'CompletionDate', 'RemoteUserCpu', 'RemoteSysCpu'],
] as const;

interface HistoryAd extends Readonly<Record<NumberName, number>> {
  readonly DAGNodeName: string;
  readonly LastRemoteHost: string;
  /** KB; absent where nobody looked. */
  readonly ResidentSetSize_RAW?: number;
}
type NumberName = Exclude<
  (typeof HISTORY)[number],
  'DAGNodeName' | 'LastRemoteHost' | 'ResidentSetSize_RAW'
>;

/** What is the same to the last digit in a job's history and in its one execution of the report. */
const exactly = {
  history: (ad: HistoryAd) => ({
    node: ad.DAGNodeName,
    executions: ad.NumJobStarts,
    exitCode: ad.ExitCode,
    slot: ad.LastRemoteHost,
    cores: ad.CpusProvisioned,
    sentBytes: ad.BytesSent,
    receivedBytes: ad.BytesRecvd,
  }),
  report: ({ node, exitCode, slot, cores, sentBytes, receivedBytes }: ReportExecution) => ({
    ...{ node, executions: 1, exitCode, slot, cores, sentBytes, receivedBytes },
  }),
};

const byNode = (a: { node: string }, b: { node: string }): number => (a.node < b.node ? -1 : 1);

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
    const report = JSON.parse(await readFile(file, 'utf8')) as ReportDocument;
    const { runId } = report.summary;
    const submitter = await containerOf('crossflock', 'submitter');
    const history = JSON.parse(
      await output([
        ...['docker', 'exec', '--user', 'condor_pool', submitter, 'condor_history', '-json'],
        ...['-constraint', `CrossflockRun == "${runId}"`, '-attributes', HISTORY.join(',')],
      ]),
    ) as HistoryAd[];
    expect(report.executions.map(exactly.report).sort(byNode)).toEqual(
      history.map(exactly.history).sort(byNode),
    );
    const ads = new Map(history.map((ad) => [ad.DAGNodeName, ad]));
    const jobs = new Map(report.jobs.map((job) => [job.node, job]));
    expect(ads.size).toBe(report.summary.jobs.total);
    for (const execution of report.executions) {
      const ad = ads.get(execution.node);
      if (ad === undefined) throw new Error(`the history has no ${execution.node}`);
      const job = jobs.get(execution.node);
      // The history has whole seconds, and its end is written when the shadow has said goodbye.
      const near = (told = 0, known: number): void => {
        expect(Math.abs(told / 1000 - known), execution.node).toBeLessThanOrEqual(5);
      };
      near(job?.submittedAt, ad.QDate);
      near(execution.startedAt, ad.JobCurrentStartExecutingDate);
      near(execution.endedAt, ad.CompletionDate);
      near(job?.endedAt, ad.CompletionDate);
      const cpuSeconds = ad.RemoteUserCpu + ad.RemoteSysCpu;
      expect(Math.abs((execution.cpuSeconds ?? 0) - cpuSeconds)).toBeLessThanOrEqual(1);
      // A job that was over before HTCondor looked has no memory in either.
      expect(execution.memoryMb ?? 0).toBe(Math.ceil((ad.ResidentSetSize_RAW ?? 0) / 1024));
    }
    const sum = (name: 'BytesSent' | 'BytesRecvd'): number =>
      history.reduce((total, ad) => total + ad[name], 0);
    expect(report.figures.bytes).toEqual({ sent: sum('BytesSent'), received: sum('BytesRecvd') });
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
