import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ActionContext } from '../../../src/actions/context.js';
import type { Config } from '../../../src/config/types.js';
import { CrossflockError } from '../../../src/errors/crossflock-error.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeConnector } from '../../fakes/fake-connector.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { FakeMarathon } from '../../fakes/fake-marathon.js';
import { FakeNetwork } from '../../fakes/fake-network.js';
import { FakePool } from '../../fakes/fake-pool.js';
import { RecordingReporter } from '../../fakes/recording-reporter.js';
import { surveyAnswer } from '../../fakes/survey-answer.js';

export const FILE = '/x/config.json';
const FACTS = readFileSync(
  new URL('../../fixtures/host-facts/debian-13-docker.txt', import.meta.url),
  'utf8',
);
const HERE = '/state/crossflock/demo/secrets/pool-key';
const THERE = '/etc/crossflock/demo';
const KEY = 'k'.repeat(128);
const HASH = createHash('sha256').update(`${KEY}\n`).digest('hex');

/** A machine with Docker, our images and, once it was started, an embedded Marathon. */
export class Machine {
  readonly id: string;
  readonly port: number;
  readonly host: FakeHost;
  readonly marathon: FakeMarathon;
  /** The container of the embedded Marathon, as `docker run` was told. */
  engine: { readonly name: string; readonly spec: string } | undefined;
  hasKey = false;
  hasDocker = true;
  /** Containers that the embedded Marathon left: `id name`. */
  tasks: readonly string[] = [];
  #death: CrossflockError | undefined;

  constructor(id: string, port: number, marathon: FakeMarathon) {
    this.id = id;
    this.port = port;
    this.marathon = marathon;
    this.host = new FakeHost(id);
    this.#answer();
  }

  /** Nothing answers there any more, or it lets nobody in. */
  die(code: 'unreachable' | 'refused' = 'unreachable'): void {
    this.#death = new CrossflockError(`cannot reach ${this.id} over SSH: no answer`, { code });
  }

  #answer(): void {
    const { host, port, marathon } = this;
    host
      .on(
        () => this.#death !== undefined,
        () => ({ throws: this.#death ?? new Error('alive') }),
      )
      .on(['sh', '-s'], () => surveyAnswer(this.#sight()))
      .on(['sh', '-c', 'command -v docker'], () => ({ exitCode: this.hasDocker ? 0 : 127 }))
      .on(['sha256sum', `${THERE}/secrets/pool-key`], () =>
        this.#holdsKey() ? { stdout: `${HASH}  ${THERE}/secrets/pool-key\n` } : { exitCode: 1 },
      )
      .on(['test', '-e', THERE], () => ({ exitCode: this.hasKey ? 0 : 1 }))
      .on(['rm', '-rf', '--', THERE], () => {
        this.hasKey = false;
        return {};
      })
      .on(
        ([docker, run]) => docker === 'docker' && run === 'run',
        (argv) => this.#start(argv),
      )
      .on((argv) => argv.slice(0, 3).join(' ') === 'docker image inspect', {
        stdout: 'sha256:1 ["crossflock/executor:latest"]\n',
      })
      .on(
        (argv) => argv.slice(0, 3).join(' ') === 'docker container inspect',
        () => ({ exitCode: this.engine === undefined ? 1 : 0 }),
      )
      .on(
        (argv) => argv.slice(0, 4).join(' ') === 'docker container rm --force',
        ([, , , , name]) => this.#remove(name),
      )
      .on(
        ([docker, ps]) => docker === 'docker' && ps === 'ps',
        () => ({ stdout: this.tasks.map((task) => `${task}\n`).join('') }),
      );
    host.onForward(
      { host: '127.0.0.1', port },
      {
        host: '127.0.0.1',
        port: Number(new URL(marathon.url).port),
        close: () => Promise.resolve(),
      },
    );
  }

  #holdsKey(): boolean {
    return this.hasKey || this.host.puts.length > 0;
  }

  #start(argv: readonly string[]) {
    const label = argv.find((arg) => arg.startsWith('crossflock.spec='));
    const name = argv[argv.indexOf('--name') + 1] ?? '';
    this.engine = { name, spec: label?.split('=')[1] ?? '' };
    return {};
  }

  #remove(name = '') {
    if (name === this.engine?.name) this.engine = undefined;
    else this.tasks = this.tasks.filter((task) => !task.startsWith(name));
    return {};
  }

  /** What one look tells, Docker's answers among it. */
  #sight(): Record<string, string> {
    const answer = (path: string, body: string, headers = ''): string =>
      `=== crossflock answer ${path}\nHTTP/1.0 200 OK\r\n${headers}\r\n${body}\n`;
    const filters = encodeURIComponent('{"label":["crossflock.deployment=demo"]}');
    const list = this.engine === undefined ? [] : [containerEntry(this.engine)];
    const version = 'Server: Docker/26.1.5 (linux)\r\nApi-Version: 1.45\r\n';
    const docker = [
      answer('/v1.1/_ping', 'API version is 1.24', version),
      answer(`/containers/json?all=true&filters=${filters}`, JSON.stringify(list)),
      ...IMAGES.map((name) => answer(`/images/${name}/json`, JSON.stringify(image(name)))),
      ...(this.engine === undefined
        ? []
        : [answer(`http://127.0.0.1:${String(this.port)}/ping`, 'pong')]),
    ];
    const get = this.hasDocker ? `\n${docker.join('\n')}` : '';
    const facts = this.hasDocker ? FACTS : FACTS.replace('docker\ndockerd\n', '');
    return { facts, images: 'x86_64', 'fake-network': '', get };
  }
}

const IMAGES = ['marathon', 'executor', 'submitter'].map((name) => `crossflock/${name}:latest`);

function image(name: string) {
  return { Id: 'sha256:1', RepoTags: [name], Architecture: 'amd64', RootFS: { Layers: [] } };
}

function containerEntry({ name, spec }: { readonly name: string; readonly spec: string }) {
  const Labels = { 'crossflock.spec': spec };
  return { Names: [`/${name}`], State: 'running', ImageID: 'sha256:1', Labels };
}

export const HEALTHY = { n_cpus: 2, mem: 2048 };

/** Three clusters of one host each, the submitter on the first. */
export function configuration(): Config {
  const host = (id: string, last: number) => ({
    id: `${id}-1`,
    address: `192.0.2.${String(last)}`,
    user: 'cc',
  });
  return {
    name: 'demo',
    clusters: [
      { id: 'chameleon', engine: 'embedded', hosts: [host('chameleon', 1)] },
      { id: 'azure', engine: 'embedded', hosts: [host('azure', 2)] },
      { id: 'cloudlab', engine: 'embedded', hosts: [host('cloudlab', 3)] },
    ],
    containers: [
      { id: 'submitter', cluster: 'chameleon', image: 'crossflock/submitter', ...HEALTHY },
      { id: 'runner1', cluster: 'azure', image: 'crossflock/executor', ...HEALTHY },
      { id: 'runner2', cluster: 'cloudlab', image: 'crossflock/executor', ...HEALTHY },
    ],
    network: {
      cidr: '10.77.0.0/24',
      containers: [
        { id: 'submitter', ip_addr: '10.77.0.1' },
        { id: 'runner1', ip_addr: '10.77.0.2' },
        { id: 'runner2', ip_addr: '10.77.0.3' },
      ],
    },
  };
}

/** A deployment that runs: machines by id, their network, the submitter's flock list, the file. */
export class World {
  readonly machines = new Map<string, Machine>();
  readonly network = new FakeNetwork();
  readonly files = new Map<string, string>([[HERE, `${KEY}\n`]]);
  readonly connector = new FakeConnector();
  readonly pool = new FakePool();
  /** What `crossflock-flock` was told last. */
  flock: readonly string[] = [];
  vacated: readonly string[] = [];
  readonly here = new FakeHost('localhost');

  constructor() {
    const place = ([, , path]: readonly string[]) => ({ stdout: `${path ?? ''}\n` });
    this.here
      .on(['ip', '-json', 'route'], { stdout: '[]' })
      .on((argv) => argv[1] === 'network', { exitCode: 1 })
      .on((argv) => argv[1] === 'image', { stdout: JSON.stringify(IMAGES.map(image)) })
      .on((argv) => argv[0] === 'sha256sum', { stdout: `${HASH}  ${HERE}\n` })
      .on(['cat', HERE], { stdout: `${KEY}\n` })
      .on((argv) => argv[0] === 'realpath', place)
      .on((argv) => argv[0] === 'stat', { stdout: '640\n' });
  }

  async machine(id: string, port: number): Promise<Machine> {
    const marathon = await FakeMarathon.start();
    marathon.state.isAutomatic = true;
    const machine = new Machine(id, port, marathon);
    this.machines.set(id, machine);
    this.connector.with(machine.host);
    return machine;
  }

  /** The machine of that id, which the test has made. */
  at(id: string): Machine {
    const machine = this.machines.get(id);
    if (machine === undefined) throw new Error(`the test made no machine ${id}`);
    return machine;
  }

  async stop(): Promise<void> {
    for (const { marathon } of this.machines.values()) await marathon.stop();
  }

  /** The text of the configuration, with what was put in its place since. */
  get text(): string {
    return this.here.puts.findLast(({ path }) => path === FILE)?.content ?? this.written;
  }

  get config(): Config {
    return JSON.parse(this.text) as Config;
  }

  get written(): string {
    return this.files.get(FILE) ?? '';
  }

  /** Lets the submitter on this machine answer. */
  submitterOn(machine: Machine): void {
    const inside = (argv: readonly string[]): boolean =>
      argv.slice(0, 4).join(' ') === 'docker exec --user root' && argv[5] === 'crossflock-flock';
    machine.host.on(inside, (argv) => ({
      stdout: `${JSON.stringify(this.#flockAnswer(argv.slice(6)))}\n`,
    }));
    machine.tasks = ['5ub'];
  }

  #flockAnswer([command, list = '']: readonly string[]): unknown {
    const pools = list.split(',').filter((pool) => pool !== '');
    if (command === 'get') return { pools: this.flock, origin: 'stored' };
    if (command === 'vacate') {
      this.vacated = pools;
      return { vacated: 2 };
    }
    this.flock = pools;
    return { pools, changed: true };
  }

  context(): { readonly context: ActionContext; readonly reporter: RecordingReporter } {
    const reporter = new RecordingReporter();
    const context: ActionContext = {
      reporter,
      clock: new FakeClock(
        new Date(Number(/@@ time\n(\d+)/.exec(FACTS)?.[1]) * 1000).toISOString(),
      ),
      signal: new AbortController().signal,
      host: this.here,
      hosts: this.connector,
      env: { XDG_STATE_HOME: '/state' },
      readFile: (path) => {
        const text = path === FILE ? this.text : this.files.get(path);
        if (text !== undefined) return Promise.resolve(new TextEncoder().encode(text));
        return Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' }));
      },
      openPool: () => this.pool,
      keepSecret: () => undefined,
    };
    return { context, reporter };
  }
}

/** The three machines of `configuration`, all up and running, containers included. */
export async function runningWorld(): Promise<World> {
  const world = new World();
  world.files.set(FILE, `${JSON.stringify(configuration(), null, 2)}\n`);
  const ids = ['chameleon-1', 'azure-1', 'cloudlab-1'];
  for (const [index, id] of ids.entries()) {
    const machine = await world.machine(id, 19090 + index);
    machine.hasKey = true;
    machine.engine = { name: `demo-marathon-${id.replace('-1', '')}`, spec: 'unknown' };
  }
  world.network.with(...ids);
  world.submitterOn(world.at('chameleon-1'));
  world.flock = ['10.77.0.2', '10.77.0.3'];
  return world;
}
