import { mesosPorts } from '../plan/mesos.js';
import { isObject } from './paths.js';
import { number, object, text } from './view-values.js';

/** The engine of ZooKeeper, Mesos and Marathon, as far as its shape permits. */
export interface MesosView {
  /** `mesos` alone, or an object. */
  readonly isObject: boolean;
  readonly isSource: boolean;
  readonly hasImages: boolean;
  /** Where compiling is said how, which images do not need. */
  readonly hasCores: boolean;
  /** By its field in `ports`, its own or the default one. */
  readonly ports: ReadonlyMap<string, number>;
  /** Names of the flags to add, by part. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Whether what is written as `engine` is meant to be Mesos. */
export function isMesosEngine(value: unknown): boolean {
  return value === 'mesos' || object(value)['type'] === 'mesos';
}

/** Whatever is written as that engine. */
export function mesosView(value: unknown): MesosView {
  const engine = object(value);
  const written = object(engine['ports']);
  const own = (name: string): Record<string, number> => {
    const port = number(written[name]);
    return port === undefined ? {} : { [name]: port };
  };
  const ports = mesosPorts({
    ports: { ...own('zookeeper'), ...own('master'), ...own('agent'), ...own('marathon') },
  });
  const { zookeeper, zookeeperPeer, zookeeperElection, ...rest } = ports;
  return {
    isObject: isObject(value),
    isSource: text(engine['install']) === 'source',
    hasImages: engine['images'] !== undefined,
    hasCores: engine['cores'] !== undefined,
    ports: new Map([
      ['zookeeper', zookeeper],
      ['zookeeper_peer', number(written['zookeeper_peer']) ?? zookeeperPeer],
      ['zookeeper_election', number(written['zookeeper_election']) ?? zookeeperElection],
      ...Object.entries(rest),
    ]),
    flags: new Map(
      Object.entries(object(engine['flags'])).map(([part, flags]) => [
        part,
        Object.keys(object(flags)),
      ]),
    ),
  };
}
