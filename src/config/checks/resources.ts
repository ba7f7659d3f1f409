import type { Problem } from '../../errors/problem.js';
import type { ClusterView, ContainerView, Resource, View } from '../view.js';
import { agentCount } from './mesos.js';

/** What a KINC job needs: 1 GB, in MB. Source: the tutorial of OSG-KINC in HTCondor pools. */
const MB_PER_SLOT = 1024;

/** Memory per slot, and what clusters of our own have to give. All warnings. */
export function resourceProblems({ clusters, containers }: View): readonly Problem[] {
  return [
    ...containers.flatMap((container) => slotProblems(container)),
    ...clusters.flatMap((cluster) => clusterResources(cluster, containers)),
  ];
}

function slotProblems({ role, cpus, mem, path }: ContainerView): readonly Problem[] {
  if (role !== 'executor' || !cpus || !mem) return [];
  // HTCondor counts whole CPUs, and at least one.
  const slots = Math.max(1, Math.floor(cpus));
  if (mem / slots >= MB_PER_SLOT) return [];
  const perSlot = String(Math.floor(mem / slots));
  const enough = `write ${String(slots * MB_PER_SLOT)} or more`;
  const fewer = Math.floor(mem / MB_PER_SLOT);
  return [
    {
      severity: 'warning',
      path: `${path}.mem`,
      value: String(mem),
      message: `is ${perSlot} MB for each slot of ${String(slots)}, and a KINC job needs ${String(MB_PER_SLOT)} MB`,
      fix: fewer < 1 ? enough : `${enough}, or "n_cpus": ${String(fewer)}`,
    },
  ];
}

const UNITS: Readonly<Record<Resource, string>> = {
  cpus: 'CPUs',
  mem: 'MB of memory',
  disk: 'MB of disk',
};

function clusterResources(
  cluster: ClusterView,
  containers: readonly ContainerView[],
): readonly Problem[] {
  const own = containers.filter(({ cluster: id }) => id !== undefined && id === cluster.id);
  const kinds: readonly Resource[] = ['cpus', 'mem', 'disk'];
  return kinds.flatMap((kind): readonly Problem[] => {
    const offered = cluster.resources[kind];
    if (offered === undefined) return [];
    const problem =
      tooLarge(cluster, own, { kind, offered }) ?? tooMany(cluster, own, { kind, offered });
    return problem === undefined ? [] : [problem];
  });
}

interface Offer {
  readonly kind: Resource;
  /** Of the cluster's engine, or of each of its agents. */
  readonly offered: number;
}

/** All containers together against all hosts together. */
function tooMany(
  cluster: ClusterView,
  own: readonly ContainerView[],
  { kind, offered }: Offer,
): Problem | undefined {
  const agents = cluster.mesos === undefined ? 1 : agentCount(cluster);
  const wanted = round(own.reduce((sum, each) => sum + (each[kind] ?? 0) * each.instances, 0));
  if (wanted <= offered * agents) return undefined;
  const each = agents === 1 ? '' : ` on each of ${String(agents)} agents`;
  const enough = Math.ceil((wanted / agents) * 1000) / 1000;
  return {
    ...base(cluster, { kind, offered }),
    message: `${each === '' ? 'is' : `${each.trimStart()} is`} less than the ${String(wanted)} ${UNITS[kind]} that its containers ask for together, so some will wait`,
    fix: `write ${String(enough)} or more, or ask for less`,
  };
}

/** The largest container against one agent: an agent's resources are not added to another's. */
function tooLarge(
  cluster: ClusterView,
  own: readonly ContainerView[],
  { kind, offered }: Offer,
): Problem | undefined {
  if (cluster.mesos === undefined) return undefined;
  const [largest] = own.toSorted((a, b) => (b[kind] ?? 0) - (a[kind] ?? 0));
  const wanted = largest?.[kind] ?? 0;
  if (wanted <= offered) return undefined;
  return {
    ...base(cluster, { kind, offered }),
    message: `is what one agent has, less than the ${String(wanted)} ${UNITS[kind]} that ${largest?.id ?? 'a container'} asks for, so it will not start`,
    fix: `write ${String(wanted)} or more, or ask for less`,
  };
}

function base({ path }: ClusterView, { kind, offered }: Offer) {
  const severity = 'warning' as const;
  return { severity, path: `${path}.engine.resources.${kind}`, value: String(offered) };
}

/** Without the dust of binary fractions. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
