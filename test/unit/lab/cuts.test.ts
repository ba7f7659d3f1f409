import { describe, expect, it } from 'vitest';
import { cutPairs, cutsOf, cutsText, giveCuts } from '../../../src/lab/cuts.js';
import type { LabHost } from '../../../src/lab/model.js';
import { FakeHost } from '../../fakes/fake-host.js';

const signal = new AbortController().signal;

function host(cloud: string, address: string, state = 'running'): LabHost {
  return { id: `${cloud}-1`, cloud, number: 1, address, isBare: false, state };
}
const HOSTS = [host('a', '10.199.0.17'), host('b', '10.199.0.33'), host('c', '10.199.0.49')];
const cut = (cloud: string) => ({ cloud, range: '' });

describe('cuts', () => {
  it('are pairs, each once, whichever side tells of them', () => {
    const seen = [
      { cloud: 'b', cuts: [cut('a')] },
      { cloud: 'a', cuts: [cut('b'), cut('c')] },
      { cloud: 'c', cuts: [] },
    ];
    expect(cutPairs(seen)).toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });

  it('mean for a host the ranges of the other clouds', () => {
    const pairs = [
      ['b', 'c'],
      ['a', 'b'],
    ] as const;
    expect(cutsText(cutsOf('b', pairs, HOSTS))).toBe('a 10.199.0.16/28\nc 10.199.0.48/28\n');
    expect(cutsText(cutsOf('a', pairs, HOSTS))).toBe('b 10.199.0.32/28\n');
    expect(cutsText(cutsOf('d', pairs, HOSTS))).toBe('');
  });

  it('leave out a cloud that has no host any more', () => {
    expect(cutsOf('a', [['a', 'z']], HOSTS)).toEqual([]);
  });
});

describe('giveCuts', () => {
  const cuts = [{ cloud: 'b', range: '10.199.0.32/28' }];

  it('hands a running host its list', async () => {
    const docker = new FakeHost();
    docker.on(['docker', 'exec', '--interactive', 'lab-a-1', 'crossflock-lab', 'cuts'], {});
    const target = { lab: 'lab', host: HOSTS[0]!, file: '/state/cuts' };
    await giveCuts(docker, target, cuts, signal);
    expect(docker.runs.map(({ stdin }) => stdin)).toEqual(['b 10.199.0.32/28\n']);
    expect(docker.puts).toEqual([]);
  });

  it('puts it into a host that is off', async () => {
    const docker = new FakeHost();
    docker.on(['docker', 'cp', '/state/cuts', 'lab-a-1:/etc/crossflock-lab/cuts'], {});
    const target = { lab: 'lab', host: host('a', '10.199.0.17', 'exited'), file: '/state/cuts' };
    await giveCuts(docker, target, cuts, signal);
    expect(docker.puts).toMatchObject([{ path: '/state/cuts', content: 'b 10.199.0.32/28\n' }]);
    expect(docker.runs).toHaveLength(1);
  });
});
