/**
 * A one-host set of stand-ins: ZooKeeper, master and Marathon from their images, the agent as a
 * program of this machine, on the local Docker Engine.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OneHostFiles, writeOneHost } from '../../standins/mesos/one-host.js';
import {
  buildStandIns,
  runProgram,
  STANDIN_IMAGES,
  startProgram,
} from '../../standins/mesos/support.js';

const run = promisify(execFile);
const docker = async (...args: string[]): Promise<string> =>
  (await run('docker', args)).stdout.trim();

const NAME = `cft-standin-${process.pid}`;
const IMAGE = 'debian:trixie-slim';
const [ZOO, MASTER, AGENT, MARATHON] = [23_181, 23_050, 23_051, 23_080];
const AUTH = `Basic ${Buffer.from('user:password').toString('base64')}`;

let folder = '';
let files: OneHostFiles;
let agent: ChildProcess | undefined;
let log = '';

function startAgent(): void {
  agent = startProgram({ bundle: join(folder, 'bundles/mesos-agent.cjs'), env: files.agent });
  for (const stream of [agent.stdout, agent.stderr]) {
    stream?.on('data', (data: Buffer) => {
      log += data.toString('utf8');
    });
  }
}

async function endAgent(signal: NodeJS.Signals): Promise<void> {
  if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
  const ended = once(agent, 'exit');
  agent.kill(signal);
  await ended;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cft-standin-'));
  await buildStandIns(join(folder, 'bundles'));
  files = await writeOneHost({
    folder,
    ports: [ZOO, MASTER, AGENT, MARATHON],
    resources: 'cpus:2;mem:512;disk:1024;ports:[31700-31799]',
  });
  const start = ['run', '--detach', '--network', 'host', '--volume', `${folder}:${folder}`];
  await Promise.all([
    docker(
      ...[...start, '--name', `${NAME}-zookeeper`, '--volume', `${files.zooCfg}:/conf/zoo.cfg:ro`],
      ...['--entrypoint', 'zkServer.sh', STANDIN_IMAGES.zookeeper, 'start-foreground'],
    ),
    docker(
      ...[...start, '--name', `${NAME}-master`, '--env-file', files.masterEnv],
      ...['--entrypoint', 'mesos-master', STANDIN_IMAGES.master],
    ),
    // The image's own user may not read the secrets.
    docker(
      ...[...start, '--name', `${NAME}-marathon`, '--env-file', files.marathonEnv],
      ...['--user', '0', STANDIN_IMAGES.marathon],
    ),
  ]);
  startAgent();
});

afterAll(async () => {
  await endAgent('SIGUSR1');
  const own = await ownContainers();
  const parts = ['zookeeper', 'master', 'marathon'].map((part) => `${NAME}-${part}`);
  await docker('rm', '--force', '--volumes', ...own, ...parts);
  await rm(folder, { recursive: true, force: true });
});

/** Task containers of this test, by their label. */
async function ownContainers(...filter: string[]): Promise<readonly string[]> {
  const args = ['ps', '--all', '--filter', `label=crossflock.test=${NAME}`, ...filter];
  const names = await docker(...args, '--format', '{{.Names}}');
  return names.split('\n').filter((name) => name !== '');
}

/** What `look` answers, once it answers something. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} in 20 s; the agent said:\n${log}`);
    await delay(100);
  }
}

interface Slave {
  readonly id: string;
  readonly hostname: string;
  readonly active: boolean;
  readonly resources: unknown;
}

interface TaskShown {
  readonly id: string;
  readonly state: string;
  readonly host: string;
  readonly healthCheckResults: readonly { readonly alive: boolean }[];
}

const get = async (port: number, path: string): Promise<unknown> => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { Authorization: AUTH },
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};

const activeSlave = async (): Promise<Slave | undefined> => {
  const { slaves } = (await get(MASTER, '/master/slaves')) as { readonly slaves: readonly Slave[] };
  return slaves.find(({ active }) => active);
};

const healthyTask = async (): Promise<TaskShown | undefined> => {
  const { tasks } = (await get(MARATHON, '/v2/tasks')) as { readonly tasks: readonly TaskShown[] };
  return tasks.find(({ healthCheckResults }) => healthCheckResults[0]?.alive === true);
};

async function fourLetters(word: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: ZOO });
  socket.write(word);
  let text = '';
  for await (const data of socket) text += (data as Buffer).toString('utf8');
  return text;
}

test('the set comes up and says what it is', async () => {
  const slave = await eventually('agent at the master', activeSlave);
  expect(slave.resources).toStrictEqual({
    cpus: 2,
    mem: 512,
    disk: 1024,
    gpus: 0,
    ports: '[31700-31799]',
  });
  expect(await fourLetters('srvr')).toContain('Mode: standalone');
  expect(await fourLetters('ruok')).toBe(
    'ruok is not executed because it is not in the whitelist.\n',
  );
  expect(await get(MASTER, '/version')).toMatchObject({ version: '1.11.0', git_sha: 'stand-in' });
  expect(await get(MASTER, '/metrics/snapshot')).toMatchObject({
    'master/elected': 1,
    'registrar/log/recovered': 1,
  });
  const logs = await run('docker', ['logs', `${NAME}-master`]);
  expect(logs.stderr).toMatch(/^STAND-IN: /);
});

test('an agent with a wrong secret ends, one without any is passed over', async () => {
  const bundle = join(folder, 'bundles/mesos-agent.cjs');
  await writeFile(join(folder, 'wrong.json'), '{"principal":"agent","secret":"wrong"}');
  const other = { MESOS_WORK_DIR: join(folder, 'other'), MESOS_PORT: String(AGENT + 1) };
  const wrong = { ...files.agent, ...other, MESOS_CREDENTIAL: join(folder, 'wrong.json') };
  const { status, text } = await runProgram({ bundle, env: wrong });
  expect(text).toContain(
    `EXIT with status 1: Master master@127.0.0.1:${MASTER} refused authentication`,
  );
  expect(status).toBe(1);

  const none = Object.fromEntries(
    Object.entries({ ...files.agent, ...other }).filter(([name]) => name !== 'MESOS_CREDENTIAL'),
  );
  const quiet = startProgram({ bundle, env: none });
  const refusal = `Refusing registration of agent at slave(1)@127.0.0.1:${AGENT + 1} because it is not authenticated`;
  await eventually('refusal at the master', async () => {
    const { stderr } = await run('docker', ['logs', `${NAME}-master`]);
    return stderr.includes(refusal) ? true : undefined;
  });
  expect(quiet.exitCode).toBeNull();
  quiet.kill('SIGKILL');
});

test('a task survives its agent and its master', async () => {
  const app = {
    id: '/group/sleeper',
    cpus: 0.1,
    mem: 32,
    cmd: 'echo to the sandbox; exec sleep 600',
    container: {
      type: 'DOCKER',
      docker: {
        image: IMAGE,
        // The label tells this test's containers, and `init` ends a shell without delay.
        parameters: [
          { key: 'label', value: `crossflock.test=${NAME}` },
          { key: 'init', value: 'true' },
        ],
      },
      portMappings: [{ containerPort: 80, hostPort: 0 }],
    },
    networks: [{ mode: 'container/bridge' }],
    healthChecks: [
      {
        protocol: 'COMMAND',
        command: { value: 'test "$MARATHON_APP_ID" = /group/sleeper' },
        delaySeconds: 0,
        intervalSeconds: 1,
      },
    ],
  };
  const posted = await fetch(`http://127.0.0.1:${MARATHON}/v2/apps`, {
    method: 'POST',
    headers: { Authorization: AUTH, 'Content-Type': 'application/json' },
    body: JSON.stringify(app),
  });
  expect(posted.status).toBe(201);
  const task = await eventually('healthy task', healthyTask);
  expect(task).toMatchObject({ state: 'TASK_RUNNING', host: '127.0.0.1' });
  const [container = ''] = await ownContainers();
  expect(container).toMatch(/^mesos-[0-9a-f-]{36}$/);
  const env = await docker('inspect', '--format', '{{json .Config.Env}}', container);
  expect(JSON.parse(env)).toStrictEqual(
    expect.arrayContaining([
      `MESOS_CONTAINER_NAME=${container}`,
      `MESOS_TASK_ID=${task.id}`,
      'MESOS_SANDBOX=/mnt/mesos/sandbox',
      'MARATHON_APP_ID=/group/sleeper',
      'HOST=127.0.0.1',
    ]),
  );
  const sandbox = await docker('inspect', '--format', '{{(index .Mounts 0).Source}}', container);
  expect(await readFile(join(sandbox, 'stdout'), 'utf8')).toBe('to the sandbox\n');

  await endAgent('SIGKILL');
  log = '';
  startAgent();
  await eventually('return of the agent', () =>
    Promise.resolve(log.includes('Re-registered with master') ? true : undefined),
  );

  await docker('kill', `${NAME}-master`);
  log = '';
  await docker('start', `${NAME}-master`);
  await eventually('return to the new master', () =>
    Promise.resolve(log.includes('Re-registered with master') ? true : undefined),
  );
  expect(await eventually('agent', activeSlave)).toBeDefined();
  expect(await eventually('task', healthyTask)).toMatchObject({ id: task.id });
  expect(await ownContainers('--filter', 'status=running')).toStrictEqual([container]);

  const deleted = await fetch(`http://127.0.0.1:${MARATHON}/v2/apps//group/sleeper`, {
    method: 'DELETE',
    headers: { Authorization: AUTH },
  });
  expect(deleted.status).toBe(200);
  await eventually('end of the deployment', async () => {
    const deployments = (await get(MARATHON, '/v2/deployments')) as readonly unknown[];
    return deployments.length === 0 ? true : undefined;
  });
  expect(await ownContainers('--filter', 'status=running')).toStrictEqual([]);
  // Mesos leaves the containers of ended tasks for hours.
  expect(await ownContainers()).toStrictEqual([container]);
});

test('an agent that gets SIGUSR1 leaves for good', async () => {
  await endAgent('SIGUSR1');
  expect(agent?.exitCode).toBe(0);
  await eventually('agent gone', async () =>
    (await activeSlave()) === undefined ? true : undefined,
  );
});
