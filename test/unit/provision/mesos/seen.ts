import type { MesosSeen } from '../../../../src/provision/mesos/seen.js';
import { sha256 } from '../../../../src/provision/mesos/secrets.js';
import type { WantedMesosHost } from '../../../../src/provision/mesos/types.js';
import { SECRETS } from './support.js';

/** A host with Docker 20.10 and systemd, control groups of both versions, and nothing else. */
export const BARE: MesosSeen = {
  ...{ files: new Map(), manifest: new Map(), secrets: {}, services: [], specs: new Map() },
  ...{ agentRoot: undefined, taskContainers: [], images: new Map(), past: undefined },
  docker: { engine: { version: '20.10.24', api: '1.41', minApi: '1.12' }, containers: [] },
  system: {
    ...{ processOne: 'systemd', hasSystemd: true, hasSysv: true, hasUnshare: true },
    cgroup: {
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      unified: '/sys/fs/cgroup/unified',
      isToldV1: true,
    },
  },
  ...{ processes: [], machine: 'm', dockerClient: '20.10.24', listeners: [] },
  ...{ zookeeper: undefined, master: undefined, agent: undefined, marathonAnswers: false },
};

/** A host on which everything is as wanted. */
export function settled(wanted: WantedMesosHost): MesosSeen {
  const images = new Map(wanted.images.map((image) => [image, `sha256:${sha256(image)}`]));
  const hashOf = (text: string): string => sha256(text);
  return {
    ...BARE,
    files: new Map(
      wanted.files.map(({ path, mode, content }) => [
        path,
        { mode, sha256: hashOf(content(SECRETS)) },
      ]),
    ),
    manifest: new Map(
      wanted.files
        .filter((file) => file.sha256 === undefined)
        .map(({ path, spec, content }) => [path, { spec, sha256: hashOf(content(SECRETS)) }]),
    ),
    secrets: wanted.secrets,
    services: wanted.services.map(({ name, init }) => ({
      ...{ name, init, isRunning: true, isEnabled: true },
    })),
    specs: new Map(wanted.services.map(({ part, spec }) => [part, spec])),
    agentRoot: wanted.services[0]?.image && images.get(wanted.services[0].image)!.replace(':', '-'),
    images,
    docker: {
      ...BARE.docker,
      containers: wanted.containers.map(({ name, image, spec }) => ({
        ...{ name, running: true, imageId: images.get(image)! },
        labels: { 'crossflock.spec': spec },
      })),
    },
  };
}
