import type { Problem } from '../../errors/problem.js';
import type { ClusterView, ContainerView, Resource, View } from '../view.js';

/** What a KINC job needs: 1 GB, in MB. Source: the tutorial of OSG-KINC in HTCondor pools. */
const MB_PER_SLOT = 1024;

/** Memory per slot, and what embedded clusters have to give. All warnings. */
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
    const wanted = own.reduce((sum, each) => sum + (each[kind] ?? 0) * each.instances, 0);
    if (offered === undefined || wanted <= offered) return [];
    return [
      {
        severity: 'warning',
        path: `${cluster.path}.engine.resources.${kind}`,
        value: String(offered),
        message: `is less than the ${String(round(wanted))} ${UNITS[kind]} that its containers ask for together, so some will wait`,
        fix: `write ${String(round(wanted))} or more, or ask for less`,
      },
    ];
  });
}

/** Without the dust of binary fractions. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
