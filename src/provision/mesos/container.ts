import { mesosContainerName } from './paths.js';
import type { PartInput, WantedContainer, WantedFile } from './types.js';
import { specOf } from './wanted-file.js';

export interface ContainerInput {
  readonly part: WantedContainer['part'];
  readonly image: string;
  readonly entrypoint: string;
  readonly args?: readonly string[];
  readonly envFile?: string;
  /** Folders that it reads, at the same path inside. */
  readonly reads: readonly string[];
  /** Folders that it writes, at the same path inside. */
  readonly writes: readonly string[];
  /** All that it is set up by. */
  readonly files: readonly WantedFile[];
}

const SPEC_LABEL = 'crossflock.spec';

/**
 * A server in a container that comes back after a crash and a reboot. It runs as root because its
 * settings are root's, without any of root's powers over others. The entry point is said, since the
 * master image's own command has `--registry=in_memory`.
 */
export function wantedContainer(
  { deployment, cluster }: PartInput,
  input: ContainerInput,
): WantedContainer {
  const { part, image, entrypoint, args = [], envFile, reads, writes, files } = input;
  const name = mesosContainerName(deployment, cluster.id, part);
  const options = [
    ...['--network', 'host', '--restart', 'unless-stopped'],
    // Said, because a host's default may be a driver that knows none of the two options.
    ...['--log-driver', 'json-file', '--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'],
    ...['--user', '0:0', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...(envFile === undefined ? [] : ['--env-file', envFile]),
    ...reads.flatMap((folder) => ['--volume', `${folder}:${folder}:ro`]),
    ...writes.flatMap((folder) => ['--volume', `${folder}:${folder}`]),
    ...['--entrypoint', entrypoint],
  ];
  const settings = files.filter((file) => file.part === part).map(({ path, spec }) => [path, spec]);
  const spec = specOf([name, image, options, args, settings]);
  const labels = {
    'crossflock.deployment': deployment,
    'crossflock.mesos': `${cluster.id}.${part}`,
    [SPEC_LABEL]: spec,
  };
  const argv = ['docker', 'run', '--detach', '--name', name];
  for (const [key, value] of Object.entries(labels)) argv.push('--label', `${key}=${value}`);
  return { part, name, image, argv: [...argv, ...options, image, ...args], spec };
}
