import { describe, expect, it } from 'vitest';
import { inTurn } from '../../../../src/provision/mesos/change.js';
import { secretHashes, sha256 } from '../../../../src/provision/mesos/secrets.js';
import { LEAVE_SCRIPT } from '../../../../src/provision/mesos/service-scripts.js';
import type { MesosSeen } from '../../../../src/provision/mesos/seen.js';
import { manifestText, mesosTodo } from '../../../../src/provision/mesos/todo.js';
import type { WantedMesosHost } from '../../../../src/provision/mesos/types.js';
import { BARE, settled } from './seen.js';
import { inputOf, SECRETS, wantedOf, type Settings } from './support.js';

const ONE = wantedOf();

function lines(wanted: WantedMesosHost, seen: MesosSeen): string[] {
  return mesosTodo(wanted, seen).map(
    ({ view: { action, kind, target, detail } }) => `${action} ${kind} ${target}: ${detail}`,
  );
}

/** What is to do when settings of a host that is as wanted change. */
function after(options: Parameters<typeof wantedOf>[0], masters = 1): string[] {
  return lines(wantedOf({ masters, ...options }), settled(wantedOf({ masters })));
}

const flags = (part: 'master' | 'agent' | 'marathon', name: string): { settings: Settings } => ({
  settings: { flags: { [part]: { [name]: 'x' } } },
});

describe('what is to do', () => {
  it('is nothing where all is as wanted', () => {
    expect(lines(ONE, settled(ONE))).toEqual([]);
    const sysv = wantedOf({ init: 'sysv' });
    expect(lines(sysv, settled(sysv))).toEqual([]);
  });

  it('is all of it on a bare host, in this order', () => {
    expect(lines(ONE, BARE)).toEqual([
      'create mesos secrets m1: readable by root only',
      'create zookeeper m1: zookeeper:3.8',
      'create mesos master m1: mesosphere/mesos-master:1.7.1',
      'create marathon m1: mesosphere/marathon:v1.11.24',
      'create mesos agent m1: a service of the host',
    ]);
    const agent = mesosTodo(ONE, { ...BARE, images: settled(ONE).images }).at(-1)!;
    expect(agent.steps.map((step) => step.do)).toEqual([
      ...['folders', 'files', 'unpack', 'run', 'run'],
    ]);
    expect(agent.steps[2]).toMatchObject({
      do: 'unpack',
      env: {
        CROSSFLOCK_IMAGE: 'mesosphere/mesos-slave:1.7.1',
        CROSSFLOCK_LINK: ONE.paths.currentRoot,
      },
    });
  });

  it('changes nothing but what has changed, and says what that means', () => {
    expect(after(flags('agent', 'attributes'))).toEqual([
      'restart mesos agent m1: settings differ; running containers go on, the agent finds them again within seconds',
    ]);
    expect(after(flags('master', 'weights'))).toEqual([
      'update mesos master m1: settings differ; no task is started for about 20 s, those that run go on',
    ]);
    expect(after(flags('master', 'weights'), 3)).toEqual([
      'update mesos master m1: settings differ; another master leads after about 10 s, tasks go on',
    ]);
    expect(after(flags('marathon', 'max_apps'))).toEqual([
      'update marathon m1: settings differ; its api is away for about half a minute, tasks go on',
    ]);
    expect(after({ dockerApi: '1.41' })).toEqual([
      'update mesos agent m1: docker; nothing is started again',
    ]);
    expect(after({ settings: { images: { zookeeper: 'zookeeper:3.8.4' } } })).toEqual([
      'update zookeeper m1: settings differ; the master and marathon end and come back within about a minute, tasks go on',
    ]);
  });

  it('starts what does not run, and what would not start again', () => {
    const seen = settled(ONE);
    const containers = seen.docker.containers.map((each) => ({
      ...each,
      running: !each.name.includes('master'),
    }));
    const services = seen.services.map((service) => ({ ...service, isEnabled: false }));
    expect(lines(ONE, { ...seen, services, docker: { ...seen.docker, containers } })).toEqual([
      'start mesos master m1: it does not run',
      'start mesos agent m1: it would not start after a reboot',
    ]);
  });

  it('makes anew what another image is there for', () => {
    const seen = settled(ONE);
    const images = new Map([...seen.images].map(([name]) => [name, `sha256:${name.length}`]));
    expect(lines(ONE, { ...seen, images }).map((line) => line.split(';')[0])).toEqual([
      'update zookeeper m1: another image',
      'update mesos master m1: another image',
      'update marathon m1: another image',
      'restart mesos agent m1: another image',
    ]);
  });

  it('undoes what somebody has written on the host', () => {
    const seen = settled(ONE);
    const files = new Map(seen.files);
    const path = [...files.keys()].find((each) => each.endsWith('/marathon/env'))!;
    files.set(path, { sha256: 'other', mode: 0o600 });
    const config = [...files.keys()].find((each) => each.endsWith('/zoo.cfg'))!;
    files.set(config, { ...files.get(config)!, mode: 0o644 });
    expect(lines(ONE, { ...seen, files })).toEqual([
      'restart zookeeper m1: zoo.cfg changed on the host; the master and marathon end and come back within about a minute, tasks go on',
      'restart marathon m1: env changed on the host; its api is away for about half a minute, tasks go on',
    ]);
  });

  it('is done without knowing a secret, and notices another one', () => {
    const secrets = secretHashes({ ...SECRETS, framework: 'another' });
    expect(after({ secrets }).map((line) => line.split(':')[0])).toEqual([
      'update mesos secrets m1',
      'update mesos master m1',
      'update marathon m1',
    ]);
    const text = JSON.stringify(mesosTodo(ONE, BARE));
    expect(text).not.toContain('zk-secret');
  });

  it('writes again what was written from other settings, though nobody touched it', () => {
    const seen = settled(ONE);
    const manifest = new Map(seen.manifest);
    const path = [...manifest.keys()].find((each) => each.endsWith('/master/zk'))!;
    manifest.set(path, { ...manifest.get(path)!, spec: 'older' });
    expect(lines(ONE, { ...seen, manifest })).toEqual([
      'restart mesos master m1: zk changed on the host; no task is started for about 20 s, those that run go on',
    ]);
  });

  it('takes away what a host is not any more', () => {
    const before = settled(ONE);
    const host = inputOf({ agents: 1 }).cluster.hosts[1]!;
    const agent = wantedOf({ agents: 1, host });
    expect(lines(agent, { ...settled(agent), docker: before.docker })).toEqual([
      'delete zookeeper a1: the host is no master any more',
      'delete mesos master a1: the host is no master any more',
      'delete marathon a1: the host is no master any more',
    ]);
    const nothing = { ...ONE, parts: [], files: [], containers: [], services: [] };
    const changes = mesosTodo(nothing, { ...before, docker: { ...before.docker, containers: [] } });
    expect(changes.map(({ view }) => `${view.action} ${view.kind}: ${view.detail}`)).toEqual([
      'delete mesos agent: the host is no agent any more: its containers end, and start anew on others with room',
    ]);
    expect(changes[0]!.steps).toContainEqual({
      do: 'run',
      argv: ['sh', '-c', LEAVE_SCRIPT, 'sh', 'crossflock-demo-mesos-agent-chameleon.service'],
    });
    // Else a new agent would take itself for the one that the master has let go.
    expect(changes[0]!.steps).toContainEqual({
      do: 'remove',
      paths: expect.arrayContaining([nothing.paths.work]) as string[],
    });
  });
});

it('the leaders come last of their kind', () => {
  const wanted = ['m1', 'm2', 'm3'].map((id) => {
    const { cluster } = inputOf({ masters: 3 });
    return wantedOf({ masters: 3, host: cluster.hosts.find((host) => host.id === id)! });
  });
  const leads: Partial<MesosSeen> = {
    zookeeper: { mode: 'leader', version: '3.8.4' },
    master: {
      ...{ version: '1.7.1', isLeader: true, isRecovered: true, leader: undefined },
      ...{ agents: [], frameworks: [] },
    },
  };
  const changes = wanted.flatMap((each, index) =>
    mesosTodo(each, { ...BARE, secrets: each.secrets, ...(index === 0 ? leads : {}) }),
  );
  expect(inTurn(changes).map(({ part, hostId }) => `${part} ${hostId}`)).toEqual([
    ...['zookeeper m2', 'zookeeper m3', 'zookeeper m1', 'master m2', 'master m3', 'master m1'],
    ...['marathon m1', 'marathon m2', 'marathon m3', 'agent m1', 'agent m2', 'agent m3'],
  ]);
});

it('the manifest says from what the files with secrets were written', () => {
  const [first = ''] = manifestText(ONE, SECRETS).split('\n');
  const zk = ONE.files.find(({ path }) => path.endsWith('/master/zk'))!;
  expect(first).toBe(`${zk.spec} ${sha256(zk.content(SECRETS))} ${zk.path}`);
});
