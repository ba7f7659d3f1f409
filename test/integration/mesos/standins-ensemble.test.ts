/** Three ZooKeepers, masters and Marathons: who leads, and what is left of them after losses. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleStandIns, startProgram } from '../../standins/mesos/support.js';

const HOSTS = [1, 2, 3].map((id) => ({ id, address: `127.0.79.${id}` }));
const [ZOO, PEER, ELECTION, MASTER, MARATHON] = [24_181, 24_888, 24_889, 24_050, 24_080];

type Kind = 'zookeeper' | 'mesos-master' | 'marathon';
const programs = new Map<string, ChildProcess>();
let folder = '';

function start(kind: Kind, id: number, args: readonly string[], env = {}): void {
  const soon = { STANDIN_ZK_SESSION_MS: '1500' };
  const bundle = join(folder, `bundles/${kind}.cjs`);
  const child = startProgram({ bundle, args, env: { ...soon, ...env } });
  child.stdout?.resume();
  child.stderr?.resume();
  programs.set(`${kind}-${id}`, child);
}

async function kill(kind: Kind, id: number): Promise<void> {
  const child = programs.get(`${kind}-${id}`);
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cft-standin-ensemble-'));
  await bundleStandIns(join(folder, 'bundles'));
  const servers = HOSTS.map(({ id, address }) => `server.${id}=${address}:${PEER}:${ELECTION}\n`);
  const zk = `zk://zoo:s3cret@${HOSTS.map(({ address }) => `${address}:${ZOO}`).join(',')}`;
  for (const { id, address } of HOSTS) {
    const data = join(folder, `zookeeper-${id}`);
    await mkdir(data);
    await writeFile(join(data, 'myid'), `${id}\n`);
    const config = join(folder, `zoo-${id}.cfg`);
    const lines = `dataDir=${data}\nclientPort=${ZOO}\nclientPortAddress=${address}\ninitLimit=10\nsyncLimit=5\nadmin.enableServer=false\n`;
    await writeFile(config, lines + servers.join(''));
    start('zookeeper', id, [config]);
    start('mesos-master', id, [], {
      MESOS_ZK: `${zk}/mesos`,
      MESOS_QUORUM: '2',
      MESOS_WORK_DIR: join(folder, `master-${id}`),
      MESOS_IP: address,
      MESOS_PORT: String(MASTER),
      MESOS_HOSTNAME: address,
    });
    start('marathon', id, [], {
      MARATHON_MASTER: `${zk}/mesos`,
      MARATHON_ZK: `${zk}/marathon`,
      MARATHON_HTTP_ADDRESS: address,
      MARATHON_HTTP_PORT: String(MARATHON),
      MARATHON_HOSTNAME: address,
    });
  }
});

afterAll(async () => {
  const kinds: readonly Kind[] = ['zookeeper', 'mesos-master', 'marathon'];
  await Promise.all(kinds.flatMap((kind) => HOSTS.map(({ id }) => kill(kind, id))));
  await rm(folder, { recursive: true, force: true });
});

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} in 20 s`);
    await delay(100);
  }
}

async function srvr(address: string): Promise<string> {
  const socket = connect({ host: address, port: ZOO });
  socket.write('srvr');
  let text = '';
  for await (const data of socket) text += (data as Buffer).toString('utf8');
  return /^Mode: (.*)$/m.exec(text)?.[1] ?? text;
}

interface MasterSeen {
  readonly id: number;
  readonly status: number;
  readonly location: string | null;
}

async function masters(): Promise<readonly MasterSeen[]> {
  const seen = HOSTS.map(async ({ id, address }) => {
    const url = `http://${address}:${MASTER}/master/state`;
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    await answer?.text();
    return { id, status: answer?.status ?? 0, location: answer?.headers.get('location') ?? null };
  });
  return Promise.all(seen);
}

/** The master that leads, once all others (that run) send to it. */
async function leadingMaster(running: number): Promise<number | undefined> {
  const seen = await masters();
  const leader = seen.find(({ status }) => status === 200);
  const address = HOSTS.find(({ id }) => id === leader?.id)?.address ?? '';
  const others = seen.filter(({ location }) => location === `//${address}:${MASTER}/master/state`);
  return others.length === running - 1 ? leader?.id : undefined;
}

async function recovered(id: number): Promise<unknown> {
  const address = HOSTS[id - 1]?.address ?? '';
  const answer = await fetch(`http://${address}:${MASTER}/metrics/snapshot`);
  const metrics = (await answer.json()) as Readonly<Record<string, unknown>>;
  return metrics['registrar/log/recovered'];
}

async function marathonLeader(address: string): Promise<string | undefined> {
  const answer = await fetch(`http://${address}:${MARATHON}/v2/leader`);
  const { leader } = (await answer.json()) as { readonly leader?: string };
  return answer.ok ? leader : undefined;
}

test('of each kind one leads, and the others say who', async () => {
  const id = await eventually('leading master', () => leadingMaster(3));
  const modes = await Promise.all(HOSTS.map(({ address }) => srvr(address)));
  expect(modes.sort()).toStrictEqual(['follower', 'follower', 'leader']);
  expect(
    await eventually('quorum', async () => ((await recovered(id)) === 1 ? 1 : undefined)),
  ).toBe(1);
  const [first = '', ...others] = await Promise.all(
    HOSTS.map(({ address }) => eventually('Marathon', () => marathonLeader(address))),
  );
  expect(first).toMatch(/^127\.0\.79\.[123]:24080$/);
  expect(others).toStrictEqual([first, first]);
});

test('another master leads when the leader is killed', async () => {
  const before = await eventually('leading master', () => leadingMaster(3));
  await kill('mesos-master', before);
  expect(await eventually('new leader', () => leadingMaster(2))).not.toBe(before);
});

test('without a majority of ZooKeeper nothing leads', async () => {
  const leader = await eventually('leading master', () => leadingMaster(2));
  const child = programs.get(`mesos-master-${leader}`);
  const ended = child === undefined ? undefined : once(child, 'exit');
  await kill('zookeeper', 1);
  await kill('zookeeper', 2);
  expect(await ended).toStrictEqual([1, null]);
  expect(await srvr('127.0.79.3')).toBe(
    'This ZooKeeper instance is not currently serving requests\n',
  );
  await eventually('masters without a leader', async () =>
    (await masters()).every(({ status }) => status === 0 || status === 503) ? true : undefined,
  );
  const other = HOSTS.find(
    ({ id }) =>
      programs.get(`mesos-master-${id}`)?.exitCode === null &&
      programs.get(`mesos-master-${id}`)?.signalCode === null,
  );
  const health = await fetch(`http://${other?.address ?? ''}:${MASTER}/master/health`);
  expect(health.status).toBe(200);
});
