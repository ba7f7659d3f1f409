import type { Obstacle } from '../obstacles.js';
import { apiOfClient, clientApi, isNewer, majorOf, oldestOfClient } from './docker-api.js';
import type { MesosSeen } from './seen.js';
import type { WantedMesosHost } from './types.js';

/** The first Docker that refuses images of the oldest manifest format. */
const FIRST_WITHOUT_SCHEMA_1 = 26;

/** What Docker's versions, its socket and the images are in the way of. */
export function dockerObstacles(seen: MesosSeen, wanted: WantedMesosHost): readonly Obstacle[] {
  return [
    ...socketObstacles(wanted),
    ...(wanted.parts.includes('agent') ? apiObstacles(seen, wanted) : []),
    ...imageObstacles(seen, wanted),
  ];
}

/** Mesos exits at `unix://…`, and says so only in its log. */
function socketObstacles({ createSocket }: WantedMesosHost): readonly Obstacle[] {
  if (createSocket === undefined || createSocket.startsWith('/')) return [];
  return [
    {
      what: `${createSocket} is no absolute path, and mesos takes nothing else as docker's socket`,
      todo: 'leave "unix://" out',
    },
  ];
}

function apiObstacles(
  { docker: { engine }, dockerClient }: MesosSeen,
  { createSocket }: WantedMesosHost,
): readonly Obstacle[] {
  if (engine === undefined) return [];
  const pinned = clientApi(engine, createSocket);
  if (createSocket !== undefined && pinned !== undefined && isNewer(engine.minApi, pinned)) {
    return [
      {
        what: `docker ${engine.version} accepts api ${engine.minApi} and later, and through weave's socket the docker command of mesos works up to ${pinned} only`,
        todo: 'write "network.driver": "wireguard", or have docker engine 20.10 to 28 on the host',
      },
    ];
  }
  return dockerClient === undefined ? [] : clientObstacles(dockerClient, engine, pinned);
}

function clientObstacles(
  client: string,
  engine: { readonly version: string; readonly minApi: string },
  pinned: string | undefined,
): readonly Obstacle[] {
  const newest = apiOfClient(client);
  if (newest !== undefined && isNewer(engine.minApi, newest)) {
    return [
      {
        what: `the docker command on the host is of version ${client} and speaks api ${newest} at most, and docker ${engine.version} accepts ${engine.minApi} and later`,
        todo: 'bring the docker command to the version of the engine',
      },
    ];
  }
  const oldest = oldestOfClient(client);
  if (pinned === undefined || !isNewer(oldest, pinned)) return [];
  return [
    {
      what: `the docker command on the host is of version ${client} and speaks api ${oldest} at least, and through weave's socket it works up to ${pinned} only`,
      todo: 'have the docker command of version 20.10 to 28 on the host, or write "network.driver": "wireguard"',
    },
  ];
}

function imageObstacles(
  { docker: { engine }, images }: MesosSeen,
  wanted: WantedMesosHost,
): readonly Obstacle[] {
  if (engine === undefined || majorOf(engine.version) < FIRST_WITHOUT_SCHEMA_1) return [];
  return wanted.images
    .filter((image) => !images.has(image) && isOldestFormat(image))
    .map((image) => ({
      what: `${image} is from before docker 1.10, most likely in the oldest manifest format, which docker ${engine.version} refuses`,
      todo: 'write a later version into "engine.images", or bring it with "docker load"',
    }));
}

/** Releases, by image, that came after Docker 1.10 (February 2016), which pushed the format of today. */
const FIRST_OF_TODAY: Readonly<Record<string, string>> = {
  'mesosphere/mesos-master': '0.28',
  'mesosphere/mesos-slave': '0.28',
  'mesosphere/mesos': '0.28',
  'mesosphere/marathon': '1.0',
};

/** Whether an image was published in the format that Docker 1.10 replaced. */
export function isOldestFormat(image: string): boolean {
  const [, name = '', version] = /((?:[^/]+\/)?[^/:]+):v?(\d+\.\d+)[^/]*$/.exec(image) ?? [];
  const first = FIRST_OF_TODAY[name];
  return first !== undefined && version !== undefined && isNewer(first, version);
}
