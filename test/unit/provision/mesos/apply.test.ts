import { beforeEach, describe, expect, it } from 'vitest';
import { applyMesosChange } from '../../../../src/provision/mesos/apply.js';
import type { MesosStep } from '../../../../src/provision/mesos/change.js';
import { UNPACK_SCRIPT } from '../../../../src/provision/mesos/unpack-script.js';
import { FakeHost } from '../../../fakes/fake-host.js';
import { SECRETS, wantedOf } from './support.js';

const wanted = wantedOf();
let host: FakeHost;
let asked: number;

beforeEach(() => {
  host = new FakeHost('m1');
  asked = 0;
});

function apply(steps: readonly MesosStep[], signal = new AbortController().signal): Promise<void> {
  const view = { action: 'create', kind: 'zookeeper', target: 'm1' } as const;
  const change = { view, hostId: 'm1', part: 'zookeeper', leads: false, steps } as const;
  const secrets = () => {
    asked += 1;
    return Promise.resolve(SECRETS);
  };
  return applyMesosChange(host, change, { wanted, secrets, signal });
}

describe('a change', () => {
  it('is made step by step, and says nothing secret in a command line', async () => {
    const file = wanted.files.find(({ sha256 }) => sha256 === undefined)!;
    host.on(['install', '-d', '-m', '700', '/etc/x'], {}).on(['docker', 'run', 'it'], {});
    await apply([
      { do: 'folders', folders: [{ path: '/etc/x', mode: 0o700 }] },
      { do: 'secrets', names: ['agent'] },
      { do: 'files', files: [file] },
      { do: 'run', argv: ['docker', 'run', 'it'] },
    ]);
    expect(host.puts.map(({ path, mode }) => [path, mode])).toEqual([
      [`${wanted.paths.secrets}/agent`, 0o600],
      [file.path, file.mode],
      [wanted.paths.manifest, 0o600],
    ]);
    expect(host.puts[0]?.content).toBe(SECRETS.agent);
    expect(host.puts[2]?.content).toContain(`${file.spec} `);
    for (const secret of Object.values(SECRETS)) {
      expect(host.commandLines.join('\n')).not.toContain(secret);
    }
    host.verify();
  });

  it('unpacks an image by a script that is told by its environment', async () => {
    const env = {
      ...{ CROSSFLOCK_IMAGE: 'a:1', CROSSFLOCK_ROOTS: '/r', CROSSFLOCK_LINK: '/r/current' },
      CROSSFLOCK_DEPLOYMENT: 'demo',
    };
    host.on(['sh', '-c', UNPACK_SCRIPT], {});
    await apply([{ do: 'unpack', env }]);
    expect(host.runs[0]?.options.env).toEqual(env);
    expect(asked).toBe(0);
  });

  it('ends at the first step that fails, with the last words of the command', async () => {
    host.on(['docker', 'run', '--detach', 'x'], { exitCode: 125, stderr: 'one\nport taken\n' });
    const steps: readonly MesosStep[] = [
      { do: 'run', argv: ['docker', 'run', '--detach', 'x'] },
      { do: 'remove', paths: ['/etc/x'] },
    ];
    await expect(apply(steps)).rejects.toMatchObject({
      message: 'docker run --detach failed: port taken',
      code: 'command-failed',
    });
    expect(host.runs).toHaveLength(1);
  });

  it('does nothing any more once it was interrupted', async () => {
    await expect(apply([{ do: 'remove', paths: ['/x'] }], AbortSignal.abort())).rejects.toThrow();
    expect(host.runs).toEqual([]);
  });
});
