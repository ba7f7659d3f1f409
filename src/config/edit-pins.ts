import type { ChangeView } from '../ports/reporter.js';
import { appendItem, setProperty } from './edit.js';
import type { EditedText } from './edit-hosts.js';
import type { Config } from './types.js';

/** What would change for others when something is taken out, and has to be written out. */
export interface Pins {
  /** First virtual IP by container id. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Loopback port by id of an embedded cluster. */
  readonly ports: ReadonlyMap<string, number>;
}

/** Writes addresses and ports out that were worked out before. */
export function pin(text: string, { addresses, ports }: Pins): EditedText {
  const changes: ChangeView[] = [];
  let edited = text;
  for (const [id, ip] of addresses) {
    edited = appendItem(edited, ['network', 'containers'], { id, ip_addr: ip });
    changes.push({ action: 'create', kind: 'address', target: id, detail: `${ip}, as it is now` });
  }
  const { clusters } = JSON.parse(text) as Config;
  for (const [id, port] of ports) {
    const at = clusters.findIndex((cluster) => cluster.id === id);
    const engine = clusters[at]?.engine;
    const isObject = typeof engine === 'object';
    const place = ['clusters', at, 'engine', ...(isObject ? ['port'] : [])];
    edited = setProperty(edited, place, isObject ? port : { type: 'embedded', port });
    const detail = `port ${String(port)}, as it is now`;
    changes.push({ action: 'update', kind: 'cluster', target: id, detail });
  }
  return { text: edited, changes };
}
