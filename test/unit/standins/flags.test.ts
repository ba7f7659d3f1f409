import { describe, expect, test } from 'vitest';
import { MASTER_FLAGS } from '../../standins/mesos/master/flag-table.js';
import { readFlags } from '../../standins/mesos/common/flags.js';

const read = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(readFlags(MASTER_FLAGS, argv, env));

describe('flags of Mesos', () => {
  test('come from the command line and from variables', () => {
    expect(read(['--ip=1.2.3.4', '--quiet'], { MESOS_QUORUM: '1', PATH: '/bin' })).toStrictEqual({
      ip: '1.2.3.4',
      quiet: 'true',
      quorum: '1',
    });
  });

  test('are booleans with an empty variable, or with no- in front', () => {
    expect(read(['--no-hostname_lookup'], { MESOS_AUTHENTICATE_AGENTS: '' })).toStrictEqual({
      hostname_lookup: 'false',
      authenticate_agents: 'true',
    });
  });

  test('have former names', () => {
    expect(read([], { MESOS_AUTHENTICATE_SLAVES: 'true' })).toStrictEqual({
      authenticate_agents: 'true',
    });
  });

  test('that are unknown are ignored as variables', () => {
    expect(read([], { MESOS_NOSUCHFLAG: '1' })).toStrictEqual({});
  });

  test.each([
    [['--nosuchflag=1'], {}, "Failed to load unknown flag 'nosuchflag'"],
    [['--ip'], {}, "Failed to load non-boolean flag 'ip': Missing value"],
    [['--no-ip'], {}, "Failed to load non-boolean flag 'ip' via 'no-ip'"],
    [['--ip=1', '--ip=2'], {}, "Duplicate flag 'ip' on command line"],
    [['--ip=1'], { MESOS_IP: '1' }, "Flag 'ip' is already loaded via name 'ip'"],
  ])('refuses %j with %j', (argv, env, message) => {
    expect(() => read(argv, env as Readonly<Record<string, string>>)).toThrow(message);
  });
});
