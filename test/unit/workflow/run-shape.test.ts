import { describe, expect, it } from 'vitest';

import { nodesOf, readShape } from '../../../src/workflow/run-shape.js';
import { fixture } from './fixture.js';

describe('the shape of a run', () => {
  const run = JSON.parse(fixture('run.json')) as { shape: Record<string, unknown> };

  it('names the nodes as the DAG does', () => {
    const shape = readShape(run);
    const dag = shape === undefined ? [] : nodesOf(shape);
    expect(dag).toHaveLength(23);
    expect(dag.slice(0, 2)).toEqual(['similarity_00000', 'similarity_00001']);
    expect(dag.slice(-3)).toEqual(['merge', 'threshold', 'extract']);
  });

  it('has the steps before the jobs first', () => {
    const before = [{ node: 'import', phase: 'importing' }];
    const shape = readShape({ shape: { ...run.shape, before } });
    expect(shape === undefined ? [] : nodesOf(shape)[0]).toBe('import');
  });

  it.each([
    ['no shape', {}],
    ['no steps', { shape: { ...run.shape, after: undefined } }],
    ['a step without a phase', { shape: { ...run.shape, before: [{ node: 'import' }] } }],
    ['no jobs side by side', { shape: { ...run.shape, parallel: undefined } }],
  ])('is not known with %s', (_, ad) => {
    expect(readShape(ad)).toBeUndefined();
  });
});
