import { expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../../../src/ports/reporter.js';
import type { RunOverview } from '../../../src/ports/workflow-pool.js';
import { eventsOf, run, start, summaryOf } from '../harness.js';
import { expectCompleteResult, type FailurePool, resultsOf, startsOf } from './failure-pool.js';

/** A run that a person holds, releases, stops and goes on with. */
export function steering(pool: FailurePool): void {
  it('holds, lets go, stops and goes on with a run; nothing that was done runs twice', async () => {
    const workflow = (verb: string, ...more: readonly string[]) =>
      run('crossflock', ['workflow', verb, ...more, '-c', pool.config]);
    const state = async (): Promise<string | undefined> => {
      const { runs } = summaryOf(await workflow('list')).data as { runs: RunOverview[] };
      return runs[0]?.state;
    };
    const long = ['--jobs', '16', '--min-job-seconds', '1.5'];
    const out = ['--out', resultsOf(pool)];
    const watching = start('run-kinc', ['-c', pool.config, ...long, ...out]);
    await watching.event((e) => e.type === 'workflow-progress' && e.snapshot.running >= 4);

    const held = await workflow('hold');
    expect(held.exitCode, held.stdout).toBe(0);
    const { runId } = summaryOf(held).data as { runId: string };
    await watching.event((e) => e.type === 'workflow-progress' && e.snapshot.phase === 'held');
    expect(await state()).toBe('held');
    expect((await workflow('release')).exitCode).toBe(0);
    const some = await watching.event(
      (e) => e.type === 'workflow-progress' && e.snapshot.phase !== 'held' && e.snapshot.done >= 4,
    );
    expect(some).toMatchObject({ snapshot: { runId, failed: 0 } });

    expect((await workflow('stop', runId)).exitCode).toBe(0);
    const stopped = await watching.ended;
    expect(stopped.exitCode).toBe(1);
    expect(await state()).toBe('removed');
    const messages = eventsOf(stopped, 'workflow-event').map(({ message }) => message);
    expect(messages.filter((text) => / failed \(try /.test(text))).toEqual([]);
    const status = summaryOf(await workflow('status', runId)).data as {
      snapshot: WorkflowSnapshot;
    };
    const { done } = status.snapshot;
    expect(done).toBeGreaterThanOrEqual(4);
    const before = await startsOf(pool, runId);

    const retried = await workflow('retry', runId, ...out);
    expectCompleteResult(retried);
    expect(eventsOf(retried, 'notice').map(({ message }) => message)).toEqual([
      `run ${runId}: ${String(done)} jobs are done and whole, ${String(19 - done)} run again`,
    ]);
    const after = await startsOf(pool, runId);
    const again = [...after].filter(([node, count]) => count > (before.get(node) ?? 0));
    expect(again).toHaveLength(19 - done);
    expect(after.size).toBe(19);
  });
}
