import type { HostPlan } from '../../../src/plan/types.js';
import { mesosContainerName, mesosServiceName } from '../../../src/provision/mesos/paths.js';
import { FakeHost } from '../../fakes/fake-host.js';
import { surveyAnswer } from '../../fakes/survey-answer.js';

const TASK = '0b5e6e4c-1f0a-4f4e-8f0e-3d1d7a7f5c11';

/**
 * A host with sysv on which the parts of its role run: what ends them changes what the next look
 * tells. It notes in `log` what was done, with its name in front.
 */
export class MesosMachine extends FakeHost {
  /** Names of the containers that there are. */
  containers: string[] = [];
  /** Names of the services. */
  services: string[] = [];
  /** Paths that there are. */
  left: readonly string[] = [];
  volumes: string[] = [];
  readonly #log: string[];

  constructor({ id, clusterId, role }: HostPlan, log: string[]) {
    super(id);
    this.#log = log;
    if (role !== 'agent') {
      this.containers.push(
        ...(['zookeeper', 'master', 'marathon'] as const).map((part) =>
          mesosContainerName('demo', clusterId, part),
        ),
      );
    }
    if (role !== 'master') {
      this.services.push(mesosServiceName('demo', clusterId));
      this.containers.push(`mesos-${TASK}`, 'mesos-of-somebody-else');
    }
    const settings = `/etc/crossflock/demo/mesos/${clusterId}`;
    this.left = [`${settings}/manifest`, settings];
    this.#answer();
  }

  #answer(): void {
    this.on(['sh', '-s'], (_argv, { env }) => surveyAnswer(this.#sight(env ?? {})));
    this.on(
      (argv) => argv.slice(0, 4).join(' ') === 'docker rm --force --volumes',
      (argv) => {
        const names = argv.slice(4);
        this.#log.push(...names.map((name) => `${this.name}: ${name}`));
        this.containers = this.containers.filter((name) => !names.includes(name));
        return {};
      },
    );
    this.on([/^\/etc\/init\.d\//, 'leave'], () => {
      this.#log.push(`${this.name}: leave`);
      return {};
    });
    this.on(['update-rc.d', '-f', /./, 'remove'], {});
    this.on(
      (argv) => argv[0] === 'rm',
      () => {
        this.services = [];
        return {};
      },
    );
    this.on(
      (argv) => argv[1] === '-c' && argv[4] === '/proc/self/mountinfo',
      (argv) => {
        this.#log.push(`${this.name}: files`);
        this.left = this.left.filter((path) => !argv.includes(path));
        return {};
      },
    );
    this.on(['docker', 'volume', 'inspect', /./], ([, , , name = '']) => ({
      exitCode: this.volumes.includes(name) ? 0 : 1,
    }));
    this.on(['docker', 'volume', 'rm', /./], ([, , , name = '']) => {
      this.volumes = this.volumes.filter((each) => each !== name);
      return {};
    });
  }

  #sight(env: Readonly<Record<string, string>>): Record<string, string> {
    const asked = env['CROSSFLOCK_LEFTOVERS']?.split('\n') ?? [];
    const services = this.services.map((name) => `sysv ${name} ActiveState=active\n`);
    const filters = encodeURIComponent('{"label":["crossflock.deployment=demo"]}');
    const list = this.containers.map((name) => ({
      ...{ Names: [`/${name}`], State: 'running', ImageID: 'sha256:1', Labels: {} },
    }));
    const path = `/containers/json?all=true&filters=${filters}`;
    const get = `\n=== crossflock answer ${path}\nHTTP/1.0 200 OK\r\n\r\n${JSON.stringify(list)}\n`;
    return {
      mesos: `@@ services\n${services.join('')}`,
      leftovers: this.left
        .filter((each) => asked.includes(each))
        .map((each) => `${each}\n`)
        .join(''),
      get,
    };
  }
}
