import { describe, expect, it } from 'vitest';
import { parseLabs } from '../../../src/lab/inventory.js';

const row = (...cells: readonly string[]) => `${cells.join('\t')}\n`;

describe('parseLabs', () => {
  it('reads nothing out of nothing', () => {
    expect(parseLabs('', '')).toEqual([]);
  });

  it('reads labs by name and hosts by address, whatever the order', () => {
    const containers =
      row('running', 'two', 'host', '10.199.1.33', 'azure', '1', 'true') +
      row('exited', 'one', 'host', '10.199.0.100', 'b', '4', 'false') +
      row('created', 'one', 'host', '10.199.0.17', 'a', '1', 'false') +
      row('running', 'one', 'registry', '10.199.0.2', '', '', '');
    const networks = row('two', '10.199.1.0/24', 'false') + row('one', '10.199.0.0/24', 'true');
    const labs = parseLabs(containers, networks);
    expect(labs.map(({ name, wantsRegistry }) => [name, wantsRegistry])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    expect(labs[0]).toMatchObject({
      subnet: '10.199.0.0/24',
      registry: { address: '10.199.0.2', state: 'running' },
      hosts: [{ id: 'a-1' }, { id: 'b-4', state: 'exited' }],
    });
    expect(labs[1]?.hosts[0]).toEqual({
      id: 'azure-1',
      cloud: 'azure',
      number: 1,
      address: '10.199.1.33',
      isBare: true,
      state: 'running',
    });
  });

  it('knows a lab of which only a part was made', () => {
    expect(parseLabs('', row('one', '10.199.0.0/24', 'true'))).toHaveLength(1);
    const [lab] = parseLabs(row('created', 'one', 'registry', '10.199.0.2', '', '', ''), '');
    expect(lab).toMatchObject({ name: 'one', wantsRegistry: true, hosts: [] });
    expect(lab).not.toHaveProperty('subnet');
  });
});
