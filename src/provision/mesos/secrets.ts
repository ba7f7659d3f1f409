import { createHash, randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { ClusterPlan } from '../../plan/types.js';
import type { MesosPaths } from './paths.js';

/**
 * `zookeeper`: ZooKeeper's digest access to the cluster's paths. `framework`, `agent`: with which
 * Marathon and the agents register at the master. `marathon`: basic authentication of its API.
 */
export const MESOS_SECRETS = ['zookeeper', 'framework', 'agent', 'marathon'] as const;
export type MesosSecret = (typeof MESOS_SECRETS)[number];

/** The secrets themselves; made once a cluster, kept on its hosts, never on the controller. */
export type MesosSecrets = Readonly<Record<MesosSecret, string>>;

/** SHA-256 of each secret's file, in hex: enough to tell what is wanted. */
export type MesosSecretHashes = Readonly<Record<MesosSecret, string>>;

/** Who it is that has a secret. */
export const PRINCIPALS: Readonly<Record<MesosSecret, string>> = {
  zookeeper: 'crossflock',
  framework: 'marathon',
  agent: 'agent',
  marathon: 'crossflock',
};

/** Four new ones: hex, so that they need no quoting in an address, in JSON or in an env file. */
export function newMesosSecrets(): MesosSecrets {
  const secret = (): string => randomBytes(24).toString('hex');
  return { zookeeper: secret(), framework: secret(), agent: secret(), marathon: secret() };
}

/** Where a secret is on every host of its cluster. Without a newline: Marathon reads all of it. */
export function secretPath(paths: MesosPaths, name: MesosSecret): string {
  return posix.join(paths.secrets, name);
}

export function secretHashes(secrets: MesosSecrets): MesosSecretHashes {
  return {
    zookeeper: sha256(secrets.zookeeper),
    framework: sha256(secrets.framework),
    agent: sha256(secrets.agent),
    marathon: sha256(secrets.marathon),
  };
}

/** Who may use a cluster's Marathon: as the configuration says, or with the secret that was made. */
export function marathonAuth(
  auth: ClusterPlan['auth'],
  secrets: Pick<MesosSecrets, 'marathon'>,
): NonNullable<ClusterPlan['auth']> {
  return auth ?? { username: PRINCIPALS.marathon, password: secrets.marathon };
}

/** In hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
