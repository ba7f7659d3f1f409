import { posix } from 'node:path';

/** What crossflock keeps on a host for a deployment; readable by root only. */
export function hostFolder(deployment: string): string {
  return posix.join('/etc/crossflock', deployment);
}

/** Where the pool's signing key is on a host. */
export function hostSecretsFolder(deployment: string): string {
  return posix.join(hostFolder(deployment), 'secrets');
}
