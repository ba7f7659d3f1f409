// create-containers against plain `docker run` of the same containers.
import { setTimeout as sleep } from 'node:timers/promises';
import { crossflock, docker, median, print, seconds, timed, writeConfig } from './programs.mjs';

const NAME = 'crossflock-bench-create';
const PORT = 19390;
const COUNT = 10;
const ROUNDS = 5;
const CPUS = 0.1;
const MEMORY_MB = 64;
const IMAGE = 'debian:trixie-slim';
const COMMAND = ['sleep', 'infinity'];
const GONE_DEADLINE_MS = 60_000;

const members = Array.from({ length: COUNT }, (_, index) => ({
  id: `c${index}`,
  ip: `172.27.91.${index + 1}`,
}));

function configuration() {
  return {
    name: NAME,
    clusters: [
      {
        id: 'bench',
        engine: {
          type: 'embedded',
          port: PORT,
          resources: { cpus: 2 * COUNT * CPUS, mem: 2 * COUNT * MEMORY_MB, disk: 10_000 },
        },
      },
    ],
    containers: members.map(({ id }) => ({
      id,
      cluster: 'bench',
      role: 'other',
      image: IMAGE,
      n_cpus: CPUS,
      mem: MEMORY_MB,
      args: COMMAND,
      kill_grace_seconds: 1,
    })),
    network: {
      cidr: '172.27.91.0/24',
      driver: 'bridge',
      containers: members.map(({ id, ip }) => ({ id, ip_addr: ip })),
    },
  };
}

/** The same image, command, network, address and limits, without anything in between. */
function runPlain() {
  return Promise.all(
    members.map(({ id, ip }) =>
      docker(
        ...['run', '--detach', '--name', `${NAME}-plain-${id}`, '--label', `bench=${NAME}`],
        ...['--network', NAME, '--ip', ip, '--memory', `${MEMORY_MB}m`],
        ...['--cpu-shares', String(Math.round(CPUS * 1024)), '--cpu-quota', String(CPUS * 100_000)],
        ...[IMAGE, ...COMMAND],
      ),
    ),
  );
}

async function removeLabelled(label) {
  const ids = (await docker('ps', '--all', '--quiet', '--filter', `label=${label}`)).split('\n');
  const found = ids.filter((id) => id !== '');
  if (found.length > 0) await docker('rm', '--force', ...found);
}

/** The Marathon and the network stay, as they do for a second deployment. */
async function deleteApps() {
  await Promise.all(
    members.map(({ id }) =>
      globalThis.fetch(`http://127.0.0.1:${PORT}/v2/apps/${id}?force=true`, { method: 'DELETE' }),
    ),
  );
  const deadline = Date.now() + GONE_DEADLINE_MS;
  const left = () =>
    docker(
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `network=${NAME}`,
      '--filter',
      'label=crossflock.app',
    );
  while ((await left()) !== '') {
    if (Date.now() > deadline) throw new Error('the apps of the benchmark do not end');
    await sleep(100);
  }
}

/** One turn each, in the order given: what runs second must not always be the same. */
async function round(config, createFirst) {
  const times = {};
  const turns = {
    create: async () => {
      times.create = await timed(() => crossflock('create-containers', '-c', config));
      await deleteApps();
    },
    plain: async () => {
      times.plain = await timed(runPlain);
      await removeLabelled(`bench=${NAME}`);
    },
  };
  for (const turn of createFirst ? ['create', 'plain'] : ['plain', 'create']) await turns[turn]();
  return times;
}

export async function benchContainers() {
  const config = await writeConfig(configuration());
  console.log(`\ncreate-containers, ${COUNT} containers of ${IMAGE}`);
  try {
    const first = await timed(() => crossflock('create-containers', '-c', config));
    const again = await timed(() => crossflock('create-containers', '-c', config));
    await deleteApps();
    const rounds = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      rounds.push(await round(config, index % 2 === 0));
    }
    const create = median(rounds.map((times) => times.create));
    const plain = median(rounds.map((times) => times.plain));
    print('with nothing there (Marathon and network too)', seconds(first));
    print('with everything there (changes nothing)', seconds(again));
    print(`containers only, median of ${ROUNDS}`, seconds(create));
    print(`docker run × ${COUNT} in parallel, median of ${ROUNDS}`, seconds(plain));
    print('ratio (goal: at most 1.5)', (create / plain).toFixed(2));
  } finally {
    await removeLabelled(`bench=${NAME}`);
    await crossflock('down', '-c', config, '--volumes');
  }
}
