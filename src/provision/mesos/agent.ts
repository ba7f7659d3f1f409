import { posix } from 'node:path';
import { PRINCIPALS } from './secrets.js';
import { wantedService } from './service.js';
import type { PartInput, WantedParts } from './types.js';
import { envText, mesosVariables, plainFile, secretFile, type Variables } from './wanted-file.js';
import { zookeeperUrl } from './zookeeper.js';

/** Docker's own socket; Mesos refuses `unix://…` and relative paths. */
export const DOCKER_SOCKET = '/var/run/docker.sock';
/** How long an executor may take until it runs, pulling the image included. */
const EXECUTOR_REGISTRATION = '10mins';

/**
 * One Mesos agent, a service of the host: tasks survive its restart, which they do not where it is
 * in a container. From an image, it runs in that image's file system.
 */
export function agentParts(input: PartInput): WantedParts {
  const { engine, paths, secrets, dockerApi } = input;
  const settings = posix.join(paths.settings, 'agent');
  const part = 'agent';
  const isImage = engine.install === 'images';
  const at = (name: string) => ({ path: posix.join(settings, name), part }) as const;
  const envFile = at('env').path;
  const own = [
    plainFile({ path: envFile, mode: 0o600, part }, envText(agentVariables(input))),
    secretFile(at('master'), secrets, (known) => `${zookeeperUrl(input, 'mesos', known)}\n`),
    secretFile(at('credential.json'), secrets, ({ agent: secret }) => {
      return `${JSON.stringify({ principal: PRINCIPALS.agent, secret }, null, 2)}\n`;
    }),
  ];
  // Called anew for each task, so the agent need not start again when it changes.
  const docker = plainFile({ ...at('docker'), mode: 0o755 }, dockerScript(isImage, dockerApi));
  const service = wantedService(input, {
    part,
    envFile,
    files: own,
    command: 'mesos-agent',
    ...(isImage ? { image: engine.images.agent } : {}),
  });
  return {
    folders: [
      { path: settings, mode: 0o700 },
      { path: paths.work, mode: 0o711 },
      { path: paths.roots, mode: 0o700 },
    ],
    files: [...own, docker, ...service.files],
    services: [service],
    images: isImage ? [engine.images.agent] : [],
  };
}

/**
 * The flags of `mesos-agent --help`, as variables. Its Docker containerizer only calls the docker
 * command, and the launcher and systemd are the other containerizer's: without them the agent
 * starts where systemd is not process 1, too.
 */
function agentVariables({ engine, paths, address, createSocket }: PartInput): Variables {
  const settings = posix.join(paths.settings, 'agent');
  return mesosVariables({
    master: `file://${posix.join(settings, 'master')}`,
    work_dir: paths.work,
    runtime_dir: posix.join(paths.runtime, 'agent'),
    ip: address,
    port: engine.ports.agent,
    hostname: address,
    hostname_lookup: false,
    containerizers: 'docker',
    docker: posix.join(settings, 'docker'),
    docker_socket: createSocket ?? DOCKER_SOCKET,
    launcher: 'posix',
    systemd_enable_support: false,
    credential: posix.join(settings, 'credential.json'),
    reconfiguration_policy: 'additive',
    executor_registration_timeout: EXECUTOR_REGISTRATION,
    resources: resourcesFlag(engine.resources),
    ...engine.flags.agent,
  });
}

/** `cpus:2;mem:2048;disk:4096`; undefined where Mesos is to look for itself. */
export function resourcesFlag(resources: PartInput['engine']['resources']): string | undefined {
  const given = (['cpus', 'mem', 'disk'] as const).flatMap((name) => {
    const value = resources[name];
    return value === undefined ? [] : [`${name}:${value}`];
  });
  return given.length === 0 ? undefined : given.join(';');
}

/**
 * The docker command of the host with the host's own libraries, for an agent out of an image.
 * @param api two numbers, such as `1.41`
 */
function dockerScript(isImage: boolean, api: string | undefined): string {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const call = isImage ? 'exec chroot /host /usr/bin/env docker "$@"' : 'exec docker "$@"';
  const pin = api === undefined ? '' : `export DOCKER_API_VERSION=${api}\n`;
  return `#!/bin/sh\nexport PATH=${path}\n${pin}${call}\n`;
}
