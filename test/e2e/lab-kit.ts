import { join } from 'node:path';
import { expect } from 'vitest';
import type { ReportEvent } from '../../src/ports/reporter.js';
import type { RunSummary } from '../../src/ports/run-summary.js';
import { output, ROOT, summaryOf, type Ended } from './harness.js';

/** Facts of the matrix, computed in R: see data/README.md. */
const NETWORK = { pairs: 4_652_775, edges: 1659, positive: 1632 };

/** A lab of the machine that the tests run on. */
export class LabKit {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** `crossflock lab VERB`; its standard output. */
  run(verb: string, ...args: readonly string[]): Promise<string> {
    const program = [process.execPath, join(ROOT, 'bin/crossflock.js'), 'lab'];
    return output([...program, verb, '--name', this.name, ...args]);
  }

  /** Runs a command line on a host, as its user; its standard output. */
  on(host: string, commandLine: string): Promise<string> {
    return this.run('ssh', host, '--', commandLine);
  }

  /** Names, ids and starts of the containers that run on a host: what must not change. */
  async containersOn(host: string): Promise<readonly string[]> {
    const names = await this.on(
      host,
      `sudo docker ps --format '{{.Names}} {{.ID}} {{.CreatedAt}}'`,
    );
    return names.trim().split('\n').sort();
  }

  async expectNothingLeft(): Promise<void> {
    for (const kind of ['container', 'network', 'volume']) {
      const filter = ['--filter', `label=crossflock.lab=${this.name}`];
      expect(await output(['docker', kind, 'ls', '-q', ...filter]), kind).toBe('');
    }
  }
}

/** A run that succeeded, every job of it, with the network whose numbers are known. */
export function expectCompleteResult(ended: Ended): RunSummary {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  const { run: summary } = summaryOf(ended).data as { run: RunSummary };
  expect(summary).toMatchObject({ outcome: 'succeeded', problems: [], network: NETWORK });
  expect(summary.jobs).toMatchObject({ failed: [], notRun: [], done: summary.jobs.total });
  return summary;
}

export const jobsRunOn =
  (cluster: string) =>
  (event: ReportEvent): boolean =>
    event.type === 'workflow-progress' && (event.snapshot.runningByCluster[cluster] ?? 0) > 0;

export const jobsDone =
  (count: number) =>
  (event: ReportEvent): boolean =>
    event.type === 'workflow-progress' && event.snapshot.done >= count;
