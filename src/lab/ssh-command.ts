import type { LabFiles } from './access.js';

/** A login on a lab host. */
export interface LabLogin {
  readonly user: string;
  readonly address: string;
  /** Nothing: a shell. */
  readonly command: readonly string[];
}

/**
 * The command line of OpenSSH's client for a lab host: nothing of the user's own configuration, and
 * only keys that the lab knows.
 */
export function sshArgv(files: LabFiles, { user, address, command }: LabLogin): readonly string[] {
  const options = {
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: quoted(files.knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
  };
  return [
    ...['ssh', '-F', 'none', '-i', files.privateKey, '-l', user],
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['--', address, ...command],
  ];
}

/** OpenSSH splits this option's value at blanks, and reads `%` as a token. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
