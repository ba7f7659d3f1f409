import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildStandIns, STANDIN_IMAGES } from '../standins/mesos/support.js';
import { eventsOf, output, run, start, STATE_HOME, summaryOf, type Ended } from './harness.js';
import { expectCompleteResult, jobsDone, jobsRunOn, LabKit } from './lab-kit.js';

const LAB = 'cft-e2e-mesos';
/** What scripts/real-stack has been given: names of the real images, as JSON; stand-ins without. */
const GIVEN = process.env['CROSSFLOCK_MESOS_IMAGES'];
const { weave, ...IMAGES } = (GIVEN === undefined ? STANDIN_IMAGES : JSON.parse(GIVEN)) as Readonly<
  Record<string, unknown>
> & {
  readonly weave?: { readonly image_prefix: string; readonly version: string };
};
/** Weave Net's script on this machine, and whether hosts have to mount control groups of version 1. */
const WEAVE_SCRIPT = process.env['CROSSFLOCK_WEAVE_SCRIPT'];
const MOUNTS_CGROUP = process.env['CROSSFLOCK_MESOS_CGROUP'] === 'mount';
const HOSTS = ['cloud-1', 'cloud-2', 'cloud-3', 'cloud-4', 'cloud-5'];
const MASTER = 'cloud-1';
const ALONE = 'cloud-4';
const SPARE = 'cloud-5';
/** Ports of ZooKeeper, the master, the agent and Marathon. */
const PORTS = [2181, 5050, 5051, 8080];

/** The process of the agent, whatever it is called. */
const WHO_LISTENS = `$(sudo ss -Hltnp 'sport = :5051' | sed 's/.*pid=//; s/,.*//')`;

interface LabConfig {
  clusters: { id: string; engine: object; hosts: { id: string; address: string }[] }[];
  containers: { id: string; cluster: string }[];
  network: { containers: { id: string }[] };
}

const kit = new LabKit(LAB);
const addresses = new Map<string, string>();
let config = '';
let out = '';

/** A cluster of three hosts, one of them the master, and one of a single host; one host is spare. */
async function configure(): Promise<void> {
  const made = JSON.parse(await kit.run('config')) as LabConfig;
  for (const { hosts } of made.clusters)
    for (const { id, address } of hosts) addresses.set(id, address);
  const hostOf = (id: string) => ({ id, address: addresses.get(id) ?? '' });
  const engine = {
    type: 'mesos',
    images: IMAGES,
    resources: { cpus: 8, mem: 16_384, disk: 100_000 },
  };
  const clusters = [
    {
      id: 'chameleon',
      engine,
      hosts: [{ ...hostOf(MASTER), role: 'master' }, hostOf('cloud-2'), hostOf('cloud-3')],
    },
    { id: 'azure', engine, hosts: [hostOf(ALONE)] },
  ];
  const places = new Map([
    ['submitter', 'chameleon'],
    ['runner1', 'chameleon'],
    ['runner2', 'chameleon'],
    ['runner3', 'azure'],
  ]);
  const document = {
    ...made,
    clusters,
    containers: made.containers
      .filter(({ id }) => places.has(id))
      .map((container) => ({ ...container, cluster: places.get(container.id) })),
    network: {
      ...made.network,
      ...(weave === undefined ? {} : { driver: 'weave', weave }),
      containers: made.network.containers.filter(({ id }) => places.has(id)),
    },
  };
  config = join(out, 'config.json');
  await writeFile(config, JSON.stringify(document, undefined, 2));
}

/** What the real programs need on a host of the lab, and nobody installs. */
async function prepare(host: string): Promise<void> {
  if (WEAVE_SCRIPT !== undefined) {
    await output(['docker', 'cp', WEAVE_SCRIPT, `${LAB}-${host}:/usr/local/bin/weave`]);
  }
  if (MOUNTS_CGROUP) {
    const folder = '/run/cgroup-cpu';
    await kit.on(host, `sudo mkdir ${folder} && sudo mount -t cgroup -o cpu cgroup ${folder}`);
  }
}

function expectOk(ended: Ended): Ended {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  return ended;
}

/** Addresses at which a host listens on the engine's ports. */
async function listening(host: string): Promise<readonly string[]> {
  const text = await kit.on(host, 'sudo ss -Hltn');
  const found = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[3] ?? '')
    .filter((place) => PORTS.includes(Number(place.split(':').at(-1))));
  return [...new Set(found.map((place) => place.replace('[::ffff:', '').replace(/\]?:\d+$/, '')))];
}

describe('clusters of ZooKeeper, Mesos and Marathon', () => {
  let provisioned: Ended;

  beforeAll(async () => {
    process.env['XDG_STATE_HOME'] = STATE_HOME;
    out = await mkdtemp(join(tmpdir(), 'crossflock-e2e-mesos-'));
    if (GIVEN === undefined) await buildStandIns();
    const devices = weave === undefined ? [] : ['--devices'];
    const hosts = ['--clouds', 'cloud', '--hosts-per-cloud', '5', '--bare', ALONE];
    await kit.run('up', ...hosts, '--no-registry', ...devices);
    await Promise.all(HOSTS.map((host) => prepare(host)));
    await configure();
    provisioned = await run('crossflock', ['provision', '-c', config]);
  });

  afterAll(async () => {
    await kit.run('down');
    await kit.expectNothingLeft();
  });

  it('are made on hosts of three and of one, a container tried on each agent', () => {
    expectOk(provisioned);
    expect(summaryOf(provisioned).message).toMatch(/^4 hosts ready/);
    const kinds = eventsOf(provisioned, 'change').map(({ change }) => change.kind);
    for (const kind of ['zookeeper', 'mesos master', 'marathon', 'mesos agent']) {
      expect(kinds).toContain(kind);
    }
  });

  it('are as wanted in a second run', async () => {
    const again = expectOk(await run('crossflock', ['provision', '-c', config]));
    expect(eventsOf(again, 'change')).toEqual([]);
    expect(summaryOf(again).message).toBe('nothing to do: 4 hosts as wanted');
  });

  it('listen nowhere but on loopback and private addresses, with secrets of root', async () => {
    expect(await listening(MASTER)).toEqual([addresses.get(MASTER)]);
    expect(await listening('cloud-2')).toEqual([addresses.get('cloud-2')]);
    expect(await listening(ALONE)).toEqual(['127.0.0.1']);
    const folder = `/etc/crossflock/${LAB}/mesos/chameleon`;
    const modes = await kit.on('cloud-2', `sudo stat -c %a:%U ${folder} ${folder}/secrets/agent`);
    expect(modes.trim().split('\n')).toEqual(['700:root', '600:root']);
    const secret = (await kit.on('cloud-2', `sudo cat ${folder}/secrets/agent`)).trim();
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(provisioned.stdout + provisioned.stderr).not.toContain(secret);
    expect(await kit.on('cloud-2', 'ps -eo args')).not.toContain(secret);
  });

  it('run the workflow while the master is killed, an agent too, and an agent comes and goes', async () => {
    expectOk(await run('create-containers', ['-c', config]));
    const before = await kit.containersOn('cloud-2');
    const running = start('run-kinc', [
      ...['-c', config, '--jobs', '48', '--min-job-seconds', '4', '--out', out],
    ]);
    await running.event(jobsRunOn('chameleon'));
    // Not `docker kill`: what a person stops, Docker leaves stopped.
    const pid = `$(sudo docker inspect --format '{{.State.Pid}}' ${LAB}-mesos-master-chameleon)`;
    await kit.on(MASTER, `sudo kill -KILL ${pid}`);
    await kit.on('cloud-2', `sudo kill -KILL ${WHO_LISTENS}`);
    expectOk(
      await run('crossflock', [
        ...['peers', 'add', addresses.get(SPARE) ?? '', '--id', SPARE],
        ...['--cluster', 'chameleon', '-c', config],
      ]),
    );
    await running.event(jobsDone(12));
    expectOk(await run('crossflock', ['peers', 'remove', SPARE, '-c', config]));
    const { clusters } = expectCompleteResult(await running.ended);
    expect(clusters.map(({ cluster }) => cluster).sort()).toEqual(['azure', 'chameleon']);
    // What ran there runs on, though its agent ended in between.
    expect(await kit.containersOn('cloud-2')).toEqual(before);
    expect(await readFile(config, 'utf8')).not.toContain(SPARE);
  });

  it('are shown by status, and taken away by down', async () => {
    expectOk(await run('crossflock', ['status', '-c', config]));
    expectOk(await run('crossflock', ['down', '-c', config, '--volumes']));
    for (const host of [MASTER, 'cloud-2', 'cloud-3', ALONE]) {
      expect(await kit.containersOn(host), host).toEqual(['']);
    }
    const places = `/etc/crossflock/${LAB}/mesos /var/lib/crossflock/${LAB}/mesos /etc/init.d/crossflock-*`;
    expect(await kit.on('cloud-2', `sudo ls -d ${places} 2>/dev/null || true`)).toBe('');
  });
});
