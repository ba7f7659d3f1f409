import { posix } from 'node:path';
import { wantedContainer } from './container.js';
import { marathonAuth, PRINCIPALS, type MesosSecrets } from './secrets.js';
import type { PartInput, WantedParts } from './types.js';
import { envText, marathonVariables, secretFile } from './wanted-file.js';
import { zookeeperUrl } from './zookeeper.js';

/**
 * Milliseconds that a task may take until it runs, pulling its image included: not less than
 * `EXECUTOR_REGISTRATION` of the agent, or Marathon gives up first.
 */
const TASK_LAUNCH_MS = 10 * 60_000;

/**
 * One Marathon. Its image (tools/packager/docker/Dockerfile of mesosphere/marathon) runs as nobody,
 * who could not read the framework's secret, and whose tasks would be nobody's too.
 */
export function marathonParts(input: PartInput): WantedParts {
  const { engine, paths, secrets } = input;
  const settings = posix.join(paths.settings, 'marathon');
  const part = 'marathon';
  const envFile = posix.join(settings, 'env');
  const secret = posix.join(settings, 'framework-secret');
  const files = [
    secretFile({ path: envFile, part }, secrets, (known) => marathonEnv(input, secret, known)),
    // Without a newline: all of the file is the secret.
    secretFile({ path: secret, part }, secrets, ({ framework }) => framework),
  ];
  const container = wantedContainer(input, {
    part,
    image: engine.images.marathon,
    entrypoint: '/marathon/bin/marathon',
    envFile,
    reads: [settings],
    writes: [],
    files,
  });
  return {
    folders: [{ path: settings, mode: 0o700 }],
    files,
    containers: [container],
    images: [engine.images.marathon],
  };
}

/**
 * The flags of Marathon's docs/command-line-flags.md and docs/framework-authentication.md, as
 * variables. `LIBPROCESS_IP` is libmesos': without it the connection that the master makes back
 * would be awaited on whatever address the host's name has.
 */
function marathonEnv(input: PartInput, secretPath: string, secrets: MesosSecrets): string {
  const { engine, deployment, cluster, address } = input;
  const { username, password } = marathonAuth(cluster.auth, secrets);
  const flags = marathonVariables({
    master: zookeeperUrl(input, 'mesos', secrets),
    zk: zookeeperUrl(input, 'marathon', secrets),
    hostname: address,
    http_address: address,
    http_port: engine.ports.marathon,
    http_credentials: `${username}:${password}`,
    framework_name: `${deployment}-${cluster.id}`,
    mesos_user: 'root',
    mesos_authentication: true,
    mesos_authentication_principal: PRINCIPALS.framework,
    mesos_authentication_secret_file: secretPath,
    task_launch_timeout: TASK_LAUNCH_MS,
    ...engine.flags.marathon,
  });
  return envText({ ...flags, LIBPROCESS_IP: address });
}
