import type { AppVersion } from '../orchestrator.js';
import type { FailureRecord } from './endings.js';
import type { DeploymentRecord } from './deployments.js';
import { affectedApps } from './deployments.js';
import type { Store } from './store.js';

export interface LoadedState {
  readonly versions: readonly AppVersion[];
  readonly failures: readonly FailureRecord[];
  readonly groups: readonly string[];
  /** Oldest first. */
  readonly deployments: readonly DeploymentRecord[];
}

/**
 * The state that another life of this server stored. Of two deployments of one app the newer one
 * had been forced over the older one, which is dropped.
 */
export async function loadState(store: Store): Promise<LoadedState> {
  const records = await store.load();
  const of = <T>(kind: string): T[] =>
    records.filter((record) => record.kind === kind).map(({ data }) => data as T);
  const all = of<DeploymentRecord>('deployment').sort((a, b) => (a.version < b.version ? -1 : 1));
  const overridden = all.filter((record, index) =>
    all.slice(index + 1).some((later) => overlap(record, later)),
  );
  for (const { id } of overridden) await store.remove('deployment', id);
  return {
    versions: [
      ...of<AppVersion>('version'),
      // What an overridden deployment had written is the past of what followed.
      ...overridden.flatMap(({ put }) => put),
    ],
    failures: of<FailureRecord>('failure'),
    groups: of<{ id: string }>('group').map(({ id }) => id),
    deployments: all.filter((record) => !overridden.includes(record)),
  };
}

function overlap(a: DeploymentRecord, b: DeploymentRecord): boolean {
  const apps = new Set(affectedApps(a));
  return affectedApps(b).some((id) => apps.has(id));
}
