import { describe, expect, it } from 'vitest';
import { decide, settled } from '../../../src/embedded/runtime/decide.js';
import type { Goal, TaskView } from '../../../src/embedded/runtime/decide.js';

const OLD = '2026-01-01T00:00:00.000Z';
const NEW = '2026-01-02T00:00:00.000Z';

function goal(instances: number, minimum = 1, over = 1): Goal {
  return {
    instances,
    configVersion: NEW,
    minimumHealthCapacity: minimum,
    maximumOverCapacity: over,
    killSelection: 'YOUNGEST_FIRST',
  };
}

/** `n2r`: new, staged second, running and ready; `o1`: old, staging; `u` unhealthy, `k` killing. */
function tasks(text: string): TaskView[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((id) => ({
      id,
      version: id.startsWith('o') ? OLD : NEW,
      state: id.endsWith('k') ? 'killing' : /[ru]$/.test(id) ? 'running' : 'staging',
      ready: id.endsWith('r'),
      stagedAt: `2026-01-03T00:00:0${id.charAt(1)}.000Z`,
    }));
}

describe('decide', () => {
  it.each<[string, Goal | undefined, string, number, string]>([
    ['nothing there', goal(3), '', 3, ''],
    ['as wanted', goal(2), 'n1r n2r', 0, ''],
    ['one is still staging', goal(2), 'n1r n2', 0, ''],
    ['one too few', goal(3), 'n1r n2r', 1, ''],
    ['scaled down: the youngest goes', goal(1), 'n1r n2r n3r', 0, 'n3r n2r'],
    ['scaled down: one that does not run goes first', goal(1), 'n1 n2r', 0, 'n1'],
    ['a killed task keeps its place until it has ended', goal(1), 'n1k', 0, ''],
    ['suspended', goal(0), 'n1r o2r n3k', 0, 'n1r o2r'],
    ['deleted', undefined, 'n1r n2k', 0, 'n1r'],
    ['rolling: new ones beside the old ones', goal(2), 'o1r o2r', 2, ''],
    ['rolling: an old one for each new one that is ready', goal(2), 'o1r o2r n3r n4', 0, 'o1r'],
    ['rolling: no more than the over-capacity', goal(4, 1, 0.25), 'o1r o2r o3r o4r', 1, ''],
    ['rolling: half of them may go at once', goal(4, 0.5, 0), 'o1r o2r o3r o4r', 0, 'o1r o2r'],
    ['rolling: launches into the places of those that ended', goal(4, 0.5, 0), 'o3r o4r', 2, ''],
    ['0/0: stops before it starts', goal(1, 0, 0), 'o1r', 0, 'o1r'],
    ['0/0: waits for the end', goal(1, 0, 0), 'o1k', 0, ''],
    ['0/0: then starts', goal(1, 0, 0), '', 1, ''],
    ['1/0: one above, or nothing could ever be replaced', goal(2, 1, 0), 'o1r o2r', 1, ''],
    ['an old one that does not run is useless', goal(2), 'o1 o2u n3', 1, 'o1 o2u'],
    ['scaled down and changed', goal(1), 'o1r o2r o3r', 0, 'o1r o2r'],
  ])('%s', (...row) => {
    const [, wanted, there, launch, kill] = row;
    const decision = decide(wanted, tasks(there));
    expect(decision.launch).toBe(launch);
    expect(decision.kill.join(' ')).toBe(kill);
  });

  it('kills the oldest first when asked to', () => {
    const wanted: Goal = { ...goal(1), killSelection: 'OLDEST_FIRST' };
    expect(decide(wanted, tasks('n1r n2r n3r')).kill).toEqual(['n1r', 'n2r']);
  });

  // Whatever order the engine works in, replacing all tasks must come to an end.
  it.each([
    [1, 0, 0],
    [1, 1, 1],
    [3, 1, 0],
    [5, 0.5, 0.2],
    [4, 1, 1],
    [2, 0, 0],
  ])('replaces %d tasks with capacity %d/%d within bounds', (count, minimum, over) => {
    const wanted = goal(count, minimum, over);
    let all = tasks(Array.from({ length: count }, (_, i) => `o${i + 1}r`).join(' '));
    const most = Math.max(count + 1, Math.floor(count * (1 + over)));
    for (let round = 0; round < 50 && !settled(wanted, all); round++) {
      const { launch, kill } = decide(wanted, all);
      const ready = all.filter((task) => task.ready && !kill.includes(task.id)).length;
      expect(ready).toBeGreaterThanOrEqual(Math.ceil(count * minimum));
      all = all.filter(({ id }) => !kill.includes(id));
      const fresh = Array.from({ length: launch }, (_, i) => `n${round}${i}r`);
      all = [...all, ...tasks(fresh.join(' '))];
      expect(all.length).toBeLessThanOrEqual(most);
    }
    expect(settled(wanted, all)).toBe(true);
  });
});

describe('settled', () => {
  it.each<[string, Goal | undefined, string, boolean]>([
    ['all ready', goal(2), 'n1r n2r', true],
    ['one unhealthy', goal(2), 'n1r n2u', false],
    ['one too many, about to end', goal(1), 'n1r n2k', false],
    ['an old one', goal(1), 'o1r', false],
    ['suspended and gone', goal(0), '', true],
    ['deleted, still ending', undefined, 'n1k', false],
    ['deleted and gone', undefined, '', true],
  ])('%s', (_, wanted, there, expected) => {
    expect(settled(wanted, tasks(there))).toBe(expected);
  });
});
