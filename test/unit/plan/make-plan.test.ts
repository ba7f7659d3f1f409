import { describe, expect, test } from 'vitest';
import type { ResolvedConfig, ResolvedContainer } from '../../../src/config/types.js';
import { isInside, parseAddress, parseNetwork } from '../../../src/plan/addressing.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { AppPlan, Plan } from '../../../src/plan/types.js';
import { loadFile } from '../config/support.js';

const KEY = { directory: '/state/secrets', value: 'k'.repeat(64) };

async function local(change: Partial<ResolvedConfig> = {}): Promise<ResolvedConfig> {
  const { config } = await loadFile('configs/local.json');
  if (config === undefined) throw new Error('configs/local.json does not load');
  return { ...config, ...change };
}

async function withContainer(id: string, change: Partial<ResolvedContainer>): Promise<Plan> {
  const config = await local();
  const containers = config.containers.map((each) =>
    each.id === id ? { ...each, ...change } : each,
  );
  return makePlan({ ...config, containers }, KEY);
}

function appOf(plan: Plan, id: string): AppPlan {
  const found = plan.apps.find(({ containerId }) => containerId === id);
  if (found === undefined) throw new Error(`no app ${id}`);
  return found;
}

test('the local configuration, worked out', async () => {
  const plan = makePlan(await local(), KEY);
  expect(plan.name).toBe('crossflock');
  expect(plan.network).toEqual({
    driver: 'bridge',
    name: 'crossflock',
    cidr: '172.16.0.0/24',
    gateway: '172.16.0.254',
    port: 51820,
    taken: ['172.16.0.1', '172.16.0.2', '172.16.0.3'],
  });
  expect(plan.flockList).toEqual(['172.16.0.2', '172.16.0.3']);
  expect(plan.clusters.map(({ id, marathonUrl }) => [id, marathonUrl])).toEqual([
    ['chameleon', 'http://127.0.0.1:19090'],
    ['azure', 'http://127.0.0.1:19091'],
  ]);
  expect(
    plan.apps.map(({ containerId, clusterId, role, ip }) => [containerId, clusterId, role, ip]),
  ).toEqual([
    ['submitter', 'chameleon', 'submitter', '172.16.0.1'],
    ['runner1', 'chameleon', 'executor', '172.16.0.2'],
    ['runner2', 'azure', 'executor', '172.16.0.3'],
  ]);
  expect(appOf(plan, 'submitter').app).toEqual({
    id: '/submitter',
    cpus: 1,
    mem: 2048,
    disk: 10000,
    instances: 1,
    container: {
      type: 'DOCKER',
      docker: {
        image: 'crossflock/submitter',
        privileged: false,
        parameters: [{ key: 'volume', value: 'crossflock-submitter:/var/lib/crossflock' }],
      },
      volumes: [
        { containerPath: '/run/secrets/crossflock', hostPath: '/state/secrets', mode: 'RO' },
      ],
      portMappings: [{ containerPort: 22, hostPort: 0, protocol: 'tcp', name: 'ssh' }],
    },
    networks: [],
    env: { SCIDAS_APP_NETWORK: '172.16.0.0/24', SCIDAS_RESC_CPUS: '1', SCIDAS_RESC_MEM: '2048' },
    labels: {
      'crossflock.deployment': 'crossflock',
      'crossflock.container': 'submitter',
      'crossflock.role': 'submitter',
    },
    healthChecks: [
      {
        protocol: 'COMMAND',
        command: { value: 'crossflock-health' },
        delaySeconds: 4,
        intervalSeconds: 10,
        gracePeriodSeconds: 60,
      },
    ],
    taskKillGracePeriodSeconds: 15,
  });
});

test('the same configuration gives the same plan', async () => {
  expect(makePlan(await local(), KEY)).toEqual(makePlan(await local(), KEY));
});

describe('what is given by hand', () => {
  test('goes before what is derived', async () => {
    const plan = await withContainer('submitter', {
      args: ['-f', '172.16.0.3'],
      env: { SCIDAS_RESC_CPUS: '7' },
      volumes: [{ container_path: '/var/lib/crossflock/', host_path: '/srv/state' }],
      kill_grace_seconds: 60,
      privileged: true,
    });
    const { app } = appOf(plan, 'submitter');
    expect(app.args).toEqual(['-f', '172.16.0.3']);
    expect(plan.flockList).toBeUndefined();
    expect(app.env['SCIDAS_RESC_CPUS']).toBe('7');
    expect(app.container.docker.parameters).toEqual([]);
    expect(app.container.volumes[0]).toEqual({
      containerPath: '/var/lib/crossflock/',
      hostPath: '/srv/state',
      mode: 'RW',
    });
    expect(app.taskKillGracePeriodSeconds).toBe(60);
    expect(app.container.docker.privileged).toBe(true);
  });

  test('the flock list may be joined to its flag', async () => {
    const plan = await withContainer('submitter', { args: ['-f172.16.0.3'] });
    expect(appOf(plan, 'submitter').app.args).toEqual(['-f172.16.0.3']);
  });

  test('labels of the deployment cannot be replaced', async () => {
    const plan = await withContainer('runner1', {
      labels: { team: 'x', 'crossflock.role': 'boss' },
    });
    expect(appOf(plan, 'runner1').app.labels).toMatchObject({
      team: 'x',
      'crossflock.role': 'executor',
    });
  });

  test('named volumes become a parameter of Docker', async () => {
    const plan = await withContainer('runner1', {
      volumes: [{ container_path: '/data', name: 'gem', mode: 'RO' }],
    });
    expect(appOf(plan, 'runner1').app.container.docker.parameters).toEqual([
      { key: 'volume', value: 'gem:/data:ro' },
    ]);
  });
});

describe('the pool key', () => {
  const given = [
    { id: 'chameleon', marathon_uri: 'http://192.0.2.1:9090/v2/apps' },
    { id: 'azure', engine: 'embedded' },
  ] as const;

  test('is a folder where the engine is embedded, a variable where a Marathon is given', async () => {
    const plan = makePlan(await local({ clusters: given }), KEY);
    const [onGiven, onEmbedded] = [appOf(plan, 'runner1').app, appOf(plan, 'runner2').app];
    expect(onGiven.env['CROSSFLOCK_POOL_KEY']).toBe(KEY.value);
    expect(onGiven.container.volumes).toEqual([]);
    expect(onEmbedded.env['CROSSFLOCK_POOL_KEY']).toBeUndefined();
    expect(onEmbedded.container.volumes).toHaveLength(1);
  });

  test('is not needed to make a plan', async () => {
    const plan = makePlan(await local({ clusters: given }), { directory: '/state/secrets' });
    expect(appOf(plan, 'runner1').app.env['CROSSFLOCK_POOL_KEY']).toBe('<pool-key>');
  });

  test('is nothing for containers outside the pool', async () => {
    const plan = await withContainer('runner1', { role: 'other' });
    expect(appOf(plan, 'runner1').app.container.volumes).toEqual([]);
    expect(appOf(plan, 'runner1').app.taskKillGracePeriodSeconds).toBeUndefined();
    expect(plan.flockList).toEqual(['172.16.0.3']);
  });
});

describe('roles', () => {
  test.each([
    ['submitter', 'anything', undefined, 'submitter'],
    ['head', 'scidas/kinc-submitter', undefined, 'submitter'],
    ['a', 'scidas/htcondor-worker-centos7', undefined, 'executor'],
    ['runner1', 'debian', undefined, 'executor'],
    ['a', 'crossflock/executor:1', undefined, 'executor'],
    ['web', 'nginx', undefined, 'other'],
    ['runner1', 'debian', 'other', 'other'],
  ] as const)('%s with %s (role %s) is %s', async (id, image, role, expected) => {
    const container = {
      id,
      image,
      cluster: 'azure',
      n_cpus: 1,
      mem: 1024,
      ...(role ? { role } : {}),
    };
    const network = { cidr: '172.16.0.0/24', containers: [{ id, ip_addr: '172.16.0.9' }] };
    const plan = makePlan(await local({ containers: [container], network }), KEY);
    expect(plan.apps.map((app) => app.role)).toEqual([expected]);
  });
});

describe('a given Marathon', () => {
  test.each([
    ['http://h:9090', 'http://h:9090'],
    ['http://h:9090/', 'http://h:9090'],
    ['http://h:9090/v2', 'http://h:9090'],
    ['http://h:9090/v2/apps', 'http://h:9090'],
    ['http://h:9090/v2/apps/', 'http://h:9090'],
    ['https://h/marathon/v2/apps', 'https://h/marathon'],
  ])('%s is reached at %s', async (uri, expected) => {
    const clusters = [
      { id: 'chameleon', marathon_uri: uri },
      { id: 'azure', engine: 'embedded' as const },
    ];
    const plan = makePlan(await local({ clusters }), KEY);
    expect(plan.clusters.map(({ marathonUrl, engine }) => [marathonUrl, engine.type])).toEqual([
      [expected, 'given'],
      ['http://127.0.0.1:19090', 'embedded'],
    ]);
  });
});

describe('instances', () => {
  const sizes = [
    ['172.16.0.0/24', 1, 3],
    ['10.9.8.0/22', 40, 600],
    ['192.168.250.0/28', 4, 8],
  ] as const;

  test.each(sizes)('in %s, %d and %d of them: each has its own address', async (cidr, a, b) => {
    const parsed = parseNetwork(cidr);
    if (!parsed.ok) throw new Error(cidr);
    const { network } = parsed;
    const start = cidr.replace(/\.\d+\/\d+$/, '.1');
    const config = await local();
    const [submitter, first, second] = config.containers;
    const text = (offset: number): string => {
      const at = (parseAddress(start) ?? 0) + offset;
      return [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join('.');
    };
    const plan = makePlan(
      {
        ...config,
        containers: [submitter!, { ...first!, instances: a }, { ...second!, instances: b }],
        network: {
          cidr,
          containers: [
            { id: 'submitter', ip_addr: text(0) },
            { id: 'runner1', ip_addr: text(1) },
            { id: 'runner2', ip_addr: text(1 + a) },
          ],
        },
      },
      KEY,
    );
    const addresses = plan.apps.map(({ ip }) => parseAddress(ip) ?? -1);
    expect(addresses).toHaveLength(1 + a + b);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses.every((address) => isInside(network, address))).toBe(true);
    expect(addresses).not.toContain(network.gateway);
    expect(new Set(plan.apps.map(({ app }) => app.id)).size).toBe(addresses.length);
    expect(plan.apps.every(({ app }) => app.instances === 1)).toBe(true);
    expect(plan.flockList).toHaveLength(a + b);
  });

  test('one keeps its id, more are numbered', async () => {
    const plan = await withContainer('runner1', { instances: 2 });
    expect(plan.apps.map(({ containerId, ip }) => `${containerId} ${ip}`)).toContain(
      'runner1-2 172.16.0.3',
    );
    expect(plan.apps.map(({ containerId }) => containerId)).not.toContain('runner1');
  });
});

test('containers without an address get those that nobody names, and none of the hosts', async () => {
  const hosts = (await local()).clusters.map((cluster, index) => ({
    ...cluster,
    hosts: [{ address: `192.0.2.${index + 1}` }],
  }));
  const network = {
    cidr: '172.16.0.0/29',
    containers: [{ id: 'runner1', ip_addr: '172.16.0.1' }],
  };
  const plan = makePlan(await local({ clusters: hosts, network }), KEY);
  expect(plan.network.driver).toBe('wireguard');
  expect(plan.apps.map(({ containerId, ip }) => `${containerId} ${ip}`)).toEqual([
    'submitter 172.16.0.2',
    'runner1 172.16.0.1',
    'runner2 172.16.0.3',
  ]);
  const { containers } = await local();
  const many = containers.map((each) => (each.id === 'runner2' ? { ...each, instances: 3 } : each));
  const full = await local({ clusters: hosts, network, containers: many });
  expect(() => makePlan(full, KEY)).toThrow('container "runner2" finds no free address');
});

test('defaults of the workflow', async () => {
  expect(makePlan(await local({ workflow: {} }), KEY).workflow).toEqual({
    type: 'kinc',
    method: 'sc',
    minObs: 30,
    naValue: 'NA',
    threshold: 'rmt',
    requestMemoryMb: 1024,
    retries: 2,
  });
});

test('a configuration that no check has seen is refused, not deployed half', async () => {
  const config = await local({ network: { cidr: '172.16.0.0/30' } });
  expect(() => makePlan(config, KEY)).toThrow('container "runner1" finds no free address');
});

test('containers of an engine that labels nothing get their labels by parameter', async () => {
  const { clusters } = await local();
  const given = clusters.map((cluster) => ({
    ...{ id: cluster.id, marathon_uri: 'http://192.0.2.10:9090' },
  }));
  const labelsOf = (plan: Plan): readonly string[] =>
    appOf(plan, 'runner1')
      .app.container.docker.parameters.filter(({ key }) => key === 'label')
      .map(({ value }) => value);
  expect(labelsOf(makePlan(await local({ clusters: given }), KEY))).toEqual([
    'crossflock.deployment=crossflock',
    'crossflock.container=runner1',
    'crossflock.role=executor',
  ]);
  expect(labelsOf(makePlan(await local(), KEY))).toEqual([]);
});

test('the recipe is the one that the workflow has settings for, unless it is named', async () => {
  const typeWith = async (workflow: object) =>
    makePlan(await local({ workflow }), KEY).workflow.type;
  expect(await typeWith({ kinc3: {} })).toBe('kinc3');
  expect(await typeWith({ kinc3: {}, type: 'kinc' })).toBe('kinc');
});

test('KINC 3 has its own defaults', async () => {
  const planned = async (kinc3: object) =>
    makePlan(await local({ workflow: { kinc3 } }), KEY).workflow.kinc3;
  expect(await planned({})).toEqual({
    program: ['kinc3'],
    clustering: 'none',
    ...{ minClusters: 1, maxClusters: 5, criterion: 'ICL' },
    ...{ removeOutliersBefore: true, removeOutliersAfter: true },
    ...{ minCorrelation: 0.5, maxCorrelation: 1 },
    rmt: { start: 0.99, step: 0.001, stop: 0.5, reduction: 'first' },
    format: 'tidy',
    fetchMatrices: false,
  });
  expect(await planned({ min_expression: -1, rmt: { stop: 0.3 }, max_clusters: 9 })).toMatchObject({
    minExpression: -1,
    maxClusters: 9,
    rmt: { start: 0.99, stop: 0.3 },
  });
});
