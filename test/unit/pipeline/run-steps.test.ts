import { describe, expect, it } from 'vitest';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { runSteps } from '../../../src/pipeline/run-steps.js';
import { applyEach, step, type Step } from '../../../src/pipeline/step.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';

function world(signal = new AbortController().signal) {
  const reporter = new RecordingReporter();
  return { reporter, options: { reporter, clock: new FakeClock(), signal } };
}

const view = (target: string) => ({ view: { action: 'create', kind: 'app', target } as const });

function appStep(state: Set<string>, wanted: readonly string[]): Step {
  return step({
    id: 'apps',
    title: 'apps',
    check: () => Promise.resolve(wanted.filter((name) => !state.has(name)).map(view)),
    apply: applyEach(1, (change) => {
      state.add(change.view.target);
      return Promise.resolve();
    }),
    settle: () => Promise.resolve(`${state.size} apps`),
  });
}

describe('runSteps', () => {
  it('applies what check finds, and a second run finds nothing', async () => {
    const state = new Set<string>();
    const first = world();
    expect(await runSteps([appStep(state, ['a', 'b'])], first.options)).toEqual({ changes: 2 });
    expect(first.reporter.of('change').map((e) => `${e.state} ${e.change.target}`)).toEqual([
      'planned a',
      'planned b',
      'applied a',
      'applied b',
    ]);
    expect(first.reporter.of('step-finished')[0]).toMatchObject({
      outcome: 'changed',
      message: '2 apps',
    });
    const second = world();
    expect(await runSteps([appStep(state, ['a', 'b'])], second.options)).toEqual({ changes: 0 });
    expect(second.reporter.of('step-finished')[0]?.outcome).toBe('unchanged');
  });

  it('changes nothing in a dry run and does not wait for anything', async () => {
    const state = new Set<string>();
    const { reporter, options } = world();
    const result = await runSteps([appStep(state, ['a'])], { ...options, dryRun: true });
    expect(result.changes).toBe(1);
    expect(state.size).toBe(0);
    expect(reporter.of('step-finished')[0]).toMatchObject({ outcome: 'would-change' });
    expect(reporter.of('step-finished')[0]?.message).toBeUndefined();
  });

  it('stops at the first failing step and says why', async () => {
    const state = new Set<string>();
    const bad = step({
      id: 'bad',
      title: 'bad step',
      check: () =>
        Promise.reject(new CrossflockError('no docker', { code: 'unreachable', hint: 'start it' })),
      apply: () => Promise.resolve(),
    });
    const { reporter, options } = world();
    const result = await runSteps([bad, appStep(state, ['a'])], options);
    expect(result.failure).toMatchObject({ step: 'bad', error: { code: 'unreachable' } });
    expect(state.size).toBe(0);
    expect(reporter.of('step-failed')[0]?.error).toEqual({
      code: 'unreachable',
      message: 'no docker',
      hint: 'start it',
    });
  });

  it('names every change that failed, after trying all of them', async () => {
    const applied: string[] = [];
    const some = step({
      id: 'some',
      title: 'some',
      check: () => Promise.resolve(['a', 'b', 'c'].map(view)),
      apply: applyEach(3, (change) => {
        applied.push(change.view.target);
        if (change.view.target === 'b') return Promise.resolve();
        return Promise.reject(new CrossflockError('full', { code: 'refused' }));
      }),
    });
    const { options } = world();
    const result = await runSteps([some], options);
    expect(applied).toEqual(['a', 'b', 'c']);
    expect(result.failure?.error.message).toBe('2 of 3 failed: a: full; c: full');
    expect(result.failure?.error.code).toBe('refused');
  });

  it('does not tick a step that could not see all of it', async () => {
    const blind = step({
      id: 'blind',
      title: 'blind',
      check: ({ incomplete }) => {
        incomplete('azure: no answer');
        return Promise.resolve([]);
      },
      apply: () => Promise.resolve(),
      settle: () => Promise.resolve('1 of 2'),
    });
    const { reporter, options } = world();
    await runSteps([blind], options);
    expect(reporter.of('step-finished')[0]).toMatchObject({
      outcome: 'incomplete',
      message: '1 of 2; azure: no answer',
    });
  });

  it('reports an interruption as such, whatever was thrown on the way', async () => {
    const interrupt = new AbortController();
    const slow = step({
      id: 'slow',
      title: 'slow',
      check: () => {
        interrupt.abort();
        return Promise.reject(new Error('socket closed'));
      },
      apply: () => Promise.resolve(),
    });
    const { options } = world(interrupt.signal);
    const result = await runSteps([slow], options);
    expect(result.failure?.error).toMatchObject({ code: 'aborted', message: 'interrupted' });
  });
});
