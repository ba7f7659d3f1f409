import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const KEY = 'CROSSFLOCK_POOL_KEY=0123456789012345678901234567890123456789';

async function run(image: string, env: readonly string[], args: readonly string[]) {
  const variables = env.flatMap((variable) => ['-e', variable]);
  return execa('docker', ['run', '--rm', ...variables, `crossflock/${image}`, ...args], {
    reject: false,
  });
}

describe('start of a container', () => {
  it.each([
    ['submitter', [], [], 'no pool key'],
    ['submitter', ['CROSSFLOCK_POOL_KEY=short'], [], 'has 5 characters'],
    ['submitter', [KEY], ['-f', '10.0.0'], "-f '10.0.0' is not an IPv4 address"],
    ['submitter', [KEY], ['-k', 'ssh-rsa nonsense'], 'not an ssh public key'],
    ['executor', [KEY], [], 'SCIDAS_RESC_CPUS'],
    [
      'executor',
      [KEY, 'SCIDAS_RESC_CPUS=4', 'SCIDAS_RESC_MEM=lots'],
      [],
      "SCIDAS_RESC_MEM is 'lots'",
    ],
    ['executor', [KEY, 'SCIDAS_APP_NETWORK=10.0.0.0/99'], [], 'SCIDAS_RESC_CPUS'],
  ] as const)(
    '%s with environment %j and arguments %j is refused',
    async (image, env, args, text) => {
      const result = await run(image, env, args);
      expect(result.stderr).toContain(`crossflock-${image}: `);
      expect(result.stderr).toContain(text);
      expect(result.stderr).not.toContain('Traceback');
      expect(result.exitCode).toBe(2);
    },
  );
});
