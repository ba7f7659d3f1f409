import { CrossflockError } from '../errors/crossflock-error.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Host } from '../ports/host.js';
import type { MesosPaths } from '../provision/mesos/paths.js';
import {
  MESOS_SECRETS,
  newMesosSecrets,
  secretHashes,
  secretPath,
  type MesosSecretHashes,
  type MesosSecrets,
} from '../provision/mesos/secrets.js';
import type { MesosSeen } from '../provision/mesos/seen.js';

/** A host of a cluster, with what it has of the cluster's secrets. */
export interface SecretsPlace {
  readonly id: string;
  readonly host: Host;
  readonly seen: MesosSeen['secrets'];
}

/** The secrets of a cluster: by their hashes, and themselves for who needs them. */
export interface ClusterSecrets {
  readonly hashes: MesosSecretHashes;
  readonly take: (signal: AbortSignal) => Promise<MesosSecrets>;
}

/**
 * The secrets that a cluster's hosts have, or new ones where none has all of them.
 * @throws CrossflockError `refused` where two hosts have different ones
 */
export function secretsOf(
  { id }: ClusterPlan,
  paths: MesosPaths,
  places: readonly SecretsPlace[],
): ClusterSecrets {
  const found = places.flatMap((place) => {
    const hashes = complete(place.seen);
    return hashes === undefined ? [] : [{ ...place, hashes }];
  });
  const [first] = found;
  if (first === undefined) return made();
  const other = found.find(({ hashes }) => !isSame(hashes, first.hashes));
  if (other !== undefined) {
    throw new CrossflockError(`${first.id} and ${other.id} of ${id} hold different secrets`, {
      code: 'refused',
      hint: `keep those of the host whose agents and marathon work, remove ${paths.secrets} on the other, and run the command again`,
    });
  }
  return { hashes: first.hashes, take: (signal) => read(first.host, paths, signal) };
}

function made(): ClusterSecrets {
  const secrets = newMesosSecrets();
  return { hashes: secretHashes(secrets), take: () => Promise.resolve(secrets) };
}

function complete(seen: MesosSeen['secrets']): MesosSecretHashes | undefined {
  const { zookeeper, framework, agent, marathon } = seen;
  if (!zookeeper || !framework || !agent || !marathon) return undefined;
  return { zookeeper, framework, agent, marathon };
}

function isSame(a: MesosSecretHashes, b: MesosSecretHashes): boolean {
  return MESOS_SECRETS.every((name) => a[name] === b[name]);
}

async function read(host: Host, paths: MesosPaths, signal: AbortSignal): Promise<MesosSecrets> {
  const files = MESOS_SECRETS.map((name) => secretPath(paths, name));
  // They have no newline of their own, and no blanks.
  const script = 'for file; do cat "$file" && echo; done';
  const { exitCode, stdout } = await host.run(['sh', '-c', script, 'sh', ...files], { signal });
  const [zookeeper = '', framework = '', agent = '', marathon = ''] = stdout.split('\n');
  if (exitCode === 0 && marathon !== '') return { zookeeper, framework, agent, marathon };
  throw new CrossflockError(`the secrets in ${paths.secrets} on ${host.name} cannot be read`, {
    code: 'command-failed',
  });
}
