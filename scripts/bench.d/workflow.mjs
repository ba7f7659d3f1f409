// A run of very many jobs that do next to nothing: what watching it costs, beside HTCondor's own
// condor_watch_q on the same run, and what it takes to tell about it afterwards.
import { stat, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { Meter } from './meter.mjs';
import { end, goOn, start } from './processes.mjs';
import { crossflock, docker, megabytes, output, print, STATE } from './programs.mjs';
import { seconds, timed, writeConfig } from './programs.mjs';

const NAME = 'cft-bench-workflow';
const PORTS = [19395, 19396];
const SLOTS = 4;
const EXECUTORS = ['172.27.95.2', '172.27.95.3'];
const MANIFEST = join(STATE, `${NAME}.csv`);
const RUNS = '/var/lib/crossflock/runs';
const NODES_LOG = 'workflow.dag.nodes.log';

const healthy = [
  {
    protocol: 'COMMAND',
    command: { value: 'crossflock-health' },
    intervalSeconds: 5,
    gracePeriodSeconds: 60,
  },
];

function configuration() {
  const cluster = (id, port) => ({
    id,
    price_per_core_hour: 0.05,
    engine: { type: 'embedded', port, resources: { cpus: 8, mem: 8192, disk: 100_000 } },
  });
  const container = (id, where, image, size) => ({
    ...{ id, cluster: where, image: `crossflock/${image}`, ...size },
    ...{ disk: 10_000, health_checks: healthy },
  });
  const executor = { n_cpus: SLOTS, mem: SLOTS * 512 };
  return {
    name: NAME,
    clusters: [cluster('here', PORTS[0]), cluster('there', PORTS[1])],
    containers: [
      container('submitter', 'here', 'submitter', { n_cpus: 2, mem: 4096 }),
      container('runner1', 'here', 'executor', executor),
      container('runner2', 'there', 'executor', executor),
    ],
    network: {
      cidr: '172.27.95.0/24',
      driver: 'bridge',
      containers: [
        { id: 'submitter', ip_addr: '172.27.95.1' },
        { id: 'runner1', ip_addr: EXECUTORS[0] },
        { id: 'runner2', ip_addr: EXECUTORS[1] },
      ],
    },
    workflow: {
      type: 'command',
      request_memory_mb: 256,
      command: {
        program: ['echo', '{number}'],
        manifest: basename(MANIFEST),
        // Every job's result, each another one: what it prints must be their number.
        gather: { program: ['sh', '-c', 'cat results/* | sort -u | wc -l'] },
      },
    },
  };
}

/** Starts the project's program; what it tells goes to `onEvent`, `done` is its end. */
function follow(argv, onEvent) {
  goOn();
  const child = start(['node', 'bin/crossflock.js', ...argv, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk) => (told += chunk));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line);
    if (event.type !== 'workflow-progress') told += `${line}\n`;
    onEvent(event);
  });
  const done = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ status: code ?? signal, told }));
  });
  return { child, done };
}

/** Submits, and leaves the run to itself; answers its name. */
async function submit(config) {
  let run;
  const { child, done } = follow(['workflow', 'run', '-c', config, '--out', STATE], (event) => {
    run ??= /^run (\S+): \d+ jobs submitted/.exec(event.message ?? '')?.[1];
    if (run !== undefined) child.kill('SIGINT');
  });
  const { status, told } = await done;
  if (run === undefined || status !== 130) throw new Error(`nothing was submitted:\n${told}`);
  return run;
}

async function submitterContainer() {
  const labels = [`crossflock.deployment=${NAME}`, 'crossflock.role=submitter'];
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  return (await docker('ps', '--quiet', ...filters)).trim();
}

/** HTCondor's own screen, on a terminal of its own in the submitter, where its user would be. */
function watchQueue(container, run) {
  const log = `${RUNS}/${run}/${NODES_LOG}`;
  const script = `until [ -s ${log} ]; do sleep 0.2; done; exec condor_watch_q -groupby log -files ${log}`;
  const size = ['--env', 'COLUMNS=100', '--env', 'LINES=30', '--env', 'TERM=xterm-256color'];
  const user = ['--user', 'condor_pool', '--tty'];
  return start(['docker', 'exec', ...user, ...size, container, 'sh', '-c', script], {
    stdio: 'ignore',
  });
}

/** Docker does not end what it started in a container. */
const endWatchQueue = (container) =>
  docker('exec', container, 'pkill', '-f', 'condor_watch_q').catch(() => undefined);

/** What is ours of the watching, and what is HTCondor's; other runs may be watched meanwhile. */
function groupsOf(program, run) {
  const reads = (line) => line.includes('crossflock-events --follow') && line.includes(run);
  const asks = (line) => line.includes('crossflock-pools') && line.includes(EXECUTORS[0]);
  const isClient = (line) => line.startsWith('docker exec');
  return {
    program: (_, pid) => pid === program,
    clients: (line) => isClient(line) && (reads(line) || asks(line)),
    reader: (line) => !isClient(line) && reads(line),
    asker: (line) => !isClient(line) && asks(line),
    theirs: (line) => /^\S*python3\S* .*condor_watch_q/.test(line) && line.includes(run),
  };
}

/** Watches the run to its end; what it cost up to there, without the fetching of the results. */
async function watch(config, container, run) {
  const argv = ['workflow', 'watch', run, '-c', config, '--out', STATE];
  const began = performance.now();
  const { child, done } = follow(argv, () => undefined);
  const queue = watchQueue(container, run);
  const meter = new Meter(groupsOf(child.pid, run));
  // The reader of the event log ends with the run.
  const ended = meter.until('reader').then((cost) => ({ cost, wall: since(began) }));
  try {
    const { status, told } = await done;
    if (status !== 0) throw new Error(`workflow watch ended with ${status}:\n${told}`);
    const whole = since(began);
    const { cost, wall } = await ended;
    if (!cost?.theirs.alive) throw new Error('condor_watch_q did not watch the run to its end');
    return { ...cost, wall, collected: whole - wall };
  } finally {
    await meter.stop();
    await endWatchQueue(container);
    end(queue.pid);
  }
}

const since = (moment) => (performance.now() - moment) / 1000;

const PARTS = {
  program: '  the program itself',
  reader: '  the reader of the event log, in the submitter',
  asker: '  asking the executors, in the submitter',
  clients: '  docker exec, twice',
};

function reportWatching({ wall, theirs, ...cost }, jobs) {
  const parts = Object.keys(PARTS).map((name) => cost[name]);
  const ours = {
    cpu: parts.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: parts.reduce((sum, { memory }) => sum + memory, 0),
  };
  const told = ({ cpu, memory }) =>
    `CPU ${seconds(cpu)}, ${((100 * cpu) / wall).toFixed(2)} % of a core; ${megabytes(memory)}`;
  console.log(`\n  watched for ${seconds(wall)}, ${(jobs / wall).toFixed(1)} jobs/s`);
  print('workflow watch (goal: under 1 % of a core)', told(ours));
  for (const [name, label] of Object.entries(PARTS)) print(label, told(cost[name]));
  print('condor_watch_q', told(theirs));
  const ratio = (what) => (theirs[what] / ours[what]).toFixed(2);
  print('condor_watch_q ÷ workflow watch', `CPU ${ratio('cpu')}, memory ${ratio('memory')}`);
}

/** Every way to tell about the run, when it is over. */
async function tell(config, run) {
  console.log('\n  when it is over');
  const page = join(STATE, `${NAME}.html`);
  const data = join(STATE, `${NAME}-report.json`);
  for (const [label, ...argv] of [
    ['workflow list', 'list'],
    ['workflow status', 'status', run],
    ['workflow analyze', 'analyze', run],
    ['workflow stats', 'stats', run],
    ['workflow report', 'report', run, '--out', page],
    ['workflow report --format json', 'report', run, '--format', 'json', '--out', data],
  ]) {
    let memory;
    const time = await timed(async () => {
      memory = await crossflock('workflow', ...argv, '-c', config);
    });
    print(label, `${seconds(time)}, ${megabytes(memory)}`);
  }
  for (const file of [page, data])
    print(basename(file), `${((await stat(file)).size / 1e6).toFixed(2)} MB`);
}

/** Nothing may be missing at the end. */
async function check(container, run, jobs) {
  const file = `${RUNS}/${run}/results/gather.txt`;
  const found = Number(await output(['docker', 'exec', container, 'cat', file]));
  if (found !== jobs) throw new Error(`${found} of ${jobs} results have come together`);
}

/** @param jobs how many the run has, besides the one that gathers their results */
export async function benchWorkflow(jobs) {
  const config = await writeConfig(configuration());
  const rows = Array.from({ length: jobs }, (_, index) => `${index}\n`);
  await writeFile(MANIFEST, `number\n${rows.join('')}`);
  console.log(`\na run of ${jobs} jobs on 2 × ${SLOTS} slots`);
  try {
    await crossflock('create-containers', '-c', config);
    const container = await submitterContainer();
    let run;
    print('submitted', seconds(await timed(async () => (run = await submit(config)))));
    const cost = await watch(config, container, run);
    reportWatching(cost, jobs);
    print('results fetched and reported', seconds(cost.collected));
    print(
      'load of the machine',
      loadavg()
        .map((load) => load.toFixed(1))
        .join(', '),
    );
    await check(container, run, jobs);
    await tell(config, run);
  } finally {
    await crossflock('down', '-c', config, '--volumes');
  }
}
