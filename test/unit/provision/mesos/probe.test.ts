import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LocalHost } from '../../../../src/adapters/local-host.js';
import { parseHttpAnswer } from '../../../../src/provision/http-answer.js';
import { mesosProbe } from '../../../../src/provision/mesos/probe.js';
import { PROBE_SCRIPT } from '../../../../src/provision/mesos/probe-script.js';
import { sha256 } from '../../../../src/provision/mesos/secrets.js';
import type { MesosSeen } from '../../../../src/provision/mesos/seen.js';
import type { WantedMesosHost } from '../../../../src/provision/mesos/types.js';
import { plainFile } from '../../../../src/provision/mesos/wanted-file.js';
import { survey } from '../../../../src/provision/survey.js';
import { fixture, wantedOf } from './support.js';

/** The probe's script on this machine, without the requests. */
async function look(wanted: WantedMesosHost): Promise<MesosSeen> {
  const { script, env = {}, parse } = mesosProbe(wanted);
  const probe = { id: 'mesos', script, env, parse: (answer: string) => parse(answer) };
  const { seen } = await survey(new LocalHost(), { seen: probe }, new AbortController().signal);
  return seen;
}

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A wanted host whose folders are in a temporary one. */
function elsewhere(zookeeper: number): {
  readonly wanted: WantedMesosHost;
  readonly folder: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'crossflock-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const base = wantedOf({ settings: { ports: { zookeeper } } });
  const files = ['one', 'two'].map((name) =>
    plainFile({ path: join(folder, 'settings', name), mode: 0o600, part: 'agent' }, name),
  );
  const at = (name: string): string => join(folder, name);
  const paths = {
    ...{
      settings: at('settings'),
      secrets: at('settings/secrets'),
      manifest: at('settings/manifest'),
    },
    ...{ data: at('data'), work: at('work'), roots: at('roots'), currentRoot: at('roots/current') },
    ...{ source: at('source'), runtime: at('run') },
  };
  return { folder, wanted: { ...base, paths, files } };
}

describe('the probe', () => {
  it('finds nothing on a machine that has nothing, with a real shell', async () => {
    const { wanted } = elsewhere(1);
    const seen = await look(wanted);
    expect(seen).toMatchObject({
      ...{ files: new Map(), manifest: new Map(), secrets: {}, services: [], specs: new Map() },
      ...{ agentRoot: undefined, past: undefined, zookeeper: undefined, master: undefined },
      docker: { engine: undefined, containers: [] },
    });
    expect(seen.system.processOne).not.toBe('');
  });

  it('finds what is there, with a real shell', async () => {
    const port = await listening(
      createServer((socket) => {
        socket.on('data', (asked) => {
          expect(asked.toString()).toBe('srvr\n');
          socket.end(fixture('zookeeper/leader-3.5.3.txt'));
        });
      }),
    );
    const { wanted, folder } = elsewhere(port);
    const put = (name: string, text: string, mode = 0o600): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text, { mode });
    };
    const path = join(folder, 'settings/one');
    put('settings/one', 'one');
    put('settings/manifest', `abcd ${sha256('one')} ${path}\n`);
    put('settings/secrets/agent', 'agent-secret');
    put(
      'settings/agent/env',
      'MESOS_RESOURCES=cpus:2;mem:1\nMESOS_CREDENTIAL=/x\nMESOS_PORT=5051\n',
    );
    put('work/meta/slaves/latest', '');
    put('run/agent.spec', '1234\n');
    mkdirSync(join(folder, 'roots'));
    symlinkSync('sha256-77', join(folder, 'roots/current'));
    const seen = await look(wanted);
    expect(seen).toMatchObject({
      files: new Map([[path, { sha256: sha256('one'), mode: 0o600 }]]),
      manifest: new Map([[path, { spec: 'abcd', sha256: sha256('one') }]]),
      secrets: { agent: sha256('agent-secret') },
      specs: new Map([['agent', '1234']]),
      agentRoot: 'sha256-77',
      past: { resources: 'cpus:2;mem:1', port: '5051', attributes: undefined },
      zookeeper: { mode: 'leader', version: '3.5.3' },
      // Only before anything was set up.
      ...{ dockerClient: undefined, listeners: [] },
    });
  });

  it('reads what servers answer', () => {
    const probe = mesosProbe(wantedOf());
    const id = 'sha256:11';
    const answers = new Map([
      ['http://127.0.0.1:5050/master/state', fixture('1.11.0/master_master_state.txt')],
      ['http://127.0.0.1:5050/metrics/snapshot', fixture('1.11.0/master_metrics_snapshot.txt')],
      ['http://127.0.0.1:5051/state', fixture('1.11.0/agent_state.txt')],
      ['http://127.0.0.1:8080/ping', 'HTTP/1.1 401 Unauthorized\n\n'],
      ['/images/zookeeper:3.8/json', `HTTP/1.1 200 OK\n\n{"Id":"${id}"}`],
    ]);
    const tasks = probe.get!.find((ask) => ask.includes('mesos-'))!;
    answers.set(tasks, 'HTTP/1.1 200 OK\n\n[{"Names":["/mesos-8dbd27c7"]}]');
    const seen = probe.parse('', (ask) => parseHttpAnswer(answers.get(ask) ?? ''));
    expect(seen).toMatchObject({
      ...{ marathonAnswers: true, taskContainers: ['mesos-8dbd27c7'] },
      images: new Map([['zookeeper:3.8', id]]),
      master: { isLeader: true, isRecovered: true },
      agent: { version: '1.11.0' },
    });
    for (const ask of answers.keys()) expect(probe.get).toContain(ask);
  });

  it('asks an agent alone only for what it has', () => {
    const probe = mesosProbe({ ...wantedOf(), parts: ['agent'] });
    expect(probe.get?.filter((ask) => ask.startsWith('http'))).toEqual([
      'http://127.0.0.1:5051/state',
    ]);
    expect(probe.env?.['CROSSFLOCK_MESOS_ZOOKEEPER']).toBe('');
  });

  it('is text that changes nothing', () => {
    expect(PROBE_SCRIPT).not.toMatch(/\b(?:rm|mv|mkdir|touch|kill|start|stop|restart)\b/);
    expect(PROBE_SCRIPT.replaceAll(/>\/dev\/null/g, '')).not.toMatch(/(?<!-)> ?[\w"/$]/);
  });

  it('reads services, processes and the first look', () => {
    const seen = mesosProbe(wantedOf()).parse(`
@@ services
systemd crossflock-demo-mesos-agent-chameleon ActiveState=active SubState=running UnitFileState=enabled
sysv crossflock-demo-mesos-master-chameleon ActiveState=inactive
@@ processes
812 mesos-slave /var/lib/mesos
@@ init
process systemd
systemd
unshare
@@ client
Docker version 28.2.2, build e6534b4
@@ listeners
tcp LISTEN 0 50 *:8080 *:* users:(("java",pid=812,fd=18))
`);
    expect(seen).toMatchObject({
      services: [
        { init: 'systemd', isRunning: true, isEnabled: true },
        { init: 'sysv', isRunning: false, isEnabled: true },
      ],
      processes: [{ pid: 812, name: 'mesos-slave', workFolder: '/var/lib/mesos' }],
      system: { processOne: 'systemd', hasSystemd: true, hasSysv: false, hasUnshare: true },
      dockerClient: '28.2.2',
      listeners: [{ port: 8080, by: 'java (812)' }],
    });
  });
});
