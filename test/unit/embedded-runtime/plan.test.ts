import { describe, expect, it } from 'vitest';
import type { AppVersion } from '../../../src/embedded/orchestrator.js';
import { planChange } from '../../../src/embedded/runtime/plan.js';
import { T0, app, docker, mapping, version } from './helpers.js';

const LATER = '2026-01-02T03:05:00.000Z';

function there(...versions: AppVersion[]): Map<string, AppVersion> {
  return new Map(versions.map((one) => [one.definition.id, one]));
}

const names = (plan: ReturnType<typeof planChange>): string[] =>
  plan.steps.map(({ actions }) =>
    actions.map(({ action, app: id }) => `${action.replace('Application', '')} ${id}`).join(', '),
  );

describe('planChange', () => {
  it('stops, then starts, then scales and restarts in the order of dependencies', () => {
    const current = there(version(app('/old')), version(app('/web', { dependencies: ['/db'] })));
    const change = {
      put: [
        app('/web', { dependencies: ['/db'], mem: 1 }),
        app('/db'),
        app('/front', { dependencies: ['/web'] }),
      ],
      remove: ['/old', '/unknown'],
    };
    expect(names(planChange(current, change, LATER))).toEqual([
      'Stop /old',
      'Start /db, Start /front',
      'Scale /db',
      'Restart /web',
      'Scale /front',
    ]);
  });

  it.each([
    ['the same', app('/a'), []],
    ['instances alone', app('/a', { instances: 5 }), ['Scale /a']],
    ['anything else', app('/a', { env: { X: '1' } }), ['Restart /a']],
    ['anything else, to no instance', app('/a', { mem: 1, instances: 0 }), ['Scale /a']],
  ])('%s', (_, wanted, expected) => {
    const plan = planChange(there(version(app('/a'))), { put: [wanted], remove: [] }, LATER);
    expect(names(plan)).toEqual(expected);
  });

  it('keeps the time of the last change of configuration when scaling', () => {
    const current = there(version(app('/a')));
    const scale = planChange(current, { put: [app('/a', { instances: 2 })], remove: [] }, LATER);
    expect(scale.put[0]).toMatchObject({
      version: LATER,
      lastScalingAt: LATER,
      lastConfigChangeAt: T0,
    });
    const restart = planChange(current, { put: [], remove: [], restart: ['/a'] }, LATER);
    expect(restart.put[0]).toMatchObject({ version: LATER, lastConfigChangeAt: LATER });
  });

  it('depends on all apps of a group, and survives a cycle', () => {
    const change = {
      put: [
        app('/x', { dependencies: ['/g'] }),
        app('/g/a', { dependencies: ['/x'] }),
        app('/g/b'),
      ],
      remove: [],
    };
    const steps = names(planChange(there(), change, LATER));
    expect(
      steps.flatMap((step) => step.split(', ')).filter((step) => step.startsWith('Scale')),
    ).toHaveLength(3);
  });

  it('assigns service ports, and keeps the ones that an app has', () => {
    const ports = (plan: ReturnType<typeof planChange>): unknown =>
      plan.put.map(({ definition }) =>
        definition.container?.portMappings?.map(({ servicePort }) => servicePort),
      );
    const two = docker({}, { portMappings: [mapping(80), mapping(81)] });
    const other = docker({}, { portMappings: [{ ...mapping(80), servicePort: 10_001 }] });
    const first = planChange(
      there(version(app('/o', other))),
      { put: [app('/a', two)], remove: [] },
      LATER,
    );
    expect(ports(first)).toEqual([[10_000, 10_002]]);
    const again = planChange(
      there(...first.put),
      { put: [app('/a', { ...two, mem: 1 })], remove: [] },
      LATER,
    );
    expect(ports(again)).toEqual([[10_000, 10_002]]);
    const same = planChange(there(...first.put), { put: [app('/a', two)], remove: [] }, LATER);
    expect(same.steps).toEqual([]);
  });
});
