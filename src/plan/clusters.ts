import type { ResolvedCluster, ResolvedConfig, ResolvedMesos } from '../config/types.js';
import { optional } from '../util/optional.js';
import { planHosts } from './hosts.js';
import { planMesos } from './mesos.js';
import type { ClusterPlan } from './types.js';

const FIRST_EMBEDDED_PORT = 19090;

export type EngineConfig = ResolvedCluster['engine'];

/**
 * The loopback port of each embedded Marathon, in the order of `engines`; undefined for clusters
 * that are not embedded. Without a port of its own, the n-th embedded one (from 0) gets 19090 + n.
 */
export function enginePorts(engines: readonly EngineConfig[]): readonly (number | undefined)[] {
  let embedded = 0;
  return engines.map((engine) => {
    if (engine === undefined || isMesos(engine)) return undefined;
    const port = FIRST_EMBEDDED_PORT + embedded;
    embedded += 1;
    return typeof engine === 'object' ? (engine.port ?? port) : port;
  });
}

/** Whether an engine, as it is written, is the one of ZooKeeper, Mesos and Marathon. */
export function isMesos(engine: EngineConfig): engine is 'mesos' | ResolvedMesos {
  return engine === 'mesos' || (typeof engine === 'object' && engine.type === 'mesos');
}

/**
 * The base of a Marathon's API: `http://h:9090/v2/apps/` as `http://h:9090`. The address in the
 * original's files ends in `/v2/apps`.
 */
export function marathonBase(uri: string): string {
  return uri.replace(/\/+$/, '').replace(/(?:\/v2(?:\/apps)?)?\/*$/, '');
}

/** The clusters with their engines, their hosts and the URLs of their Marathons. */
export function planClusters(config: ResolvedConfig, deployment: string): readonly ClusterPlan[] {
  const { clusters } = config;
  const ports = enginePorts(clusters.map((cluster) => cluster.engine));
  return clusters.map((cluster, index) => {
    const hosts = planHosts(cluster, config.ssh ?? {});
    const base = {
      id: cluster.id,
      hosts,
      ...optional('auth', cluster.auth),
      ...optional('pricePerCoreHour', cluster.price_per_core_hour),
    };
    const port = ports[index];
    const settings = cluster.engine;
    if (isMesos(settings)) {
      const engine = planMesos(deployment, typeof settings === 'object' ? settings : {}, hosts);
      const [first] = engine.masters;
      const marathonUrl = `http://${first?.address ?? ''}:${String(engine.ports.marathon)}`;
      return { ...base, engine, marathonUrl };
    }
    if (port === undefined) {
      const marathonUrl = marathonBase(cluster.marathon_uri ?? '');
      return { ...base, engine: { type: 'given' }, marathonUrl };
    }
    const resources = typeof settings === 'object' ? (settings.resources ?? {}) : {};
    const marathonUrl = `http://127.0.0.1:${String(port)}`;
    return { ...base, engine: { type: 'embedded', port, resources }, marathonUrl };
  });
}
