// The pool: how soon a job runs on another cluster, how well the slots are used, and the
// memory that it takes to direct it all.
import { join } from 'node:path';
import { crossflock, docker, median, output, print, ROOT, STATE } from './programs.mjs';
import { megabytes, seconds, writeConfig } from './programs.mjs';

const NAME = 'crossflock-bench-pool';
const PORTS = [19391, 19392];
const EXECUTORS = 2;
const SLOTS = 4;
const JOBS = 200;
const JOB_SECONDS = 2;
const FIRST_JOB_ROUNDS = 5;
const FOLDER = '/home/condor_pool/bench';
const WAIT_SECONDS = 300;

function configuration() {
  const cluster = (id, port) => ({
    id,
    engine: { type: 'embedded', port, resources: { cpus: 6, mem: 8192, disk: 100_000 } },
  });
  const executor = (id, where) => ({
    id,
    cluster: where,
    image: 'crossflock/executor',
    n_cpus: SLOTS,
    mem: SLOTS * 1024,
    disk: 10_000,
    health_checks: healthy,
  });
  const healthy = [
    {
      protocol: 'COMMAND',
      command: { value: 'crossflock-health' },
      intervalSeconds: 5,
      gracePeriodSeconds: 60,
    },
  ];
  return {
    name: NAME,
    clusters: [cluster('here', PORTS[0]), cluster('there', PORTS[1])],
    containers: [
      {
        id: 'submitter',
        cluster: 'here',
        image: 'crossflock/submitter',
        n_cpus: 1,
        mem: 2048,
        disk: 10_000,
        health_checks: healthy,
      },
      executor('runner1', 'here'),
      executor('runner2', 'there'),
    ],
    network: {
      cidr: '172.27.92.0/24',
      driver: 'bridge',
      containers: [
        { id: 'submitter', ip_addr: '172.27.92.1' },
        { id: 'runner1', ip_addr: '172.27.92.2' },
        { id: 'runner2', ip_addr: '172.27.92.3' },
      ],
    },
    workflow: {
      type: 'kinc',
      gem: join(ROOT, 'data/golub-gem.txt.gz'),
      method: 'sc',
      threshold: 0.8,
    },
  };
}

/** Jobs that sleep; their named (empty) output spares the starter a second's wait each. */
const description = (log, count) =>
  [
    'executable = /bin/sleep',
    'transfer_executable = False',
    `arguments = ${JOB_SECONDS}`,
    'should_transfer_files = YES',
    'transfer_output_files = ""',
    `log = ${log}`,
    'request_cpus = 1',
    'request_memory = 512',
    'request_disk = 1024',
    'notification = Never',
    `queue ${count}`,
    '',
  ].join('\n');

async function containerOf(id) {
  const text = await docker(
    ...['ps', '--quiet', '--filter', `label=crossflock.deployment=${NAME}`],
    ...['--filter', `label=crossflock.container=${id}`],
  );
  return text.trim();
}

/** Submits `count` jobs and waits for their end; answers the events of their log. */
async function runJobs(submitter, round, count) {
  const asUser = (...argv) => ['docker', 'exec', '-i', '--user', 'condor_pool', submitter, ...argv];
  const log = `${FOLDER}/${round}.log`;
  await output(asUser('mkdir', '-p', FOLDER));
  await output(asUser('condor_submit', '-terse', '-'), {
    input: description(log, count),
  });
  await output(asUser('condor_wait', '-wait', String(WAIT_SECONDS), log));
  return events(await output(asUser('cat', log)));
}

/** Events of an HTCondor log in its text form: number, job and time stand in the first line. */
function events(text) {
  const first =
    /^(\d{3}) \((\d+\.\d+)\.\d+\) (\d{4}-\d\d-\d\dT?[ ]?\d\d:\d\d:\d\d(?:\.\d+)?)Z? (.*)$/gm;
  return [...text.matchAll(first)].map(([, code, job, time, rest]) => ({
    code,
    job,
    rest,
    at: Date.parse(`${time.replace(' ', 'T')}Z`) / 1000,
  }));
}

const SUBMITTED = '000';
const EXECUTING = '001';
const TERMINATED = '005';
const times = (all, code) => all.filter((event) => event.code === code).map(({ at }) => at);

async function benchFirstJob(submitter) {
  const delays = [];
  for (let round = 0; round < FIRST_JOB_ROUNDS; round += 1) {
    const all = await runJobs(submitter, `first-${round}`, 1);
    delays.push(Math.min(...times(all, EXECUTING)) - Math.min(...times(all, SUBMITTED)));
  }
  const range = `${seconds(Math.min(...delays))} to ${seconds(Math.max(...delays))}`;
  print('first remote job after (goal: at most 10 s)', `${seconds(median(delays))}, ${range}`);
}

async function benchEfficiency(submitter) {
  const all = await runJobs(submitter, 'many', JOBS);
  const ends = times(all, TERMINATED);
  if (ends.length !== JOBS) throw new Error(`${ends.length} of ${JOBS} jobs ended`);
  const last = Math.max(...ends);
  const share = (start) => {
    const wall = last - start;
    return `${((100 * JOBS * JOB_SECONDS) / (EXECUTORS * SLOTS * wall)).toFixed(1)} % (${seconds(wall)})`;
  };
  print('from the first start to the last end', share(Math.min(...times(all, EXECUTING))));
  print('from submission to the last end (goal: 85 %)', share(Math.min(...times(all, SUBMITTED))));
}

/** Memory of one Marathon's process, without the page cache that Docker would count. */
async function marathonMemory(cluster) {
  const status = await docker('exec', `${NAME}-marathon-${cluster}`, 'cat', '/proc/1/status');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
}

export async function benchPool() {
  const config = await writeConfig(configuration());
  try {
    const creating = await crossflock('create-containers', '-c', config);
    const submitter = await containerOf('submitter');
    console.log(`\npool of ${EXECUTORS} executors with ${SLOTS} slots on two clusters`);
    await benchFirstJob(submitter);
    console.log(`\n${JOBS} jobs of ${JOB_SECONDS} s`);
    await benchEfficiency(submitter);
    const running = await crossflock('run-kinc', '-c', config, '--out', join(STATE, 'results'));
    console.log('\npeak memory');
    print('create-containers', megabytes(creating));
    print('run-kinc', megabytes(running));
    print('an embedded Marathon', megabytes(await marathonMemory('here')));
  } finally {
    await crossflock('down', '-c', config, '--volumes');
  }
}
