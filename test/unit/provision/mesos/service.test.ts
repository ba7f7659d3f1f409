import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rootName, UNPACK_SCRIPT } from '../../../../src/provision/mesos/unpack-script.js';
import { textOf, variables, wantedOf } from './support.js';

const SETTINGS = '/etc/crossflock/demo/mesos/chameleon/agent';
const NAME = 'crossflock-demo-mesos-agent-chameleon';

describe('with systemd', () => {
  const wanted = wantedOf();
  const [service] = wanted.services;

  it('the agent is a unit whose end ends no task', () => {
    const unit = textOf(wanted, `/etc/systemd/system/${NAME}.service`);
    expect(unit).toContain(`ExecStart=${SETTINGS}/run\nKillMode=process\nRestart=always\n`);
    expect(unit).toContain('WantedBy=multi-user.target');
    expect(service).toMatchObject({
      init: 'systemd',
      image: 'mesosphere/mesos-slave:1.7.1',
      specFile: '/run/crossflock/demo/mesos/chameleon/agent.spec',
      restart: [
        ['systemctl', 'daemon-reload'],
        ['systemctl', 'enable', `${NAME}.service`],
        ['systemctl', 'restart', `${NAME}.service`],
      ],
    });
  });

  it('its script is told where everything is', () => {
    expect(variables(textOf(wanted, '/agent/service'))).toEqual({
      part: 'agent',
      command: 'mesos-agent',
      settings: SETTINGS,
      work: '/var/lib/crossflock/demo/mesos/chameleon/agent',
      runtime: '/run/crossflock/demo/mesos/chameleon',
      root: '/var/lib/crossflock/demo/mesos/chameleon/agent-root/current',
      path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      spec: service!.spec,
    });
  });

  it('what was compiled on the host runs there, the master too', () => {
    const compiled = wantedOf({ settings: { install: 'source' } });
    expect(compiled.services.map(({ part }) => part)).toEqual(['master', 'agent']);
    expect(compiled.containers.map(({ part }) => part)).toEqual(['zookeeper', 'marathon']);
    expect(variables(textOf(compiled, '/master/service'))).toMatchObject({
      command: 'mesos-master',
      root: '',
      path: expect.stringMatching(
        /^\/var\/lib\/crossflock\/demo\/mesos\/chameleon\/source\/sbin:/,
      ) as string,
    });
    expect(textOf(compiled, '/agent/docker')).toContain('\nexec docker "$@"\n');
  });
});

describe('with scripts in /etc/init.d', () => {
  const wanted = wantedOf({ init: 'sysv' });

  it('the agent is kept running by a supervisor, and its log is rotated', () => {
    expect(wanted.services[0]).toMatchObject({ init: 'sysv', definition: `/etc/init.d/${NAME}` });
    expect(textOf(wanted, `/etc/init.d/${NAME}`)).toContain('# Provides:          ' + NAME);
    expect(textOf(wanted, `/etc/logrotate.d/${NAME}`)).toContain(
      `/var/log/crossflock/${NAME}.log {`,
    );
  });

  it.each(['run', 'supervise', NAME, 'agent/docker'])('%s is a script that sh can read', (name) => {
    execFileSync('sh', ['-n'], { input: textOf(wanted, name) });
  });

  it('the supervisor starts the part again, and ends with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crossflock-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const script = (name: string, text: string): void => {
      writeFileSync(join(folder, name), text, { mode: 0o700 });
    };
    script('supervise', textOf(wanted, '/agent/supervise').replace('sleep 2', ':'));
    script(
      'run',
      '#!/bin/sh\nif [ -e "$0.again" ]; then echo again; exec sleep 60; fi\n: >"$0.again"\n',
    );
    const pidFile = join(folder, 'pid');
    const child = spawn(join(folder, 'supervise'), [pidFile]);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('again\n');
    expect(readFileSync(pidFile, 'utf8')).toBe(`${child.pid}\n`);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(() => readFileSync(pidFile)).toThrow('ENOENT');
  });
});

it('the image of the agent is unpacked by a script that sh can read, by the name of its id', () => {
  execFileSync('sh', ['-n'], { input: UNPACK_SCRIPT });
  const id = 'sha256:ce1987874354';
  const name = execFileSync('tr', ['-c', 'A-Za-z0-9_.', '-'], { input: id, encoding: 'utf8' });
  expect(rootName(id)).toBe(name);
  expect(UNPACK_SCRIPT).toContain("tr -c 'A-Za-z0-9_.' '-'");
});

it('the image of the agent is unpacked once, and pulled where the host has none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crossflock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  // Knows one image, once it was pulled.
  const docker = `#!/bin/sh
set -e
echo "$1 $2" >>"${folder}/calls"
case "$1 $2" in
  'image inspect') [ -e "${folder}/pulled" ] && echo sha256:ce19 ;;
  'pull -q') : >"${folder}/pulled"; echo "$3" ;;
  'create --label') echo 0123 ;;
  'export 0123') mkdir -p "${folder}/image/usr/bin"; : >"${folder}/image/usr/bin/env"
    chmod 755 "${folder}/image/usr/bin/env"; tar -c -C "${folder}/image" usr ;;
esac
`;
  writeFileSync(join(folder, 'docker'), docker, { mode: 0o700 });
  const env = {
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    CROSSFLOCK_IMAGE: 'mesosphere/mesos-slave:1.7.1',
    CROSSFLOCK_ROOTS: folder,
    CROSSFLOCK_LINK: join(folder, 'current'),
    CROSSFLOCK_DEPLOYMENT: 'demo',
  };
  const calls = (): string[] => {
    writeFileSync(join(folder, 'calls'), '');
    execFileSync('sh', ['-c', UNPACK_SCRIPT], { env });
    return readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
  };
  const once = ['create --label', 'export 0123', 'rm 0123'];
  expect(calls()).toEqual(['image inspect', 'pull -q', 'image inspect', ...once]);
  expect(readlinkSync(join(folder, 'current'))).toBe(rootName('sha256:ce19'));
  expect(calls()).toEqual(['image inspect', 'image inspect']);
});

describe('the script that starts a part', () => {
  it('gives it its variables as they are, and notes with what it was started', () => {
    const folder = mkdtempSync(join(tmpdir(), 'crossflock-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const put = (name: string, text: string): void => {
      writeFileSync(join(folder, name), text, { mode: 0o700 });
    };
    put('run', textOf(wantedOf(), '/agent/run'));
    put('env', 'MESOS_A=x "y" $HOME\nMESOS_B=');
    const settings = { part: 'agent', command: 'env', root: '', settings: folder, spec: '12ab' };
    const rest = { work: join(folder, 'w'), runtime: join(folder, 'r'), path: '/usr/bin:/bin' };
    const lines = Object.entries({ ...settings, ...rest }).map((entry) => entry.join('='));
    put('service', `${lines.join('\n')}\n`);
    const said = execFileSync(join(folder, 'run'), { encoding: 'utf8' });
    expect(variables(said)).toEqual({
      ...{ MESOS_A: 'x "y" $HOME', MESOS_B: '', HOME: '/root', PATH: '/usr/bin:/bin' },
    });
    expect(readFileSync(join(folder, 'r', 'agent.spec'), 'utf8')).toBe('12ab\n');
  });
});
