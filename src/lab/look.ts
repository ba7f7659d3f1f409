import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host } from '../ports/host.js';
import type { Cut } from './cuts.js';
import { docker } from './docker.js';
import type { LabHost } from './model.js';
import { hostContainer } from './names.js';

/** Seconds until a host counts as one that does not boot. */
const BOOT_SECONDS = 90;

/** What a running host says of itself. */
export interface HostLook {
  /** Type and key, such as `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Digest of the access that was given; undefined before. */
  readonly access?: string;
  /** The clouds it is cut off from. */
  readonly cuts: readonly Cut[];
}

/** Waits until a host that was switched on has booted: SSH and, where there is one, Docker answer. */
export async function untilBooted(
  host: Host,
  lab: string,
  { id }: LabHost,
  signal: AbortSignal,
): Promise<void> {
  const name = hostContainer(lab, id);
  const argv = ['docker', 'exec', name, 'crossflock-lab', 'wait', String(BOOT_SECONDS)];
  const { exitCode, stdout, stderr } = await host.run(argv, { signal });
  if (exitCode === 0) return;
  const hint = `see docker logs ${name}`;
  // flock ends with 1 and says nothing when the time is up; Docker tells of its own trouble.
  const why = stderr.trim() || stdout.trim();
  if (exitCode === 1 && why === '') {
    throw new CrossflockError(`${id} did not boot within ${BOOT_SECONDS} s`, {
      code: 'timeout',
      hint,
    });
  }
  throw new CrossflockError(`${id} cannot be asked whether it has booted: ${why}`, {
    code: 'command-failed',
    hint,
  });
}

export async function lookAt(
  host: Host,
  lab: string,
  { id }: LabHost,
  signal: AbortSignal,
): Promise<HostLook> {
  const argv = ['exec', hostContainer(lab, id), 'crossflock-lab', 'look'];
  return parseLook(await docker(host, argv, { signal }));
}

/** Reads what `crossflock-lab look` prints; pure. */
export function parseLook(text: string): HostLook {
  const lines = text.split('\n').map((line) => line.split(' '));
  const values = (name: string) => lines.filter(([word]) => word === name).map((l) => l.slice(1));
  const [hostKey] = values('host-key');
  const [access] = values('access');
  if (hostKey?.length !== 2) {
    throw new CrossflockError(`a lab host shows no host key: ${JSON.stringify(text)}`, {
      code: 'unexpected',
    });
  }
  return {
    hostKey: hostKey.join(' '),
    ...(access?.[0] === undefined ? {} : { access: access[0] }),
    cuts: values('cut').map(([cloud = '', range = '']) => ({ cloud, range })),
  };
}
