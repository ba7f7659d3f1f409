/** What the stand-ins show has the properties of what Mesos 1.11.0 showed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Checkpoint, type RunRecord } from '../../standins/mesos/agent/checkpoint.js';
import { stateView as agentState } from '../../standins/mesos/agent/views.js';
import { readAgentSettings } from '../../standins/mesos/agent/settings.js';
import type { AgentInfo, TaskRecord } from '../../standins/mesos/common/mesos.js';
import { Cluster } from '../../standins/mesos/master/cluster.js';
import { readMasterSettings } from '../../standins/mesos/master/settings.js';
import { metricsView, slavesView, stateView } from '../../standins/mesos/master/views.js';

const folder = mkdtempSync(join(tmpdir(), 'cft-standin-views-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Shown = Readonly<Record<string, unknown>>;

/** The body of a captured answer. */
function captured(name: string): Shown {
  const file = new URL(`../../fixtures/mesos/1.11.0/${name}.txt`, import.meta.url);
  const text = readFileSync(file, 'utf8');
  return JSON.parse(text.slice(text.indexOf('{'))) as Shown;
}

/** The first element of a list in an object. */
const first = (shown: unknown, list: string): Shown =>
  ((shown as Shown)[list] as readonly Shown[])[0] ?? {};

/** Properties of the captured object that ours lacks. */
const missing = (ours: unknown, real: Shown): readonly string[] =>
  Object.keys(real).filter((key) => !(key in (ours as Shown)));

const info: AgentInfo = {
  hostname: 'h1',
  ip: '10.0.0.1',
  port: 5051,
  resources: { cpus: 2, mem: 2048, disk: 4096, ports: [{ begin: 31_000, end: 31_099 }] },
  attributes: { rack: 'a' },
};
const task: TaskRecord = {
  info: {
    id: 't1',
    name: 't1',
    resources: { cpus: 0.5, mem: 64, disk: 0, ports: [31_000] },
    docker: {
      image: 'x:1',
      network: 'USER',
      networkName: 'net',
      privileged: false,
      forcePullImage: false,
      portMappings: [],
      parameters: [],
    },
    volumes: [],
    env: {},
    labels: [],
    killGraceSeconds: 3,
  },
  frameworkId: 'f1',
  agentId: 's1',
  statuses: [
    {
      uuid: 'u1',
      taskId: 't1',
      state: 'TASK_RUNNING',
      timestamp: 1,
      source: 'SOURCE_EXECUTOR',
      containerId: 'c1',
      ip: '172.30.99.10',
    },
  ],
};
const framework = {
  id: 'f1',
  name: 'marathon',
  hostname: 'h1',
  webuiUrl: '',
  user: 'root',
  role: '*',
  principal: '',
  failoverSeconds: 1,
  checkpoint: true,
};

function masterFacts() {
  const cluster = new Cluster();
  const agent = { id: 's1', info, registeredTime: 1, channel: undefined, lost: undefined };
  cluster.agents.set('s1', { ...agent, lastSeen: 0 });
  cluster.frameworks.set('f1', {
    info: framework,
    channel: undefined,
    registeredTime: 1,
    completed: [],
  });
  cluster.addTask(task);
  return {
    settings: readMasterSettings(['--registry=in_memory', '--cluster=x'], {}),
    cluster,
    self: { id: 'm1', hostname: 'h1', ip: '10.0.0.1', port: 5050 },
    startTime: 1,
    electedTime: 1,
    recovered: true,
  };
}

test('the state of a master', () => {
  const real = captured('master_master_state');
  const ours = stateView(masterFacts());
  expect(missing(ours, real)).toStrictEqual([]);
  expect(missing(first(ours, 'slaves'), first(real, 'slaves'))).toStrictEqual([]);
  const [mine, theirs] = [first(ours, 'frameworks'), first(real, 'frameworks')];
  expect(missing(mine, theirs)).toStrictEqual([]);
  expect(missing(first(mine, 'tasks'), first(theirs, 'tasks'))).toStrictEqual([]);
  expect(first(mine, 'tasks')).toMatchObject({
    state: 'TASK_RUNNING',
    slave_id: 's1',
    resources: { cpus: 0.5, mem: 64, ports: '[31000-31000]' },
    statuses: [
      {
        container_status: {
          container_id: { value: 'c1' },
          network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '172.30.99.10' }] }],
        },
      },
    ],
  });
});

test('the agents of a master', () => {
  const ours = slavesView(masterFacts());
  const real = captured('master_master_slaves');
  expect(missing(first(ours, 'slaves'), first(real, 'slaves'))).toStrictEqual([]);
  expect(first(ours, 'slaves')).toMatchObject({
    active: false,
    resources: { cpus: 2, ports: '[31000-31099]' },
    used_resources: { cpus: 0.5, ports: '[31000-31000]' },
  });
});

test('the metrics that tell whether a master is well', () => {
  expect(metricsView(masterFacts())).toMatchObject({
    'master/elected': 1,
    'registrar/log/recovered': 1,
    'master/slaves_active': 0,
  });
});

test('the state of an agent', () => {
  const run: RunRecord = { task, framework, containerId: 'c1', done: false, removed: false };
  const ours = agentState({
    settings: readAgentSettings([`--work_dir=${folder}`, '--master=h:1'], {}),
    id: 's1',
    runs: [run],
    checkpoint: new Checkpoint(folder),
    masterHostname: 'h1',
    registered: true,
    startTime: 1,
  });
  const real = captured('agent_state');
  expect(missing(ours, real)).toStrictEqual([]);
  const [mine, theirs] = [first(ours, 'frameworks'), first(real, 'frameworks')];
  expect(missing(mine, theirs)).toStrictEqual([]);
  const [own, its] = [first(mine, 'executors'), first(theirs, 'executors')];
  expect(missing(own, its)).toStrictEqual([]);
  expect(own).toMatchObject({
    container: 'c1',
    directory: `${folder}/slaves/s1/frameworks/f1/executors/t1/runs/c1`,
  });
});
