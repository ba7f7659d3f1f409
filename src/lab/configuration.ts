import type { LabFiles } from './access.js';
import { registryEndpoint } from './containers.js';
import { cloudsOf, type Lab, type LabHost } from './model.js';
import { LAB_USERS } from './names.js';

/** What the configuration of a lab holds beyond the lab itself. CPUs whole, memory and disk in MB. */
export interface LabWorkload {
  /** Absolute path of the gene expression matrix. */
  readonly gem: string;
  readonly executorCpus: number;
  readonly executorMem: number;
}

export const DEFAULT_WORKLOAD = { executorCpus: 4, executorMem: 4096 } as const;

/** Addresses of the containers; the hosts' gateways come from the other end. */
const NETWORK = '172.16.0';
const SUBMITTER = { cpus: 1, mem: 2048 };
/** Room that a cluster offers beside its executor; the lab's hosts share one machine's CPUs. */
const SPARE = { cpus: 2, mem: 4096 };
const DISK = { engine: 100_000, container: 10_000 };

/**
 * The configuration of what runs in a lab, as every command reads it: a cluster for each host, since
 * an embedded engine serves one; the submitter and an executor on the first, an executor on each
 * other one.
 */
export function labConfiguration(lab: Lab, files: LabFiles, workload: LabWorkload): object {
  const clusters = lab.hosts.map((host) => ({ id: clusterId(host), host }));
  const runners = clusters.map(({ id }, index) => ({ id: `runner${index + 1}`, cluster: id }));
  const [first] = clusters;
  const submitter = { id: 'submitter', cluster: first?.id ?? '' };
  return {
    name: lab.name,
    ssh: {
      user: LAB_USERS.free,
      identity_file: files.privateKey,
      config_file: 'none',
      known_hosts_file: files.knownHosts,
    },
    ...(lab.registry === undefined
      ? {}
      : { images: { registry: registryEndpoint(lab.registry.address) } }),
    clusters: clusters.map(({ id, host }) => ({
      id,
      engine: { type: 'embedded', resources: engineResources(workload) },
      hosts: [{ id: host.id, address: host.address }],
    })),
    containers: [
      container(submitter, 'crossflock/submitter', SUBMITTER, [
        { container_port: 22, host_port: 0, protocol: 'tcp', name: 'ssh' },
      ]),
      ...runners.map((runner) =>
        container(runner, 'crossflock/executor', {
          cpus: workload.executorCpus,
          mem: workload.executorMem,
        }),
      ),
    ],
    network: {
      cidr: `${NETWORK}.0/24`,
      driver: 'wireguard',
      containers: [submitter, ...runners].map(({ id }, index) => ({
        id,
        ip_addr: `${NETWORK}.${index + 1}`,
      })),
    },
    workflow: {
      type: 'kinc',
      gem: workload.gem,
      jobs: JOBS_PER_SLOT * workload.executorCpus * runners.length,
      method: 'sc',
      threshold: 0.8,
    },
  };
}

/** Jobs this short are over before every pool has taken some, unless there are several a slot. */
const JOBS_PER_SLOT = 4;

/** The cloud's name for its first host, `<cloud>-<number>` for the others. */
function clusterId({ cloud, number }: LabHost): string {
  return number === 1 ? cloud : `${cloud}-${number}`;
}

function engineResources({ executorCpus, executorMem }: LabWorkload): object {
  return { cpus: executorCpus + SPARE.cpus, mem: executorMem + SPARE.mem, disk: DISK.engine };
}

function container(
  { id, cluster }: { readonly id: string; readonly cluster: string },
  image: string,
  { cpus, mem }: { readonly cpus: number; readonly mem: number },
  ports?: readonly object[],
): object {
  return {
    id,
    cluster,
    image,
    n_cpus: cpus,
    mem,
    disk: DISK.container,
    ...(ports === undefined ? {} : { ports }),
    health_checks: [
      {
        protocol: 'COMMAND',
        command: { value: 'crossflock-health' },
        delaySeconds: 4,
        intervalSeconds: 10,
        gracePeriodSeconds: 60,
      },
    ],
  };
}

/** `2 hosts in 2 clouds`, for people. */
export function labSize(hosts: readonly { readonly cloud: string }[]): string {
  const clouds = cloudsOf(hosts).length;
  return `${counted(hosts.length, 'host')} in ${counted(clouds, 'cloud')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
