import type { Problem } from '../../errors/problem.js';
import { instanceIds } from '../../plan/instances.js';
import { didYouMean, nearest, orList } from '../suggest.js';
import type { ContainerView, View, VolumeView } from '../view.js';
import { containerIdProblem } from './ids.js';
import { repeated } from './repeated.js';

/** Containers one by one, then against each other. */
export function containerProblems(view: View): readonly Problem[] {
  return [
    ...view.containers.flatMap((container) => ownProblems(container, view)),
    ...duplicateIds(view.containers),
    ...submitterProblems(view),
  ];
}

function ownProblems(container: ContainerView, view: View): readonly Problem[] {
  const id = containerIdProblem(container);
  return [
    ...(id === undefined ? [] : [id]),
    ...unknownCluster(container, view),
    ...container.volumes.flatMap((volume) => volumeProblems(volume)),
    ...volumesTwice(container),
    ...labelProblems(container),
    ...constraintProblems(container),
  ];
}

function unknownCluster({ cluster, path }: ContainerView, view: View): readonly Problem[] {
  const known = [...new Set(view.clusters.flatMap(({ id }) => id ?? []))];
  if (cluster === undefined || !view.allClusters || known.includes(cluster)) return [];
  const choices = orList(known.map((id) => JSON.stringify(id)));
  return [
    {
      severity: 'error',
      path: `${path}.cluster`,
      value: JSON.stringify(cluster),
      message: 'is not the id of a cluster',
      fix: didYouMean(cluster, known, `write ${choices || 'a cluster under "clusters" first'}`),
    },
  ];
}

function duplicateIds(containers: readonly ContainerView[]): readonly Problem[] {
  const first = new Map<string, ContainerView>();
  const problems: Problem[] = [];
  for (const container of containers) {
    if (container.id === undefined) continue;
    const ids = instanceIds(container.id, container.instances);
    const clash = ids.find((id) => first.has(id));
    const other = clash === undefined ? undefined : first.get(clash);
    if (clash !== undefined && other !== undefined) {
      problems.push({
        severity: 'error',
        path: `${container.path}.id`,
        value: JSON.stringify(container.id),
        message: clashText(clash, container, other),
        fix: 'give one of the two another id; ids are unique over all clusters',
      });
    }
    for (const id of ids) if (!first.has(id)) first.set(id, container);
  }
  return problems;
}

function clashText(clash: string, container: ContainerView, other: ContainerView): string {
  if (clash !== container.id) return `makes an instance "${clash}", an id of ${other.path} too`;
  if (clash !== other.id) return `is the id of an instance of ${other.path} too`;
  return `is the id of ${other.path} too`;
}

function volumeProblems({ path, hasHostPath, hasName }: VolumeView): readonly Problem[] {
  if (hasHostPath !== hasName) return [];
  return [
    {
      severity: 'error',
      path,
      message: hasName ? 'has both host_path and name' : 'has neither host_path nor name',
      fix: 'write "host_path" for a folder of the host, or "name" for a Docker volume',
    },
  ];
}

function volumesTwice({ volumes }: ContainerView): readonly Problem[] {
  return repeated(volumes, ({ containerPath }) => containerPath).map(({ item, first }) => ({
    severity: 'error',
    path: `${item.path}.container_path`,
    value: JSON.stringify(item.containerPath),
    message: `is where ${first.path} is mounted already`,
    fix: 'write another path, or remove one of the two',
  }));
}

function labelProblems({ labels, path }: ContainerView): readonly Problem[] {
  return labels
    .filter((label) => label.startsWith('crossflock.'))
    .map((label) => ({
      severity: 'error',
      path: `${path}.labels[${JSON.stringify(label)}]`,
      value: JSON.stringify(label),
      message: 'begins with "crossflock.", which is kept for crossflock itself',
      fix: `write another name, such as ${JSON.stringify(label.slice('crossflock.'.length) || 'team')}`,
    }));
}

/** Operators of Marathon's constraints, and whether each has a value (`SchedulingValidation`). */
const OPERATORS: Readonly<Record<string, 'none' | 'optional' | 'required'>> = {
  UNIQUE: 'none',
  CLUSTER: 'optional',
  GROUP_BY: 'optional',
  MAX_PER: 'required',
  LIKE: 'required',
  UNLIKE: 'required',
  IS: 'required',
};

function constraintProblems({ constraints, path }: ContainerView): readonly Problem[] {
  return constraints.flatMap(([field, operator, value], index): readonly Problem[] => {
    if (typeof operator !== 'string') return [];
    const base = { severity: 'error', path: `${path}.constraints[${String(index)}]` } as const;
    const rule = OPERATORS[operator];
    if (rule === undefined) {
      const names = Object.keys(OPERATORS);
      return [
        {
          ...base,
          path: `${base.path}[1]`,
          value: JSON.stringify(operator),
          message: 'is not an operator of a constraint',
          fix: `write "${nearest(operator, names) ?? orList(names)}"`,
        },
      ];
    }
    const name = typeof field === 'string' ? field : 'hostname';
    if (rule === 'required' && value === undefined) {
      return [
        {
          ...base,
          message: `has no value for ${operator}`,
          fix: `write ["${name}", "${operator}", "…"]`,
        },
      ];
    }
    if (rule === 'none' && value !== undefined) {
      return [
        {
          ...base,
          message: `has a value, which ${operator} does not take`,
          fix: `write ["${name}", "${operator}"]`,
        },
      ];
    }
    return [];
  });
}

function submitterProblems({ containers, allContainers }: View): readonly Problem[] {
  if (!allContainers) return [];
  if (containers.length === 0) {
    const message = 'is empty, so create-containers has nothing to start';
    const fix = 'write a submitter and executors for it';
    return [{ severity: 'warning', path: 'containers', value: '[]', message, fix }];
  }
  const submitters = containers.filter(({ role }) => role === 'submitter');
  const count = submitters.reduce((sum, { instances }) => sum + instances, 0);
  if (count === 1) return [];
  const base = { severity: 'warning', path: 'containers' } as const;
  if (count === 0) {
    const fix = 'add a container with the image crossflock/submitter, or write "role": "submitter"';
    return [{ ...base, message: 'there is no submitter, so run-kinc cannot run', fix }];
  }
  const names = submitters.flatMap(({ id, instances }) => instanceIds(id ?? '', instances));
  const few = names.slice(0, 5).map((name) => JSON.stringify(name));
  return [
    {
      ...base,
      message: `there are ${String(count)} submitters (${few.join(', ')}${count > 5 ? ', …' : ''}), and run-kinc needs exactly one`,
      fix: 'keep one of them, or write another "role" for the rest',
    },
  ];
}
