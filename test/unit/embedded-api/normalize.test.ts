/** The canonical form: legacy properties, defaults, rules that no example of the data set covers. */
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/embedded/api/errors.js';
import { parseApp } from '../../../src/embedded/api/parse/app.js';

const ALL = ['gpu_resources', 'secrets', 'external_volumes'];
const none = { features: new Set<string>(), defaultRole: '*' };
const all = { features: new Set(ALL), defaultRole: '*' };

const parse = (app: object, settings = none) => parseApp({ id: 'a', ...app }, settings);
const bridge = [{ mode: 'container/bridge' }];
const docker = (rest: object = {}) => ({ docker: { image: 'nginx' }, ...rest });

function refusal(app: object, settings = none): { status: number; paths: string[] } {
  try {
    parse(app, settings);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const details = (error.body['details'] ?? []) as { path: string }[];
    return { status: error.status, paths: details.map(({ path }) => path) };
  }
  throw new Error('was accepted');
}

describe('defaults', () => {
  it('of an app without a container', () => {
    expect(parse({ cmd: 'sleep 1' })).toEqual({
      id: '/a',
      cmd: 'sleep 1',
      cpus: 1,
      mem: 128,
      disk: 0,
      gpus: 0,
      instances: 1,
      backoffSeconds: 1,
      backoffFactor: 1.15,
      maxLaunchDelaySeconds: 300,
      executor: '',
      killSelection: 'YOUNGEST_FIRST',
      labels: {},
      networks: [{ mode: 'host' }],
      portDefinitions: [{ port: 0, name: 'default', protocol: 'tcp' }],
      requirePorts: false,
      role: '*',
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    });
  });

  it('keeps an empty list of port definitions', () => {
    expect(parse({ cmd: 'sleep 1', portDefinitions: [] }).portDefinitions).toEqual([]);
  });

  it('of port mappings by network', () => {
    const mapping = {
      containerPort: 0,
      name: 'default',
      protocol: 'tcp',
      servicePort: 0,
      labels: {},
    };
    const onBridge = parse({ networks: bridge, container: docker() });
    expect(onBridge.container?.portMappings).toEqual([{ ...mapping, hostPort: 0 }]);
    const onOwn = parse({ networks: [{ name: 'net' }], container: docker() });
    expect(onOwn.networks).toEqual([{ name: 'net', mode: 'container' }]);
    expect(onOwn.container?.portMappings).toEqual([mapping]);
    // Host networking: dropped without a word.
    const onHost = parse({ container: docker({ portMappings: [{ containerPort: 80 }] }) });
    expect(onHost.container).not.toHaveProperty('portMappings');
  });

  it('makes an empty Mesos container for a command on a network of its own', () => {
    const app = parse({ cmd: 'sleep 1', networks: [{ name: 'net' }] });
    expect(app.container).toMatchObject({ type: 'MESOS', volumes: [], portMappings: [{}] });
  });

  it('lets requirePorts alone on the host only', () => {
    expect(parse({ cmd: 'sleep 1', requirePorts: true }).requirePorts).toBe(true);
    const app = parse({ container: docker(), networks: bridge, requirePorts: true });
    expect(app.requirePorts).toBe(false);
  });

  it('gives health checks the first port', () => {
    const healthChecks = [{}, { port: 80 }, { protocol: 'COMMAND', command: { value: 'true' } }];
    const app = parse({ networks: bridge, container: docker(), healthChecks });
    expect(app.healthChecks?.map(({ portIndex }) => portIndex)).toEqual([0, undefined, undefined]);
  });

  it('leaves out what is empty', () => {
    const app = parse({
      cmd: 'sleep 1',
      env: {},
      args: [],
      constraints: [],
      fetch: [],
      secrets: {},
    });
    for (const name of ['env', 'args', 'constraints', 'fetch', 'secrets']) {
      expect(app).not.toHaveProperty(name);
    }
  });

  it('reads any string as a disabled unreachable strategy', () => {
    const app = parse({ cmd: 'sleep 1', unreachableStrategy: 'whatever' });
    expect(app['unreachableStrategy']).toBe('disabled');
  });
});

describe('legacy forms', () => {
  it('ports', () => {
    const { portDefinitions } = parse({ cmd: 'sleep 1', ports: [8080, 0] });
    expect(portDefinitions).toEqual([
      { port: 8080, protocol: 'tcp' },
      { port: 0, protocol: 'tcp' },
    ]);
  });

  it('uris', () => {
    const { fetch } = parse({ cmd: 'sleep 1', uris: ['http://x/a.tgz', 'http://x/b'] });
    const rest = { executable: false, cache: false };
    expect(fetch).toEqual([
      { uri: 'http://x/a.tgz', extract: true, ...rest },
      { uri: 'http://x/b', extract: false, ...rest },
    ]);
  });

  it('docker.network HOST and USER with ipAddress', () => {
    const net = (network: string, ipAddress?: object) =>
      parse({ container: { docker: { image: 'nginx', network } }, ...(ipAddress && { ipAddress }) })
        .networks;
    expect(net('HOST')).toEqual([{ mode: 'host' }]);
    expect(net('USER', { networkName: 'n' })).toEqual([{ mode: 'container', name: 'n' }]);
    expect(net('BRIDGE', { labels: { a: 'b' } })).toEqual([
      { mode: 'container/bridge', labels: { a: 'b' } },
    ]);
  });

  it('ipAddress with discovery becomes mappings of a Mesos container', () => {
    const ipAddress = { networkName: 'n', discovery: { ports: [{ number: 80, name: 'http' }] } };
    const app = parse({ cmd: 'sleep 1', ipAddress });
    expect(app.container).toMatchObject({
      type: 'MESOS',
      portMappings: [{ containerPort: 80, name: 'http', protocol: 'tcp' }],
    });
  });

  it('as many mappings as port definitions on a network of its own', () => {
    const app = parse({ container: docker(), networks: bridge, ports: [1, 2, 3] });
    expect(app.container?.portMappings).toHaveLength(3);
    expect(app).not.toHaveProperty('portDefinitions');
  });
});

describe('rules', () => {
  it.each<[string, object, string[]]>([
    ['networks and ipAddress', { cmd: 'sleep 1', networks: bridge, ipAddress: {} }, ['/']],
    [
      'secrets without the feature',
      { cmd: 'sleep 1', secrets: { s: { source: 'x' } } },
      ['/secrets'],
    ],
    ['a bad uri', { cmd: 'sleep 1', fetch: [{ uri: 'a b' }] }, ['/fetch(0)/uri']],
    ['a bad legacy uri', { cmd: 'sleep 1', uris: ['a b'] }, ['/uris(0)']],
    [
      'docker.credential',
      { container: { docker: { image: 'x', credential: { principal: 'p' } } } },
      ['/container/docker/credential'],
    ],
    [
      'pullConfig with Docker',
      { container: { docker: { image: 'x', pullConfig: { secret: 's' } } } },
      ['/container/docker/pullConfig'],
    ],
    [
      'IPv6 checks by Marathon',
      { container: docker(), networks: bridge, healthChecks: [{ ipProtocol: 'IPv6' }] },
      ['/healthChecks(0)'],
    ],
    [
      'two checks by Mesos',
      {
        container: docker(),
        networks: bridge,
        healthChecks: [{ protocol: 'MESOS_HTTP' }, { protocol: 'MESOS_TCP' }],
      },
      ['/'],
    ],
    ['a check beyond the ports', { cmd: 'sleep 1', check: { tcp: { portIndex: 3 } } }, ['/check']],
    [
      'two readiness checks',
      {
        cmd: 'sleep 1',
        portDefinitions: [{ name: 'http-api' }],
        readinessChecks: [{}, { path: '/x' }],
      },
      ['/readinessChecks'],
    ],
    [
      'two single instances',
      {
        cmd: 'sleep 1',
        instances: 2,
        labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
        upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
      },
      ['/'],
    ],
    [
      'a single instance beside itself',
      { cmd: 'sleep 1', labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } },
      ['/upgradeStrategy/minimumHealthCapacity', '/upgradeStrategy/maximumOverCapacity'],
    ],
    ['half a migration', { cmd: 'sleep 1', labels: { DCOS_MIGRATION_API_VERSION: 'v1' } }, ['/']],
    [
      'an unlimited word',
      { cmd: 'sleep 1', resourceLimits: { cpus: 'lots' } },
      ['/resourceLimits/cpus'],
    ],
    [
      'a mapping on an unknown network',
      { container: docker({ portMappings: [{ networkNames: ['m'] }] }), networks: [{ name: 'n' }] },
      ['/container/portMappings(0)/networkNames(0)'],
    ],
    [
      'a host port on one of two networks',
      {
        container: { type: 'MESOS', docker: { image: 'x' }, portMappings: [{ hostPort: 1 }] },
        networks: [{ name: 'n' }, { name: 'm' }],
      },
      ['/container/portMappings(0)'],
    ],
    [
      'port names twice',
      { cmd: 'sleep 1', portDefinitions: [{ name: 'x' }, { name: 'x' }] },
      ['/portDefinitions'],
    ],
    [
      'GROUP_BY a word',
      { cmd: 'sleep 1', constraints: [['rack', 'GROUP_BY', 'x']] },
      ['/constraints(0)'],
    ],
    ['IS a set', { cmd: 'sleep 1', constraints: [['rack', 'IS', '{a}']] }, ['/constraints(0)']],
    [
      'a constraint on nothing',
      { cmd: 'sleep 1', constraints: [['', 'UNIQUE']] },
      ['/constraints(0)'],
    ],
    [
      'lower-case operators',
      { cmd: 'sleep 1', constraints: [['rack', 'unique']] },
      ['/constraints(0)'],
    ],
    [
      'an external volume',
      {
        cmd: 'sleep 1',
        container: {
          type: 'MESOS',
          volumes: [{ containerPath: 'x', mode: 'RW', external: { name: 'v', provider: 'dvdi' } }],
        },
      },
      ['/container/volumes(0)'],
    ],
    ['a bad executor', { cmd: 'sleep 1', executor: 'a//b' }, ['/executor']],
    ['a bad dependency', { cmd: 'sleep 1', dependencies: ['/x/tasks'] }, ['/dependencies(0)']],
  ])('refuse %s', (_what, app, paths) => {
    expect(refusal(app)).toEqual({ status: 422, paths });
  });

  it.each<[string, object]>([
    ['a command with a path', { protocol: 'COMMAND', command: { value: 'x' }, path: '/' }],
    ['a command over HTTP', { command: { value: 'x' } }],
  ])('answer %s with 500', (_what, check) => {
    expect(refusal({ cmd: 'sleep 1', healthChecks: [check] }).status).toBe(500);
  });

  it('want secrets that are defined', () => {
    const secrets = { s: { source: 'x' } };
    const env = { A: { secret: 'other' } };
    expect(refusal({ cmd: 'sleep 1', secrets, env }, all).paths).toEqual(['/env/A/secret']);
    const volumes = [{ containerPath: 'x', secret: 's' }];
    const container = {
      type: 'MESOS',
      volumes,
      docker: { image: 'x', pullConfig: { secret: 's' } },
    };
    expect(parse({ cmd: 'sleep 1', secrets, container }, all).container).toMatchObject(container);
    expect(refusal({ cmd: 'sleep 1', container }, all).paths).toEqual([
      '/container/docker/pullConfig',
      '/container/volumes(0)',
    ]);
  });
});

describe('persistent volumes', () => {
  const settings = { ...none, defaultRole: 'agent' };
  const withVolume = (persistent: object, rest: object = {}, volume: object = {}) => ({
    cmd: 'sleep 1',
    container: {
      type: 'MESOS',
      volumes: [{ containerPath: 'data', mode: 'RW', persistent, ...volume }],
    },
    ...rest,
  });

  it('make the app resident', () => {
    const app = parse(withVolume({ size: 10 }), settings);
    expect(app.upgradeStrategy).toEqual({ minimumHealthCapacity: 0.5, maximumOverCapacity: 0 });
    expect(app['unreachableStrategy']).toBe('disabled');
    expect(app['residency']).toEqual({
      relaunchEscalationTimeoutSeconds: 3600,
      taskLostBehavior: 'WAIT_FOREVER',
    });
  });

  const at = '/container/volumes(0)';
  it.each<[string, object, string]>([
    ['no size', withVolume({ size: 0 }), `${at}/persistent/size`],
    ['maxSize on root', withVolume({ size: 1, maxSize: 2 }), `${at}/persistent`],
    ['maxSize below size', withVolume({ size: 2, maxSize: 1, type: 'mount' }), `${at}/persistent`],
    [
      'constraints on root',
      withVolume({ size: 1, constraints: [['path', 'LIKE', 'x']] }),
      `${at}/persistent`,
    ],
    [
      'an odd constraint',
      withVolume({ size: 1, type: 'path', constraints: [['path', 'IS', 'x']] }),
      `${at}/persistent/constraints(0)`,
    ],
    [
      'a path with slashes',
      withVolume({ size: 1 }, {}, { containerPath: '/data' }),
      `${at}/containerPath`,
    ],
    [
      'a dot for a path',
      withVolume({ size: 1 }, {}, { containerPath: '..' }),
      `${at}/containerPath`,
    ],
    ['read only', withVolume({ size: 1 }, {}, { mode: 'RO' }), `${at}/mode`],
    [
      'too much capacity',
      withVolume(
        { size: 1 },
        { upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 } },
      ),
      '/upgradeStrategy/maximumOverCapacity',
    ],
    ['an unreachable strategy', withVolume({ size: 1 }, { unreachableStrategy: {} }), '/'],
    [
      'a foreign accepted role',
      withVolume({ size: 1 }, { acceptedResourceRoles: ['agent'] }),
      '/acceptedResourceRoles',
    ],
  ])('refuse %s', (_what, app, path) => {
    expect(refusal(app, settings)).toEqual({ status: 422, paths: [path] });
  });
});
