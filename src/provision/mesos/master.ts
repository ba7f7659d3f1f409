import { posix } from 'node:path';
import { wantedContainer } from './container.js';
import { PRINCIPALS, type MesosSecrets } from './secrets.js';
import { wantedService } from './service.js';
import type { PartInput, WantedParts } from './types.js';
import { envText, mesosVariables, plainFile, secretFile, type Variables } from './wanted-file.js';
import { zookeeperUrl } from './zookeeper.js';

/** One Mesos master: a container, or a service where Mesos was compiled on the host. */
export function masterParts(input: PartInput): WantedParts {
  const { engine, paths, secrets } = input;
  const settings = posix.join(paths.settings, 'master');
  const data = posix.join(paths.data, 'master');
  const part = 'master';
  const envFile = posix.join(settings, 'env');
  const at = (name: string) => ({ path: posix.join(settings, name), part }) as const;
  const files = [
    plainFile({ path: envFile, mode: 0o600, part }, envText(masterVariables(input))),
    secretFile(at('zk'), secrets, (known) => `${zookeeperUrl(input, 'mesos', known)}\n`),
    secretFile(at('credentials.json'), secrets, credentials),
  ];
  const folders = [settings, data].map((path) => ({ path, mode: 0o700 }));
  if (engine.install === 'source') {
    const service = wantedService(input, { part, envFile, files, command: 'mesos-master' });
    return { folders, files: [...files, ...service.files], services: [service] };
  }
  const container = wantedContainer(input, {
    part,
    image: engine.images.master,
    entrypoint: 'mesos-master',
    envFile,
    reads: [settings],
    writes: [data],
    files,
  });
  return { folders, files, containers: [container], images: [engine.images.master] };
}

/** The flags of `mesos-master --help`, as variables. */
function masterVariables({ engine, cluster, paths, address }: PartInput): Variables {
  const settings = posix.join(paths.settings, 'master');
  return mesosVariables({
    zk: `file://${posix.join(settings, 'zk')}`,
    quorum: engine.quorum,
    work_dir: posix.join(paths.data, 'master'),
    registry: 'replicated_log',
    cluster: cluster.id,
    ip: address,
    port: engine.ports.master,
    hostname: address,
    hostname_lookup: false,
    credentials: posix.join(settings, 'credentials.json'),
    authenticate_agents: true,
    authenticate_frameworks: true,
    // Without these two, frameworks that speak HTTP would need no credentials.
    authenticate_http_frameworks: true,
    http_framework_authenticators: 'basic',
    ...engine.flags.master,
  });
}

/** Who may register, as `--credentials` reads it. */
function credentials({ framework, agent }: Pick<MesosSecrets, 'framework' | 'agent'>): string {
  const list = [
    { principal: PRINCIPALS.framework, secret: framework },
    { principal: PRINCIPALS.agent, secret: agent },
  ];
  return `${JSON.stringify({ credentials: list }, null, 2)}\n`;
}
