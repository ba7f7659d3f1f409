import { CrossflockError } from '../../errors/crossflock-error.js';
import type { Host } from '../../ports/host.js';
import { registryRefusal } from '../registry-refusal.js';

/**
 * Pulls `$1` and gives it the name `$2`; with `$3`, the first name goes away again, and so do those
 * that an earlier try left. Arguments never are part of the text.
 */
const PULL = `
docker pull --quiet "$1" >/dev/null && docker tag "$1" "$2"
status=$?
if [ -n "$3" ]; then
  docker image ls --filter "reference=$3" --format '{{.Repository}}:{{.Tag}}' |
    while read -r name; do docker image rm "$name"; done >/dev/null
fi
exit $status
`;

/** Images of the project that lost their name to a newer one and have no container. */
const TIDY = ['docker', 'image', 'prune', '--force', '--filter', 'label=crossflock.inputs'];

export interface PullOrder {
  /** From where, with registry and tag. */
  readonly reference: string;
  /** The name that it gets. */
  readonly name: string;
  /** Names, as Docker's filter `reference` reads them, that are not to stay. */
  readonly passing?: string;
}

/** Makes a host pull an image; the result is not looked at. */
export function pull(host: Host, order: PullOrder, signal: AbortSignal) {
  const { reference, name, passing = '' } = order;
  return host.run(['sh', '-c', PULL, 'pull', reference, name, passing], { signal });
}

/**
 * Makes a host pull an image from the registry in the configuration.
 * @throws CrossflockError with what is wrong between the two, in words
 */
export async function pullFromRegistry(
  host: Host,
  order: PullOrder,
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, stderr } = await pull(host, order, signal);
  if (exitCode === 0) return;
  const registry = order.reference.slice(0, -order.name.length - 1);
  throw registryRefusal({ registry, reference: order.reference, who: host.name, stderr });
}

/** Frees the disk space of images that were replaced. What cannot be freed stays. */
export async function tidyImages(host: Host, signal: AbortSignal): Promise<void> {
  await host.run(TIDY, { signal });
}

/** The error for a command of docker on a host that failed. */
export function dockerFailure(host: Host, what: string, stderr: string): CrossflockError {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const full = /no space left on device/i.test(stderr);
  return new CrossflockError(`${host.name}: ${what} failed: ${said}`, {
    code: 'command-failed',
    ...(full
      ? { hint: `free disk space on ${host.name}: docker system df shows what takes it` }
      : {}),
    cause: stderr,
  });
}
