/** The type tables of `container`. */
import type { Type } from './reader.js';
import {
  anyPort,
  flag,
  integer,
  labels,
  listOf,
  object,
  oneOf,
  optional,
  required,
  setOf,
  shortName,
  string,
} from './type-words.js';

const nonEmpty: Type = { kind: 'string', min: 1 };
const dnsName: Type = { kind: 'string', min: 1, max: 63, is: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/ };
const readMode = required(oneOf('RO', 'RW'));

const portMapping = object({
  containerPort: optional(anyPort, 0),
  hostPort: optional(anyPort),
  labels: optional(labels, {}),
  name: optional(shortName),
  protocol: optional(oneOf('tcp', 'udp', 'udp,tcp'), 'tcp'),
  servicePort: optional(anyPort, 0),
  networkNames: optional(listOf(dnsName)),
});

const docker = object({
  credential: optional(object({ principal: required(string), secret: optional(string) })),
  pullConfig: optional(object({ secret: required(nonEmpty) })),
  forcePullImage: flag(false),
  image: required(nonEmpty),
  network: optional(oneOf('BRIDGE', 'HOST', 'NONE', 'USER')),
  parameters: optional(listOf(object({ key: required(nonEmpty), value: required(string) })), []),
  portMappings: optional(listOf(portMapping)),
  privileged: flag(false),
});

const hostVolume = object({
  containerPath: required(nonEmpty),
  hostPath: required(nonEmpty),
  mode: readMode,
});
const persistentVolume = object({
  containerPath: required(nonEmpty),
  persistent: required(
    object({
      type: optional(oneOf('root', 'path', 'mount')),
      size: required(integer(0)),
      maxSize: optional(integer(0)),
      profileName: optional(string),
      constraints: optional(setOf(listOf(string, 2)), []),
    }),
  ),
  mode: readMode,
});
const secretVolume = object({ containerPath: required(nonEmpty), secret: required(nonEmpty) });

const csiInfo = object({
  name: required(string),
  provider: required(oneOf('csi')),
  options: required(
    object({
      pluginName: required(nonEmpty),
      capability: required(
        object({
          accessMode: required(
            oneOf(
              'SINGLE_NODE_WRITER',
              'SINGLE_NODE_READER_ONLY',
              'MULTI_NODE_READER_ONLY',
              'MULTI_NODE_SINGLE_WRITER',
              'MULTI_NODE_MULTI_WRITER',
            ),
          ),
          accessType: required(oneOf('block', 'mount')),
          fsType: optional(string),
          mountFlags: optional(listOf(string), []),
        }),
      ),
      nodeStageSecret: optional(labels, {}),
      nodePublishSecret: optional(labels, {}),
      volumeContext: optional(labels, {}),
    }),
  ),
});
const dvdiInfo = object({
  size: optional(integer(0)),
  name: optional(string),
  provider: optional(string),
  options: optional(labels, {}),
  shared: flag(false),
});

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && key in value;
const isCsi = (value: unknown): boolean =>
  has(value, 'provider') && (value as { provider: unknown }).provider === 'csi';

const externalVolume = object({
  containerPath: required(nonEmpty),
  external: required({
    kind: 'choice',
    choose: (value) => (isCsi(value) ? csiInfo : dvdiInfo),
  }),
  mode: readMode,
});

/** The kind of a volume is told by the property it has. */
const volume: Type = {
  kind: 'choice',
  choose: (value) => {
    if (has(value, 'persistent')) return persistentVolume;
    if (has(value, 'external')) return externalVolume;
    return has(value, 'secret') ? secretVolume : hostVolume;
  },
};

export const container = object({
  type: optional(oneOf('MESOS', 'DOCKER'), 'DOCKER'),
  docker: optional(docker),
  linuxInfo: optional(
    object({
      seccomp: optional(object({ profileName: optional(string), unconfined: flag(false) })),
      ipcInfo: optional(
        object({
          mode: required(oneOf('PRIVATE', 'SHARE_PARENT')),
          shmSize: optional(integer()),
        }),
      ),
    }),
  ),
  volumes: optional(listOf(volume), []),
  portMappings: optional(listOf(portMapping)),
});
