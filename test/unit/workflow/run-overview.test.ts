import { describe, expect, it } from 'vitest';
import { readOverviews } from '../../../src/workflow/run-overview.js';

/** Two lines as `crossflock-runs` prints them. */
const PRINTED = `\
{"id": "kinc-1795280008", "workflow": "kinc", "state": "running", "total": 23, "done": 4, "failed": 1, "created": "2026-11-21T16:53:28.512Z"}
{"id": "kinc-1795279886", "workflow": "kinc", "state": "removed", "total": 43, "done": 0, "failed": 0, "created": "2026-11-21T16:51:26.734Z", "ended": "2026-11-21T16:52:24.687Z"}
`;

describe('readOverviews', () => {
  it('reads a run a line', () => {
    const [first, second, ...others] = readOverviews(PRINTED);
    expect(first).toEqual({
      id: 'kinc-1795280008',
      workflow: 'kinc',
      state: 'running',
      total: 23,
      done: 4,
      failed: 1,
      created: '2026-11-21T16:53:28.512Z',
    });
    expect(second).toMatchObject({ state: 'removed', ended: '2026-11-21T16:52:24.687Z' });
    expect(others).toEqual([]);
    expect(readOverviews('')).toEqual([]);
  });

  it.each(['{"id":"r"', '[]', '{"id":"r","created":"x","state":"odd"}'])('refuses %s', (line) => {
    expect(() => readOverviews(line)).toThrow('crossflock-runs answered');
  });
});
