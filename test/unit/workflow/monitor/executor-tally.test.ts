import { describe, expect, it } from 'vitest';
import { ExecutorTally } from '../../../../src/workflow/monitor/executor-tally.js';
import type { Execution } from '../../../../src/workflow/monitor/node.js';

const execution = (changes: Partial<Execution>): Execution => ({
  ...{ job: '2.0', tries: 1, address: 'a', slot: undefined, cpus: 1, queuedAt: 0, startedAt: 0 },
  ...{ endedAt: undefined, outcome: undefined, exitCode: undefined, exitSignal: undefined },
  ...{ reason: undefined },
  ...{ cpuSeconds: undefined, memoryMb: undefined, receivedBytes: undefined },
  sentBytes: undefined,
  ...changes,
});

describe('ExecutorTally', () => {
  it('counts what runs, and what came of what ran', () => {
    const tally = new ExecutorTally();
    const ends = [
      { outcome: 'succeeded', endedAt: 3000 },
      { outcome: 'succeeded', endedAt: 5000 },
      { outcome: 'failed', endedAt: 2000 },
      { outcome: 'lost', endedAt: 2000 },
    ] as const;
    for (const end of ends) {
      tally.started(execution({}));
      tally.ended(execution(end));
    }
    tally.started(execution({ startedAt: 6000 }));
    expect(tally).toMatchObject({ running: 1, done: 2, failed: 1, meanMs: 4000 });
  });

  it('knows the core time so far, of every execution and up to now', () => {
    const tally = new ExecutorTally();
    tally.started(execution({ cpus: 4, startedAt: 1000 }));
    tally.started(execution({ cpus: 1, startedAt: 2000 }));
    expect(tally.coreMs(3000)).toBe(4 * 2000 + 1000);
    tally.ended(execution({ cpus: 4, startedAt: 1000, endedAt: 4000, outcome: 'evicted' }));
    expect(tally.coreMs(5000)).toBe(4 * 3000 + 3000);
    tally.ended(execution({ cpus: 1, startedAt: 2000, endedAt: 5000, outcome: 'succeeded' }));
    expect(tally.coreMs(9000)).toBe(4 * 3000 + 3000);
  });
});
