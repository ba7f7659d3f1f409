/** What an agent finds wrong with its host before it does anything. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { exitWith } from '../common/log.js';
import { ownSetting } from '../common/own-setting.js';
import { isOlder, parseDockerVersion, runDocker } from './docker.js';
import type { AgentSettings } from './settings.js';

const KNOWN = ['docker', 'mesos'];

/** Whether a v1 hierarchy of the cgroup subsystem `cpu` is mounted, from `/proc/mounts`. */
export function hasCpuHierarchy(mounts: string): boolean {
  return mounts.split('\n').some((line) => {
    const [, , type, options = ''] = line.split(' ');
    return type === 'cgroup' && options.split(',').includes('cpu');
  });
}

/** Ends the process with the captured words. */
export async function checkHost(settings: AgentSettings): Promise<void> {
  checkSystemd(settings);
  const containerizers = (settings.flags.get('containerizers') ?? '').split(',');
  const unknown = containerizers.find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) fail(`Unknown or unsupported containerizer: ${unknown}`);
  if (!containerizers.includes('docker')) return;
  const cause = await dockerProblem(settings);
  if (cause !== undefined)
    fail(`Could not create DockerContainerizer: Failed to create docker: ${cause}`);
}

function fail(reason: string): never {
  return exitWith(1, `Failed to create a containerizer: ${reason}`);
}

function checkSystemd({ flags }: AgentSettings): void {
  const folder = flags.get('systemd_runtime_directory') ?? '';
  if (flags.get('systemd_enable_support') !== 'true' || !isSystemd() || existsSync(folder)) return;
  const words = `Failed to initialize systemd: Failed to locate systemd runtime directory: ${folder}`;
  exitWith(1, words);
}

function isSystemd(): boolean {
  try {
    return realpathSync('/sbin/init').includes('systemd');
  } catch {
    return false;
  }
}

async function dockerProblem({ docker, dockerSocket }: AgentSettings): Promise<string | undefined> {
  if (!dockerSocket.startsWith('/')) return `Invalid Docker socket path: ${dockerSocket}`;
  const mounts = readFileSync(ownSetting('PROC_MOUNTS') ?? '/proc/mounts', 'utf8');
  if (!hasCpuHierarchy(mounts)) {
    return "Failed to find a mounted cgroups hierarchy for the 'cpu' subsystem; you probably need to mount cgroups manually";
  }
  const { status, stdout } = await runDocker({ docker, socket: dockerSocket }, ['--version']);
  if (status !== 0) {
    return `Failed to get docker version: Failed to execute '${docker} -H unix://${dockerSocket} --version': exited with status ${status}`;
  }
  const version = parseDockerVersion(stdout);
  if (version === undefined)
    return `Failed to get docker version: Failed to parse docker version '${stdout.trim()}'`;
  if (isOlder(version, '1.8.0')) {
    return `Insufficient version '${version}' of Docker. Please upgrade to >=' 1.8.0'`;
  }
  return undefined;
}
