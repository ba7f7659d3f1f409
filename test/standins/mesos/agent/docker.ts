/** The docker CLI, called as Mesos calls it (captured command lines). */
import { execFile } from 'node:child_process';
import type { TaskInfo } from '../common/mesos.js';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DockerCli {
  readonly docker: string;
  readonly socket: string;
}

/** The environment of what an executor calls: nothing of the agent's own. */
export const CHILD_ENV = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

export const commandLine = ({ docker, socket }: DockerCli, args: readonly string[]): string =>
  [docker, '-H', `unix://${socket}`, ...args].join(' ');

/** Never rejects: a program that is not there is status 127, as a shell has it. */
export async function runDocker(
  cli: DockerCli,
  args: readonly string[],
  timeoutMs = 0,
): Promise<Ran> {
  return new Promise((resolve) => {
    const argv = ['-H', `unix://${cli.socket}`, ...args];
    const options = { env: CHILD_ENV, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(cli.docker, argv, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ status: code, stdout, stderr });
    });
  });
}

/** `20.10.24` of `Docker version 20.10.24+dfsg1, build 297e128`. */
export function parseDockerVersion(text: string): string | undefined {
  return /^Docker version (\d+\.\d+\.\d+)/m.exec(text)?.[1];
}

export function isOlder(version: string, least: string): boolean {
  const parts = (text: string): number[] => text.split('.').map(Number);
  const [a, b] = [parts(version), parts(least)];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Names of the containers in the text of `docker ps -a`: the last word of each line. */
export function containerNames(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/).at(-1) ?? '')
    .flatMap((names) => names.split(','));
}

/** The id of Mesos' own containers; undefined for all others (`mesos-foreign`). */
export function containerIdOf(name: string): string | undefined {
  return /^mesos-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(name)?.[1];
}

export interface RunRequest {
  readonly task: TaskInfo;
  readonly containerId: string;
  /** On the host. */
  readonly sandbox: string;
  readonly role: string;
}

/** Arguments of `docker run`, in the order of the captured command lines. */
export function runArguments({ task, containerId, sandbox, role }: RunRequest): readonly string[] {
  const { docker, resources } = task;
  const name = `mesos-${containerId}`;
  const env = {
    ...task.env,
    MESOS_ALLOCATION_ROLE: role,
    MESOS_CONTAINER_NAME: name,
    MESOS_SANDBOX: '/mnt/mesos/sandbox',
  };
  const variables = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    'run',
    ...(docker.privileged ? ['--privileged'] : []),
    ...['--cpu-shares', String(Math.max(2, Math.floor(resources.cpus * 1024)))],
    ...['--memory', String(Math.max(4, resources.mem) * 1024 * 1024)],
    ...variables.flatMap(([key, value]) => ['-e', `${key}=${value}`]),
    ...task.volumes.flatMap(({ hostPath, containerPath, mode }) => [
      '-v',
      `${hostPath}:${containerPath}:${mode.toLowerCase()}`,
    ]),
    ...['-v', `${sandbox}:/mnt/mesos/sandbox`],
    ...[
      '--net',
      docker.network === 'USER' ? (docker.networkName ?? '') : docker.network.toLowerCase(),
    ],
    ...docker.portMappings.flatMap(({ hostPort, containerPort, protocol }) => [
      '-p',
      `${hostPort}:${containerPort}/${protocol}`,
    ]),
    ...(task.shell === undefined ? [] : ['--entrypoint', '/bin/sh']),
    ...['--name', name],
    ...docker.parameters.map(({ key, value }) => `--${key}=${value}`),
    docker.image,
    ...(task.shell === undefined ? (task.args ?? []) : ['-c', task.shell]),
  ];
}

interface Inspected {
  readonly State: { readonly Running: boolean };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly IPAddress?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress: string }>>;
  };
}

export interface Address {
  readonly running: boolean;
  readonly ip: string | undefined;
}

/**
 * The address of a running container, from `docker inspect`: that of its network; undefined for a
 * container that has none of its own, and for a network with a dot in its name (as observed on
 * 1.11.0).
 */
export function addressOf(text: string): Address {
  const [first] = JSON.parse(text) as readonly Inspected[];
  if (first === undefined) return { running: false, ip: undefined };
  const { State: state, HostConfig: host, NetworkSettings: settings } = first;
  const mode = host.NetworkMode;
  const addresses = [settings.Networks?.[mode]?.IPAddress, settings.IPAddress];
  const ip = addresses.find((one) => one !== undefined && one !== '');
  return { running: state.Running, ip: mode.includes('.') ? undefined : ip };
}
