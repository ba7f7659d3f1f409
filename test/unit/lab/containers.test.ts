import { describe, expect, it } from 'vitest';
import {
  createNetworkArgs,
  placeIn,
  runHostArgs,
  runRegistryArgs,
} from '../../../src/lab/containers.js';

const HOST = { id: 'a-1', cloud: 'a', number: 1, address: '10.199.0.17', isBare: false };

/** The values that follow an option. */
const valuesOf = (args: readonly string[], option: string) =>
  args.flatMap((word, index) => (args[index - 1] === option ? [word] : []));

describe('the command lines of a lab', () => {
  it('make a host with all that an engine inside needs, and nothing more', () => {
    const args = runHostArgs(placeIn('lab', '10.199.0.0/24', true), HOST);
    expect(args.at(-1)).toBe('crossflock/lab-host');
    expect(valuesOf(args, '--name')).toEqual(['lab-a-1']);
    expect(valuesOf(args, '--ip')).toEqual(['10.199.0.17']);
    expect(valuesOf(args, '--network')).toEqual(['lab-lab']);
    expect(valuesOf(args, '--cap-add').sort()).toEqual([
      'DAC_READ_SEARCH',
      'NET_ADMIN',
      'SYS_ADMIN',
      'SYS_PTRACE',
    ]);
    expect(args).not.toContain('--privileged');
    expect(valuesOf(args, '--env')).toEqual(['CROSSFLOCK_LAB_REGISTRY=10.199.0.2:5000']);
    expect(valuesOf(args, '--label')).toEqual([
      'crossflock.lab=lab',
      'crossflock.lab.part=host',
      'crossflock.lab.cloud=a',
      'crossflock.lab.number=1',
      'crossflock.lab.address=10.199.0.17',
      'crossflock.lab.bare=false',
    ]);
  });

  it('make a host that may use every device, only where that is asked for', () => {
    const place = placeIn('lab', '10.199.0.0/24', true);
    const rules = (args: readonly string[]) => valuesOf(args, '--device-cgroup-rule');
    expect(rules(runHostArgs({ ...place, devices: true }, HOST))).toEqual(['a *:* rwm']);
    expect(rules(runHostArgs({ ...place, devices: false }, HOST))).toEqual([]);
  });

  it('make a bare host, without a registry where the lab has none', () => {
    const args = runHostArgs(placeIn('lab', '10.199.0.0/24', false), { ...HOST, isBare: true });
    expect(args.at(-1)).toBe('crossflock/lab-bare');
    expect(args).not.toContain('--env');
  });

  it('make the network, which remembers what was asked for', () => {
    expect(createNetworkArgs(placeIn('lab', '10.199.0.0/24', false))).toEqual([
      ...['network', 'create', '--driver', 'bridge'],
      ...['--subnet', '10.199.0.0/24', '--gateway', '10.199.0.1'],
      ...['--label', 'crossflock.lab=lab', '--label', 'crossflock.lab.subnet=10.199.0.0/24'],
      ...['--label', 'crossflock.lab.registry=false', 'lab-lab'],
    ]);
  });

  it('make the registry at an address of its own', () => {
    const args = runRegistryArgs(placeIn('lab', '10.199.0.0/24', true));
    expect(valuesOf(args, '--ip')).toEqual(['10.199.0.2']);
    expect(args.at(-1)).toBe('crossflock/lab-registry');
    expect(args).not.toContain('--publish');
  });
});
