import { readFileSync } from 'node:fs';
import { planMesos } from '../../../../src/plan/mesos.js';
import type { ClusterPlan, HostPlan, MesosEngine } from '../../../../src/plan/types.js';
import { secretHashes, type MesosSecrets } from '../../../../src/provision/mesos/secrets.js';
import type { MesosHostInput, WantedMesosHost } from '../../../../src/provision/mesos/types.js';
import { wantedMesosHost } from '../../../../src/provision/mesos/wanted.js';

export const SECRETS: MesosSecrets = {
  zookeeper: 'zk-secret',
  framework: 'framework-secret',
  agent: 'agent-secret',
  marathon: 'marathon-secret',
};

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/mesos/${name}`, import.meta.url), 'utf8');
}

export function hostPlan(id: string, role: HostPlan['role'], privateAddress: string): HostPlan {
  const ssh = {
    ...{ name: id, address: '192.0.2.1', sudo: 'passwordless' as const },
    connectTimeoutMs: 15_000,
  };
  return { id, clusterId: 'chameleon', role, ssh, address: '192.0.2.1', privateAddress };
}

export type Settings = Parameters<typeof planMesos>[1];

/** Three hosts: `m1` to `m3` masters and agents, or the first one alone. */
export function inputOf(
  options: {
    readonly masters?: number;
    readonly agents?: number;
    readonly settings?: Settings;
  } & Partial<Omit<MesosHostInput, 'engine' | 'cluster'>> & {
      readonly auth?: ClusterPlan['auth'];
    } = {},
): MesosHostInput & { readonly engine: MesosEngine } {
  const { masters = 1, agents = 0, settings = {}, auth, ...rest } = options;
  const hosts = [
    ...range(masters).map((n) => hostPlan(`m${n}`, 'both', `10.0.0.${n}`)),
    ...range(agents).map((n) => hostPlan(`a${n}`, 'agent', `10.0.0.${n + 10}`)),
  ];
  const engine = planMesos('demo', settings, hosts);
  const cluster: ClusterPlan = {
    ...{ id: 'chameleon', hosts, engine, marathonUrl: 'http://127.0.0.1:8080' },
    ...(auth === undefined ? {} : { auth }),
  };
  return {
    ...{ deployment: 'demo', cluster, engine, host: hosts[0]!, init: 'systemd' },
    secrets: secretHashes(SECRETS),
    ...rest,
  };
}

export function wantedOf(options: Parameters<typeof inputOf>[0] = {}): WantedMesosHost {
  return wantedMesosHost(inputOf(options));
}

/** The text of a file of the wanted host, by the end of its path. */
export function textOf(wanted: WantedMesosHost, end: string): string {
  const file = wanted.files.find(({ path }) => path.endsWith(end));
  if (file === undefined) throw new Error(`no file ${end}`);
  return file.content(SECRETS);
}

/** The variables of an env file. */
export function variables(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}
