/** The settings of a one-host set of stand-ins on loopback, as files of a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface OneHost {
  readonly folder: string;
  /** ZooKeeper, master, agent, Marathon. */
  readonly ports: readonly [number, number, number, number];
  /** Of an account on the host ports that tasks get. */
  readonly resources: string;
}

export interface OneHostFiles {
  readonly zooCfg: string;
  /** For `docker run --env-file`. */
  readonly masterEnv: string;
  readonly marathonEnv: string;
  readonly agent: Readonly<Record<string, string>>;
}

const SECRET = 'zoo:s3cret';
/** Sessions end soon, so that a killed leader is replaced soon. */
const SOON = { STANDIN_ZK_SESSION_MS: '2000' };

/** Writes them; secrets are made up. */
export async function writeOneHost({ folder, ports, resources }: OneHost): Promise<OneHostFiles> {
  const [zoo, master, agent, marathon] = ports;
  const at = (name: string): string => join(folder, name);
  const servers = `${SECRET}@127.0.0.1:${zoo}`;
  for (const name of ['zookeeper', 'master', 'agent']) await mkdir(at(name), { recursive: true });
  const lines = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  const zooCfg = {
    dataDir: at('zookeeper'),
    clientPort: String(zoo),
    clientPortAddress: '127.0.0.1',
    tickTime: '2000',
    'admin.enableServer': 'false',
    '4lw.commands.whitelist': 'srvr',
  };
  const credentials = [
    { principal: 'agent', secret: 'agent-secret' },
    { principal: 'marathon', secret: 'framework-secret' },
  ];
  const masterEnv = {
    ...SOON,
    MESOS_ZK: `file://${at('zk')}`,
    MESOS_QUORUM: '1',
    MESOS_WORK_DIR: at('master'),
    MESOS_REGISTRY: 'replicated_log',
    MESOS_AUTHENTICATE_AGENTS: 'true',
    MESOS_AUTHENTICATE_FRAMEWORKS: 'true',
    MESOS_CREDENTIALS: at('credentials.json'),
    MESOS_IP: '127.0.0.1',
    MESOS_PORT: String(master),
    MESOS_HOSTNAME: '127.0.0.1',
  };
  const marathonEnv = {
    ...SOON,
    MARATHON_MASTER: `file://${at('zk')}`,
    MARATHON_ZK: `zk://${servers}/marathon-x`,
    MARATHON_HTTP_ADDRESS: '127.0.0.1',
    MARATHON_HTTP_PORT: String(marathon),
    MARATHON_HOSTNAME: '127.0.0.1',
    MARATHON_HTTP_CREDENTIALS: 'user:password',
    MARATHON_MESOS_AUTHENTICATION: '',
    MARATHON_MESOS_AUTHENTICATION_PRINCIPAL: 'marathon',
    MARATHON_MESOS_AUTHENTICATION_SECRET_FILE: at('framework-secret'),
    MARATHON_TASK_LAUNCH_TIMEOUT: '600000',
  };
  await writeFile(at('zk'), `zk://${servers}/mesos-x\n`);
  await writeFile(at('credentials.json'), JSON.stringify({ credentials }));
  await writeFile(at('credential.json'), JSON.stringify(credentials[0]));
  await writeFile(at('framework-secret'), 'framework-secret');
  await writeFile(at('zoo.cfg'), lines(zooCfg));
  await writeFile(at('master.env'), lines(masterEnv));
  await writeFile(at('marathon.env'), lines(marathonEnv));
  return {
    zooCfg: at('zoo.cfg'),
    masterEnv: at('master.env'),
    marathonEnv: at('marathon.env'),
    agent: {
      ...SOON,
      MESOS_MASTER: `file://${at('zk')}`,
      MESOS_WORK_DIR: at('agent'),
      MESOS_RUNTIME_DIR: at('agent-runtime'),
      MESOS_CONTAINERIZERS: 'docker',
      MESOS_LAUNCHER: 'posix',
      MESOS_SYSTEMD_ENABLE_SUPPORT: 'false',
      MESOS_DOCKER_SOCKET: '/var/run/docker.sock',
      // Other tests may have containers of this kind on the same engine.
      MESOS_DOCKER_KILL_ORPHANS: 'false',
      MESOS_RECONFIGURATION_POLICY: 'additive',
      MESOS_CREDENTIAL: at('credential.json'),
      MESOS_IP: '127.0.0.1',
      MESOS_PORT: String(agent),
      MESOS_HOSTNAME: '127.0.0.1',
      MESOS_RESOURCES: resources,
    },
  };
}
