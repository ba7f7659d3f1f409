import { describe, expect, it } from 'vitest';
import { secretsOf, type SecretsPlace } from '../../../src/actions/mesos-secrets.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { mesosPaths } from '../../../src/provision/mesos/paths.js';
import { newMesosSecrets, secretHashes } from '../../../src/provision/mesos/secrets.js';
import { FakeHost } from '../../fakes/fake-host.js';

const CLUSTER = { id: 'chameleon' } as ClusterPlan;
const PATHS = mesosPaths('demo', 'chameleon');
const SECRETS = newMesosSecrets();
const HASHES = secretHashes(SECRETS);
const { signal } = new AbortController();

function place(id: string, seen: SecretsPlace['seen'], stdout = ''): SecretsPlace {
  return { id, seen, host: new FakeHost(id).on((argv) => argv[0] === 'sh', { stdout }) };
}

describe('the secrets of a cluster', () => {
  it('are made once where no host has all of them', async () => {
    const { zookeeper, framework, marathon } = HASHES;
    const some = { zookeeper, framework, marathon };
    const made = secretsOf(CLUSTER, PATHS, [place('m1', {}), place('a1', some)]);
    const taken = await made.take(signal);
    expect(secretHashes(taken)).toEqual(made.hashes);
    expect(await made.take(signal)).toEqual(taken);
  });

  it('are taken from the host that has them', async () => {
    const lines = [SECRETS.zookeeper, SECRETS.framework, SECRETS.agent, SECRETS.marathon, ''];
    const found = secretsOf(CLUSTER, PATHS, [
      place('a1', {}),
      place('m1', HASHES, lines.join('\n')),
    ]);
    expect(found.hashes).toEqual(HASHES);
    expect(await found.take(signal)).toEqual(SECRETS);
  });

  it('are missed in words where they cannot be read', async () => {
    const found = secretsOf(CLUSTER, PATHS, [place('m1', HASHES, 'zk\n')]);
    await expect(found.take(signal)).rejects.toThrow(`the secrets in ${PATHS.secrets} on m1`);
  });

  it('are never chosen between two hosts that differ', () => {
    const others = secretHashes(newMesosSecrets());
    expect(() => secretsOf(CLUSTER, PATHS, [place('m1', HASHES), place('a1', others)])).toThrow(
      'm1 and a1 of chameleon hold different secrets',
    );
  });
});
