import { CrossflockError } from '../errors/crossflock-error.js';
import type { Host, RunOptions } from '../ports/host.js';
import { LAB_IMAGES } from './names.js';

/** What builds the images of the lab's machines, for hints. */
const BUILD_HINT = 'scripts/lab builds it: run scripts/lab up';

/**
 * Runs `docker` with these arguments.
 * @returns its standard output
 * @throws CrossflockError with the reason in words, and what to do where that is known
 */
export async function docker(
  host: Host,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(['docker', ...args], options);
  if (exitCode === 0) return stdout;
  throw dockerFailure(args, stderr);
}

/** What `docker` meant by what it wrote to standard error; pure. */
export function dockerFailure(args: readonly string[], stderr: string): CrossflockError {
  const said = stderr.trim();
  const known = KNOWN.find(({ pattern }) => pattern.test(said));
  const match = known?.pattern.exec(said)?.[1] ?? '';
  if (known === undefined) {
    const last = said
      .split('\n')
      .findLast((line) => line.trim() !== '' && !/^(?:See|Run) 'docker/.test(line));
    const what = args.slice(0, 2).join(' ');
    return new CrossflockError(`docker ${what} failed: ${last ?? 'it does not say why'}`, {
      code: 'command-failed',
      cause: said,
    });
  }
  const { message, code, hint } = known.says(match);
  return new CrossflockError(message, { code, hint, cause: said });
}

interface Meaning {
  readonly message: string;
  readonly code: 'unreachable' | 'unauthorized' | 'not-found' | 'refused';
  readonly hint: string;
}

/** Docker's own words, as versions 20.10 to 28 write them. */
const KNOWN: readonly { readonly pattern: RegExp; readonly says: (found: string) => Meaning }[] = [
  {
    pattern: /cannot connect to the docker daemon/i,
    says: () => ({
      message: 'no docker engine answers on this machine',
      code: 'unreachable',
      hint: 'start it (sudo service docker start), or run scripts/lab up, which does',
    }),
  },
  {
    pattern: /permission denied.*docker.*socket|docker.*socket.*permission denied/i,
    says: () => ({
      message: 'this user may not use the docker engine',
      code: 'unauthorized',
      hint: 'run it as root, or as a member of the group docker',
    }),
  },
  {
    pattern: /(?:no such image|unable to find image)[: ]+'?([^\s']+)/i,
    says: (image) => ({
      message: `there is no image ${image.replace(/(?::latest)?\.?$/, '')}`,
      code: 'not-found',
      hint: BUILD_HINT,
    }),
  },
  {
    pattern: /container name "\/?([^"]+)" is already in use/i,
    says: (name) => ({
      message: `a container that is not this lab's is called ${name}`,
      code: 'refused',
      hint: 'take another --name for the lab, or remove that container',
    }),
  },
  {
    pattern: /network with name (\S+) already exists/i,
    says: (name) => ({
      message: `a docker network that is not this lab's is called ${name}`,
      code: 'refused',
      hint: 'take another --name for the lab, or remove that network',
    }),
  },
];

/** Whether Docker refused a network because another one has its addresses. */
export function isOverlap(error: unknown): boolean {
  return error instanceof CrossflockError && /overlaps with other/i.test(error.message);
}

/** @throws CrossflockError `not-found` naming every image that is missing */
export async function requireImages(
  host: Host,
  images: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const format = '{{.Repository}}:{{.Tag}}';
  const filter = 'reference=crossflock/lab-*:latest';
  const argv = ['image', 'ls', '--filter', filter, '--format', format];
  const present = (await docker(host, argv, { signal })).split('\n');
  const missing = images.filter((image) => !present.includes(`${image}:latest`));
  if (missing.length === 0) return;
  const them = missing.length === 1 ? 'it' : 'them';
  throw new CrossflockError(`there is no image ${missing.join(' and no image ')}`, {
    code: 'not-found',
    hint: `scripts/lab builds ${them}: run scripts/lab up`,
  });
}

/** Images that a lab with such hosts needs. */
export function neededImages(
  hosts: readonly { readonly isBare: boolean }[],
  withRegistry: boolean,
): readonly string[] {
  return [
    ...(hosts.some(({ isBare }) => !isBare) ? [LAB_IMAGES.host] : []),
    ...(hosts.some(({ isBare }) => isBare) ? [LAB_IMAGES.bare] : []),
    ...(withRegistry ? [LAB_IMAGES.registry] : []),
  ];
}
